"""Working memory of quotes: one allocation at start-up, owned by the engine, valid during one call.

Nodes are handled by *rank*, their place in the order of external ids, so that walking ranks walks candidates in the
order of the tie-break. Tables that would have to be cleared for every order carry the epoch they were written in.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from fastdom._native.network cimport Network, Policy
from fastdom._native.resolved cimport Resolved
from fastdom._native.plan cimport Candidate, Plan, Problem, Scratch
from fastdom._native.state cimport State
from fastdom._native.token cimport Token


cdef enum:
    RANKS_MAX = 4095             # nodes of one network version: candidates of one plan (plan.pxd: NODES_MAX)
    PLACES = 4                   # services that compete in a candidate (network.pxd: SET_SERVICES)
    TAKEN_SIZE = 2048            # twice LINES_MAX, a power of two
    ROW_TABLE_SIZE = 8192        # twice the rows of a plan, a power of two
    SUBSET_BLOCKS_MAX = 6        # heavy orders: up to here every subset's weight gets its own point (2^6 - 1 <= 64)
    FINGERPRINT_MAX = 160000     # bytes of LINES_MAX lines with the longest ids


cdef struct RowEntry:            # which tariff row a lane set with some of its services has become
    uint32_t epoch
    int32_t key                  # set * 16 + bit set of live places
    int32_t row_i


cdef struct TakenEntry:          # units of one position that the order has already taken
    uint32_t epoch
    int32_t position
    int64_t quantity


cdef struct Place:               # one order being quoted: what every step reads
    const State* state
    const Network* net
    const Resolved* order
    const Policy* policy
    int64_t at_us                # max(now, placed_at)
    int32_t level
    int32_t max_shipments
    bint allow_partial
    int64_t effort


cdef struct Quote:
    uint64_t token_key[2]
    Scratch* kernel
    Problem problem
    Plan plan
    uint32_t row_epoch
    uint32_t taken_epoch
    int32_t n_taken              # positions in `taken`
    bint coarse                  # the price table is a rough one: the plan is a heuristic
    # stock by rank
    uint64_t cover[4111 * 16]    # [rank, cover_words] blocks the node has the units of
    uint64_t met[4111]           # demands met of the block under way
    # candidates, by rank
    Candidate candidates[4111]
    uint64_t candidate_cover[4111 * 16]
    int32_t candidate_node[4111]
    int32_t candidate_set[4111]  # lane set; -1 = pickup at the node
    int32_t candidate_live[4111]  # bit set of its places that are offered
    int32_t candidate_slot[4111 * 4]  # [candidate, place]
    int32_t candidate_part[4111]  # part of the plan, -1 = none
    uint16_t row_tariffs[4111 * 4]
    RowEntry rows[8192]
    TakenEntry taken[2048]
    int32_t group_start[1001]
    int32_t group_block[1000]
    int32_t group_quantity[1000]
    int32_t group_ordinal[1000]  # sku_ordinal of the group
    int32_t part_shipment[1000]
    int64_t point_g[64]          # price grid of a heavy order
    # orders whose nodes are given
    int32_t line_node[1000]      # pinned or chosen node of every line; -1 = none
    int32_t line_position[1000]  # -1 = none
    int64_t rank_units[4111]     # of the shipment of the node
    int64_t rank_weight_g[4111]
    int32_t rank_shipment[4111]  # -1 = it cannot leave
    uint64_t touched[64]         # bit set of the ranks with a granted line
    uint8_t shipment_used[1000]  # [SHIPMENTS_MAX] of a re-routed reservation: seen with units that count
    # seldom used and large: address space, backed when touched
    int32_t* group_available     # [LINES_MAX, RANKS_MAX]
    int64_t* price_cost          # [RANKS_MAX * PLACES, 64]
    char* text                   # [FINGERPRINT_MAX]
    Resolved rest                # unpinned lines of a mixed order
    Token token


cdef inline Place place_of(
    const State* s, const Network* net, const Resolved* r, int64_t now_us, int32_t level
) noexcept nogil:
    cdef Place place
    place.state = s
    place.net = net
    place.order = r
    place.policy = &net.policies[r.policy_i]
    place.at_us = now_us if now_us > r.placed_at_us else r.placed_at_us
    place.level = level
    place.max_shipments = 0
    place.allow_partial = False
    place.effort = 0
    return place
