"""Names: one, a list without twins, or a number for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastdom.network.columns import id_fault
from fastdom.network.problems import Problems, got
from fastdom.network.section import Section
from fastdom.network.sites import TYPES
from fastdom.policy.fields.field import Field, NameOf, Reference, Value, bad_item, nearest
from fastdom.policy.limits import NAMES_MAX

NODE_TYPES = tuple(TYPES)


def name_fault(of: NameOf, given: object, problems: Problems) -> str:
    """Return what is wrong with a name, or an empty string; only node types are known without a network."""
    if not isinstance(given, str):
        return f"must be the name of a {of.value}, {got(given)}"
    if of is NameOf.NODE_TYPE:
        return (
            ""
            if given in TYPES
            else f"must be one of {', '.join(TYPES)}, {got(given)}{nearest(given, NODE_TYPES, problems)}"
        )
    fault = id_fault(given)
    return f"{fault}, {got(given)}" if fault else ""


@dataclass(frozen=True, slots=True)
class Name(Field):
    """One required name."""

    of: NameOf

    def read(self, section: Section) -> Value:
        """Return the name."""
        given = section.take(self.name)
        fault = name_fault(self.of, given, section.problems) if given is not None else ""
        if fault:
            section.bad(self.name, fault)
        return given if isinstance(given, str) else ""

    def plain(self, value: Value) -> Any:
        """Return the name."""
        return value

    @property
    def allowed(self) -> str:
        """What it names."""
        return f"a {self.of.value}"

    @property
    def default_text(self) -> str:
        """There is none."""
        return "required"

    def references(self, value: Value) -> Iterator[Reference]:
        """Yield the name."""
        yield Reference((self.name,), self.of, str(value))


@dataclass(frozen=True, slots=True)
class Names(Field):
    """A set of names, kept sorted; absent = none."""

    of: NameOf
    required: bool = False

    def read(self, section: Section) -> Value:
        """Return the names, ascending; a list that is written must not be empty."""
        if self.required:
            section.take(self.name)
        found: set[str] = set()
        given = section.items(self.name)
        if self.name in section.values and section.values[self.name] == []:
            section.bad(self.name, f"must list at least one {self.of.value}; leave the key out for none")
        if len(given) > NAMES_MAX:
            section.bad(self.name, f"must have at most {NAMES_MAX} entries, got {len(given)}")
        for position, one in enumerate(given):
            fault = name_fault(self.of, one, section.problems) or (
                f"is given twice, {got(one)}" if one in found else ""
            )
            if fault:
                bad_item(section, self.name, position, fault)
            else:
                found.add(one)
        return tuple(sorted(found))

    def plain(self, value: Value) -> Any:
        """Return a list; None when it is empty."""
        assert isinstance(value, tuple)
        return list(value) or None

    @property
    def allowed(self) -> str:
        """What it lists."""
        return f"list of {self.of.value}s"

    @property
    def default_text(self) -> str:
        """Nothing unless required."""
        return "required" if self.required else "none"

    def references(self, value: Value) -> Iterator[Reference]:
        """Yield every name."""
        assert isinstance(value, tuple)
        for position, one in enumerate(value):
            yield Reference((self.name, position), self.of, str(one))


@dataclass(frozen=True, slots=True)
class ByName(Field):
    """A table with a whole number for each name, kept sorted by name; absent = empty."""

    of: NameOf
    unit: str
    low: int
    high: int

    def read(self, section: Section) -> Value:
        """Return (name, number) pairs, ascending."""
        table = section.table(self.name)
        pairs = []
        for key in sorted(table.values):
            fault = name_fault(self.of, key, section.problems)
            if fault:
                table.bad(key, fault)
            pairs.append((key, table.integer(key, self.low, self.high)))
        return tuple(pairs)

    def plain(self, value: Value) -> Any:
        """Return a dict; None when it is empty."""
        assert isinstance(value, tuple)
        return {str(pair[0]): pair[1] for pair in value if isinstance(pair, tuple)} or None

    @property
    def allowed(self) -> str:
        """Key and range."""
        return f"table {{ {self.of.value} = {self.low:,} .. {self.high:,} {self.unit} }}"

    @property
    def default_text(self) -> str:
        """Nothing."""
        return "none"

    def references(self, value: Value) -> Iterator[Reference]:
        """Yield every key."""
        assert isinstance(value, tuple)
        for pair in value:
            assert isinstance(pair, tuple)
            yield Reference((self.name, str(pair[0])), self.of, str(pair[0]))
