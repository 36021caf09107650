"""How settings and facts are put for people."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def listed(include: tuple[str, ...], exclude: tuple[str, ...]) -> str:
    """Return what a pair of lists allows."""
    wanted = f"one of {', '.join(include)}" if include else "any"
    return f"{wanted} but {', '.join(exclude)}" if exclude else wanted


def utc(moment_us: int) -> str:
    """Return a moment to the minute, UTC."""
    return (EPOCH + timedelta(microseconds=moment_us)).strftime("%Y-%m-%d %H:%MZ")
