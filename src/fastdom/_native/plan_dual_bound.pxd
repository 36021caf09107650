"""The bound of the dual search: blocks have prices, and candidates ship what pays.

With a price on every block, the cost of any plan is the prices of its blocks plus, for each shipment, its cost less the
prices of what it carries. Two things are relaxed. A shipment may carry part of a block, so that the most it can gain
within a weight is found by taking blocks by gain per gram. And blocks may be carried twice or not at all, as long as
the shipments together carry the weight of all blocks: that is a knapsack over buckets of weight, in which the DUAL_TOPS
most tempting candidates ship once and the others any number of times.

Where tariffs step up with weight, the knapsack knows what a linear relaxation forgets: 13 kg need a parcel of 20 kg, or
of 10 and of 3. The prices add what the knapsack forgets: who has what. They are raised by the subgradient method, a
block that the relaxed plan leaves out becoming dearer. All numbers are integers, so every machine takes the same steps.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.plan cimport Plan
from fastdom._native.plan_dual_frame cimport bucket_of, weight_of
from fastdom._native.plan_dual_memory cimport (
    COARSE_BIG,
    DUAL_BLOCKS_MAX,
    DUAL_BUCKETS,
    DUAL_TOPS,
    PRICES_MAX,
    SHARE_ONE,
    Dual,
    DualLevel,
)
from fastdom._native.plan_parts cimport lowest_bit64


cdef extern from "plan_dual.h":
    void plan_subset_gains(int32_t m, const int32_t* weight_g, const int32_t* gain, uint64_t magic, int32_t shift,
                           int32_t bucket_g, const uint8_t* point_of, int32_t* best) noexcept nogil
    void plan_add_shipment(int32_t* sum, const int32_t* rest, int32_t n, int32_t bucket, int32_t cost) noexcept nogil


cdef enum:
    RATE_BITS = 12              # gains per gram have so many fractional bits
    EXACT_BLOCKS = 6            # blocks that gain whose subsets are looked at one by one; of more, parts may be taken
    STEP_REACH = 40             # a step aims so many 1024ths above the best bound
    STEP_PATIENCE = 4           # rounds without a better bound before the steps get shorter
    COURSE_KEPT = 4             # eighths of the last direction that the next step keeps


cdef struct Gains:              # blocks that gain at one candidate, by falling gain per gram
    int32_t n
    int32_t cover_g             # all blocks it could carry
    int64_t weightless          # gain of blocks without weight
    int32_t at[64]
    int64_t rate[64]            # gain per gram, rounded up
    int32_t gain[64]


cdef inline void gains_of(const Dual* dual, int32_t candidate_i, uint64_t blocks, Gains* gains) noexcept nogil:
    cdef const int64_t* cost = &dual.cost[<int64_t>candidate_i * DUAL_BLOCKS_MAX]
    cdef int64_t gain
    cdef int64_t rate
    cdef int32_t at
    cdef int32_t i
    gains.n = 0
    gains.cover_g = 0
    gains.weightless = 0
    while blocks:
        at = lowest_bit64(blocks)
        blocks &= blocks - 1
        gains.cover_g += dual.weight_g[at]
        gain = dual.price[at] - (cost[at] >> dual.shift)
        if gain <= 0:
            continue
        if dual.weight_g[at] == 0:
            gains.weightless += gain
            continue
        rate = (gain * dual.inverse[at] >> (30 - RATE_BITS)) + 1
        i = gains.n
        while i > 0 and gains.rate[i - 1] < rate:
            gains.rate[i] = gains.rate[i - 1]
            gains.at[i] = gains.at[i - 1]
            gains.gain[i] = gains.gain[i - 1]
            i -= 1
        gains.rate[i] = rate
        gains.at[i] = at
        gains.gain[i] = <int32_t>gain
        gains.n += 1


cdef inline int32_t point_bucket(const Dual* dual, int32_t point, int32_t cover_bucket) noexcept nogil:
    """Weight at the point, of which a candidate carries no more than its blocks weigh."""
    return dual.point[point] if dual.point[point] < cover_bucket else cover_bucket


cdef inline void exact_points(
    const Dual* dual, int32_t candidate_i, const Gains* gains, int32_t last, int32_t* costs
) noexcept nogil:
    cdef const int32_t* tariff = &dual.row_point[dual.row_i[candidate_i] * DUAL_BUCKETS]
    cdef int32_t best[256]
    cdef int32_t weight_g[16]
    cdef int32_t most = 0
    cdef int32_t i
    cdef int64_t cost
    memset(best, 0, (last + 1) * sizeof(int32_t))
    for i in range(gains.n):
        weight_g[i] = dual.weight_g[gains.at[i]]
    plan_subset_gains(gains.n, weight_g, gains.gain, dual.bucket_magic, dual.bucket_shift, dual.bucket_g,
                      dual.point_of, best)
    for i in range(last + 1):
        most = best[i] if best[i] > most else most
        cost = COARSE_BIG
        if tariff[i] < COARSE_BIG:
            cost = <int64_t>dual.fixed[candidate_i] + tariff[i] - gains.weightless - most
            cost = COARSE_BIG if cost > COARSE_BIG else cost
        costs[i] = <int32_t>cost


cdef inline int32_t shipment_points(
    const Dual* dual, int32_t candidate_i, const Gains* gains, int32_t* costs
) noexcept nogil:
    """Cost at least, less prices, of one shipment at each point; returns how many points the candidate's blocks reach.

    costs[point] holds for every weight above the point before.
    """
    cdef int32_t last = dual.point_of[bucket_of(dual, gains.cover_g)]
    cdef const int32_t* tariff = &dual.row_point[dual.row_i[candidate_i] * DUAL_BUCKETS]
    cdef int64_t gain = 0
    cdef int64_t room_g = 0
    cdef int64_t cost
    cdef int32_t item = 0
    cdef int32_t left_g = dual.weight_g[gains.at[0]] if gains.n else 0
    cdef int32_t bucket_before = 0
    cdef int32_t point
    if gains.n <= EXACT_BLOCKS:
        exact_points(dual, candidate_i, gains, last, costs)
        return last + 1
    for point in range(last + 1):
        room_g = <int64_t>(dual.point[point] - bucket_before) * dual.bucket_g
        bucket_before = dual.point[point]
        while item < gains.n and left_g <= room_g:
            gain += gains.rate[item] * left_g
            room_g -= left_g
            item += 1
            if item < gains.n:
                left_g = dual.weight_g[gains.at[item]]
        if item < gains.n:
            gain += gains.rate[item] * room_g
            left_g -= <int32_t>room_g
        cost = COARSE_BIG
        if tariff[point] < COARSE_BIG:
            cost = <int64_t>dual.fixed[candidate_i] + tariff[point] - gains.weightless
            if gain:
                cost -= (gain >> RATE_BITS) + 1
            cost = COARSE_BIG if cost > COARSE_BIG else cost
        costs[point] = <int32_t>cost
    return last + 1


cdef inline void add_shares(Dual* dual, int32_t candidate_i, uint64_t blocks, int32_t bucket) noexcept nogil:
    """Count what a relaxed shipment of that weight carries."""
    cdef Gains gains
    cdef int64_t room_g = <int64_t>bucket * dual.bucket_g
    cdef int32_t item
    cdef int32_t at
    cdef int32_t taken_g
    gains_of(dual, candidate_i, blocks & dual.cover[candidate_i], &gains)
    for item in range(gains.n):
        at = gains.at[item]
        taken_g = dual.weight_g[at] if dual.weight_g[at] < room_g else <int32_t>room_g
        dual.share[at] += <int32_t>(<int64_t>SHARE_ONE * taken_g / dual.weight_g[at])
        room_g -= taken_g


cdef inline int32_t below(int32_t bucket, int32_t taken) noexcept nogil:
    return bucket - taken if bucket > taken else 0


cdef inline bint rest_table(
    Dual* dual, DualLevel* level, int32_t n_buckets, const int32_t* least, int64_t under
) noexcept nogil:
    """rest[]: any number of shipments of the candidates that are not tops. False when the prices are out of hand.

    A shipment that lighter ones together undercut is not looked at again; few are left.
    """
    cdef int32_t over[257]
    cdef int32_t over_bucket[257]
    cdef int32_t kept[256]
    cdef int32_t n = 0
    cdef int32_t bucket
    cdef int32_t best
    cdef int32_t pick
    cdef int32_t value
    cdef int32_t i
    level.rest[0] = <int32_t>under
    if under < -COARSE_BIG:
        return False
    over[n_buckets + 1] = COARSE_BIG
    over_bucket[n_buckets + 1] = 0
    for bucket in range(n_buckets, 0, -1):
        over[bucket] = over[bucket + 1]
        over_bucket[bucket] = over_bucket[bucket + 1]
        if least[bucket] < over[bucket]:
            over[bucket] = least[bucket]
            over_bucket[bucket] = bucket
    for bucket in range(1, n_buckets + 1):
        best = over[bucket] + level.rest[0]
        pick = over_bucket[bucket]
        for i in range(n):
            value = least[kept[i]] + level.rest[bucket - kept[i]]
            if value < best:
                best = value
                pick = kept[i]
        if pick == bucket:
            kept[n] = bucket
            n += 1
        level.rest[bucket] = best if best < COARSE_BIG else COARSE_BIG
        dual.rest_pick[bucket] = pick
    return True


cdef inline void tops_table(const DualLevel* level, int32_t but, int32_t n_buckets, int32_t* table) noexcept nogil:
    """rest[] and one shipment of each top, but one; -1: of all."""
    cdef int32_t before[256]
    cdef int32_t most
    cdef int32_t top
    cdef int32_t point
    memcpy(table, level.rest, (n_buckets + 1) * sizeof(int32_t))
    for top in range(level.n_tops):
        if top == but:
            continue
        memcpy(before, table, (n_buckets + 1) * sizeof(int32_t))
        most = before[n_buckets] - before[0]
        for point in range(level.top_points[top]):
            if level.top_cost[top][point] < most:
                plan_add_shipment(table, before, n_buckets, level.top_bucket[top][point], level.top_cost[top][point])


cdef inline void price_alive(
    Dual* dual, DualLevel* level, int32_t* least, int64_t* under
) noexcept nogil:
    """Points of every candidate that is alive, gathered into tops and the least of the others at each bucket."""
    cdef Gains gains
    cdef int32_t* costs
    cdef int32_t i
    cdef int32_t candidate_i
    cdef int32_t count
    cdef int32_t cover_bucket
    cdef int32_t bucket
    cdef int32_t point
    cdef int32_t cost
    level.n_tops = 0
    under[0] = 0
    for i in range(level.n_alive):
        candidate_i = level.alive[i]
        costs = &dual.point_cost[i * dual.n_points]
        gains_of(dual, candidate_i, level.cover[i], &gains)
        count = shipment_points(dual, candidate_i, &gains, costs)
        dual.points[i] = count
        cover_bucket = bucket_of(dual, gains.cover_g)
        dual.cover_bucket[i] = cover_bucket
        level.under[i] = 0
        if dual.is_top[candidate_i] and level.n_tops < DUAL_TOPS:
            level.top[level.n_tops] = candidate_i
            level.top_points[level.n_tops] = count
            for point in range(count):
                level.top_bucket[level.n_tops][point] = point_bucket(dual, point, cover_bucket)
                level.top_cost[level.n_tops][point] = costs[point]
            level.n_tops += 1
            continue
        for point in range(count):
            cost = costs[point]
            if cost < level.under[i]:
                level.under[i] = cost
            cost = cost if cost > 0 else 0
            bucket = point_bucket(dual, point, cover_bucket)
            if cost < least[bucket]:
                least[bucket] = cost
                dual.rest_node[bucket] = candidate_i
        under[0] += level.under[i]


cdef inline void rank_alive(Dual* dual, DualLevel* level, int32_t n_buckets) noexcept nogil:
    """least[] of every candidate that is alive."""
    cdef const int32_t* costs
    cdef int32_t i
    cdef int32_t point
    cdef int32_t value
    cdef int32_t best
    for i in range(level.n_alive):
        costs = &dual.point_cost[i * dual.n_points]
        best = COARSE_BIG
        for point in range(dual.points[i]):
            value = costs[point] + level.full[below(n_buckets, point_bucket(dual, point, dual.cover_bucket[i]))]
            best = value if value < best else best
        level.least[i] = best - level.under[i]


cdef inline bint relax(Dual* dual, DualLevel* level, uint64_t blocks, int64_t* bound) noexcept nogil:
    """The bound on the plans of these blocks over the candidates alive, prices included; coarse. False: none."""
    cdef int32_t least[256]
    cdef int32_t n_buckets = bucket_of(dual, weight_of(dual, blocks))
    cdef int32_t bucket
    cdef int32_t i
    cdef int64_t under
    for bucket in range(n_buckets + 1):
        least[bucket] = COARSE_BIG
    price_alive(dual, level, least, &under)
    if not rest_table(dual, level, n_buckets, least, under):
        level.n_tops = 0
        for bucket in range(n_buckets + 1):
            level.full[bucket] = -2 * COARSE_BIG
        for i in range(level.n_alive):
            level.least[i] = -2 * COARSE_BIG
            level.under[i] = 0
        return False
    tops_table(level, -1, n_buckets, level.full)
    rank_alive(dual, level, n_buckets)
    bound[0] = level.full[n_buckets] + prices_of(dual, blocks)
    return True


cdef inline int64_t prices_of(const Dual* dual, uint64_t blocks) noexcept nogil:
    cdef int64_t sum = 0
    while blocks:
        sum += dual.price[lowest_bit64(blocks)]
        blocks &= blocks - 1
    return sum


cdef inline void count_shares(Dual* dual, DualLevel* level, uint64_t blocks) noexcept nogil:
    """share[]: what the relaxed plan of the last relax() carries."""
    cdef int32_t chain[DUAL_TOPS + 1][256]
    cdef int32_t n_buckets = bucket_of(dual, weight_of(dual, blocks))
    cdef int32_t bucket = n_buckets
    cdef int32_t most
    cdef int32_t top
    cdef int32_t point
    cdef int32_t i
    cdef int32_t to
    memset(dual.share, 0, dual.n * sizeof(int32_t))
    memcpy(chain[0], level.rest, (n_buckets + 1) * sizeof(int32_t))
    for top in range(level.n_tops):
        memcpy(chain[top + 1], chain[top], (n_buckets + 1) * sizeof(int32_t))
        most = chain[top][n_buckets] - chain[top][0]
        for point in range(level.top_points[top]):
            if level.top_cost[top][point] < most:
                plan_add_shipment(chain[top + 1], chain[top], n_buckets, level.top_bucket[top][point],
                                  level.top_cost[top][point])
    for top in range(level.n_tops - 1, -1, -1):
        if chain[top + 1][bucket] == chain[top][bucket]:
            continue
        for point in range(level.top_points[top]):
            to = below(bucket, level.top_bucket[top][point])
            if level.top_cost[top][point] + chain[top][to] == chain[top + 1][bucket]:
                add_shares(dual, level.top[top], blocks, level.top_bucket[top][point])
                bucket = to
                break
    while bucket > 0 and level.rest[bucket] < COARSE_BIG:
        add_shares(dual, dual.rest_node[dual.rest_pick[bucket]], blocks, dual.rest_pick[bucket])
        bucket = below(bucket, dual.rest_pick[bucket])
    for i in range(level.n_alive):
        if level.under[i] < 0:
            for point in range(dual.points[i]):
                if dual.point_cost[i * dual.n_points + point] == level.under[i]:
                    add_shares(dual, level.alive[i], blocks, point_bucket(dual, point, dual.cover_bucket[i]))
                    break


cdef inline void choose_tops(Dual* dual, const DualLevel* level) noexcept nogil:
    """The candidates alive with the least[] become the tops."""
    cdef int32_t tops[8]
    cdef int32_t n = 0
    cdef int32_t i
    cdef int32_t at
    for i in range(level.n_alive):
        dual.is_top[level.alive[i]] = 0
        if n == DUAL_TOPS and level.least[i] >= level.least[tops[n - 1]]:
            continue
        at = n if n < DUAL_TOPS else n - 1
        while at > 0 and level.least[tops[at - 1]] > level.least[i]:
            tops[at] = tops[at - 1]
            at -= 1
        tops[at] = i
        n += n < DUAL_TOPS
    for at in range(n):
        dual.is_top[level.alive[tops[at]]] = 1


cdef inline void step_prices(Dual* dual, uint64_t blocks, int64_t length) noexcept nogil:
    """Move the prices of the blocks so that the relaxed plan comes to carry each of them once.

    A step keeps part of the direction of the one before, which damps the zigzag of plain subgradient steps.
    """
    cdef uint64_t left = blocks
    cdef int64_t norm = 0
    cdef int64_t price
    cdef int64_t sum = 0
    cdef int32_t at
    while left:
        at = lowest_bit64(left)
        left &= left - 1
        dual.course[at] = SHARE_ONE - dual.share[at] + <int32_t>(dual.course[at] * COURSE_KEPT / 8)
        norm += <int64_t>dual.course[at] * dual.course[at]
    left = blocks if norm else 0
    while left:
        at = lowest_bit64(left)
        left &= left - 1
        price = dual.price[at] + length * dual.course[at] / norm
        price = price if price > 0 else 0
        price = price if price < PRICES_MAX - sum else PRICES_MAX - sum
        dual.price[at] = <int32_t>price
        sum += price


cdef inline void drop_dear(DualLevel* level, int64_t room) noexcept nogil:
    """Keep those alive that a plan within the room may use."""
    cdef int32_t i
    cdef int32_t n = 0
    for i in range(level.n_alive):
        level.alive[n] = level.alive[i]
        level.cover[n] = level.cover[i]
        level.least[n] = level.least[i]
        level.under[n] = level.under[i]
        n += level.least[i] <= room
    level.n_alive = n


cdef inline int64_t effort_relax(const Dual* dual, const DualLevel* level) noexcept nogil:
    """Evaluations of one relax()."""
    return level.n_alive * (dual.n + dual.n_points) + (8 + dual.n_points / 8) * dual.n_buckets


cdef inline int64_t raise_prices(
    Dual* dual, Plan* plan, DualLevel* level, uint64_t blocks, int32_t rounds, int64_t assumed
) noexcept nogil:
    """Look for better prices of the blocks; leaves the best and returns their bound, coarse, or -1.

    Candidates that no plan within `assumed` may use leave alive[], so that a bound above `assumed` only says that
    there is no such plan. Stops there.
    """
    cdef int64_t length = SHARE_ONE
    cdef int64_t best = -1
    cdef int64_t bound
    cdef int64_t target
    cdef int32_t stale = 0
    cdef int32_t round_i
    memset(dual.course, 0, sizeof(dual.course))
    for round_i in range(rounds):
        plan.evaluations += effort_relax(dual, level)
        if plan.evaluations > dual.effort_max:
            break
        if not relax(dual, level, blocks, &bound):
            bound = -1
        if bound > best:
            stale = 0
            best = bound
            memcpy(dual.best_price, dual.price, sizeof(dual.price))
        else:
            stale += 1
        if bound > assumed:
            break
        if stale == STEP_PATIENCE or bound < 0:
            stale = 0
            length = length * 5 / 8
            memcpy(dual.price, dual.best_price, sizeof(dual.price))
            memset(dual.course, 0, sizeof(dual.course))
            relax(dual, level, blocks, &bound)
        count_shares(dual, level, blocks)
        choose_tops(dual, level)
        drop_dear(level, assumed - prices_of(dual, blocks))
        target = best + (best * STEP_REACH >> 10)
        if assumed < target:
            target = assumed + (best >> 8)
        step_prices(dual, blocks, length * (target - bound))
    memcpy(dual.price, dual.best_price, sizeof(dual.price))
    return best
