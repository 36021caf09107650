"""Every limit of a simulation, in one place, each with its reason."""

from typing import Final

POLICIES_MAX: Final = 8  # compared at once: as many columns as a table still shows, and an engine in memory for each
ORDERS_MAX: Final = 2_000_000  # each is kept in memory, about 2 kB, and 1 kB more in the engine of each policy
LINES_MAX: Final = 1_000  # of one order, as everywhere
QUANTITY_MAX: Final = 1_000_000  # units of one line, as everywhere
ID_BYTES_MAX: Final = 64  # of any id, as everywhere
FIRST_YEAR: Final = 2000  # of any moment: calendars of holidays begin about then
LAST_YEAR: Final = 2099  # date tables reach years beyond an order, and must stay within what dates can hold
WEIGHT_G_MAX: Final = 1_000_000_000  # of one unit: beyond any parcel
PROBLEMS_SHOWN_MAX: Final = 1_000  # bad rows told one by one; the others are counted
IGNORED_SHOWN_MAX: Final = 100  # columns and keys that are not known
TEXT_SHOWN_MAX: Final = 80  # characters of a file's text in a report: an id has at most 64
LISTED_DEFAULT: Final = 100  # differing orders listed, as the command line lists anything else
DRAIN_EVERY: Final = 256  # orders between two emptyings of an engine's journal buffer, which holds far more
BUFFER_BYTES: Final = 64 << 20
REFRESH_SHARE: Final = 8  # date tables are compiled again each 1/8 of the horizon, so that they always reach far enough
