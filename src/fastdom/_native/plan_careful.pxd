"""Exact plans where tables of keys do not suffice: amounts near COST_MAX in the only component, more than CONFLICTS_MAX
conflicts, or a bound above LEVELS_MAX shipments that binds.

The search of plan_exact.pxd on Values. With a bound on shipments, layer j holds the best plans of at most j shipments.
The rounds end, because each adds a conflict; the last answer is optimal over a superset of the plans, so it is optimal.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memset

from fastdom._native.plan cimport (
    PLAN_INFEASIBLE,
    ROW_NONE,
    SUBSETS_MAX,
    VALUE_NONE,
    Candidate,
    Plan,
    Problem,
    Scratch,
    Value,
)
from fastdom._native.plan_blocks cimport cost_sums
from fastdom._native.plan_cost cimport add_place, base_cost, capped
from fastdom._native.plan_exact cimport EXACT_DONE, EXACT_EFFORT, below, over_effort, partition_steps
from fastdom._native.plan_frame cimport (
    INFINITE,
    KEY_SHIFT,
    candidate_tight,
    plan_row_keys,
    plan_subset_tiers,
    row_key,
    subset_sums,
    subsets_size,
)
from fastdom._native.plan_parts cimport plan_proven, plan_refused, popcount, subset_fits


cdef inline int compare_costs(const int64_t* cost, const int64_t* other, int32_t n_cost) noexcept nogil:
    cdef int32_t component
    for component in range(n_cost):
        if cost[component] != other[component]:
            return -1 if cost[component] < other[component] else 1
    return 0


cdef inline bint cheaper(const Value* value, const Value* other, int32_t n_cost) noexcept nogil:
    """Steps 2, 3 and 5 of the order of plans; both serve the same blocks."""
    cdef int order
    if value.cost[0] == VALUE_NONE or other.cost[0] == VALUE_NONE:
        return value.cost[0] != VALUE_NONE
    order = compare_costs(value.cost, other.cost, n_cost)
    if order:
        return order < 0
    if value.parts != other.parts:
        return value.parts < other.parts
    if value.first != other.first:
        return value.first < other.first
    return value.last < other.last


cdef inline void improve(Value* best, const Value* part, const Value* remainder, int32_t n_cost) noexcept nogil:
    """best = min(best, part + remainder)."""
    cdef Value total
    cdef int32_t component
    if part.cost[0] == VALUE_NONE or remainder.cost[0] == VALUE_NONE:
        return
    if best.cost[0] != VALUE_NONE and part.cost[0] + remainder.cost[0] > best.cost[0]:
        return
    for component in range(n_cost):
        total.cost[component] = part.cost[component] + remainder.cost[component]
    total.parts = part.parts + remainder.parts
    total.first = part.first + remainder.first
    total.last = part.last + remainder.last
    if cheaper(&total, best, n_cost):
        best[0] = total


cdef inline bint add_row(
    const Problem* problem, const Scratch* scratch, int32_t row_i, uint32_t subset, int64_t* cost
) noexcept nogil:
    """Add the carriage of the subset to its cost vector; False when no tariff carries it."""
    cdef int32_t tariff
    cdef int64_t key
    if row_i == ROW_NONE:
        return True
    if problem.place_fixed != NULL:
        return add_place(problem, row_i, <int32_t>scratch.tier[subset], scratch.weight_g[subset],
                         scratch.units[subset], cost, &tariff)
    key = row_key(problem, scratch, row_i, scratch.tier[subset], scratch.weight_g[subset])
    if key == INFINITE:
        return False
    cost[problem.shipping_objective] = capped(cost[problem.shipping_objective] + (key >> KEY_SHIFT))
    return True


cdef inline bint ship(
    const Problem* problem, const Scratch* scratch, int32_t candidate_i, uint32_t subset, Value* value
) noexcept nogil:
    """One part as a Value; False when it cannot be shipped. cost_sums of the candidate are made."""
    cdef const Candidate* candidate = &problem.candidates[candidate_i]
    cdef int32_t component
    if scratch.tight[candidate_i] and not subset_fits(problem, candidate_i, subset, scratch.units[subset]):
        return False
    if scratch.units[subset] < problem.min_units:
        return False
    base_cost(problem, candidate, scratch.units[subset], value.cost)
    if problem.block_cost != NULL:
        for component in range(problem.n_cost):
            value.cost[component] = capped(value.cost[component] + scratch.block_sum[component * SUBSETS_MAX + subset])
    if not add_row(problem, scratch, candidate.row_i, subset, value.cost):
        return False
    for component in range(problem.n_cost):
        value.cost[component] += problem.split_penalty[component]
    value.parts = 1
    value.first = scratch.field_first[subset] * candidate_i
    value.last = scratch.field_last[subset] * candidate_i
    return True


cdef inline void clear(Value* values, uint32_t full) noexcept nogil:
    """Nothing can be served but nothing."""
    cdef uint32_t blocks
    for blocks in range(1, full + 1):
        values[blocks].cost[0] = VALUE_NONE
    memset(values, 0, sizeof(Value))


cdef inline void relaxed_parts(const Problem* problem, Scratch* scratch, uint32_t full) noexcept nogil:
    """value[S]: the best shipment of S over the candidates outside `conflicts`."""
    cdef Value value
    cdef int32_t candidate_i
    cdef uint32_t cover
    cdef uint32_t subset
    clear(scratch.value, full)
    for candidate_i in range(problem.n_candidates):
        if scratch.conflict[candidate_i]:
            continue
        cover = <uint32_t>problem.cover[candidate_i] & full
        if problem.block_cost != NULL:
            cost_sums(problem, scratch, candidate_i)
        subset = cover
        while subset:
            if ship(problem, scratch, candidate_i, subset, &value):
                if cheaper(&value, &scratch.value[subset], problem.n_cost):
                    scratch.value[subset] = value
            subset = (subset - 1) & cover


cdef inline void relaxed_layer(
    const Problem* problem, Scratch* scratch, Value* layer, const Value* below, uint32_t full
) noexcept nogil:
    """layer[M] = min over S of M's lowest block of value[S] + below[M - S]; below may be the layer itself."""
    cdef uint32_t blocks
    cdef uint32_t others
    cdef uint32_t remainder
    for blocks in range(1, full + 1):
        others = blocks & (blocks - 1)
        remainder = others
        while True:
            improve(&layer[blocks], &scratch.value[blocks ^ remainder], &below[remainder], problem.n_cost)
            if remainder == 0:
                break
            remainder = (remainder - 1) & others


cdef inline void add_candidate(
    const Problem* problem, Value* layer, const Value* below, const Value* own, uint32_t cover, uint32_t full
) noexcept nogil:
    """Let one more candidate serve one part; below is the layer itself or the one of one shipment less."""
    cdef uint32_t blocks = full
    cdef uint32_t subset
    while blocks:
        subset = blocks & cover
        while subset:
            improve(&layer[blocks], &own[subset], &below[blocks ^ subset], problem.n_cost)
            subset = (subset - 1) & blocks & cover
        blocks -= 1


cdef inline void add_conflict(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, int32_t layers, uint32_t full
) noexcept nogil:
    """Use value[] for the candidate's own shipments and add it to every layer, the highest first."""
    cdef uint32_t cover = <uint32_t>problem.cover[candidate_i] & full
    cdef uint32_t subset = cover
    cdef int32_t layer
    if problem.block_cost != NULL:
        cost_sums(problem, scratch, candidate_i)
    while subset:
        if not ship(problem, scratch, candidate_i, subset, &scratch.value[subset]):
            scratch.value[subset].cost[0] = VALUE_NONE
        subset = (subset - 1) & cover
    if layers == 0:
        add_candidate(problem, scratch.layer, scratch.layer, scratch.value, cover, full)
    for layer in range(layers, 0, -1):
        add_candidate(problem, &scratch.layer[layer * SUBSETS_MAX], &scratch.layer[(layer - 1) * SUBSETS_MAX],
                      scratch.value, cover, full)


cdef inline const Value* careful_round(
    const Problem* problem, Scratch* scratch, int32_t layers, int32_t n_conflicts, uint32_t full
) noexcept nogil:
    """Best values of all subsets under the present conflicts; layers 0: any number of shipments."""
    cdef int32_t layer
    cdef uint32_t blocks
    cdef int32_t at
    relaxed_parts(problem, scratch, full)
    clear(scratch.layer, full)
    if layers == 0:
        relaxed_layer(problem, scratch, scratch.layer, scratch.layer, full)
    for layer in range(1, layers + 1):
        for blocks in range(full + 1):
            scratch.layer[layer * SUBSETS_MAX + blocks] = scratch.layer[(layer - 1) * SUBSETS_MAX + blocks]
        relaxed_layer(problem, scratch, &scratch.layer[layer * SUBSETS_MAX], &scratch.layer[(layer - 1) * SUBSETS_MAX],
                      full)
    for at in range(n_conflicts):
        add_conflict(problem, scratch, scratch.conflicts[at], layers, full)
    return &scratch.layer[layers * SUBSETS_MAX]


cdef inline int64_t round_steps(
    const Problem* problem, const Scratch* scratch, int32_t layers, int32_t n_conflicts, uint32_t full
) noexcept nogil:
    """Evaluations of one careful_round."""
    cdef int64_t partitions = partition_steps(problem.n_blocks)
    cdef int64_t steps = 0
    cdef int32_t candidate_i
    for candidate_i in range(problem.n_candidates):
        steps += (<int64_t>1 << popcount(<uint32_t>problem.cover[candidate_i] & full)) - 1
    return steps + (layers if layers else 1) * partitions * (1 + 2 * n_conflicts)


cdef inline uint32_t best_served(const Problem* problem, const Value* values, uint32_t full) noexcept nogil:
    """The blocks to serve; 0 when there is no plan."""
    cdef uint32_t best = 0
    cdef uint32_t blocks
    cdef uint32_t differ
    cdef int order
    if values[full].cost[0] != VALUE_NONE:
        return full
    if not problem.allow_partial:
        return 0
    for blocks in range(1, full):
        if values[blocks].cost[0] == VALUE_NONE or popcount(blocks) < popcount(best):
            continue
        if popcount(blocks) == popcount(best):
            order = compare_costs(values[blocks].cost, values[best].cost, problem.n_cost)
            order = order if order else values[blocks].parts - values[best].parts
            differ = blocks ^ best
            if order > 0 or (order == 0 and not blocks & differ & (0 - differ)):
                continue
        best = blocks
    return best


cdef inline void read_value(const Problem* problem, const Value* value, uint32_t served, Plan* plan) noexcept nogil:
    """Blocks of one candidate as one part, in the order of the lowest block."""
    cdef uint64_t packed
    cdef int32_t block
    cdef int32_t candidate_i
    cdef int32_t part
    plan.n_parts = 0
    for block in range(problem.n_blocks):
        plan.block_part[block] = -1
        if not served >> block & 1:
            continue
        packed = value.first >> 12 * (4 - block) if block < 5 else value.last >> 12 * (9 - block)
        candidate_i = <int32_t>(packed & 4095)
        for part in range(plan.n_parts):
            if plan.part_candidate[part] == candidate_i:
                break
        else:
            part = plan.n_parts
            plan.part_candidate[part] = candidate_i
            plan.n_parts += 1
        plan.block_part[block] = part


cdef inline void widen_conflicts(
    const Problem* problem, Scratch* scratch, const Plan* plan, int32_t* n_conflicts
) noexcept nogil:
    """List every candidate of the plan with two blocks or more: one of them serves two parts."""
    cdef int32_t block
    cdef int32_t other
    cdef int32_t part
    cdef int32_t candidate_i
    for block in range(problem.n_blocks):
        part = plan.block_part[block]
        if part < 0 or scratch.conflict[plan.part_candidate[part]]:
            continue
        candidate_i = plan.part_candidate[part]
        for other in range(block):
            if plan.block_part[other] == part and not scratch.conflict[candidate_i]:
                scratch.conflict[candidate_i] = 1
                scratch.conflicts[n_conflicts[0]] = candidate_i
                n_conflicts[0] += 1


cdef inline void careful_open(const Problem* problem, Scratch* scratch, uint32_t full) noexcept nogil:
    """Sums and tiers of every subset, keys of every row, tight candidates."""
    cdef int32_t candidate_i
    subset_sums(problem, scratch)
    plan_subset_tiers(scratch.weight_g, subsets_size(problem.n_blocks), problem.breakpoints_g, 0, problem.n_tiers,
                      scratch.tier)
    if problem.place_fixed == NULL:
        plan_row_keys(problem.tariff_cost, problem.n_tiers, problem.row_tariffs, problem.n_rows, 0, problem.n_tiers,
                      problem.shipping_weight, scratch.row_tier, scratch.row_least)
    for candidate_i in range(problem.n_candidates):
        scratch.tight[candidate_i] = candidate_tight(
            problem, candidate_i, <uint32_t>problem.cover[candidate_i] & full, scratch.units[full]
        )


cdef inline int careful_solve(
    const Problem* problem, Scratch* scratch, Plan* plan, int32_t* n_conflicts
) noexcept nogil:
    """EXACT_DONE, or EXACT_EFFORT with plan.lower_bound of the last round ([0] is VALUE_NONE: none known)."""
    cdef uint32_t full = (<uint32_t>1 << problem.n_blocks) - 1
    cdef int32_t layers = 0
    cdef int32_t component
    cdef uint32_t served
    cdef int64_t steps
    cdef const Value* values
    careful_open(problem, scratch, full)
    while True:
        steps = round_steps(problem, scratch, layers, n_conflicts[0], full)
        if over_effort(problem, plan.evaluations + steps):
            return EXACT_EFFORT
        plan.evaluations += steps
        values = careful_round(problem, scratch, layers, n_conflicts[0], full)
        served = best_served(problem, values, full)
        if served == 0:
            plan_refused(problem, plan, PLAN_INFEASIBLE)
            return EXACT_DONE
        read_value(problem, &values[served], served, plan)
        if problem.max_shipments and layers == 0 and values[served].parts > problem.max_shipments:
            layers = problem.max_shipments if problem.max_shipments < problem.n_blocks else problem.n_blocks
        elif plan.n_parts == values[served].parts:
            plan_proven(problem, plan)
            return EXACT_DONE
        else:
            widen_conflicts(problem, scratch, plan, n_conflicts)
        plan.lower_bound[0] = VALUE_NONE
        if served == full:
            for component in range(problem.n_cost):
                plan.lower_bound[component] = values[full].cost[component] - problem.split_penalty[component]
