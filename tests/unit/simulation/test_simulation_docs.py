"""The worked example of docs/simulate.md does what the page says."""

import re
import shlex
from pathlib import Path

import pytest

from fastdom_client.cli import main

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "simulate.md").read_text(encoding="utf-8")
EXAMPLE = PAGE[PAGE.index("## An example") : PAGE.index("## What happens")]


def words(text: str) -> list[str]:
    """The lines of a text without what aligns them, rules and ellipses."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line.strip("─. ")]


def test_the_example_prints_what_the_page_shows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command of the page prints every line shown there, in that order."""
    monkeypatch.chdir(ROOT)
    (command,) = re.findall(r"```console\nfastdom (.*)\n```", EXAMPLE)
    assert main(shlex.split(command)) == 0
    printed = iter(words(capsys.readouterr().out))
    shown = [line for block in re.findall(r"```text\n(.*?)```", EXAMPLE, re.DOTALL) for line in words(block)]
    assert len(shown) > 30
    spend = next(line for line in shown if line.startswith("shipping + handling of the"))
    listed = [line for line in shown if line.startswith("W-")]
    told = [line for line in shown if line != spend and line not in listed]
    for line in (*told, *listed, spend):
        assert any(line == one for one in printed), line
