"""Which line of a TOML file holds a key: the standard parser does not say."""

import re
import tomllib

Path = tuple[str | int, ...]
_BASIC = r'"(?:[^"\\\n]|\\.)*+"'
_LITERAL = r"'[^'\n]*+'"
_NAME = rf"(?:[A-Za-z0-9_-]++|{_BASIC}|{_LITERAL})"
_NAMES = rf"{_NAME}(?:[ \t]*+\.[ \t]*+{_NAME})*+"
_HEADER = re.compile(rf"[ \t]*+(\[\[?)[ \t]*+({_NAMES})[ \t]*+\]\]?[ \t\r]*+(?:#.*)?")
_KEY = re.compile(rf"[ \t]*+({_NAMES})[ \t]*+=")
_PART = re.compile(_NAME)
_TOKEN = re.compile(
    rf'"""(?:[^\\]|\\.)*?"{{3,5}}(?!")|' rf"'''.*?'{{3,5}}(?!')|{_BASIC}|{_LITERAL}|#[^\n]*|[\[\]{{}}]", re.DOTALL
)


def key_lines(text: str) -> dict[Path, int]:
    """Return path -> line, from 1, of every table header and key of a text that parses; array tables count from 0.

    Examples
    --------
    >>> key_lines('[[nodes]]\\nid = "a"\\n')
    {('nodes', 0): 1, ('nodes', 0, 'id'): 2}
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(without_inner_lines(text).split("\n"), start=1):
        header = _HEADER.fullmatch(line)
        key = None if header else _KEY.match(line)
        if header:
            *outer, last = _parts(header[2])
            table = (*_resolve(outer, counts), last)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            elif table in counts:
                table = (*table, counts[table])
            lines.setdefault(table, number)
        elif key:
            lines.setdefault((*table, *_parts(key[1])), number)
    return lines


def without_inner_lines(text: str) -> str:
    """Return a text that parses with the lines emptied that begin inside a list, table or string: they hold no key.

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
    return "\n".join("" if number in inner else one for number, one in enumerate(text.split("\n")))


def _parts(dotted: str) -> list[str]:
    return [_name(part) for part in _PART.findall(dotted)]


def _name(part: str) -> str:
    if part[0] not in "\"'":
        return part
    return str(tomllib.loads(f"name = {part}")["name"]) if "\\" in part and part[0] == '"' else part[1:-1]


def _resolve(parts: list[str], counts: dict[Path, int]) -> Path:
    """Add the index of the latest element after each part that is an array of tables."""
    path: Path = ()
    for part in parts:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    return path
