"""Exit codes of the command line."""

# What was asked for was done; with --partial also when only a part could be.
OK = 0

# An answer, but not what was wished for: not enough stock, no date, the quote has changed. Nothing was taken.
REFUSED = 1

# The command line is wrong, a file cannot be read, or no server answers.
USAGE = 2

# The server answered with an error.
ERROR = 3

# Stopped with Ctrl-C, as shells have it.
INTERRUPTED = 130


class CommandError(Exception):
    """A command cannot go on; the message is one readable line.

    Attributes
    ----------
    code : int
        Exit code.
    """

    def __init__(self, message: str, code: int = USAGE) -> None:
        self.code = code
        super().__init__(message)
