"""AdjustInventory, SetInventory and ImportInventory: what they decide. They change nothing."""

from libc.stdint cimport int32_t, int64_t, uint32_t

from fastdom._native.command cimport Command, Result, Slice
from fastdom._native.network cimport Network
from fastdom._native.state cimport State


cdef void view_position(const State* s, int32_t sku_i, int32_t node_i, Result* out) noexcept nogil
# The position as it is (zeros where there is none).

cdef void decide_stock(const State* s, const Command* c, Result* out) noexcept nogil
# c.kind is ADJUST or SET. out becomes the position after the command, or a refusal.

cdef enum:
    IMPORT_BYTES_MAX = 1 << 16   # what a chunk comes to, packed: 1,024 positions and 1,024 refusals

cdef uint32_t decide_rows(const State* s, Command* c, char* packed, Slice* positions, Result* out) noexcept nogil
# Every row of c, each after those before it, their dense ids being known. Fills reason and field of the rows, and of out
# rows_applied and refused_rows; positions are those to set, packed (see stock_row.pxd). packed has IMPORT_BYTES_MAX.
# How many of the positions do not exist yet.

cdef int recall_rows(Command* c, const Result* out) noexcept nogil
# Reason and field of the rows of c, as out remembers them; -1 = malformed.
