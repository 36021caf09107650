"""The canonical form: one sequence of bytes for every policy, its hash, and its readable TOML form.

The canonical form is JSON with every value written out, also those that are the default, so that a later change of a
default changes no policy. Reading it, or the TOML form, gives an equal policy.
"""

import hashlib
import json
from typing import Any

from fastdom.policy.constraints import CONSTRAINT_BY_NAME
from fastdom.policy.document import Policy
from fastdom.policy.fields import Field
from fastdom.policy.head import FORMAT, HEAD, REROUTE
from fastdom.policy.objectives import OBJECTIVE_BY_NAME
from fastdom.policy.settings import Settings


def plain(policy: Policy) -> dict[str, Any]:
    """Return the policy as plain dicts, lists, numbers and strings, in the order of the documentation."""
    head = {
        "format": FORMAT,
        "name": policy.name,
        "description": policy.description,
        "currency": policy.currency,
        "combination": policy.combination.value,
        "order": policy.order,
        "relax": policy.relax,
        "fallback": policy.fallback.value,
        "effort": policy.effort,
        "split_quantities": policy.split_quantities,
    }
    reroute = (policy.reroute.attempts_max, policy.reroute.exclude_minutes)
    return {
        **_table(HEAD, [head[field.name] for field in HEAD]),
        "reroute": _table(REROUTE, list(reroute)),
        "constraints": {one.name: _settings(one, CONSTRAINT_BY_NAME[one.name].fields) for one in policy.constraints},
        "objectives": {one.name: _settings(one, OBJECTIVE_BY_NAME[one.name].fields) for one in policy.objectives},
    }


def _settings(settings: Settings, fields: tuple[Field, ...]) -> dict[str, Any]:
    return _table(fields, [settings[field.name] for field in fields])


def _table(fields: tuple[Field, ...], values: list[Any]) -> dict[str, Any]:
    pairs = ((field.name, field.plain(value)) for field, value in zip(fields, values, strict=True))
    return {name: value for name, value in pairs if value is not None}


def canonical_bytes(policy: Policy) -> bytes:
    """Return the canonical form: JSON in UTF-8, keys sorted, without blanks."""
    return json.dumps(plain(policy), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_hash(policy: Policy) -> str:
    """Return the sha256, in hexadecimal, of the canonical form."""
    return hashlib.sha256(canonical_bytes(policy)).hexdigest()


def json_text(policy: Policy) -> str:
    """Return the policy as a JSON document for people, in the order of the documentation."""
    return json.dumps(plain(policy), ensure_ascii=False, indent=2) + "\n"


def toml_text(policy: Policy) -> str:
    """Return the policy as a TOML document for people, in the order of the documentation."""
    values = plain(policy)
    tables = {name: values.pop(name) for name in ("reroute", "constraints", "objectives")}
    lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
    for table in ("constraints", "objectives"):
        lines += ["", f"[{table}]", *(f"{name} = {_toml(value)}" for name, value in tables[table].items())]
    lines += ["", "[reroute]", *(f"{key} = {_toml(value)}" for key, value in tables["reroute"].items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key, ensure_ascii=False)
