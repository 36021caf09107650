"""A list of small tables with fields of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fastdom.network.section import Section
from fastdom.policy.fields.field import Field, Reference, Value
from fastdom.policy.fields.keys import finish


@dataclass(frozen=True, slots=True)
class Entries(Field):
    """A list of entries, each with the same fields, kept sorted; at least one where it is required."""

    fields: tuple[Field, ...]
    count_max: int
    required: bool = True

    def read(self, section: Section) -> Value:
        """Return the entries as tuples of values in the order of `fields`, ascending."""
        if self.required and section.values.get(self.name, []) == []:
            section.bad(self.name, f"needs at least one entry with {', '.join(field.name for field in self.fields)}")
        entries = section.tables(self.name)
        if len(entries) > self.count_max:
            section.bad(self.name, f"must have at most {self.count_max} entries, got {len(entries)}")
        values = []
        for entry in entries:
            values.append(tuple(field.read(entry) for field in self.fields))
            finish(entry)
        return tuple(sorted(values, key=repr))

    def plain(self, value: Value) -> Any:
        """Return a list of dicts without the absent fields; None when it is empty."""
        return [self._entry(entry) for entry in value if isinstance(entry, tuple)] or None  # type: ignore[union-attr]

    def _entry(self, entry: tuple[Value, ...]) -> dict[str, Any]:
        pairs = ((field.name, field.plain(one)) for field, one in zip(self.fields, entry, strict=True))
        return {name: plain for name, plain in pairs if plain is not None}

    @property
    def allowed(self) -> str:
        """The fields of an entry."""
        inner = ", ".join(f"{field.name} = {field.allowed} ({field.default_text})" for field in self.fields)
        return f"list of tables {{ {inner} }}"

    @property
    def default_text(self) -> str:
        """Nothing unless required."""
        return "required" if self.required else "none"

    def references(self, value: Value) -> Iterator[Reference]:
        """Yield every name that an entry uses."""
        assert isinstance(value, tuple)
        for position, entry in enumerate(value):
            assert isinstance(entry, tuple)
            for field, one in zip(self.fields, entry, strict=True):
                for reference in field.references(one):
                    yield replace(reference, path=(self.name, position, *reference.path))
