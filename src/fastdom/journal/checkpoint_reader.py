"""Reading one checkpoint, every chunk checked."""

from collections.abc import Iterator
from pathlib import Path

import lmdb

from .chunk import (
    BODY_AT,
    KEY,
    KEY_AT,
    STEP_BYTES,
    Damage,
    Manifest,
    check_chunk,
    total_of,
)
from .environment import Environment
from .errors import CheckpointDamaged


class CheckpointReader:
    """One complete checkpoint."""

    def __init__(self, path: Path, env: Environment, manifest: Manifest) -> None:
        self.seq = manifest.seq
        self.digest = bytes.fromhex(manifest.digest)
        self.counts = manifest.counts
        self.sections = manifest.sections
        self.manifest = manifest
        self._path = path
        self._env = env

    def chunks(self, section: str | None = None) -> Iterator[tuple[str, int, memoryview]]:
        """Yield (section, index, chunk), each checked, in the order of sections and indices.

        The views stay valid as long as they are held.

        Raises
        ------
        CheckpointDamaged
        """
        for ordinal, (name, count) in enumerate(self.sections.items()):
            if section in (None, name):
                for index, value in enumerate(self._values(ordinal, count)):
                    yield name, index, memoryview(value)[BODY_AT:]

    def check(self) -> None:
        """Read every byte; raises CheckpointDamaged."""
        sums = {
            value[KEY_AT:BODY_AT]: value[:KEY_AT]
            for ordinal, count in enumerate(self.sections.values())
            for value in self._values(ordinal, count)
        }
        if total_of(sums) != self.manifest.total:
            raise self._damage("the chunks are not those of its manifest")

    def _values(self, ordinal: int, count: int) -> Iterator[bytes]:
        index = 0
        while index < count:
            for value in self._copy(ordinal, index, count):
                try:
                    check_chunk(KEY.pack(self.manifest.id, ordinal, index), value)
                except Damage as damage:
                    raise self._damage(f"chunk {index} of section {ordinal}: {damage}") from damage
                yield value
                index += 1

    def _copy(self, ordinal: int, index: int, count: int) -> list[bytes]:
        """Copy about STEP_BYTES of values out of the map, so that no read transaction stays open."""
        copied: list[bytes] = []
        taken = 0
        try:
            with self._env.read() as txn:
                cursor = txn.cursor(self._env["chunks"])
                found = cursor.set_range(KEY.pack(self.manifest.id, ordinal, index))
                while found and index + len(copied) < count and taken < STEP_BYTES:
                    copied.append(bytes(cursor.value()))
                    taken += len(copied[-1])
                    found = cursor.next()
        except lmdb.Error as error:
            raise self._damage(str(error)) from error
        if not copied:
            raise self._damage(f"chunk {index} of section {ordinal}: missing")
        return copied

    def _damage(self, reason: str) -> CheckpointDamaged:
        return CheckpointDamaged(self._path, self.seq, reason)
