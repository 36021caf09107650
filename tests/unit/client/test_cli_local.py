"""Commands that need no server: serve, verify, network check, demo."""

import os
import shutil
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from cli_run import Run

from fastdom.demo.settings import DemoSettings


def demo_network(into: Path) -> Path:
    """A copy of the demo network."""
    return Path(shutil.copytree(str(files("fastdom.demo") / "network"), into / "network"))


def test_serve_hands_its_arguments_on(run: Run) -> None:
    """serve --help is the server's own help, and wrong arguments are exit code 2."""
    helped = run("serve", "--help")
    assert helped.code == 0
    assert "--data DIR" in helped.out
    refused = run("serve", "--listen", "127.0.0.1:0")
    assert refused.code == 2
    assert refused.err == "fastdom: --data DIR is missing (see fastdom serve --help)\n"


def test_serve_becomes_the_server(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With right arguments the server's program takes the place of the process, and gets them as they were typed."""
    became: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _path, arguments: became.append(arguments))
    arguments = ["--data", str(tmp_path), "--stats-s", "5"]
    run("serve", *arguments)
    assert became == [[sys.executable, "-P", "-m", "fastdom_server", *arguments]]


def test_verify_without_a_folder(run: Run, tmp_path: Path) -> None:
    """verify of nothing is exit code 2 and one line."""
    ran = run("verify", str(tmp_path / "nothing"))
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert str(tmp_path / "nothing") in ran.err


def test_network_check(run: Run, tmp_path: Path) -> None:
    """network check of the demo network finds nothing; a damaged row is told with file, line and field."""
    folder = demo_network(tmp_path)
    sound = run("network", "check", str(folder))
    assert sound.code == 0, sound.out + sound.err
    assert "no problems" in sound.out
    nodes = folder / "nodes.csv"
    heading, first, *rest = nodes.read_text().splitlines()
    cells = first.split(",")
    cells[heading.split(",").index("postal_code")] = "000000"
    nodes.write_text("\n".join([heading, ",".join(cells), *rest]) + "\n")
    ran = run("network", "check", str(folder))
    assert ran.code == 2
    assert "nodes.csv:2: postal_code: " in ran.out
    assert "1 problem" in ran.err


def test_network_check_without_a_folder(run: Run, tmp_path: Path) -> None:
    """A folder that does not exist is exit code 2 and one line."""
    ran = run("network", "check", str(tmp_path / "nothing"))
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1


def test_demo_takes_its_settings(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """demo runs with the settings given and exits with the demo's code."""
    given: list[DemoSettings] = []

    class Demo:
        @staticmethod
        def main(settings: DemoSettings) -> int:
            given.append(settings)
            return 1

    monkeypatch.setitem(sys.modules, "fastdom.demo.run", Demo)
    report = tmp_path / "report.json"
    assert run("demo", "--orders", "100", "--json", str(report), "--durability", "relaxed").code == 1
    assert given == [DemoSettings(orders=100, json=report, durability="relaxed")]


def test_demo_out_of_range(run: Run) -> None:
    """Impossible settings are exit code 2 and one line that names the option."""
    ran = run("demo", "--orders", "0")
    assert ran.code == 2
    assert ran.err.startswith("error: --orders must be 1 .. ")
