"""Settings that belong to a data folder because the state depends on them."""

import json

from fastdom.engine.limits import Limits
from fastdom.journal import Journal

LIMITS = "limits"


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
