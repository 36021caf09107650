"""Settings that belong to a data folder because the state depends on them."""

import json

from fastdom.engine.limits import Limits
from fastdom.journal import Journal

LIMITS = "limits"
LIMITS_SINCE = "limits_since"
INITIAL_STOCK = "initial_stock"


def stored_limits(journal: Journal) -> Limits | None:
    """The limits the folder was last opened with; None for a new folder."""
    text = journal.get_setting(LIMITS)
    if text is None:
        return None
    known = {name: value for name, value in json.loads(text).items() if name in Limits.__dataclass_fields__}
    return Limits(**known)


def store_limits(journal: Journal, limits: Limits) -> None:
    """Remember the limits: a replay must forget request ids by the same window."""
    journal.put_setting(LIMITS, json.dumps(limits.as_dict(), sort_keys=True))


def begin_limits(journal: Journal, seq: int) -> None:
    """Remember from which sequence on the limits hold that are stored next."""
    journal.put_setting(LIMITS_SINCE, str(seq))


def limits_since(journal: Journal) -> int:
    """A replay under the stored limits is right from this sequence on; 0 = from the beginning."""
    return int(journal.get_setting(LIMITS_SINCE) or 0)


def note_initial_stock(journal: Journal) -> None:
    """Remember that every row of the first network's stock is in the journal."""
    journal.put_setting(INITIAL_STOCK, "complete")


def has_initial_stock(journal: Journal) -> bool:
    """Whether the first network's stock came in to its last row."""
    return journal.get_setting(INITIAL_STOCK) is not None
