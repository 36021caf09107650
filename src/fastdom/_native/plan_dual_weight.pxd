"""A lower bound for orders that the dual search cannot take, up to BLOCKS_MAX blocks: what it costs to move the weight.

Of the idea of plan_dual_bound.pxd it keeps the knapsack over buckets of weight, with one price for every unit instead
of one for every block. A candidate carries no more weight and no more units than its blocks have; the most units within
a weight are those of the blocks with most units per gram, taken in RATES classes. Several prices are tried, from the
least unit cost of all candidates upwards. It bounds the first cost component.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memset

from fastdom._native.plan cimport COST_MAX, ROW_NONE, TIERS_MAX, Plan, Problem, Scratch
from fastdom._native.plan_dual_bound cimport choose_tops, rank_alive, rest_table, tops_table
from fastdom._native.plan_dual_frame cimport (
    amount_limit,
    bucket_of,
    coarse,
    frame_buckets,
    frame_points,
    frame_rows_steps,
)
from fastdom._native.plan_dual_memory cimport (
    COARSE_BIG,
    COARSE_BITS,
    DUAL_BUCKETS,
    Dual,
    DualLevel,
)
from fastdom._native.plan_cost cimport tier_of
from fastdom._native.plan_frame cimport INFINITE, KEY_SHIFT, row_key
from fastdom._native.plan_greedy cimport bit_of, cover_of
from fastdom._native.plan_parts cimport lowest_bit64


cdef enum:
    RATES = 64                  # classes of blocks by units per gram
    RATE_SHIFT = 20             # units per gram in 1/2^20
    PRICES_TRIED = 3            # prices of a unit, from the least unit cost upwards
    PRICE_PART = 6              # the next price is higher by a sixth of the range of unit costs
    PRICE_STEPS = 2             # times that each is looked at, the tops chosen anew


cdef struct Load:               # what an order weighs and counts
    int64_t weight_g
    int64_t units
    int64_t block_cost          # micros of the block costs at the least
    int64_t rate_most           # units per gram of the densest block, rounded up
    int64_t class_units[64]
    int64_t units_at[256]       # [point] most units within its weight


cdef inline int64_t rate_of(const Problem* problem, int32_t block) noexcept nogil:
    cdef int64_t weight_g = problem.weight_g[block] if problem.weight_g[block] else 1
    return (<int64_t>problem.units[block] << RATE_SHIFT) / weight_g + 1


cdef inline int64_t least_block_cost(const Problem* problem, int32_t block) noexcept nogil:
    cdef int64_t least = COST_MAX
    cdef int64_t cost
    cdef int32_t candidate_i
    for candidate_i in range(problem.n_candidates):
        if bit_of(cover_of(problem, candidate_i), block):
            cost = problem.block_cost[(<int64_t>candidate_i * problem.n_blocks + block) * problem.n_cost]
            least = cost if cost < least else least
    return least


cdef inline bint open_load(const Problem* problem, const uint64_t* wanted, Load* load) noexcept nogil:
    """Totals and classes. False when the order is beyond 32 bits."""
    cdef int32_t block
    cdef int32_t at
    memset(load, 0, sizeof(Load))
    for block in range(problem.n_blocks):
        if bit_of(wanted, block):
            load.weight_g += problem.weight_g[block]
            load.units += problem.units[block]
            load.rate_most = max(load.rate_most, rate_of(problem, block))
            if problem.block_cost != NULL:
                load.block_cost += least_block_cost(problem, block)
    if load.weight_g >> 30 or load.units >> 30 or load.block_cost >= COST_MAX:
        return False
    for block in range(problem.n_blocks):
        if bit_of(wanted, block):
            at = <int32_t>(rate_of(problem, block) * (RATES - 1) / load.rate_most)
            load.class_units[at] += problem.units[block]
    return True


cdef inline void units_at_points(const Dual* dual, Load* load) noexcept nogil:
    """Most units within the weight of each point, by falling units per gram."""
    cdef int32_t at = RATES - 1
    cdef int64_t rate = load.rate_most
    cdef int64_t left = load.class_units[at]
    cdef int64_t taken = 0
    cdef int64_t room
    cdef int64_t before_g = 0
    cdef int32_t point
    for point in range(dual.n_points):
        room = (<int64_t>dual.point[point] * dual.bucket_g - before_g) * rate
        while at > 0 and left << RATE_SHIFT <= room:
            taken += left
            before_g += (left << RATE_SHIFT) / rate
            at -= 1
            left = load.class_units[at]
            rate = load.rate_most * (at + 1) / (RATES - 1) + 1
            room = (<int64_t>dual.point[point] * dual.bucket_g - before_g) * rate
        load.units_at[point] = taken + (room >> RATE_SHIFT) + 1
        if load.units_at[point] > load.units:
            load.units_at[point] = load.units


cdef inline int64_t whole_tariff(const Problem* problem, const Scratch* scratch, const Dual* dual) noexcept nogil:
    """Micros of the whole order in one parcel on the cheapest row; the dearest tariff of all where none carries it."""
    cdef int32_t tier = tier_of(problem, dual.total_g)
    cdef int64_t least = INFINITE
    cdef int64_t most = 0
    cdef int64_t key
    cdef int32_t row_i
    cdef int32_t step
    for row_i in range(problem.n_rows):
        least = min(least, row_key(problem, scratch, row_i, tier, dual.total_g))
        for step in range(problem.n_tiers):
            key = scratch.row_tier[<int64_t>row_i * TIERS_MAX + step]
            most = max(most, key if key < INFINITE else 0)
    return (least if least < INFINITE else most) >> KEY_SHIFT


cdef inline bint open_weight(
    const Problem* problem, Scratch* scratch, Dual* dual, const uint64_t* wanted, Load* load, int64_t units_cost
) noexcept nogil:
    """Buckets, points, coarse rows, and what each candidate can carry. False beyond the limits."""
    cdef DualLevel* level = &dual.level[0]
    cdef const uint64_t* cover
    cdef uint64_t left
    cdef int64_t weight_g
    cdef int64_t units
    cdef int32_t candidate_i
    cdef int32_t word
    cdef int32_t block
    dual.total_g = <int32_t>load.weight_g
    if not frame_rows_steps(problem, scratch, dual):
        return False
    frame_buckets(problem, dual)
    dual.shift = 0
    while (units_cost + load.block_cost + whole_tariff(problem, scratch, dual)) >> dual.shift >> COARSE_BITS:
        dual.shift += 1
    level.n_alive = 0
    for candidate_i in range(problem.n_candidates):
        if problem.candidates[candidate_i].fixed[0] >= amount_limit():
            return False
        dual.is_top[candidate_i] = 0
        cover = cover_of(problem, candidate_i)
        weight_g = 0
        units = 0
        for word in range(problem.cover_words):
            left = cover[word] & wanted[word]
            while left:
                block = 64 * word + lowest_bit64(left)
                left &= left - 1
                weight_g += problem.weight_g[block]
                units += problem.units[block]
        if units == 0 and weight_g == 0:
            continue
        level.alive[level.n_alive] = candidate_i
        dual.cover_bucket[level.n_alive] = bucket_of(dual, <int32_t>weight_g)
        dual.site_slack[level.n_alive] = min(units, <int64_t>problem.candidates[candidate_i].units_left)
        level.n_alive += 1
        dual.fixed[candidate_i] = coarse(dual, problem.candidates[candidate_i].fixed[0] + problem.split_penalty[0])
        dual.row_i[candidate_i] = problem.candidates[candidate_i].row_i
        if dual.row_i[candidate_i] == ROW_NONE or problem.shipping_objective != 0:
            dual.row_i[candidate_i] = problem.n_rows
    if not frame_points(problem, scratch, dual):
        return False
    units_at_points(dual, load)
    return True


cdef inline void price_weight(
    const Problem* problem, Dual* dual, const Load* load, int64_t price, int32_t* least, int64_t* under
) noexcept nogil:
    """price_alive() of plan_dual_bound.pxd, with one price for every unit."""
    cdef DualLevel* level = &dual.level[0]
    cdef const int32_t* tariff
    cdef int32_t* costs
    cdef int64_t gain
    cdef int64_t cost
    cdef int32_t bucket
    cdef int32_t candidate_i
    cdef int32_t point
    cdef int32_t i
    level.n_tops = 0
    under[0] = 0
    for i in range(level.n_alive):
        candidate_i = level.alive[i]
        costs = &dual.point_cost[i * dual.n_points]
        tariff = &dual.row_point[dual.row_i[candidate_i] * DUAL_BUCKETS]
        gain = price - problem.candidates[candidate_i].unit_cost[0]
        dual.points[i] = dual.point_of[dual.cover_bucket[i]] + 1
        level.under[i] = 0
        if dual.is_top[candidate_i]:
            level.top[level.n_tops] = candidate_i
            level.top_points[level.n_tops] = dual.points[i]
        for point in range(dual.points[i]):
            cost = <int64_t>dual.fixed[candidate_i] + tariff[point]
            if gain > 0:
                cost -= (gain * min(load.units_at[point], dual.site_slack[i]) >> dual.shift) + 1
            cost = COARSE_BIG if tariff[point] == COARSE_BIG or cost > COARSE_BIG else cost
            costs[point] = <int32_t>cost
            bucket = min(dual.point[point], dual.cover_bucket[i])
            if dual.is_top[candidate_i]:
                level.top_bucket[level.n_tops][point] = bucket
                level.top_cost[level.n_tops][point] = costs[point]
                continue
            if cost < level.under[i]:
                level.under[i] = <int32_t>cost
            if max(cost, 0) < least[bucket]:
                least[bucket] = <int32_t>max(cost, 0)
                dual.rest_node[bucket] = candidate_i
        under[0] += level.under[i]
        level.n_tops += dual.is_top[candidate_i]


cdef inline int64_t weight_bound(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, Plan* plan
) noexcept nogil:
    """Micros that every plan of the wanted blocks costs at least in the first component; 0 beyond the limits."""
    cdef Dual* dual = &scratch.dual
    cdef DualLevel* level = &dual.level[0]
    cdef int32_t least[256]
    cdef Load load
    cdef int64_t low = COST_MAX
    cdef int64_t high = 0
    cdef int64_t best = 0
    cdef int64_t bound
    cdef int64_t price
    cdef int64_t under
    cdef int32_t candidate_i
    cdef int32_t at
    cdef int32_t bucket
    for candidate_i in range(problem.n_candidates):
        low = min(low, problem.candidates[candidate_i].unit_cost[0])
        high = max(high, problem.candidates[candidate_i].unit_cost[0])
    if not open_load(problem, wanted, &load) or high >= amount_limit() / (load.units + 1):
        return 0
    if not open_weight(problem, scratch, dual, wanted, &load, high * load.units):
        return 0
    for at in range(PRICES_TRIED * PRICE_STEPS):
        price = low + (high - low) / PRICE_PART * (at / PRICE_STEPS)
        for bucket in range(dual.n_buckets + 1):
            least[bucket] = COARSE_BIG
        plan.evaluations += level.n_alive * dual.n_points / 4 + 8 * dual.n_buckets
        price_weight(problem, dual, &load, price, least, &under)
        if not rest_table(dual, level, dual.n_buckets, least, under):
            break
        tops_table(level, -1, dual.n_buckets, level.full)
        rank_alive(dual, level, dual.n_buckets)
        choose_tops(dual, level)
        bound = (<int64_t>level.full[dual.n_buckets] << dual.shift) + price * load.units + load.block_cost
        best = max(best, bound - problem.split_penalty[0])
    return best
