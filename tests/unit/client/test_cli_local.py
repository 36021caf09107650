"""Commands that need no server: serve, verify, network check, demo."""

import shutil
from importlib.resources import files
from pathlib import Path

import fastdom_client.cli.local as local_commands
import pytest
from conftest import Run


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
    assert "--data" in refused.err


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


def test_demo_hands_its_arguments_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """demo gives everything after its name to the demo and exits with its code."""
    given: list[list[str]] = []

    class Demo:
        @staticmethod
        def main(arguments: list[str]) -> int:
            given.append(arguments)
            return 1

    def imported(name: str) -> type[Demo]:
        assert name == "fastdom.demo.run"
        return Demo

    monkeypatch.setattr(local_commands, "import_module", imported)
    assert run("demo", "--orders", "100", "--json", "out.json").code == 1
    assert given == [["--orders", "100", "--json", "out.json"]]
