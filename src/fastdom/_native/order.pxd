"""From a command to an order ready for planning, in two steps: what needs no state, then the names.

`order_check` may run outside the engine lock. `order_resolve` writes into the caller's Resolved, whose arrays
`resolved_open` has allocated. Neither allocates, and neither knows stock or prices.
"""

from fastdom._native.command cimport Command, Status
from fastdom._native.network cimport Network
from fastdom._native.order_check cimport order_check
from fastdom._native.resolved cimport Resolved, resolved_close, resolved_open
from fastdom._native.state cimport State


cdef bint order_resolve(
    const State* s, const Network* net, const Command* c, Resolved* r, Status* status
) noexcept nogil
# True = r is ready to plan. net must be active (version > 0). The command has passed order_check.
