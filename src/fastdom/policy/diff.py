"""What changed between two policies, one line a change."""

from dataclasses import dataclass
from typing import Any

from fastdom.policy.canonical import plain
from fastdom.policy.document import Policy

ABSENT = None


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs.

    Attributes
    ----------
    path : str
        Such as ``objectives.distance.weight``.
    old, new : value of the JSON form
        None = not there.
    """

    path: str
    old: Any
    new: Any

    def __str__(self) -> str:
        if self.old is ABSENT:
            return f"{self.path}: added, {_told(self.new)}"
        if self.new is ABSENT:
            return f"{self.path}: removed, was {_told(self.old)}"
        if (
            isinstance(self.old, list)
            and isinstance(self.new, list)
            and sorted(map(str, self.old)) != sorted(map(str, self.new))
        ):
            return f"{self.path}: {_members(self.old, self.new)}"
        return f"{self.path}: {_told(self.old)} -> {_told(self.new)}"


def diff(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return the changes from `old` to `new` in the order of the documentation; empty when they are equal."""
    return tuple(_changes("", plain(old), plain(new)))


def _changes(path: str, old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    changes: list[Change] = []
    for key in (*old, *(key for key in new if key not in old)):
        where = f"{path}.{key}" if path else key
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        if isinstance(before, dict) and isinstance(after, dict):
            changes += _changes(where, before, after)
        elif before != after:
            changes.append(Change(where, before, after))
    return changes


def _members(old: list[Any], new: list[Any]) -> str:
    """Return the members of a list that came and went."""
    went = [f"-{_member(one)}" for one in old if one not in new]
    came = [f"+{_member(one)}" for one in new if one not in old]
    return " ".join((*went, *came))


def _member(value: Any) -> str:
    return f"({_told(value)})" if isinstance(value, dict) else _told(value)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ", ".join(f"{key} {_told(one)}" for key, one in value.items()) or "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_member, value)) + "]"
    return f"{value:,}" if isinstance(value, int) else str(value)
