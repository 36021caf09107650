"""What the dual search derives first: blocks by weight, buckets and points of weight, coarse costs of the candidates."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from fastdom._native.plan cimport COST_MAX, ROW_NONE, TIERS_MAX, Candidate, Problem, Scratch
from fastdom._native.plan_cost cimport multiplied, tier_of, units_fit
from fastdom._native.plan_dual_memory cimport (
    COARSE_BIG,
    COARSE_BITS,
    DUAL_BLOCKS_MAX,
    DUAL_BUCKETS,
    DUAL_POINTS_MAX,
    Dual,
)
from fastdom._native.plan_frame cimport INFINITE, KEY_SHIFT, plan_row_keys, row_key
from fastdom._native.plan_parts cimport lowest_bit64


cdef inline int64_t amount_limit() noexcept nogil:
    """One shipment below this never reaches COST_MAX: fixed cost, blocks and tariff stay below it each."""
    return COST_MAX >> 2


cdef inline int32_t coarse(const Dual* dual, int64_t cost) noexcept nogil:
    cost >>= dual.shift
    return COARSE_BIG if cost > COARSE_BIG else <int32_t>cost


cdef inline int32_t bucket_of(const Dual* dual, int32_t weight_g) noexcept nogil:
    return <int32_t>(<uint64_t>(weight_g + dual.bucket_g - 1) * dual.bucket_magic >> dual.bucket_shift)


cdef inline int32_t weight_of(const Dual* dual, uint64_t blocks) noexcept nogil:
    cdef int32_t weight_g = 0
    while blocks:
        weight_g += dual.weight_g[lowest_bit64(blocks)]
        blocks &= blocks - 1
    return weight_g


cdef inline bint frame_blocks(const Problem* problem, Dual* dual) noexcept nogil:
    """Positions by falling weight. False when the order weighs too much for 32 bits."""
    cdef int64_t total_g = 0
    cdef int32_t block
    cdef int32_t at
    dual.n = problem.n_blocks
    for block in range(dual.n):
        total_g += problem.weight_g[block]
        at = block
        while at > 0 and problem.weight_g[dual.block[at - 1]] < problem.weight_g[block]:
            dual.block[at] = dual.block[at - 1]
            at -= 1
        dual.block[at] = block
    if total_g >> 30:
        return False
    for at in range(dual.n):
        dual.weight_g[at] = <int32_t>problem.weight_g[dual.block[at]]
        dual.units[at] = problem.units[dual.block[at]]
        dual.inverse[at] = (1 << 30) / (dual.weight_g[at] if dual.weight_g[at] else 1) + 1
        dual.position[dual.block[at]] = at
    return True


cdef inline bint frame_rows_steps(const Problem* problem, Scratch* scratch, Dual* dual) noexcept nogil:
    """Keys of every row in every tier. False when a tariff is beyond the limit."""
    cdef int64_t largest = plan_row_keys(
        problem.tariff_cost, problem.n_tiers, problem.row_tariffs, problem.n_rows, 0, problem.n_tiers,
        problem.shipping_weight, scratch.row_tier, scratch.row_least
    )
    cdef const int64_t* keys
    cdef int64_t heaviest
    cdef int32_t row_i
    cdef int32_t tier
    dual.stepwise = True
    for row_i in range(problem.n_rows):
        keys = &scratch.row_tier[<int64_t>row_i * TIERS_MAX]
        for tier in range(1, problem.n_tiers):
            dual.stepwise &= keys[tier - 1] <= keys[tier]
        heaviest = row_key(problem, scratch, row_i, tier_of(problem, dual.total_g), dual.total_g)
        if heaviest != INFINITE and heaviest > largest:
            largest = heaviest
    return largest >> KEY_SHIFT < amount_limit()


cdef inline void block_micros(
    const Problem* problem, const Dual* dual, int32_t candidate_i, bint small, int64_t* cost
) noexcept nogil:
    """cost: [n] micros of every block at the candidate. small: no product of units and their cost overflows."""
    cdef int64_t unit_cost = problem.candidates[candidate_i].unit_cost[0]
    cdef int32_t at
    if small:
        for at in range(dual.n):
            cost[at] = unit_cost * dual.units[at]
    else:
        for at in range(dual.n):
            cost[at] = multiplied(unit_cost, dual.units[at])
    if problem.block_cost != NULL:
        for at in range(dual.n):
            cost[at] += problem.block_cost[<int64_t>candidate_i * dual.n + dual.block[at]]


cdef inline bint frame_candidates_costs(const Problem* problem, Dual* dual) noexcept nogil:
    """Covers by position and the micros of each block. False when amounts are beyond the limit."""
    cdef const Candidate* candidate
    cdef int64_t* cost
    cdef int64_t total
    cdef int64_t units
    cdef int64_t most = COST_MAX
    cdef uint64_t cover
    cdef uint64_t have = 0
    cdef uint64_t left
    cdef int32_t candidate_i
    cdef int32_t at
    cdef bint fine = problem.split_penalty[0] < amount_limit()
    for at in range(dual.n):
        dual.least_cost[at] = COST_MAX
        most = min(most, amount_limit() / (dual.units[at] + 1))
    for candidate_i in range(problem.n_candidates):
        candidate = &problem.candidates[candidate_i]
        cost = &dual.cost[<int64_t>candidate_i * DUAL_BLOCKS_MAX]
        block_micros(problem, dual, candidate_i, candidate.unit_cost[0] <= most, cost)
        cover = 0
        total = 0
        units = 0
        have |= problem.cover[candidate_i]
        left = problem.cover[candidate_i]
        while left:
            at = dual.position[lowest_bit64(left)]
            left &= left - 1
            if units_fit(candidate, dual.units[at]):
                cover |= <uint64_t>1 << at
                total += cost[at]
                units += dual.units[at]
                dual.least_cost[at] = min(dual.least_cost[at], cost[at])
        fine &= (total < amount_limit()) & (candidate.fixed[0] < amount_limit())
        dual.cover[candidate_i] = cover
        dual.row_i[candidate_i] = problem.n_rows if candidate.row_i == ROW_NONE else candidate.row_i
        dual.tight[candidate_i] = problem.n_groups > 0 or not units_fit(candidate, units)
    dual.wanted = 0
    for at in range(dual.n):
        dual.wanted |= (have >> dual.block[at] & 1) << at
    dual.total_g = weight_of(dual, dual.wanted)
    return fine


cdef inline bint same_groups(const Problem* problem, int32_t block, int32_t other) noexcept nogil:
    """Whether both need the same units of the same shared SKUs."""
    cdef int32_t group
    cdef int32_t entry
    cdef int32_t needed
    for group in range(problem.n_groups):
        needed = 0
        for entry in range(problem.group_start[group], problem.group_start[group + 1]):
            if problem.group_block[entry] == block:
                needed += problem.group_quantity[entry]
            elif problem.group_block[entry] == other:
                needed -= problem.group_quantity[entry]
        if needed:
            return False
    return True


cdef inline void frame_twins(const Problem* problem, Dual* dual) noexcept nogil:
    cdef const int64_t* cost
    cdef int32_t candidate_i
    cdef int32_t at
    for at in range(dual.n):
        dual.twin[at] = 0
        if at == 0 or dual.weight_g[at] != dual.weight_g[at - 1] or dual.units[at] != dual.units[at - 1]:
            continue
        for candidate_i in range(problem.n_candidates):
            cost = &dual.cost[<int64_t>candidate_i * DUAL_BLOCKS_MAX]
            if (dual.cover[candidate_i] >> at ^ dual.cover[candidate_i] >> (at - 1)) & 1 or cost[at] != cost[at - 1]:
                break
        else:
            dual.twin[at] = same_groups(problem, dual.block[at - 1], dual.block[at])


cdef inline int64_t common_divisor(int64_t a, int64_t b) noexcept nogil:
    cdef int64_t c
    while b:
        c = a % b
        a = b
        b = c
    return a


cdef inline void frame_buckets(const Problem* problem, Dual* dual) noexcept nogil:
    """bucket_g: where it can be so that every step of a tariff falls between two buckets."""
    cdef int64_t divisor = 0
    cdef int64_t least = (dual.total_g + DUAL_BUCKETS - 2) / (DUAL_BUCKETS - 1)
    cdef int32_t tier
    for tier in range(problem.n_tiers):
        if problem.breakpoints_g[tier] < dual.total_g:
            divisor = common_divisor(divisor, problem.breakpoints_g[tier])
    if problem.n_tiers and dual.total_g > problem.breakpoints_g[problem.n_tiers - 1]:
        divisor = common_divisor(divisor, problem.step_g)
    if divisor == 0:
        divisor = dual.total_g
    dual.bucket_g = <int32_t>(divisor if divisor > least else least)
    dual.bucket_g = dual.bucket_g if dual.bucket_g else 1
    dual.bucket_shift = 31
    while 1 << (dual.bucket_shift - 31) < dual.bucket_g:
        dual.bucket_shift += 1
    dual.bucket_magic = ((<uint64_t>1 << dual.bucket_shift) + dual.bucket_g - 1) / dual.bucket_g
    dual.n_buckets = bucket_of(dual, dual.total_g)


cdef inline int64_t step_of(const Problem* problem, const Dual* dual, int32_t bucket) noexcept nogil:
    """The tier, or the step beyond the grid, of the lightest weight in the bucket."""
    cdef int64_t weight_g = <int64_t>(bucket - 1) * dual.bucket_g + 1 if bucket else 0
    cdef int32_t tier = tier_of(problem, weight_g)
    if tier < problem.n_tiers or problem.n_tiers == 0 or problem.step_g == 0:
        return tier
    return tier + (weight_g - problem.breakpoints_g[tier - 1] - 1) / problem.step_g


cdef inline bint frame_points(const Problem* problem, Scratch* scratch, Dual* dual) noexcept nogil:
    """Points and the coarse tariff of every row there. False when there are too many for the bound."""
    cdef int64_t step = step_of(problem, dual, 0)
    cdef int64_t after
    cdef int64_t weight_g
    cdef int64_t key
    cdef int32_t bucket
    cdef int32_t point
    cdef int32_t row_i
    cdef int32_t tier
    dual.n_points = 0
    for bucket in range(dual.n_buckets + 1):
        dual.point_of[bucket] = dual.n_points
        after = step_of(problem, dual, bucket + 1)
        if after != step or bucket == dual.n_buckets:
            dual.point[dual.n_points] = bucket
            dual.n_points += 1
        step = after
    if <int64_t>dual.n_points * problem.n_candidates > DUAL_POINTS_MAX:
        return False
    for point in range(dual.n_points):
        bucket = dual.point[point]
        weight_g = <int64_t>(bucket - 1) * dual.bucket_g + 1 if bucket else 0
        tier = tier_of(problem, weight_g)
        for row_i in range(problem.n_rows + 1):
            key = row_key(problem, scratch, row_i, tier, weight_g)
            dual.row_point[row_i * DUAL_BUCKETS + point] = (
                COARSE_BIG if key == INFINITE else coarse(dual, key >> KEY_SHIFT)
            )
    return True


cdef inline void frame_shift(const Problem* problem, const Scratch* scratch, Dual* dual) noexcept nogil:
    """shift, so that shipping every block alone at the least of everything takes COARSE_BITS; the first prices."""
    cdef int64_t fixed = COST_MAX
    cdef int64_t total = 0
    cdef int64_t least
    cdef int32_t candidate_i
    cdef int32_t row_i
    cdef int32_t at
    cdef int32_t tier
    for candidate_i in range(problem.n_candidates):
        if problem.candidates[candidate_i].fixed[0] < fixed:
            fixed = problem.candidates[candidate_i].fixed[0]
    for at in range(dual.n):
        if not dual.wanted >> at & 1:
            continue
        least = INFINITE
        tier = tier_of(problem, dual.weight_g[at])
        for row_i in range(problem.n_rows if tier < problem.n_tiers else 0):
            if scratch.row_tier[<int64_t>row_i * TIERS_MAX + tier] < least:
                least = scratch.row_tier[<int64_t>row_i * TIERS_MAX + tier]
        total += fixed + problem.split_penalty[0] + (least >> KEY_SHIFT if least < INFINITE else 0)
        total += dual.least_cost[at]
    dual.shift = 0
    while total >> dual.shift >> COARSE_BITS:
        dual.shift += 1
    for candidate_i in range(problem.n_candidates):
        dual.fixed[candidate_i] = coarse(dual, problem.candidates[candidate_i].fixed[0] + problem.split_penalty[0])


cdef inline void first_prices(Dual* dual) noexcept nogil:
    """The price of a block is what it costs at least."""
    cdef int32_t at
    for at in range(dual.n):
        dual.price[at] = 0
        if dual.wanted >> at & 1:
            dual.price[at] = coarse(dual, dual.least_cost[at]) if dual.least_cost[at] < COST_MAX else COARSE_BIG


cdef inline bint dual_open(const Problem* problem, Scratch* scratch, Dual* dual) noexcept nogil:
    """False when the search cannot take the problem: several components, or amounts beyond its numbers."""
    if problem.n_cost != 1 or problem.n_blocks > DUAL_BLOCKS_MAX or not frame_blocks(problem, dual):
        return False
    if not frame_candidates_costs(problem, dual) or not frame_rows_steps(problem, scratch, dual):
        return False
    frame_twins(problem, dual)
    frame_buckets(problem, dual)
    frame_shift(problem, scratch, dual)
    if not frame_points(problem, scratch, dual):
        return False
    first_prices(dual)
    return True
