"""The TOML form of a document: its values, and the line of every key."""

import re
import tomllib
from decimal import Decimal
from typing import Any

from fastdom.network.toml_lines import Path, key_lines, without_inner_lines
from fastdom.policy.problems import Problems

__all__ = ["read_toml", "toml_lines", "without_inner_lines"]


def read_toml(file: str, text: str, problems: Problems) -> dict[str, Any] | None:
    """Return the values; None, with the problem noted, when it is not TOML.

    Fractions are exact decimals.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError) as error:
        place = re.search(r"line (\d+)", str(error))
        problems.add(file, int(place[1]) if place else text.count("\n") + 1, "", f"not TOML ({error})")
    except RecursionError:
        problems.add(file, 0, "", "not TOML (nested too deeply)")
    return None


def toml_lines(text: str) -> dict[Path, int]:
    """Return path -> line, from 1, of every table and key of a TOML text that parses."""
    return key_lines(text)
