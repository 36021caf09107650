"""AdjustInventory and SetInventory: what they decide. They change nothing."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.network cimport Network
from fastdom._native.state cimport State


cdef void view_position(const State* s, int32_t sku_i, int32_t node_i, Result* out) noexcept nogil
# The position as it is (zeros where there is none).

cdef void decide_stock(const State* s, const Command* c, Result* out) noexcept nogil
# c.kind is ADJUST or SET. out becomes the position after the command, or a refusal.
