"""Exact plans for two to four cost components and at most BLOCKS_EXACT_MAX blocks.

The search of plan_exact.pxd with a vector of keys for each subset, compared one after the other (plan_lex.h): cost
components but the last as they are, the last as 16 * cost + shipments. A component is at most COST_MAX a shipment and
its split penalty as much again, so ten shipments fit in 64 bits and nothing but the number of conflicts or of levels
sends a problem on to plan_careful.pxd.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memcpy, memset

from fastdom._native.plan cimport (
    BLOCK_LANES,
    CONFLICTS_MAX,
    LEVELS_MAX,
    NO_TARIFF,
    OBJECTIVES_MAX,
    PLAN_INFEASIBLE,
    ROW_TARIFFS,
    SUBSETS_MAX,
    SUMS_AT_ONCE,
    TIERS_MAX,
    VALUE_NONE,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_cost cimport add_block_cost, capped, cost_close, cost_open, has_places, multiplied
from fastdom._native.plan_exact cimport (
    EXACT_CAREFUL,
    EXACT_DONE,
    EXACT_EFFORT,
    below,
    keep_choice,
    note_conflicts,
    over_effort,
    read_parts,
    row_keys,
    table_of,
    table_steps,
)
from fastdom._native.plan_fit cimport all_needs, forbid_small, forbid_subsets
from fastdom._native.plan_frame cimport (
    INFINITE,
    KEY_SHIFT,
    Frame,
    plan_row_subsets,
    plan_subset_sums,
    plan_subset_tiers,
    subset_sums,
    subsets_size,
)
from fastdom._native.plan_lex_frame cimport lex_item, lex_open, lex_sieve, lex_single
from fastdom._native.plan_places cimport place_carriage
from fastdom._native.plan_parts cimport plan_proven, plan_refused, popcount


cdef extern from "plan_lex.h":
    void plan_lex_best(int n_cost, int64_t* best, int64_t* node, const int64_t* row, const int64_t* sums,
                       const int64_t* fixed, const int64_t* split, int shipping, uint32_t cover,
                       int64_t candidate) noexcept nogil
    void plan_lex_partitions(int n_cost, const int64_t* best, int64_t size, int64_t* rest,
                             int64_t* spread) noexcept nogil
    void plan_lex_add_parts(int n_cost, const int64_t* own, uint32_t cover, int64_t size, const int64_t* start,
                            const int64_t* spread, int64_t* sum, int64_t* sum_spread) noexcept nogil
    void plan_lex_nothing(int n_cost, int64_t size, int64_t* rest, int64_t* spread) noexcept nogil


cdef inline int64_t* lex_key(Scratch* scratch, int32_t level, int32_t layer) noexcept nogil:
    """Table of a level and layer, [component * SUBSETS_MAX + subset]."""
    return &scratch.lex_key[OBJECTIVES_MAX * table_of(level, layer)]


cdef inline int64_t* lex_spread(Scratch* scratch, int32_t level, int32_t layer) noexcept nogil:
    return &scratch.lex_spread[(2 * level + (layer & 1)) * OBJECTIVES_MAX * 4 * SUBSETS_MAX]


cdef inline int64_t* lex_own(Scratch* scratch, int32_t layer) noexcept nogil:
    """Keys of the shipments of the conflict that the layer adds."""
    return &scratch.lex_own[(layer - 1) * OBJECTIVES_MAX * SUBSETS_MAX]


cdef inline int lex_order(
    const int64_t* key, int32_t at, const int64_t* other, int32_t other_at, int32_t n_cost
) noexcept nogil:
    """-1, 0 or 1 as key[.., at] is less than, equal to or more than other[.., other_at]."""
    cdef int32_t component
    cdef int64_t one
    cdef int64_t two
    for component in range(n_cost):
        one = key[component * SUBSETS_MAX + at]
        two = other[component * SUBSETS_MAX + other_at]
        if one != two:
            return -1 if one < two else 1
    return 0


cdef inline bint lex_meets(
    const int64_t* part, int32_t part_at, const int64_t* rest, int32_t rest_at, const int64_t* key, int32_t at,
    int32_t n_cost
) noexcept nogil:
    """Whether part + rest is the key."""
    cdef int32_t component
    for component in range(n_cost):
        if part[component * SUBSETS_MAX + part_at] + rest[component * SUBSETS_MAX + rest_at] != key[
            component * SUBSETS_MAX + at
        ]:
            return False
    return True


cdef inline void lex_sums(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, const int64_t* place_unit
) noexcept nogil:
    """block_sum[component, subset]: units and block costs of every subset, at most COST_MAX a block.

    place_unit: [n_cost] of the place that carries; NULL: none.
    """
    cdef int64_t per_block[BLOCK_LANES]
    cdef int32_t component
    cdef int32_t block
    for component in range(problem.n_cost):
        for block in range(problem.n_blocks):
            per_block[block] = lex_item(problem, candidate_i, block, component)
            if place_unit != NULL:
                per_block[block] = capped(per_block[block] + multiplied(place_unit[component], problem.units[block]))
        plan_subset_sums(per_block, problem.n_blocks, &scratch.block_sum[component * SUBSETS_MAX])


cdef inline void lex_ship(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t candidate_i, int64_t* best
) noexcept nogil:
    """Keys of the candidate's own shipments, where better, into best[] and lex_node[]. row[] is that of its tariffs."""
    lex_sums(problem, scratch, candidate_i, NULL)
    if scratch.tight[candidate_i]:
        row_keys(problem, scratch, frame, scratch.row_i[candidate_i], frame.full)
        forbid_subsets(problem, scratch, candidate_i, subsets_size(frame.n))
    plan_lex_best(problem.n_cost, best, scratch.lex_node, scratch.row, scratch.block_sum,
                  problem.candidates[candidate_i].fixed, problem.split_penalty, problem.shipping_objective,
                  scratch.cover[candidate_i], candidate_i)


cdef inline void lex_place_row(
    const Problem* problem, Scratch* scratch, const Frame* frame, int64_t place
) noexcept nogil:
    """row[]: keys of one place in the component of shipping."""
    cdef int64_t size = subsets_size(frame.n)
    cdef int64_t subset
    if frame.heaviest < problem.n_tiers:
        plan_row_subsets(&scratch.place_tier[place * TIERS_MAX], frame.lightest, frame.heaviest, scratch.tier, size,
                         scratch.row)
        return
    for subset in range(size):
        scratch.row[subset] = place_carriage(problem, scratch, place, scratch.tier[subset], scratch.weight_g[subset])


cdef inline void lex_ship_places(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t candidate_i, int64_t* best
) noexcept nogil:
    """lex_ship with each place of the candidate's row in turn; row[] is that of the last."""
    cdef int64_t fixed[OBJECTIVES_MAX]
    cdef int64_t place = <int64_t>scratch.row_i[candidate_i] * ROW_TARIFFS
    cdef int64_t last = place + ROW_TARIFFS
    cdef int32_t component
    while place < last:
        if problem.row_tariffs[place] != NO_TARIFF:
            lex_sums(problem, scratch, candidate_i, &problem.place_unit[place * problem.n_cost])
            lex_place_row(problem, scratch, frame, place)
            if scratch.tight[candidate_i]:
                forbid_subsets(problem, scratch, candidate_i, subsets_size(frame.n))
            for component in range(problem.n_cost):
                fixed[component] = problem.candidates[candidate_i].fixed[component]
                if component != problem.shipping_objective:
                    fixed[component] += problem.place_fixed[place * problem.n_cost + component]
            plan_lex_best(problem.n_cost, best, scratch.lex_node, scratch.row, scratch.block_sum, fixed,
                          problem.split_penalty, problem.shipping_objective, scratch.cover[candidate_i], candidate_i)
        place += 1


cdef inline void lex_clear(const Problem* problem, Scratch* scratch, int64_t* best, int64_t size) noexcept nogil:
    """No shipment known."""
    cdef int64_t subset
    cdef int32_t component
    for component in range(1, problem.n_cost):
        memset(&best[component * SUBSETS_MAX], 0, size * sizeof(int64_t))
    for subset in range(size):
        best[subset] = INFINITE
        scratch.lex_node[subset] = problem.n_candidates


cdef inline void lex_best(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t n_kept
) noexcept nogil:
    """The best shipment of every subset over the n_kept candidates in `order`, and its candidate in node[]."""
    cdef int64_t size = subsets_size(frame.n)
    cdef int32_t row_i = -1
    cdef int32_t at
    cdef int32_t candidate_i
    cdef int64_t subset
    lex_clear(problem, scratch, scratch.lex_best, size)
    for at in range(n_kept):
        candidate_i = scratch.order[at]
        if has_places(problem, candidate_i):
            lex_ship_places(problem, scratch, frame, candidate_i, scratch.lex_best)
            row_i = -1
            continue
        if not scratch.tight[candidate_i] and scratch.row_i[candidate_i] != row_i:
            row_i = scratch.row_i[candidate_i]
            row_keys(problem, scratch, frame, row_i, frame.full)
        lex_ship(problem, scratch, frame, candidate_i, scratch.lex_best)
        if scratch.tight[candidate_i]:
            row_i = -1
    forbid_small(problem, scratch, scratch.lex_best, size)
    for subset in range(size):
        scratch.node[subset] = <int32_t>scratch.lex_node[subset]


cdef inline void lex_own_keys(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t layer
) noexcept nogil:
    """lex_own[] of the conflict that the layer adds."""
    cdef int32_t candidate_i = scratch.conflicts[layer - 1]
    cdef int64_t* own = lex_own(scratch, layer)
    lex_clear(problem, scratch, own, subsets_size(frame.n))
    if has_places(problem, candidate_i):
        lex_ship_places(problem, scratch, frame, candidate_i, own)
    else:
        row_keys(problem, scratch, frame, scratch.row_i[candidate_i], frame.full)
        lex_ship(problem, scratch, frame, candidate_i, own)
    forbid_small(problem, scratch, own, subsets_size(frame.n))
    own[0] = INFINITE


cdef inline void lex_tables(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t levels, int32_t n_conflicts
) noexcept nogil:
    """lex_key[] of every level and layer, as fill_tables in plan_exact.pxd."""
    cdef int64_t size = subsets_size(frame.n)
    cdef int32_t level
    cdef int32_t layer
    scratch.lex_best[0] = INFINITE
    if levels == 0:
        plan_lex_partitions(problem.n_cost, scratch.lex_best, size, lex_key(scratch, 0, 0), lex_spread(scratch, 0, 0))
    else:
        for layer in range(n_conflicts + 1):
            plan_lex_nothing(problem.n_cost, size, lex_key(scratch, 0, layer), lex_spread(scratch, 0, layer))
    for level in range(1, levels + 1):
        plan_lex_add_parts(problem.n_cost, scratch.lex_best, frame.full, size, lex_key(scratch, level - 1, 0),
                           lex_spread(scratch, level - 1, 0), lex_key(scratch, level, 0),
                           lex_spread(scratch, level, 0))
    for layer in range(1, n_conflicts + 1):
        lex_own_keys(problem, scratch, frame, layer)
        for level in range(1 if levels else 0, levels + 1):
            plan_lex_add_parts(problem.n_cost, lex_own(scratch, layer), scratch.cover[scratch.conflicts[layer - 1]],
                               size, lex_key(scratch, level, layer - 1), lex_spread(scratch, below(level), layer - 1),
                               lex_key(scratch, level, layer), lex_spread(scratch, level, layer))


cdef inline void lex_choose_relaxed(
    const Problem* problem, Scratch* scratch, int32_t level, uint32_t blocks
) noexcept nogil:
    """choose_relaxed of plan_exact.pxd."""
    cdef int32_t at = table_of(level, 0) + blocks
    cdef int32_t under = table_of(below(level), 0)
    cdef const int64_t* rest = lex_key(scratch, below(level), 0)
    cdef const int64_t* key = lex_key(scratch, level, 0)
    cdef uint32_t others = blocks & (blocks - 1)
    cdef uint32_t remainder = others
    if scratch.chosen[at] >= 0:
        return
    while True:
        if lex_meets(scratch.lex_best, blocks ^ remainder, rest, remainder, key, blocks, problem.n_cost):
            lex_choose_relaxed(problem, scratch, below(level), remainder)
            keep_choice(scratch, at, blocks ^ remainder, scratch.node[blocks ^ remainder], under + remainder)
        if remainder == 0:
            return
        remainder = (remainder - 1) & others


cdef inline void lex_choose(
    const Problem* problem, Scratch* scratch, int32_t level, int32_t layer, uint32_t blocks
) noexcept nogil:
    """choose of plan_exact.pxd."""
    cdef int32_t at = table_of(level, layer) + blocks
    cdef int32_t under = table_of(below(level), layer - 1)
    cdef const int64_t* key = lex_key(scratch, level, layer)
    cdef const int64_t* own
    cdef const int64_t* rest
    cdef uint32_t within
    cdef uint32_t part
    if layer == 0:
        lex_choose_relaxed(problem, scratch, level, blocks)
        return
    if scratch.chosen[at] >= 0:
        return
    own = lex_own(scratch, layer)
    rest = lex_key(scratch, below(level), layer - 1)
    if lex_order(lex_key(scratch, level, layer - 1), blocks, key, blocks, problem.n_cost) == 0:
        lex_choose(problem, scratch, level, layer - 1, blocks)
        keep_choice(scratch, at, 0, 0, table_of(level, layer - 1) + blocks)
    within = blocks & scratch.cover[scratch.conflicts[layer - 1]]
    part = within
    while part:
        if lex_meets(own, part, rest, blocks ^ part, key, blocks, problem.n_cost):
            lex_choose(problem, scratch, below(level), layer - 1, blocks ^ part)
            keep_choice(scratch, at, part, scratch.conflicts[layer - 1], under + (blocks ^ part))
        part = (part - 1) & within


cdef inline uint32_t lex_served(const int64_t* key, uint32_t full, int32_t n_cost) noexcept nogil:
    """The blocks to serve when not all can be (steps 1 to 4 of the order of plans); 0: none."""
    cdef uint32_t most = 0
    cdef uint32_t blocks
    cdef uint32_t differ
    cdef int order
    for blocks in range(1, full + 1):
        if key[blocks] >= INFINITE or popcount(blocks) < popcount(most):
            continue
        if popcount(blocks) == popcount(most):
            order = lex_order(key, blocks, key, most, n_cost)
            differ = blocks ^ most
            if order > 0 or (order == 0 and not blocks & differ & (0 - differ)):
                continue
        most = blocks
    return most


cdef inline uint32_t lex_round(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t n_kept, int32_t levels, int32_t n_conflicts,
    Plan* plan
) noexcept nogil:
    """The best plan under the present conflicts, into n_parts, part_candidate and block_part; the blocks it serves."""
    cdef int64_t size = subsets_size(frame.n)
    cdef const int64_t* key = lex_key(scratch, levels, n_conflicts)
    cdef uint32_t served = frame.full
    cdef int32_t level
    cdef int32_t layer
    lex_best(problem, scratch, frame, n_kept)
    lex_tables(problem, scratch, frame, levels, n_conflicts)
    if key[frame.full] >= INFINITE:
        served = lex_served(key, frame.full, problem.n_cost) if problem.allow_partial else 0
    if served == 0:
        return 0
    for level in range(levels + 1):
        for layer in range(n_conflicts + 1):
            memset(&scratch.chosen[table_of(level, layer)], -1, size * sizeof(int32_t))
            scratch.chosen[table_of(level, layer)] = 0
    lex_choose(problem, scratch, levels, n_conflicts, served)
    read_parts(problem, scratch, levels, n_conflicts, served, plan)
    return served


cdef inline void lex_bound(
    const Problem* problem, Scratch* scratch, int32_t levels, int32_t n_conflicts, uint32_t full, Plan* plan
) noexcept nogil:
    """plan.lower_bound: the relaxation's cost of all blocks."""
    cdef const int64_t* key = lex_key(scratch, levels, n_conflicts)
    cdef int32_t component
    for component in range(problem.n_cost):
        plan.lower_bound[component] = key[component * SUBSETS_MAX + full]
        if component == problem.n_cost - 1:
            plan.lower_bound[component] >>= KEY_SHIFT
        plan.lower_bound[component] -= problem.split_penalty[component]


cdef inline void lex_subsets(const Problem* problem, Scratch* scratch, const Frame* frame) noexcept nogil:
    """Sums, tiers and needs of every subset."""
    subset_sums(problem, scratch)
    plan_subset_tiers(scratch.weight_g, subsets_size(frame.n), problem.breakpoints_g,
                      frame.lightest if frame.heaviest < problem.n_tiers else 0, frame.heaviest, scratch.tier)
    all_needs(problem, scratch, subsets_size(frame.n))


cdef inline int lex_one_shipment(
    const Problem* problem, Scratch* scratch, const Frame* frame, Plan* plan
) noexcept nogil:
    """The best of the single shipments that tie in component 0, which costs less there than any two."""
    cdef int64_t cost[OBJECTIVES_MAX]
    cdef int64_t best[OBJECTIVES_MAX]
    cdef int32_t tariff
    cdef int32_t candidate_i
    cdef int32_t block
    cdef int32_t component
    plan.n_parts = 1
    plan.part_candidate[0] = -1
    for candidate_i in range(frame.single_i, problem.n_candidates):
        if lex_single(problem, scratch, frame, candidate_i) != frame.single:
            continue
        cost_open(problem, candidate_i, frame.weight_g, frame.units, cost, &tariff)
        if problem.block_cost != NULL:
            for block in range(frame.n):
                add_block_cost(problem, candidate_i, block, cost)
        cost_close(problem, candidate_i, frame.weight_g, frame.units, cost, &tariff)
        component = 0
        while component < problem.n_cost - 1 and plan.part_candidate[0] >= 0 and cost[component] == best[component]:
            component += 1
        if plan.part_candidate[0] < 0 or cost[component] < best[component]:
            plan.part_candidate[0] = candidate_i
            memcpy(best, cost, sizeof(cost))
    for block in range(frame.n):
        plan.block_part[block] = 0
    plan_proven(problem, plan)
    return EXACT_DONE


cdef inline int lex_solve(
    const Problem* problem, Scratch* scratch, Plan* plan, int32_t* n_conflicts
) noexcept nogil:
    """An ExactOutcome. Two cost components or more, 1 .. BLOCKS_EXACT_MAX blocks, a valid problem."""
    cdef Frame frame
    cdef int32_t levels = 0
    cdef int32_t n_kept
    cdef int64_t steps
    cdef uint32_t served
    if not lex_open(problem, scratch, &frame):
        return EXACT_CAREFUL
    plan.evaluations += problem.n_candidates
    if frame.single < INFINITE and frame.single < 2 * frame.least + frame.least_blocks:
        return lex_one_shipment(problem, scratch, &frame, plan)
    lex_subsets(problem, scratch, &frame)
    while n_conflicts[0] <= CONFLICTS_MAX and levels <= LEVELS_MAX:
        steps = lex_sieve(problem, scratch, &frame, &n_kept) + table_steps(frame.n, levels, n_conflicts[0])
        steps = problem.n_cost * steps / SUMS_AT_ONCE
        if over_effort(problem, plan.evaluations + steps):
            return EXACT_EFFORT
        plan.evaluations += steps
        served = lex_round(problem, scratch, &frame, n_kept, levels, n_conflicts[0], plan)
        if served == 0:
            plan_refused(problem, plan, PLAN_INFEASIBLE)
            return EXACT_DONE
        plan.lower_bound[0] = VALUE_NONE
        if served == frame.full:
            lex_bound(problem, scratch, levels, n_conflicts[0], served, plan)
        if problem.max_shipments and plan.n_parts > problem.max_shipments:
            levels = problem.max_shipments
        elif not note_conflicts(scratch, plan, n_conflicts):
            plan_proven(problem, plan)
            return EXACT_DONE
    return EXACT_CAREFUL
