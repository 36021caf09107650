"""Settings of the demo."""

from pathlib import Path
from typing import Any

import pytest

from fastdom.demo.settings import DemoSettings


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"orders": 0}, "--orders"),
        ({"orders": -5}, "--orders"),
        ({"orders": 10_000_001}, "--orders"),
        ({"concurrency": 0}, "--concurrency"),
        ({"concurrency": 1_001}, "--concurrency"),
        ({"durability": "maybe"}, "--durability"),
        ({"json": Path("/nowhere/at/all/report.json")}, "--json"),
        ({"data": Path(__file__)}, "--data"),
        ({"data": Path(__file__).parent}, "--data"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_option(given: dict[str, Any], named: str) -> None:
    """The message names the option."""
    with pytest.raises(ValueError, match=named):
        DemoSettings(**given)


def test_a_new_or_empty_folder_is_taken(tmp_path: Path) -> None:
    """The data folder may be missing or empty, and the report may go to stdout."""
    assert DemoSettings(data=tmp_path).data == tmp_path
    assert DemoSettings(data=tmp_path / "new", json=Path("-")).orders == 10_000
