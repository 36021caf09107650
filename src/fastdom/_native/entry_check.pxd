"""Whether what was read from the disk may touch the tables. A checksum says that bytes are those written, not by whom.

Asked before anything is applied, in a replay and while a checkpoint loads; never on the way of a live command, whose
decision was just made from the very tables. A yes means: every index is below its table's count, every quantity adds
up and stays within its integer, there is room in every table (its limit may have been lowered since), every choice is
one of its enum.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Result, Slice
from fastdom._native.entry cimport Context, Entry
from fastdom._native.reservations cimport Record
from fastdom._native.state cimport State
from fastdom._native.table cimport Interner


cdef enum:
    STOCK_MAX = 1000000000       # units of one position, on hand or allocated, and of one shipment
    ITEM_MAX = 1048576           # bytes of a reservation or an answer: 1,000 lines need about 250 kB


cdef inline bint is_known(const Interner* names, int32_t i) noexcept nogil:
    """A dense id that the table has given out."""
    return 0 <= i < <int64_t>names.index.count


cdef bint entry_fits(State* s, const Entry* e, const Context* context) noexcept nogil
# An unpacked entry may be applied to this state next. Counters are moved to try it and put back: the state is the same
# afterwards. context: the entry's own, when it has one.

cdef bint record_fits(State* s, const Record* record, Context* scratch) noexcept nogil
# A record whose size agrees with its counts may be loaded; its positions are there.

cdef bint remembered_fits(const State* s, Slice answer, Result* scratch) noexcept nogil
# A remembered answer is one of some command.
