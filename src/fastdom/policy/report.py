"""Where checks note what is wrong: by path, with the line of the document where there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastdom.network.toml_lines import Path
from fastdom.policy.problems import Problems


@dataclass(frozen=True, slots=True)
class Report:
    """Problems of one document.

    Attributes
    ----------
    file : str
        Name for messages.
    lines : mapping of path to int
        Lines from 1; empty for a policy that was not read from a text.
    problems : Problems
    """

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)

    def bad(self, path: Path, message: str) -> None:
        """Note a problem; a path without a line of its own gets that of the closest table around it."""
        place = path
        while place and place not in self.lines:
            place = place[:-1]
        line = self.lines.get(place, 1 if self.lines else 0)
        self.problems.add(self.file, line, dotted(path), message)


def dotted(path: Path) -> str:
    """Return a path as messages spell it, such as ``constraints.excluded_nodes.nodes[2].node``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
