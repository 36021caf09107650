"""Exact plans for one cost component and at most BLOCKS_EXACT_MAX blocks: cheapest shipment per subset of blocks,
then the cheapest partition of the blocks into subsets.

Sums of costs are keys: 16 * cost + shipments, so that of two equal costs the plan with fewer shipments is smaller.

The partition may use one candidate for two parts, which the order of plans forbids: it is a relaxation. When its best
plan repeats no candidate, it is the best plan. (Merging the parts of a repeated candidate is never cheaper: the merged
shipment is one of the relaxation's subsets.) Else the repeated candidates become *conflicts*: they leave the relaxation
and are added after it one by one, each serving one part at most,
    key_j[M] = min over S within M of own_j[S] + key_{j-1}[M - S],
until no candidate repeats. One conflict is common where tariffs jump at a tier, two are rare.

A bound on shipments that binds adds levels: level t holds the best plans of at most t shipments, made from level t - 1.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memset

from fastdom._native.plan cimport (
    BLOCKS_EXACT_MAX,
    CONFLICTS_MAX,
    LAYERS_MAX,
    LEVELS_MAX,
    PLAN_INFEASIBLE,
    SUBSETS_MAX,
    SUMS_AT_ONCE,
    TIERS_MAX,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_fit cimport all_needs, forbid_small, forbid_subsets
from fastdom._native.plan_frame cimport (
    INFINITE,
    KEY_SHIFT,
    Frame,
    carriage_key,
    frame_open,
    least_of,
    part_key,
    plan_add_parts,
    plan_nothing,
    plan_partitions,
    plan_row_subsets,
    plan_subset_best,
    plan_subset_best_blocks,
    plan_subset_tiers,
    subset_sums,
    subsets_size,
    survivors,
)
from fastdom._native.plan_places cimport place_rows
from fastdom._native.plan_parts cimport lowest_bit, plan_proven, plan_refused, popcount, subset_fits


cdef enum ExactOutcome:
    EXACT_DONE = 0              # the plan is final
    EXACT_CAREFUL = 1           # repeated candidate, shipments over the bound, or amounts beyond 64-bit keys
    EXACT_EFFORT = 2            # would exceed effort_max


cdef inline void row_keys(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t row_i, uint32_t cover
) noexcept nogil:
    """row[]: keys of one tariff row for every subset of the cover."""
    cdef int64_t size = subsets_size(frame.n)
    cdef const int64_t* keys = &scratch.row_tier[<int64_t>row_i * TIERS_MAX]
    cdef int64_t subset
    if row_i == problem.n_rows:
        memset(scratch.row, 0, size * sizeof(int64_t))
    elif problem.place_fixed != NULL and frame.heaviest < problem.n_tiers:
        place_rows(problem, scratch, row_i, frame.lightest, frame.heaviest, frame.units, cover)
    elif frame.heaviest < problem.n_tiers and size < 32:  # a call through the module's table costs as much
        for subset in range(size):
            scratch.row[subset] = keys[scratch.tier[subset]]
    elif frame.heaviest < problem.n_tiers:
        plan_row_subsets(keys, frame.lightest, frame.heaviest, scratch.tier, size, scratch.row)
    else:
        for subset in range(size):
            scratch.row[subset] = carriage_key(problem, scratch, row_i, scratch.tier[subset],
                                               scratch.weight_g[subset], scratch.units[subset])


cdef inline void least_keys(
    const Problem* problem, const Scratch* scratch, const int32_t* order, int32_t count, int64_t* best
) noexcept nogil:
    """best[] with the listed candidates, all of the tariff row in row[]."""
    if problem.block_cost != NULL:
        plan_subset_best_blocks(best, scratch.row, problem.n_blocks, order, count, scratch.cover, scratch.base,
                                scratch.block_key)
    else:
        plan_subset_best(best, scratch.row, scratch.units, order, count, scratch.cover, scratch.base, scratch.unit)


cdef inline void tight_best(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t candidate_i, int64_t* best
) noexcept nogil:
    """least_keys for one candidate where not every subset fits."""
    row_keys(problem, scratch, frame, scratch.row_i[candidate_i], scratch.cover[candidate_i])
    forbid_subsets(problem, scratch, candidate_i, subsets_size(frame.n))
    least_keys(problem, scratch, &candidate_i, 1, best)


cdef inline uint32_t row_cover(
    const Problem* problem, const Scratch* scratch, const Frame* frame, int32_t at, int32_t row_i
) noexcept nogil:
    """The blocks that candidates order[at ..] of the row cover; all where that makes no difference."""
    cdef uint32_t cover = 0
    cdef int32_t place
    if problem.place_fixed == NULL:
        return frame.full
    for place in range(at, scratch.row_start[row_i]):
        cover |= scratch.cover[scratch.order[place]]
    return cover


cdef inline void subset_best(const Problem* problem, Scratch* scratch, const Frame* frame) noexcept nogil:
    """Least key of one shipment for every subset over the candidates in `order`."""
    cdef int64_t size = subsets_size(frame.n)
    cdef int32_t at = 0
    cdef int32_t row_i
    cdef int64_t subset
    for subset in range(size):
        scratch.best[subset] = INFINITE
    for row_i in range(problem.n_rows + 1):
        if scratch.row_start[row_i] > at:
            row_keys(problem, scratch, frame, row_i, row_cover(problem, scratch, frame, at, row_i))
            least_keys(problem, scratch, &scratch.order[at], scratch.row_start[row_i] - at, scratch.best)
            at = scratch.row_start[row_i]
    while at < scratch.row_start[problem.n_rows + 1]:
        tight_best(problem, scratch, frame, scratch.order[at], scratch.best)
        at += 1
    forbid_small(problem, scratch, scratch.best, size)


cdef inline bint serves_more(uint32_t blocks, int64_t key, uint32_t other, int64_t other_key) noexcept nogil:
    """Whether serving `blocks` at `key` comes before serving `other` (steps 1 to 4 of the order of plans)."""
    if popcount(blocks) != popcount(other):
        return popcount(blocks) > popcount(other)
    if key != other_key:
        return key < other_key
    other ^= blocks
    return other != 0 and blocks & other & (0 - other)


cdef inline uint32_t most_served(const int64_t* key, uint32_t full) noexcept nogil:
    cdef uint32_t most = 0
    cdef uint32_t blocks
    for blocks in range(1, full + 1):
        if key[blocks] < INFINITE and serves_more(blocks, key[blocks], most, key[most]):
            most = blocks
    return most


cdef inline int32_t node_of(const Problem* problem, Scratch* scratch, uint32_t subset) noexcept nogil:
    """Lowest candidate that ships the subset at best[subset]."""
    cdef int64_t key
    cdef int32_t candidate_i = 0
    if scratch.node[subset] >= 0:
        return scratch.node[subset]
    for candidate_i in range(problem.n_candidates):
        if subset & ~scratch.cover[candidate_i] or scratch.conflict[candidate_i]:
            continue
        key = part_key(problem, scratch, candidate_i, subset)
        if key > scratch.best[subset]:
            continue
        key += carriage_key(problem, scratch, scratch.row_i[candidate_i], scratch.tier[subset],
                            scratch.weight_g[subset], scratch.units[subset])
        if key == scratch.best[subset] and (
            not scratch.tight[candidate_i] or subset_fits(problem, candidate_i, subset, scratch.units[subset])
        ):
            break
    scratch.node[subset] = candidate_i
    return candidate_i


cdef inline int32_t table_of(int32_t level, int32_t layer) noexcept nogil:
    """Where a table of the search starts."""
    return (level * LAYERS_MAX + layer) * SUBSETS_MAX


cdef inline int64_t* spread_of(Scratch* scratch, int32_t level, int32_t layer) noexcept nogil:
    return &scratch.spread[(2 * level + (layer & 1)) * 4 * SUBSETS_MAX]


cdef inline int32_t below(int32_t level) noexcept nogil:
    """Level of what remains when one shipment is taken off; level 0 has no bound."""
    return level - 1 if level else 0


cdef inline void keep_choice(
    Scratch* scratch, int32_t at, uint32_t part, int32_t candidate_i, int32_t remainder_at
) noexcept nogil:
    """Keep part + remainder for [at] when its sequence of candidates is the smallest so far."""
    cdef uint64_t first = scratch.field_first[part] * candidate_i + scratch.first[remainder_at]
    cdef uint64_t last = scratch.field_last[part] * candidate_i + scratch.last[remainder_at]
    if scratch.chosen[at] >= 0 and (
        first > scratch.first[at] or (first == scratch.first[at] and last >= scratch.last[at])
    ):
        return
    scratch.chosen[at] = part
    scratch.first[at] = first
    scratch.last[at] = last


cdef inline void choose_relaxed(
    const Problem* problem, Scratch* scratch, int32_t level, uint32_t blocks
) noexcept nogil:
    """Of the partitions at their least key keep the one with the smallest sequence of candidates; no conflicts."""
    cdef int32_t at = table_of(level, 0) + blocks
    cdef int32_t under = table_of(below(level), 0)
    cdef uint32_t others = blocks & (blocks - 1)
    cdef uint32_t remainder = others
    if scratch.chosen[at] >= 0:
        return
    while True:
        if scratch.best[blocks ^ remainder] + scratch.key[under + remainder] == scratch.key[at]:
            choose_relaxed(problem, scratch, below(level), remainder)
            keep_choice(scratch, at, blocks ^ remainder, node_of(problem, scratch, blocks ^ remainder),
                        under + remainder)
        if remainder == 0:
            return
        remainder = (remainder - 1) & others


cdef inline void choose(
    const Problem* problem, Scratch* scratch, int32_t level, int32_t layer, uint32_t blocks
) noexcept nogil:
    """The same when conflicts[0 .. layer - 1] are added; chosen[] 0: the last of them stays unused."""
    cdef int32_t at = table_of(level, layer) + blocks
    cdef int32_t without = table_of(level, layer - 1) + blocks
    cdef int32_t under = table_of(below(level), layer - 1)
    cdef const int64_t* own
    cdef uint32_t within
    cdef uint32_t part
    if layer == 0:
        choose_relaxed(problem, scratch, level, blocks)
        return
    if scratch.chosen[at] >= 0:
        return
    own = &scratch.own[(layer - 1) * SUBSETS_MAX]
    if scratch.key[without] == scratch.key[at]:
        choose(problem, scratch, level, layer - 1, blocks)
        keep_choice(scratch, at, 0, 0, without)
    within = blocks & scratch.cover[scratch.conflicts[layer - 1]]
    part = within
    while part:
        if own[part] + scratch.key[under + (blocks ^ part)] == scratch.key[at]:
            choose(problem, scratch, below(level), layer - 1, blocks ^ part)
            keep_choice(scratch, at, part, scratch.conflicts[layer - 1], under + (blocks ^ part))
        part = (part - 1) & within


cdef inline void read_parts(
    const Problem* problem, Scratch* scratch, int32_t level, int32_t layer, uint32_t blocks, Plan* plan
) noexcept nogil:
    """Parts of the chosen plan, in the order of their lowest block."""
    cdef uint32_t masks[BLOCKS_EXACT_MAX]
    cdef uint32_t part
    cdef int32_t at
    cdef int32_t block
    plan.n_parts = 0
    while blocks:
        part = scratch.chosen[table_of(level, layer) + blocks]
        blocks ^= part
        if part:
            at = plan.n_parts
            while at > 0 and lowest_bit(masks[at - 1]) > lowest_bit(part):
                masks[at] = masks[at - 1]
                plan.part_candidate[at] = plan.part_candidate[at - 1]
                at -= 1
            masks[at] = part
            plan.part_candidate[at] = scratch.conflicts[layer - 1] if layer else scratch.node[part]
            plan.n_parts += 1
            level = below(level)
        layer -= 1 if layer else 0
    for block in range(problem.n_blocks):
        plan.block_part[block] = -1
    for at in range(plan.n_parts):
        part = masks[at]
        while part:
            plan.block_part[lowest_bit(part)] = at
            part &= part - 1


cdef inline bint note_conflicts(Scratch* scratch, const Plan* plan, int32_t* n_conflicts) noexcept nogil:
    """List the candidates that serve two parts; whether there are any."""
    cdef int32_t part
    cdef int32_t other
    cdef int32_t candidate_i
    cdef int32_t before = n_conflicts[0]
    for part in range(plan.n_parts):
        candidate_i = plan.part_candidate[part]
        for other in range(part):
            if plan.part_candidate[other] == candidate_i and not scratch.conflict[candidate_i]:
                scratch.conflict[candidate_i] = 1
                scratch.conflicts[n_conflicts[0]] = candidate_i
                n_conflicts[0] += 1
    return n_conflicts[0] > before


cdef inline bint over_effort(const Problem* problem, int64_t evaluations) noexcept nogil:
    return problem.effort_max > 0 and evaluations > problem.effort_max


cdef inline int64_t partition_steps(int32_t n) noexcept nogil:
    """Subset x remainder sums of all partitions of n blocks: (3^n - 1) / 2, each with its lowest block fixed."""
    cdef int64_t steps = 0
    cdef int32_t block
    for block in range(n):
        steps = 3 * steps + 1
    return steps


cdef inline void own_keys(const Problem* problem, Scratch* scratch, const Frame* frame, int32_t layer) noexcept nogil:
    """own[] of the conflict that the layer adds."""
    cdef int64_t* own = &scratch.own[(layer - 1) * SUBSETS_MAX]
    cdef int32_t candidate_i = scratch.conflicts[layer - 1]
    cdef int64_t subset
    for subset in range(subsets_size(frame.n)):
        own[subset] = INFINITE
    if scratch.tight[candidate_i]:
        tight_best(problem, scratch, frame, candidate_i, own)
    else:
        row_keys(problem, scratch, frame, scratch.row_i[candidate_i], scratch.cover[candidate_i])
        least_keys(problem, scratch, &scratch.conflicts[layer - 1], 1, own)
    forbid_small(problem, scratch, own, subsets_size(frame.n))
    own[0] = INFINITE


cdef inline void fill_tables(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t levels, int32_t n_conflicts
) noexcept nogil:
    """key[] of every level and layer; levels 0: no bound on shipments."""
    cdef int64_t size = subsets_size(frame.n)
    cdef int32_t level
    cdef int32_t layer
    if levels == 0:
        plan_partitions(scratch.best, size, &scratch.key[0], spread_of(scratch, 0, 0))
    else:
        scratch.best[0] = INFINITE
        for layer in range(n_conflicts + 1):
            plan_nothing(size, &scratch.key[table_of(0, layer)], spread_of(scratch, 0, layer))
    for level in range(1, levels + 1):
        plan_add_parts(scratch.best, frame.full, size, &scratch.key[table_of(level - 1, 0)],
                       spread_of(scratch, level - 1, 0), &scratch.key[table_of(level, 0)],
                       spread_of(scratch, level, 0))
    for layer in range(1, n_conflicts + 1):
        own_keys(problem, scratch, frame, layer)
        for level in range(1 if levels else 0, levels + 1):
            plan_add_parts(&scratch.own[(layer - 1) * SUBSETS_MAX], scratch.cover[scratch.conflicts[layer - 1]], size,
                           &scratch.key[table_of(level, layer - 1)], spread_of(scratch, below(level), layer - 1),
                           &scratch.key[table_of(level, layer)], spread_of(scratch, level, layer))


cdef inline uint32_t exact_round(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t levels, int32_t n_conflicts, Plan* plan
) noexcept nogil:
    """The best plan under the present conflicts, into n_parts, part_candidate and block_part; the blocks it serves."""
    cdef int64_t size = subsets_size(frame.n)
    cdef const int64_t* key = &scratch.key[table_of(levels, n_conflicts)]
    cdef uint32_t served = frame.full
    cdef int32_t level
    cdef int32_t layer
    subset_best(problem, scratch, frame)
    if frame.single < scratch.best[frame.full] and not scratch.conflict[frame.single_i]:
        scratch.best[frame.full] = frame.single
    fill_tables(problem, scratch, frame, levels, n_conflicts)
    if key[frame.full] >= INFINITE:
        served = most_served(key, frame.full) if problem.allow_partial else 0
    if served == 0:
        return 0
    for level in range(levels + 1):
        for layer in range(n_conflicts + 1):
            memset(&scratch.chosen[table_of(level, layer)], -1, size * sizeof(int32_t))
            scratch.chosen[table_of(level, layer)] = 0
    memset(scratch.node, -1, size * sizeof(int32_t))
    choose(problem, scratch, levels, n_conflicts, served)
    read_parts(problem, scratch, levels, n_conflicts, served, plan)
    return served


cdef inline int64_t table_steps(int32_t n, int32_t levels, int32_t n_conflicts) noexcept nogil:
    """Subset x remainder sums of fill_tables."""
    return partition_steps(n) * ((2 * levels if levels else 1) + 2 * n_conflicts * (levels if levels else 1))


cdef inline int exact_single(const Problem* problem, const Frame* frame, Plan* plan) noexcept nogil:
    cdef int32_t block
    for block in range(frame.n):
        plan.block_part[block] = 0
    plan.n_parts = 1
    plan.part_candidate[0] = frame.single_i
    plan_proven(problem, plan)
    return EXACT_DONE


cdef inline int exact_solve(
    const Problem* problem, Scratch* scratch, Plan* plan, int32_t* n_conflicts
) noexcept nogil:
    """An ExactOutcome. One cost component, 1 .. BLOCKS_EXACT_MAX blocks, a valid problem."""
    cdef Frame frame
    cdef int32_t levels = 0
    cdef int32_t first
    cdef int64_t steps
    cdef uint32_t served
    if not frame_open(problem, scratch, &frame):
        return EXACT_CAREFUL
    plan.evaluations += problem.n_candidates
    if frame.single < INFINITE and (problem.max_shipments == 1 or frame.single <= least_of(&frame, 2)):
        return exact_single(problem, &frame, plan)
    if frame.least >= INFINITE:
        plan_refused(problem, plan, PLAN_INFEASIBLE)
        return EXACT_DONE
    subset_sums(problem, scratch)
    all_needs(problem, scratch, subsets_size(frame.n))
    first = frame.lightest if frame.heaviest < problem.n_tiers else 0  # the empty subset is not beyond the grid
    plan_subset_tiers(scratch.weight_g, subsets_size(frame.n), problem.breakpoints_g, first, frame.heaviest,
                      scratch.tier)
    while n_conflicts[0] <= CONFLICTS_MAX and levels <= LEVELS_MAX:
        steps = survivors(problem, scratch, &frame) + table_steps(frame.n, levels, n_conflicts[0])
        steps /= SUMS_AT_ONCE
        if over_effort(problem, plan.evaluations + steps):
            return EXACT_EFFORT
        plan.evaluations += steps
        served = exact_round(problem, scratch, &frame, levels, n_conflicts[0], plan)
        if served == 0:
            plan_refused(problem, plan, PLAN_INFEASIBLE)
            return EXACT_DONE
        if served == frame.full:
            plan.lower_bound[0] = scratch.key[table_of(levels, n_conflicts[0]) + served] >> KEY_SHIFT
            plan.lower_bound[0] -= problem.split_penalty[0]
        if problem.max_shipments and plan.n_parts > problem.max_shipments:
            levels = problem.max_shipments
        elif not note_conflicts(scratch, plan, n_conflicts):
            plan_proven(problem, plan)
            return EXACT_DONE
    return EXACT_CAREFUL
