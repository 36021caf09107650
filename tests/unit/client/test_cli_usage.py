"""Wrong usage: one line in our own words."""

import pytest
from cli_run import Run

from fastdom_client.cli.usage import negative_last


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("nodes --status broken", "--status must be one of online, paused, offline (see fastdom nodes --help)"),
        ("exceptions --kind x", "--kind must be one of shortfall, stranded, count-mismatch, capacity-overrun, late-"),
        ("node BLR-1 broken", "STATUS must be one of online, paused, offline"),
        ("nodes --limit many", "--limit must be a whole number, 0 .. 1000000000"),
        ("nodes --limit -1", "--limit must be a whole number, 0 .. 1000000000"),
        ("exceptions --after -1", "--after must be a whole number of at least 0"),
        ("adjust MUG BLR-1 two --reason count", "DELTA must be a whole number (see fastdom adjust --help)"),
        ("resolve -4", "# must be a whole number of at least 1"),
        ("nodes --limit 99999999999999999999", "--limit must be a whole number, 0 .. 1000000000"),
        ("nodes --server=", "server must be an address such as 127.0.0.1:7443, not empty"),
        ("nodes --timeout soon", "--timeout must be a number of at least 0.001"),
        ("nodes --timeout nan", "--timeout must be a number of at least 0.001"),
        ("reroute r1", "--node is missing"),
        ("reroute --node A", "RESERVATION is missing; name one, or give --over-capacity"),
        ("reroute r1 --node A --over-capacity", "--over-capacity is for all reservations of a node; leave RESERV"),
        ("reroute r1 --node A --reason broken", "--reason must be one of rejected, short-pick, late, other"),
        ("reroute r1 --node A --line 1", "line '1' is not LINE=QTY, such as 1=2"),
        ("adjust MUG BLR-1 2", "--reason is missing; give one of sale, receipt, return, count, damage, transfer"),
        ("adjust MUG BLR-1 --reason count", "DELTA is missing; give a whole number"),
        ("adjust MUG BLR-1 --json -2 --reason count", "there is no option -2; put -- before a negative number"),
        ("route MUG:1", "--channel is missing (or set FASTDOM_CHANNEL)"),
        ("promise --channel web", "SKU:QTY is missing (see fastdom promise --help)"),
        ("nodes --limt 5", "there is no option --limt; did you mean --limit"),
        ("nodes --colour", "there is no option --colour (see fastdom nodes --help)"),
        ("nodes --limit", "--limit needs a value"),
        ("nodes --json=5", "--json takes no value"),
        ("nodes a b", "too many arguments: a b (see fastdom nodes --help)"),
        ("nope", "there is no command nope; did you mean 'node', 'nodes' (see fastdom --help)"),
        ("network nope", "there is no command nope (see fastdom network --help)"),
    ],
)
def test_our_words(run: Run, arguments: str, says: str) -> None:
    """Each mistake is one line that names what was typed and what is taken, and exit code 2."""
    ran = run(*arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {says}")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("adjust A B -2 --reason damage", "adjust A B --reason damage -- -2"),
        ("adjust A B --reason damage -- -2", "adjust A B --reason damage -- -2"),
        ("exceptions --after -1", "exceptions --after -1"),
        ("nodes -n -1", "nodes -n -1"),
        ("stock A-2 --node B", "stock A-2 --node B"),
        ("", ""),
    ],
)
def test_negative_numbers(typed: str, read: str) -> None:
    """A negative number goes behind "--", unless it is the value of an option or there is a "--"."""
    assert negative_last(typed.split()) == read.split()
