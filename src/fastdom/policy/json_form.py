"""The JSON form of a document: its values, and the line of every key."""

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any

from fastdom.network.toml_lines import Path
from fastdom.policy.problems import Problems

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[\[\]{},:]|\n|[^\s\[\]{},:"]+')


def read_json(file: str, text: str, problems: Problems) -> dict[str, Any] | None:
    """Return the values; None, with the problem noted, when it is no JSON object.

    Fractions are exact decimals; a key given twice in one object is a problem.
    """
    twins: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twins.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return found

    try:
        values = json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        problems.add(file, error.lineno, "", f"not JSON ({error.msg}, column {error.colno})")
        return None
    except (ValueError, ArithmeticError) as error:
        problems.add(file, 0, "", f"not JSON ({error})")
        return None
    except RecursionError:
        problems.add(file, 0, "", "not JSON (nested too deeply)")
        return None
    if not isinstance(values, dict):
        problems.add(file, 1, "", "must be an object { ... }")
        return None
    for key in twins:
        problems.add(file, 0, key, "is given twice in one object")
    return values


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def json_lines(text: str) -> dict[Path, int]:
    """Return path -> line, from 1, of every key and list element of a JSON text that parses.

    Examples
    --------
    >>> json_lines('{"a": {\\n"b": [1,\\n2]}}')
    {('a',): 1, ('a', 'b'): 2, ('a', 'b', 0): 2, ('a', 'b', 1): 3}
    """
    lines: dict[Path, int] = {}
    open_at: list[str | int] = []  # key or position of each open container's current member
    kinds: list[str] = []
    line = 1
    due = False  # a member begins with the next token
    for word in _TOKEN.findall(text):
        if word == "\n":
            line += 1
            continue
        if word in ("]", "}"):
            kinds.pop()
            open_at.pop()
            due = False
            continue
        if due and kinds:
            if kinds[-1] == "{":
                open_at[-1] = json.loads(word)
            lines[tuple(open_at)] = line
            due = False
        if word in ("[", "{"):
            kinds.append(word)
            open_at.append(0 if word == "[" else "")
            due = True
        elif word == "," and kinds:
            if kinds[-1] == "[":
                open_at[-1] = int(open_at[-1]) + 1
            due = True
    return lines
