"""Keys that nobody asked for, each with the closest one that is known."""

from fastdom.network.section import Section
from fastdom.policy.fields.field import nearest


def finish(section: Section) -> None:
    """Name the keys of a table that are not part of the format."""
    known = sorted(section.asked)
    for key in section.values:
        if key not in section.asked:
            section.bad(key, f"unknown{nearest(key, known, section.problems)}; known are {', '.join(known) or 'none'}")
