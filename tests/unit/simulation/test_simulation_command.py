"""`fastdom simulate` prints tables, writes its files, and tells in one line what it cannot do."""

import json
import sys
from pathlib import Path

import grove
import pytest

from fastdom_client.cli import main

HEADER = "order_id,placed_at,channel,postal_code,sku,quantity\n"
ROWS = "".join(f"A-{i},2026-09-14T09:00:{i:02}Z,web,10001,ink,1\n" for i in range(1, 6))


class Place:
    """A folder with a network and an orders file, and the command line run in it."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self._capsys = path, capsys
        self.network = grove.folder(path / "network")
        self.orders = path / "orders.csv"
        self.orders.write_text(HEADER + ROWS)

    def run(self, *more: str, policies: tuple[str, ...] = ("cheapest", "nearest")) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a simulation of the orders."""
        asked = [word for policy in policies for word in ("--policy", policy)]
        return self.raw("--network", str(self.network), "--orders", str(self.orders), *asked, *more)

    def raw(self, *arguments: str) -> tuple[int, str, str]:
        """The same with these arguments alone."""
        code = main(("simulate", *arguments))
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    """A place to run in."""
    return Place(tmp_path, capsys)


def test_tables_and_files(place: Place) -> None:
    """The tables stand on stdout, nothing on stderr; JSON, CSV and SVG are written."""
    files = [place.path / name for name in ("r.json", "d.csv", "p.svg")]
    code, out, err = place.run("--json", str(files[0]), "--csv", str(files[1]), "--plot", str(files[2]), "--limit", "2")
    assert (code, err) == (0, "")
    assert "5 orders decided" in out
    assert "4 orders (80.00%) routed differently by nearest than by cheapest" in out
    assert "objective: distance" in out
    assert "2 more; --limit 0 lists all" in out
    report = json.loads(files[0].read_text())
    assert report["differences"][0]["orders"] == 4
    assert len(report["differences"][0]["listed"]) == 2
    assert len(files[1].read_text().splitlines()) == 11
    assert files[2].read_text().startswith("<svg ")


def test_json_on_stdout(place: Place) -> None:
    """With --json - stdout is the JSON alone, and the tables go to stderr."""
    code, out, err = place.run("--json", "-")
    assert (code, json.loads(out)["orders"]["decided"]) == (0, 5)
    assert "5 orders decided" in err


def test_bad_rows_are_told_and_the_rest_goes_on(place: Place) -> None:
    """A bad row is one line on stderr, its text made harmless; the exit code stays 0 while there are orders."""
    place.orders.write_text(HEADER + ROWS + "B\x1b[2J,2026-09-14T09:00:00Z,web,10001,pen,1\n")
    code, out, err = place.run()
    assert code == 0
    assert "5 orders decided" in out
    assert "1 left out" in out
    assert err == 'row 7: order B\\x1b[2J: sku: the network does not have it, got "pen"\n'
    place.orders.write_text(HEADER + "B,2026-09-14T09:00:00Z,web,10001,pen,1\n")
    assert place.run()[0] == 1


def test_many_bad_rows_are_counted(place: Place) -> None:
    """Beyond twenty, bad rows are counted on stderr; the JSON has them."""
    rows = "".join(f"B-{i},2026-09-14T09:00:00Z,web,10001,pen,1\n" for i in range(30))
    place.orders.write_text(HEADER + ROWS + rows)
    report = place.path / "r.json"
    _, _, err = place.run("--json", str(report))
    assert err.splitlines()[-1] == "and 10 more bad rows"
    assert len(json.loads(report.read_text())["bad_rows"]) == 30


def test_markup_in_a_file_is_text(place: Place) -> None:
    """An order id that looks like markup is printed as it is."""
    place.orders.write_text(HEADER + "[red]x,2026-09-14T09:00:00Z,web,10001,ink,1\n")
    assert "[red]x" in place.run()[1]


def test_start_partial_and_stock(place: Place) -> None:
    """--start dates orders without a time, --stock replaces the stock, --partial ships what there is."""
    place.orders.write_text("order_id,channel,postal_code,sku,quantity\nA,web,10001,ink,1\nA,web,10001,kit,1\n")
    stock = place.path / "s.csv"
    stock.write_text("sku,node_id,on_hand\nink,near,1\n")
    given = ("--stock", str(stock), "--json", "-")
    assert "--start" in place.run(*given)[2]
    code, out, _ = place.run(*given, "--start", "2026-09-14T09:00:00Z")
    assert (code, json.loads(out)["policies"][0]["orders"]["refused"]) == (0, 1)
    _, out, _ = place.run(*given, "--start", "2026-09-14T09:00:00Z", "--partial")
    report = json.loads(out)
    assert report["orders"]["first_at"] == "2026-09-14T09:00:00Z"
    assert report["policies"][0]["units"] == {"ordered": 2, "shipped": 1}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--policy", "cheapest"), "give either --network FOLDER with --orders FILE, or --data DIR"),
        (("--policy", "cheapest", "--network", "x"), "--orders FILE is missing"),
        (
            ("--policy", "cheapest", "--network", "x", "--orders", "y", "--holds"),
            "--holds is about the orders of --data",
        ),
        (("--policy", "cheapest", "--data", "x", "--limit", "-1"), "--limit must be 0 or more, got -1"),
        (("--policy", "cheapest", "--data", "x", "--plot", "p.png"), "--plot p.png: must end with .svg"),
        (("--policy", "cheapest", "--data", "x", "--json", "-", "--csv", "-"), "cannot both be stdout"),
        (("--policy", "cheapest", "--data", "x", "--json", "none/r.json"), "--json none/r.json: there is no folder"),
        (("--policy", "cheapest", "--data", "x", "--start", "1999-01-01T00:00Z"), "--start must be in the years 2000"),
        (("--policy", "cheapest", "--data", "none"), "none"),
        (("--network", "x", "--orders", "y"), "--policy: give 1 .. 8 policies, got 0"),
        (("--data", "x", "--orders", "y", "--first", "1"), "--since, --until and --first are about the recorded"),
        (("--data", "x", "--since", "2026-09-14T00:00Z", "--until", "2026-09-14T00:00Z"), "--until must be after"),
        (("--policy", "cheapest", "--network", "none", "--orders", "y"), "network folder none does not exist"),
        (("--policy", "cheapest", "--data", "x", "--start", "2026-09-14"), "has no time zone"),
    ],
)
def test_wrong_usage_is_one_line(
    place: Place, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    """What does not go together, and what is not there, is exit code 2 and one line on stderr."""
    monkeypatch.chdir(place.path)
    code, out, err = place.raw(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1


def test_problems_of_inputs_are_listed(place: Place) -> None:
    """A damaged stock file and a bad policy are exit code 2 with each problem's file, line and field."""
    stock, policy = place.path / "s.csv", place.path / "p.toml"
    stock.write_text("sku,node_id,on_hand\npen,near,1\n")
    code, _, err = place.run("--stock", str(stock))
    assert code == 2
    assert "error: the network or its stock has 1 problem" in err
    assert "stock.csv:2: sku: " in err
    policy.write_text('format = 1\nname = "p"\n[objectives]\nspeed = { weight = 1 }\n')
    code, _, err = place.run(policies=(str(policy),))
    assert code == 2
    assert "p.toml:4: objectives.speed: unknown" in err
    policy.write_text(
        'format = 1\nname = "p"\nobjectives.shipping = { weight = 1 }\nconstraints.node_group = { include = ["x"] }\n'
    )
    code, _, err = place.run(policies=(str(policy),))
    assert code == 2
    assert "p.toml:4: constraints.node_group.include: " in err


def test_an_orders_file_that_is_not_there(place: Place) -> None:
    """A missing orders file is exit code 2."""
    place.orders.unlink()
    code, _, err = place.run()
    assert code == 2
    assert "orders.csv" in err


def test_a_bar_on_a_terminal_only(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the bar goes to stderr and is taken away; stdout is the same as without one."""
    plain = place.run()[1]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    code, out, err = place.run()
    assert code == 0
    assert "simulating" in err
    decided = [line for line in plain.splitlines() if "µs" not in line]
    assert [line for line in out.splitlines() if "µs" not in line] == decided
