"""Delivery days of carrier services and the instants of their delivery slots.

The rule (docs/network-files.md, "From hand-over to arrival"): a hand-over on local day d with a transit of t days
arrives on the delivery day with number cum[d] + t, where cum[d] counts the delivery days before d. So transit is
counted on delivery days from the first delivery day that is not before d.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fastdom.network.calendars import Days

Int32s = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class DeliveryDays:
    """Delivery days of one calendar.

    Attributes
    ----------
    cum : int32[n_days + 1]
        Delivery days in [0, d).
    day : int32[n_days]
        Table day of the j-th delivery day; -1 beyond the last one.
    """

    cum: Int32s
    day: Int32s


def delivery_days(working: Days) -> DeliveryDays:
    """Return the counting tables of the working days of a carrier's calendar."""
    cum = np.zeros(working.size + 1, dtype=np.int32)
    np.cumsum(working, out=cum[1:])
    day = np.full(working.size, -1, dtype=np.int32)
    found = np.flatnonzero(working)
    day[: found.size] = found
    return DeliveryDays(cum, day)
