"""What is wrong with a Reserve, Route or Promise whatever the state."""

from libc.stdint cimport int32_t

from fastdom._native.command cimport Command, KIND_RESERVE, KIND_ROUTE, MODE_FIRM, MODE_HOLD, Status


cdef inline bint refuse(Status* status, int32_t reason, int32_t field, int32_t line_i) noexcept nogil:
    """Write a refusal; False, for the check that found it to return."""
    status.reason = reason
    status.field = field
    status.line_i = line_i
    return False


cdef inline bint has_destination(const Command* c) noexcept nogil:
    return c.pickup_node.size > 0 or c.postal_code.size > 0 or c.country_code.size > 0


cdef bint order_check(const Command* c, Status* status) noexcept nogil
# Needs no state and no lock. True = fine, else status says reason, field, line.


cdef inline bint wants_reservation(const Command* c) noexcept nogil:
    """Does a Reserve, Route or Promise want a reservation, or only an estimate?"""
    if c.kind == KIND_ROUTE:
        return c.mode == MODE_HOLD or c.mode == MODE_FIRM
    return c.kind == KIND_RESERVE or c.hold != 0
