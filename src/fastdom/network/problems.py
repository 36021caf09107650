"""What is wrong with a network file: every problem with its file, line and field."""

from dataclasses import dataclass

from fastdom.network.limits import PROBLEMS_MAX

SHOWN_MAX = 50
VALUE_CHARS_MAX = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    Attributes
    ----------
    file : str
        Name of the file inside the folder.
    line : int
        Line in that file, from 1; 0 = the file as a whole.
    field : str
        Column or key; empty = the line as a whole.
    message : str
        What is allowed and what was found.
    """

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}" if self.line else self.file, self.field, self.message]
        return ": ".join(part for part in parts if part)


class NetworkInvalid(ValueError):
    """The network files cannot be used; nothing was changed.

    Attributes
    ----------
    problems : tuple of Problem
        Up to `PROBLEMS_MAX` problems, by file and line.
    count : int
        All problems found, including those not kept.
    """

    def __init__(self, problems: tuple[Problem, ...], count: int) -> None:
        shown = [str(problem) for problem in problems[:SHOWN_MAX]]
        if count > len(shown):
            shown.append(f"and {count - len(shown)} more problems")
        super().__init__("\n".join(shown))
        self.problems = problems
        self.count = count


class Problems:
    """Collects problems while the files are read, so that one run names them all."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count = 0

    def add(self, file: str, line: int, field: str, message: str) -> None:
        """Note one problem; beyond `PROBLEMS_MAX` only count it."""
        self.count += 1
        if len(self.kept) < PROBLEMS_MAX:
            self.kept.append(Problem(file, line, field, message))

    def raise_if_any(self) -> None:
        """Raise NetworkInvalid when anything was noted."""
        if self.count:
            ordered = sorted(self.kept, key=lambda problem: (problem.file, problem.line, problem.field))
            raise NetworkInvalid(tuple(ordered), self.count)


def got(value: object) -> str:
    """Return the found value, quoted and shortened, for the end of a message."""
    text = value if isinstance(value, str) else repr(value)
    if len(text) > VALUE_CHARS_MAX:
        text = text[:VALUE_CHARS_MAX] + "..."
    escaped = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return f'got "{escaped}"'
