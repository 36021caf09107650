"""Engines do not survive a fork: the child has their memory and their files, but not the thread that writes them."""

import os
from weakref import WeakKeyDictionary

from fastdom._native.engine import NativeEngine

FORKED = "this process was forked from the one that opened the folder: open it where it is used"
"""Why an engine of a forked child answers nothing."""

_open: WeakKeyDictionary[object, NativeEngine] = WeakKeyDictionary()
_held: list[NativeEngine] = []
"""Engines whose locks the fork under way has taken."""


def guard(owner: object, native: NativeEngine) -> None:
    """Latch this engine in every child that is forked while its owner lives; the parent's goes on as before."""
    _open[owner] = native


def _before() -> None:
    _held.extend(_open.values())
    for native in _held:
        native.before_fork()


def _after(child: bool) -> None:
    for native in _held:
        native.after_fork(child)
    _held.clear()


os.register_at_fork(before=_before, after_in_parent=lambda: _after(False), after_in_child=lambda: _after(True))
