"""The TOML form of a document: its values, and the line of every key."""

import re
import tomllib
from decimal import Decimal
from typing import Any

from fastdom.network.toml_lines import Path, key_lines
from fastdom.policy.problems import Problems

KEY_CHARS_MAX = 300
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' r"'''.*?'''|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|" r"#[^\n]*|[\[\]{}]", re.DOTALL
)


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
    return key_lines(without_inner_lines(text))


def without_inner_lines(text: str) -> str:
    """Return the text with the lines emptied that begin inside a list, table or string: they hold no key.

    Lines are cut at `KEY_CHARS_MAX`: no key of the format is that long.

    Examples
    --------
    >>> without_inner_lines('a = [\\n[1]\\n]\\nb = 2')
    'a = [\\n\\n\\nb = 2'
    """
    inner: set[int] = set()
    depth = 0
    line = opened = end = 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", end, token.start())
        end = token.start()
        word = token[0]
        if word in "[{":
            opened = line if depth == 0 else opened
            depth += 1
        elif word in "]}":
            depth -= 1
            if depth == 0:
                inner.update(range(opened + 1, line + 1))
        elif "\n" in word:
            inner.update(range(line + 1, line + 1 + word.count("\n")))
    lines = enumerate(text.split("\n"))
    return "\n".join("" if number in inner else one[:KEY_CHARS_MAX] for number, one in lines)
