"""One table of network.toml: typed readers that name file, line and field of what is wrong."""

import contextlib
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastdom.network.columns import id_fault
from fastdom.network.limits import NAME_BYTES_MAX
from fastdom.network.problems import Problems, got
from fastdom.network.toml_lines import Path

Value = TypeVar("Value")


@dataclass(slots=True)
class Section:
    """A TOML table under reading; `finish` names the keys nobody asked for."""

    file: str
    path: Path
    values: Mapping[str, Any]
    lines: Mapping[Path, int]
    problems: Problems
    asked: set[str] = field(default_factory=set)

    def bad(self, key: str, message: str) -> None:
        """Note a problem of one key; without a line of its own it gets that of its table."""
        path = (*self.path, key) if key else self.path
        while path and path not in self.lines:
            path = path[:-1]
        self.problems.add(self.file, self.lines.get(path, 1), self._field(key), message)

    def _field(self, key: str) -> str:
        dotted = ""
        for part in (*self.path, *((key,) if key else ())):
            dotted += f"[{part}]" if isinstance(part, int) else f".{part}" if dotted else part
        return dotted

    def take(self, key: str, default: Any = None) -> Any:
        """Return the raw value of a key, noting it as known; None default = required."""
        self.asked.add(key)
        if key not in self.values:
            if default is None:
                self.bad(key, "is missing")
            return default
        return self.values[key]

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string."""
        value = self.take(key, default)
        if value is not None and not isinstance(value, str):
            self.bad(key, f"must be a string, {got(value)}")
            return default or ""
        return value or ""

    def identifier(self, key: str) -> str:
        """Return an id."""
        value = self.text(key)
        message = id_fault(value) if key in self.values else ""
        if message:
            self.bad(key, f"{message}, {got(value)}")
        return value

    def label(self, key: str) -> str:
        """Return a name for people; empty when absent."""
        value = self.text(key, "")
        if not value.isprintable() or len(value.encode()) > NAME_BYTES_MAX:
            self.bad(key, f"must be printable text of at most {NAME_BYTES_MAX} bytes, {got(value)}")
        return value

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number within [low, high]."""
        value = self.take(key, default)
        if value is None:
            return low
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.bad(key, f"must be a whole number {low}..{high}, {got(value)}")
            return low
        return value

    def boolean(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.take(key, default)
        if not isinstance(value, bool):
            self.bad(key, f"must be true or false, {got(value)}")
            return default
        return value

    def parsed(self, key: str, parse: Callable[[str], Value], default: str | None, wrong: Value) -> Value:
        """Return a string through `parse`; `wrong` when it is missing or its ValueError says what is allowed."""
        value = self.text(key, default)
        if default is None and not isinstance(self.values.get(key), str):
            return wrong
        try:
            return parse(value)
        except ValueError as error:
            self.bad(key, f"{error}, {got(value)}")
            return wrong

    def choice(self, key: str, allowed: Mapping[str, int]) -> int:
        """Return the number of a word."""
        value = self.text(key)
        if value in allowed:
            return allowed[value]
        if isinstance(self.values.get(key), str):
            self.bad(key, f"must be one of {', '.join(allowed)}, {got(value)}")
        return 0

    def reference(self, key: str, index: Mapping[str, int], what: str) -> int:
        """Return the index of an id; 0 when it is unknown."""
        value = self.text(key)
        if value not in index and isinstance(self.values.get(key), str):
            self.bad(key, f"must be a {what} of this network, {got(value)}")
        return index.get(value, 0)

    def dates(self, key: str) -> list[int]:
        """Return a list of dates as days since 1970-01-01; TOML dates and strings are both taken."""
        days = []
        for given in self.items(key):
            value = given
            if isinstance(given, str):
                with contextlib.suppress(ValueError):
                    value = datetime.date.fromisoformat(given)
            if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
                days.append(value.toordinal() - datetime.date(1970, 1, 1).toordinal())
            else:
                self.bad(key, f"must be dates YYYY-MM-DD, {got(value)}")
        return sorted(set(days))

    def items(self, key: str) -> list[Any]:
        """Return a list; empty when absent."""
        value = self.take(key, [])
        if not isinstance(value, list):
            self.bad(key, f"must be a list, {got(value)}")
            return []
        return value

    def table(self, key: str) -> "Section":
        """Return a sub-table; empty when absent."""
        value = self.take(key, {})
        if not isinstance(value, dict):
            self.bad(key, f"must be a table, {got(value)}")
            value = {}
        return Section(self.file, (*self.path, key), value, self.lines, self.problems)

    def tables(self, key: str) -> list["Section"]:
        """Return the elements of an array of tables."""
        sections = []
        for position, value in enumerate(self.items(key)):
            if isinstance(value, dict):
                path = (*self.path, key, position)
                sections.append(Section(self.file, path, value, self.lines, self.problems))
            else:
                self.bad(key, f"must be tables [[{key}]], {got(value)}")
        return sections

    def finish(self) -> None:
        """Name the keys that are not part of the format."""
        for key in self.values:
            if key not in self.asked:
                self.bad(key, f"unknown key; known are {', '.join(sorted(self.asked))}")
