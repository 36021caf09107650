"""Quotes: which nodes ship an order, with which carrier service, when it arrives and what it costs.

Every function here decides and changes nothing: it reads the state and the network, and writes the caller's Result.
`now_us` is the time of the command. An order is judged at max(now, placed_at): a placed_at in the past cannot bring
back a hand-over that has gone, one in the future is quoted from there.

What a function fills of the Result: status, outcome, optimality, split_count, total_micros, gap_micros,
nodes_considered, evaluations, network_version, policy_version, token_difference, channel_i, now_us and the arrays
with their counts. The rest (ids, seq, stock fields) is the engine's. The engine clears the Result before the call.

Shipments are ordered by external node id, allocations by line. `AllocationOut.shipment_i` counts from the first
shipment of its plan: from 0 in a plan or reservation, from `OptionOut.first_shipment` in a promise. The split penalty
is booked on every shipment after the first.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.entry cimport Context
from fastdom._native.network cimport Network
from fastdom._native.resolved cimport Resolved
from fastdom._native.quote_scratch cimport Quote
from fastdom._native.reservations cimport Record
from fastdom._native.state cimport State


cdef Quote* quote_open(int32_t nodes_max, const uint64_t* token_key) noexcept nogil
# All the memory quotes ever need; token_key is 128 bits, copied. NULL when memory is short.

cdef void quote_close(Quote* q) noexcept nogil                              # NULL is legal

cdef void quote_quantities(
    Quote* q, const int64_t* weekly_demand_milli, int64_t n_weekly, const int64_t* unit_price, int64_t n_prices
) noexcept nogil
# What is known of positions, by position id, from the next quote on: demand in 1/1000 unit a week, 0 .. 2^40 (-1 = not
# known), and look-ahead price of a unit in micros, 0 .. 2^50. Positions beyond the end, and all with NULL and 0, are not
# known. The caller keeps the memory until it sets others.

cdef void quote_route(
    const State* s, const Network* net, const Resolved* r, const Command* c, int64_t now_us, Quote* q, Result* out
) noexcept nogil
# Route, and Reserve with no line pinned: the cheapest plan at r.service_level. Pins are ignored.

cdef void quote_pinned(
    const State* s, const Network* net, const Resolved* r, const Command* c, int64_t now_us, Quote* q, Result* out
) noexcept nogil
# Reserve with r.n_pinned > 0: pinned lines go to their nodes, the others are routed with what is then left.

cdef void quote_promise(
    const State* s, const Network* net, const Resolved* r, const Command* c, int64_t now_us, Quote* q, Result* out
) noexcept nogil
# Promise: one option per service level that serves the whole order, best first: arrive_by, then cost, then level. Every
# option still has a microsecond to go: order_by > now, so that neither its token nor its hold is dead when it is given.

cdef void quote_token(
    const State* s, const Network* net, Resolved* r, const Command* c, int64_t now_us, Quote* q, Result* out
) noexcept nogil
# Reserve with an option_token: exactly the quoted plan, or REFUSED with token_difference. status is R_TOKEN_INVALID,
# R_TOKEN_MISMATCH (another order, see token.pxd) or R_TOKEN_EXPIRED (now >= valid_until).
# Writes the quoted level to r.service_level and the quoted policy, as far as there is one of its name, to r.policy_i.

cdef int32_t reroute_policy(const Network* net, const Context* context) noexcept nogil
# The order's policy by its name, whatever its version is now; the default when there is none of that name.

cdef int32_t quote_reroute(
    const State* s, const Network* net, const Record* record, const Context* context, int32_t failed_node_i,
    const int32_t* leaving, int64_t now_us, Quote* q, Resolved* r, Result* out
) noexcept nogil
# `leaving` units of each allocation (of open ones at the failed node; NULL = all of them) moved to other nodes, as far as
# they fit; returns the units placed. Never to a node that the record excludes at this time.
# Shipments and allocations of those units alone, line_i as in the reservation's order. r is scratch.
# The order's own terms hold: level, payment, required_by, placed_at, groups, included and excluded nodes, the policy of
# that name (else the default) with its stages, and max_shipments of order and policy. The last bounds the shipments that the reservation has after the move:
# those with units still open or fulfilled, the failed node's too while it keeps any, plus the new ones. A new shipment
# counts even from a node that ships already. Units that would go beyond it stay where they are.
