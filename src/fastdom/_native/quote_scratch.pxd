"""Working memory of quotes: one allocation at start-up, owned by the engine, valid during one call.

Nodes are handled by *rank*, their place in the order of external ids, so that walking ranks walks candidates in the
order of the tie-break. Tables that would have to be cleared for every order carry the epoch they were written in.
"""

from libc.stdint cimport INT64_MAX, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

from fastdom._native.command cimport LINE_ORDER_CANCELLED, LINE_ORDER_INCOMPLETE, LineIn
from fastdom._native.entry cimport ContextLine
from fastdom._native.network cimport Network
from fastdom._native.policy cimport Policy, PolicyStage, WHOLE_ORDER
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
    const PolicyStage* stage     # constraints that hold now
    int32_t stage_i              # constraints of the policy's `relax` that are given up
    bint given                   # nodes are given: constraints of nodes do not bind
    int64_t now_us
    int64_t at_us                # max(now, placed_at)
    int64_t arrive_max_us        # end of the latest arrival window allowed; INT64_MAX = any
    int32_t level
    int32_t max_shipments        # of the order, 0 = no bound; the policy may allow fewer
    int32_t shipments_used       # of them, beside the plan
    bint allow_partial           # of the order; the policy may want it whole
    bint cancels                 # the policy cancels an order that is not served whole, whatever the order allows
    int64_t effort               # as asked for, 0 = the policy's, else the default
    int64_t order_value_micros   # 0 = not given
    int64_t order_units          # of the whole order; counted where its value is given
    const LineIn* lines_in       # where the lines' attributes are, by line_i; both NULL = there are none
    const ContextLine* lines_kept


ctypedef void (*Breather)(void* owner) noexcept nogil


cdef struct Quote:
    uint64_t token_key[2]
    Breather pause               # called before a search and `resume` after it: what the state says may change between
    Breather resume              # both NULL: the state stays as it is
    void* owner                  # what they are called with
    int64_t cells                # line x node pairs read since the last breath
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
    int32_t cover_mask           # PolicyStage.reserve_mask and reserve_extra that `cover` was made with
    int32_t cover_extra
    int32_t only_line            # explanations: line + 1 that no node but only_node - 1 may ship; 0 = any may
    int32_t only_node
    # candidates, by rank
    Candidate candidates[4111]
    uint64_t candidate_cover[4111 * 16]
    int32_t candidate_node[4111]
    int32_t candidate_set[4111]  # lane set; -1 = pickup at the node
    int32_t candidate_live[4111]  # bit set of its places that are offered
    int32_t candidate_slot[4111 * 4]  # [candidate, place]
    int32_t candidate_part[4111]  # part of the plan, -1 = none
    uint16_t row_tariffs[4111 * 4]
    int64_t place_fixed[4111 * 16]  # [row, place, n_cost] what a carrier service costs beyond the others of its row
    int64_t place_unit[4111 * 16]
    bint places_differ           # some of them is not 0
    int32_t rank_candidate[4111] # -1 = none; filled when stock is priced
    RowEntry rows[8192]
    TakenEntry taken[2048]
    int32_t group_start[1001]
    int32_t group_block[1000]
    int32_t group_quantity[1000]
    int32_t group_ordinal[1000]  # sku_ordinal of the group
    int32_t part_shipment[1000]
    int64_t point_g[64]          # price grid of a heavy order
    # blocks that need a capability
    bint any_needs               # some line asks for one
    bint need_bound              # and the stage leaves nodes out for it
    bint reach_bound             # the stage bounds where nodes ship to
    uint8_t line_needs[1000]     # bit set by line
    uint64_t need_cover[4 * 16]  # [capability, cover_words] blocks that need it at this stage
    uint64_t masked[16]          # blocks of a node less those it is not capable of
    # what became of the lines, by index of p.order
    int32_t line_shipment[1000]  # -1 = none
    int32_t line_units[1000]
    # quantities by position, the caller's memory; NULL = not known
    const int64_t* weekly_demand_milli  # [n_weekly] 1/1000 unit a week; -1 = not known
    const int64_t* unit_price    # [n_prices] look-ahead price of a unit, micros
    int64_t n_weekly
    int64_t n_prices
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
    int64_t* block_cost          # [RANKS_MAX, LINES_MAX, 4]
    char* text                   # [FINGERPRINT_MAX]
    Resolved rest                # unpinned lines of a mixed order
    Token token


cdef enum:
    BREATH_CELLS = 16384         # read in one taking of the lock: about 100 us


cdef inline void breathe(Quote* q, int64_t cells) noexcept nogil:
    """So many line x node pairs were read: let others decide when it is time, where that is allowed."""
    if q.pause == NULL:
        return
    q.cells += cells
    if q.cells >= BREATH_CELLS:
        q.cells = 0
        q.pause(q.owner)
        q.resume(q.owner)


cdef inline void place_stage(Place* p, int32_t stage_i) noexcept nogil:
    """The constraints after so many are given up."""
    cdef const PolicyStage* stage = &p.policy.stages[stage_i + (p.policy.n_stages if p.given else 0)]
    cdef int64_t placed_us = p.order.placed_at_us if p.order.placed_at_us else p.now_us
    p.stage = stage
    p.stage_i = stage_i
    p.arrive_max_us = INT64_MAX
    if not stage.arrival_kept:
        return
    if p.order.required_by_us:
        p.arrive_max_us = p.order.required_by_us + stage.grace_us
    if stage.within_us and placed_us + stage.within_us < p.arrive_max_us:
        p.arrive_max_us = placed_us + stage.within_us


cdef inline bint partial_allowed(const Place* p) noexcept nogil:
    """Whether a plan may leave lines out."""
    return p.allow_partial and not p.cancels and p.stage.whole != WHOLE_ORDER


cdef inline int32_t incomplete_reason(const Place* p) noexcept nogil:
    """The LineReason of a line that could ship and goes down with another one."""
    return LINE_ORDER_CANCELLED if p.cancels else LINE_ORDER_INCOMPLETE


cdef inline Place place_of(
    const State* s, const Network* net, const Resolved* r, int64_t now_us, int32_t level
) noexcept nogil:
    cdef Place place
    memset(&place, 0, sizeof(Place))
    place.state = s
    place.net = net
    place.order = r
    place.policy = &net.policies[r.policy_i + (0 if r.required_by_us else net.n_policies)]
    place.now_us = now_us
    place.at_us = now_us if now_us > r.placed_at_us else r.placed_at_us
    place.level = level
    place_stage(&place, 0)
    return place
