"""The native seam over the engine: one for each thread that decides."""

from fastdom.engine.engine import Engine
from fastdom_server._wire.engine_core import EngineCore
from fastdom_server._wire.seam import Wire


def seam(engine: Engine) -> Wire:
    """Return a seam of its own; its `handle` runs one call at a time."""
    return Wire(EngineCore(engine.face))
