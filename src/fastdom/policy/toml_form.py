"""The TOML form of a document: its values, and the line of every key."""

import re
import tomllib
from decimal import Decimal
from typing import Any

from fastdom.network.toml_lines import Path, key_lines
from fastdom.policy.problems import Problems

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' r"'''.*?'''|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|" r"#[^\n]*|[\[\]{}]", re.DOTALL
)


def read_toml(file: str, text: str, problems: Problems) -> tuple[dict[str, Any], dict[Path, int]] | None:
    """Return the values and the lines of their keys; None, with the problem noted, when it is not TOML.

    Fractions are exact decimals.
    """
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError) as error:
        place = re.search(r"line (\d+)", str(error))
        problems.add(file, int(place[1]) if place else text.count("\n") + 1, "", f"not TOML ({error})")
        return None
    except RecursionError:
        problems.add(file, 0, "", "not TOML (nested too deeply)")
        return None
    return values, key_lines(without_inner_lines(text))


def without_inner_lines(text: str) -> str:
    """Return the text with the lines emptied that begin inside a list, table or string: they hold no key.

    Examples
    --------
    >>> without_inner_lines('a = [\\n[1]\\n]\\nb = 2')
    'a = [\\n\\n\\nb = 2'
    """
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    inner: set[int] = set()
    depth = 0
    opened = 0
    for token in _TOKEN.finditer(text):
        first = text.count("\n", 0, token.start())
        word = token[0]
        if word in "[{":
            opened = first if depth == 0 else opened
            depth += 1
        elif word in "]}":
            depth -= 1
            if depth == 0:
                inner.update(range(opened + 1, first + 1))
        elif "\n" in word:
            inner.update(range(first + 1, first + 1 + word.count("\n")))
    return "\n".join("" if number in inner else line for number, line in enumerate(lines))
