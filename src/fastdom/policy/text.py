"""What any text must be before its values are looked at: short, UTF-8, and of plain values."""

from typing import Any

from fastdom.network.section import Section
from fastdom.policy.json_form import json_lines, read_json
from fastdom.policy.limits import DEPTH_MAX, DOCUMENT_BYTES_MAX
from fastdom.policy.problems import Problems
from fastdom.policy.toml_form import read_toml, toml_lines


def read_text(data: bytes, file: str, problems: Problems) -> Section | None:
    """Return the values of a document, in the form that the ending of its name says; None with the problems noted."""
    if len(data) > DOCUMENT_BYTES_MAX:
        problems.add(file, 0, "", f"must have at most {DOCUMENT_BYTES_MAX} bytes")
        return None
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        problems.add(file, data.count(b"\n", 0, error.start) + 1, "", "must be UTF-8 text")
        return None
    read, lines = (read_json, json_lines) if file.endswith(".json") else (read_toml, toml_lines)
    values = read(file, text, problems)
    if values is None:
        return None
    fault = value_fault(values)
    if fault:
        problems.add(file, 0, "", fault)
        return None
    return Section(file, (), values, lines(text), problems)


def value_fault(values: Any) -> str:
    """Return what no value of a document may be; empty when all are plain."""
    level = [values]
    for _ in range(DEPTH_MAX):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += [*value, *value.values()]
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, int) and not -(2**63) <= value < 2**63:
                return "has a whole number beyond 64 bits"
            elif isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
                return "has a text that is not Unicode"
        if not inner:
            return ""
        level = inner
    return f"is nested deeper than {DEPTH_MAX} levels"
