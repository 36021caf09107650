"""Branch and bound over the bound of plan_dual_bound.pxd.

One step takes the block with the fewest candidates left and tries each of them; for a candidate it fills the shipment
block by block, the heaviest first. A partial shipment is dropped when its least cost and that of what remains exceed
the limit; tables of least values over ranges of weight (plan_spans) answer that for all weights the shipment can still
reach. What a shipment leaves open is the same problem with fewer blocks.

*Promises.* A block left out of a shipment that would carry it without a dearer tariff must end where it costs no more:
else moving it there would be cheaper. That holds where no tariff falls with weight and the candidate is not tight.

*Twins.* Of blocks that are the same in everything a shipment takes the first ones; their candidates are put in order
when the plan is complete.

Plans as dear as the limit stay in the search, so that of equal plans the first in the order of plans is found.
"""

from libc.stdint cimport int16_t, int32_t, int64_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.plan cimport COST_MAX, Plan, Problem, Scratch
from fastdom._native.plan_cost cimport tier_of, units_fit
from fastdom._native.plan_dual_bound cimport (
    Gains,
    below,
    drop_dear,
    effort_relax,
    gains_of,
    prices_of,
    relax,
    shipment_points,
    tops_table,
)
from fastdom._native.plan_dual_frame cimport bucket_of, weight_of
from fastdom._native.plan_dual_memory cimport (
    DUAL_BLOCKS_MAX,
    DUAL_BUCKETS,
    DUAL_DEPTH,
    Dual,
    DualLevel,
)
from fastdom._native.plan_frame cimport INFINITE, KEY_SHIFT, row_key
from fastdom._native.plan_parts cimport lowest_bit64


cdef extern from "plan_dual.h":
    void plan_spans(int32_t* table, int32_t n) noexcept nogil
    int32_t plan_span_least(const int32_t* table, int32_t first, int32_t last) noexcept nogil


cdef enum:
    EFFORT_FILL = 4             # evaluations that one block of one shipment counts as


cdef struct Filling:            # one shipment while it is filled
    int32_t depth
    int32_t candidate_i
    uint64_t blocks             # that the plan still has to serve
    int64_t cost                # micros of the shipments before
    int64_t prices              # coarse, of `blocks`
    int32_t n                   # blocks to decide
    int32_t at[64]
    int32_t over[64]            # coarse cost above the price
    int32_t left_g[65]          # [i] weight of at[i ..]
    int64_t gain[65]            # [i] what at[i ..] gain at most, 0 or less


cdef inline bint positions_fit(const Problem* problem, const Dual* dual, int32_t candidate_i, uint64_t set) noexcept nogil:
    """Whether the blocks, each available alone, are available together at the candidate."""
    cdef int64_t units = 0
    cdef int64_t needed
    cdef uint64_t left = set
    cdef int32_t group
    cdef int32_t entry
    cdef int32_t members
    while left:
        units += dual.units[lowest_bit64(left)]
        left &= left - 1
    if not units_fit(&problem.candidates[candidate_i], units):
        return False
    for group in range(problem.n_groups):
        needed = 0
        members = 0
        for entry in range(problem.group_start[group], problem.group_start[group + 1]):
            if set >> dual.position[problem.group_block[entry]] & 1:
                needed += problem.group_quantity[entry]
                members += 1
        if members > 1 and needed > problem.group_available[<int64_t>group * problem.n_candidates + candidate_i]:
            return False
    return True


cdef inline int64_t tariff_key(
    const Problem* problem, const Scratch* scratch, const Dual* dual, int32_t candidate_i, int32_t weight_g
) noexcept nogil:
    return row_key(problem, scratch, dual.row_i[candidate_i], tier_of(problem, weight_g), weight_g)


cdef inline void order_twins(const Dual* dual, int16_t* nodes) noexcept nogil:
    """Give the lower candidates to the lower blocks among twins."""
    cdef int16_t node
    cdef int32_t at
    cdef int32_t to
    for at in range(1, dual.n):
        node = nodes[dual.block[at]]
        to = at
        while dual.twin[to] and nodes[dual.block[to - 1]] > node:
            nodes[dual.block[to]] = nodes[dual.block[to - 1]]
            to -= 1
        nodes[dual.block[to]] = node


cdef inline void accept(const Problem* problem, Dual* dual, int64_t cost, int32_t parts) noexcept nogil:
    """Keep the plan in chosen[] when it comes before the best one in the order of plans."""
    cdef int16_t nodes[64]
    cdef int32_t block
    memcpy(nodes, dual.chosen, dual.n * sizeof(int16_t))
    order_twins(dual, nodes)
    if dual.best_cost >= 0:
        if cost > dual.best_cost or (cost == dual.best_cost and parts > dual.best_parts):
            return
        if cost == dual.best_cost and parts == dual.best_parts:
            for block in range(dual.n):
                if nodes[block] != dual.best[block]:
                    break
            else:
                return
            if nodes[block] > dual.best[block]:
                return
    dual.best_cost = cost
    dual.best_parts = parts
    dual.limit = cost
    memcpy(dual.best, nodes, dual.n * sizeof(int16_t))


cdef inline void promise(
    const Problem* problem, const Scratch* scratch, const Dual* dual, const Filling* filling, uint64_t set,
    int32_t weight_g, int64_t key, int64_t* promises
) noexcept nogil:
    """Lower promises[] of the blocks left out that would have been carried at the same tariff."""
    cdef int32_t candidate_i = filling.candidate_i
    cdef int64_t cost
    cdef int32_t i
    cdef int32_t at
    if dual.tight[candidate_i] or not dual.stepwise:
        return
    for i in range(filling.n):
        at = filling.at[i]
        cost = dual.cost[<int64_t>candidate_i * DUAL_BLOCKS_MAX + at]
        if set >> at & 1 or cost >= promises[at]:
            continue
        if tariff_key(problem, scratch, dual, candidate_i, weight_g + dual.weight_g[at]) == key:
            promises[at] = cost


cdef inline void ship(
    const Problem* problem, Scratch* scratch, Dual* dual, Plan* plan, const Filling* filling, uint64_t set,
    int32_t weight_g
) noexcept nogil:
    """The shipment is complete: go on with what it leaves."""
    cdef DualLevel* level = &dual.level[filling.depth]
    cdef int32_t candidate_i = filling.candidate_i
    cdef uint64_t rest = filling.blocks & ~set
    cdef uint64_t left = set
    cdef int64_t key = tariff_key(problem, scratch, dual, candidate_i, weight_g)
    cdef int64_t cost = filling.cost + problem.candidates[candidate_i].fixed[0] + problem.split_penalty[0]
    cdef int32_t at
    if key == INFINITE:
        return
    cost += key >> KEY_SHIFT
    while left:
        at = lowest_bit64(left)
        left &= left - 1
        cost += dual.cost[<int64_t>candidate_i * DUAL_BLOCKS_MAX + at]
        dual.chosen[dual.block[at]] = candidate_i
    if cost > dual.limit:
        return
    if rest == 0:
        accept(problem, dual, cost, filling.depth + 1)
        return
    if filling.depth + 1 == problem.max_shipments:
        return
    if prices_of(dual, rest) + level.others[bucket_of(dual, weight_of(dual, rest))] > (dual.limit - cost) >> dual.shift:
        return
    memcpy(dual.level[filling.depth + 1].promise, level.promise, dual.n * sizeof(int64_t))
    promise(problem, scratch, dual, filling, set, weight_g, key, dual.level[filling.depth + 1].promise)
    search(problem, scratch, dual, plan, filling.depth + 1, candidate_i, rest, cost)


cdef inline bint spent(Dual* dual, const Plan* plan) noexcept nogil:
    if plan.evaluations > dual.effort_max:
        dual.incomplete = True
    return dual.incomplete


cdef inline void fill(
    const Problem* problem, Scratch* scratch, Dual* dual, Plan* plan, const Filling* filling, int32_t i, uint64_t set,
    int32_t weight_g, int64_t over, int64_t dear
) noexcept nogil:
    """Decide blocks i and beyond. over: coarse cost of the set above its prices; dear: the positive ones alone."""
    cdef DualLevel* level = &dual.level[filling.depth]
    cdef int64_t room = ((dual.limit - filling.cost) >> dual.shift) - filling.prices
    cdef int32_t first = bucket_of(dual, weight_g)
    cdef int32_t last = bucket_of(dual, weight_g + filling.left_g[i])
    cdef int32_t at
    cdef int32_t without_it
    cdef uint64_t with_it
    plan.evaluations += EFFORT_FILL
    if plan_span_least(level.base, first, last) + over + filling.gain[i] > room:
        return
    if plan_span_least(level.with_gain, first, last) + dear > room or spent(dual, plan):
        return
    if i == filling.n:
        ship(problem, scratch, dual, plan, filling, set, weight_g)
        return
    at = filling.at[i]
    with_it = set | <uint64_t>1 << at
    without_it = i + 1
    while without_it < filling.n and filling.at[without_it] == filling.at[without_it - 1] + 1 and (
        dual.twin[filling.at[without_it]]
    ):
        without_it += 1
    if filling.over[i] > 0:
        fill(problem, scratch, dual, plan, filling, without_it, set, weight_g, over, dear)
    if not dual.tight[filling.candidate_i] or positions_fit(problem, dual, filling.candidate_i, with_it):
        fill(problem, scratch, dual, plan, filling, i + 1, with_it, weight_g + dual.weight_g[at],
             over + filling.over[i], dear + (filling.over[i] if filling.over[i] > 0 else 0))
    if filling.over[i] <= 0:
        fill(problem, scratch, dual, plan, filling, without_it, set, weight_g, over, dear)


cdef inline void open_tables(Dual* dual, DualLevel* level, int32_t i, uint64_t blocks) noexcept nogil:
    """others[], base[] and with_gain[] of alive[i] for every weight it can carry."""
    cdef int32_t candidate_i = level.alive[i]
    cdef int32_t n_buckets = bucket_of(dual, weight_of(dual, blocks))
    cdef const int32_t* tariff = &dual.row_point[dual.row_i[candidate_i] * DUAL_BUCKETS]
    cdef int32_t costs[256]
    cdef Gains gains
    cdef int32_t most
    cdef int32_t bucket
    cdef int32_t point
    cdef int32_t other
    cdef int32_t top
    gains_of(dual, candidate_i, level.cover[i], &gains)
    shipment_points(dual, candidate_i, &gains, costs)
    most = bucket_of(dual, gains.cover_g)
    for top in range(level.n_tops):
        if level.top[top] == candidate_i:
            tops_table(level, top, n_buckets, level.others)
            break
    else:
        for bucket in range(n_buckets + 1):
            level.others[bucket] = level.full[bucket] - level.under[i]
    for bucket in range(most + 1):
        point = dual.point_of[bucket]
        other = level.others[below(n_buckets, bucket)]
        level.base[bucket] = dual.fixed[candidate_i] + tariff[point] + other
        level.with_gain[bucket] = costs[point] + other
    plan_spans(level.base, most + 1)
    plan_spans(level.with_gain, most + 1)


cdef inline void open_filling(
    const Dual* dual, Filling* filling, int32_t depth, int32_t candidate_i, uint64_t cover, uint64_t blocks,
    int64_t cost
) noexcept nogil:
    """List the blocks of the cover, which the candidate may take."""
    cdef uint64_t left = cover
    cdef int32_t i
    filling.depth = depth
    filling.candidate_i = candidate_i
    filling.blocks = blocks
    filling.cost = cost
    filling.prices = prices_of(dual, blocks)
    filling.n = 0
    while left:
        filling.at[filling.n] = lowest_bit64(left)
        filling.over[filling.n] = over_price(dual, candidate_i, filling.at[filling.n])
        filling.n += 1
        left &= left - 1
    filling.left_g[filling.n] = 0
    filling.gain[filling.n] = 0
    for i in range(filling.n - 1, -1, -1):
        filling.left_g[i] = filling.left_g[i + 1] + dual.weight_g[filling.at[i]]
        filling.gain[i] = filling.gain[i + 1] + (filling.over[i] if filling.over[i] < 0 else 0)


cdef inline int32_t over_price(const Dual* dual, int32_t candidate_i, int32_t at) noexcept nogil:
    return <int32_t>(dual.cost[<int64_t>candidate_i * DUAL_BLOCKS_MAX + at] >> dual.shift) - dual.price[at]


cdef inline uint64_t inherit_alive(
    const Problem* problem, Dual* dual, int32_t depth, int32_t but, uint64_t blocks
) noexcept nogil:
    """Candidates of the shipment before that are not used and may ship a block; for the last shipment, all blocks.

    Returns the blocks that they may ship.
    """
    cdef const DualLevel* above = &dual.level[depth - 1]
    cdef DualLevel* level = &dual.level[depth]
    cdef bint last = depth + 1 == problem.max_shipments
    cdef const int64_t* cost
    cdef uint64_t promised = 0
    cdef uint64_t have = 0
    cdef uint64_t cover
    cdef uint64_t left
    cdef int32_t at
    cdef int32_t i
    for at in range(dual.n):
        promised |= <uint64_t>(level.promise[at] < COST_MAX) << at
    level.n_alive = 0
    for i in range(above.n_alive):
        if above.alive[i] == but:
            continue
        cover = above.cover[i] & blocks
        cost = &dual.cost[<int64_t>above.alive[i] * DUAL_BLOCKS_MAX]
        left = cover & promised
        while left:
            at = lowest_bit64(left)
            left &= left - 1
            cover ^= <uint64_t>(cost[at] > level.promise[at]) << at
        if cover == 0 or (last and cover != blocks):
            continue
        level.alive[level.n_alive] = above.alive[i]
        level.cover[level.n_alive] = cover
        level.n_alive += 1
        have |= cover
    return have


cdef inline int32_t scarcest(const DualLevel* level, uint64_t blocks, int32_t* count) noexcept nogil:
    """The block with the fewest candidates that may serve it."""
    cdef int32_t counts[64]
    cdef uint64_t left
    cdef int32_t best = -1
    cdef int32_t at
    cdef int32_t i
    memset(counts, 0, sizeof(counts))
    for i in range(level.n_alive):
        left = level.cover[i]
        while left:
            counts[lowest_bit64(left)] += 1
            left &= left - 1
    while blocks:
        at = lowest_bit64(blocks)
        blocks &= blocks - 1
        if best < 0 or counts[at] < counts[best]:
            best = at
    count[0] = counts[best]
    return best


cdef inline void list_branches(DualLevel* level, int32_t at) noexcept nogil:
    """Candidates that may serve the block, by least[]."""
    cdef int32_t i
    cdef int32_t j
    level.n_branches = 0
    for i in range(level.n_alive):
        if not level.cover[i] >> at & 1:
            continue
        j = level.n_branches
        while j > 0 and level.least[level.branch[j - 1]] > level.least[i]:
            level.branch[j] = level.branch[j - 1]
            j -= 1
        level.branch[j] = i
        level.n_branches += 1


cdef inline void search(
    const Problem* problem, Scratch* scratch, Dual* dual, Plan* plan, int32_t depth, int32_t but, uint64_t blocks,
    int64_t cost
) noexcept nogil:
    """Every plan of the blocks whose shipments before cost that much; the best goes to dual.best.

    Depth 0 takes the candidates alive there as they are.
    """
    cdef DualLevel* level = &dual.level[depth]
    cdef int64_t bound
    cdef int64_t room = (dual.limit - cost) >> dual.shift
    if depth == DUAL_DEPTH:
        dual.incomplete = True
        return
    if depth > 0 and inherit_alive(problem, dual, depth, but, blocks) != blocks:
        return
    plan.evaluations += effort_relax(dual, level)
    if spent(dual, plan) or (relax(dual, level, blocks, &bound) and bound > room):
        return
    drop_dear(level, room - prices_of(dual, blocks))
    branch_out(problem, scratch, dual, plan, depth, blocks, cost)


cdef inline void branch_out(
    const Problem* problem, Scratch* scratch, Dual* dual, Plan* plan, int32_t depth, uint64_t blocks, int64_t cost
) noexcept nogil:
    """Give the scarcest block to each of its candidates in turn."""
    cdef DualLevel* level = &dual.level[depth]
    cdef Filling filling
    cdef int64_t prices = prices_of(dual, blocks)
    cdef int32_t first
    cdef int32_t count
    cdef int32_t branch
    cdef int32_t i
    cdef int32_t over
    first = scarcest(level, blocks, &count)
    if count == 0:
        return
    list_branches(level, first)
    for branch in range(level.n_branches):
        if depth == 0:
            dual.reached = branch
        i = level.branch[branch]
        if level.least[i] > ((dual.limit - cost) >> dual.shift) - prices:
            return
        open_tables(dual, level, i, blocks)
        open_filling(dual, &filling, depth, level.alive[i], level.cover[i] & ~(<uint64_t>1 << first), blocks, cost)
        over = over_price(dual, level.alive[i], first)
        plan.evaluations += dual.n_buckets
        fill(problem, scratch, dual, plan, &filling, 0, <uint64_t>1 << first, dual.weight_g[first], over,
             over if over > 0 else 0)
        if dual.incomplete:
            return
