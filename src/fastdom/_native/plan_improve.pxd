"""Local improvement of a large order: close a part and spread its blocks, move a block, swap a candidate, split a part.

Each step is taken only when the cost vector falls. Rounds and evaluations are bounded.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memcpy

from fastdom._native.plan cimport (
    COVER_WORDS_MAX,
    EFFORT_OFFER,
    OBJECTIVES_MAX,
    WIDE_EVALUATIONS_MAX,
    WIDE_PASSES_MAX,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_careful cimport compare_costs
from fastdom._native.plan_cost cimport shipment_cost
from fastdom._native.plan_greedy cimport Shipment, bit_of, bits_of, cover_of, offer, open_part, take
from fastdom._native.plan_parts cimport lowest_bit64, popcount


cdef inline bint groups_fit(const Problem* problem, const Scratch* scratch, int32_t part, int32_t block) noexcept nogil:
    """Whether the block's shared SKUs fit beside what the part already has."""
    cdef int32_t entry
    cdef int32_t member
    cdef int32_t group
    cdef int64_t used
    for entry in range(scratch.entry_start[block], scratch.entry_start[block + 1]):
        group = scratch.entry_group[entry]
        used = 0
        for member in range(problem.group_start[group], problem.group_start[group + 1]):
            if scratch.block_part[problem.group_block[member]] == part:
                used += problem.group_quantity[member]
        if used and used + scratch.entry_quantity[entry] > problem.group_available[
            <int64_t>group * problem.n_candidates + scratch.part_node[part]
        ]:
            return False
    return True


cdef inline bint cost_with(
    const Problem* problem, const Scratch* scratch, int32_t part, int32_t block, int64_t* added
) noexcept nogil:
    """Cost vector that the block adds to the part; False when it cannot join."""
    cdef int32_t component
    cdef int32_t tariff
    if not bit_of(cover_of(problem, scratch.part_node[part]), block):
        return False
    if not shipment_cost(problem, scratch.part_node[part], scratch.part_weight_g[part] + problem.weight_g[block],
                         scratch.part_units[part] + problem.units[block], added, &tariff):
        return False
    for component in range(problem.n_cost):
        added[component] -= scratch.part_cost[part][component]
    return problem.n_groups == 0 or groups_fit(problem, scratch, part, block)


cdef inline bint cost_without(
    const Problem* problem, const Scratch* scratch, int32_t part, int32_t block, int64_t* added
) noexcept nogil:
    """Cost vector that leaving the part adds (mostly negative); False when the rest would not be carried."""
    cdef int32_t component
    cdef int32_t tariff
    cdef int64_t weight_g = scratch.part_weight_g[part] - problem.weight_g[block]
    cdef int64_t units = scratch.part_units[part] - problem.units[block]
    cdef const uint64_t* bits = &scratch.part_bits[part * COVER_WORDS_MAX]
    cdef bint alone = True
    for component in range(problem.cover_words):
        if bits[component] & ~(<uint64_t>(component == block >> 6) << (block & 63)):
            alone = False
    if alone:
        for component in range(problem.n_cost):
            added[component] = -scratch.part_cost[part][component] - problem.split_penalty[component]
        return True
    if not shipment_cost(problem, scratch.part_node[part], weight_g, units, added, &tariff):
        return False
    for component in range(problem.n_cost):
        added[component] -= scratch.part_cost[part][component]
    return True


cdef inline void shift_block(
    const Problem* problem, Scratch* scratch, int32_t block, int32_t part, const int64_t* added
) noexcept nogil:
    """Put the block into the part, whose cost changes by `added`; the part it leaves is not looked at."""
    cdef int32_t component
    bits_of(scratch, part)[block >> 6] |= <uint64_t>1 << (block & 63)
    scratch.block_part[block] = part
    scratch.part_weight_g[part] += problem.weight_g[block]
    scratch.part_units[part] += problem.units[block]
    for component in range(problem.n_cost):
        scratch.part_cost[part][component] += added[component]


cdef inline void take_block(
    const Problem* problem, Scratch* scratch, int32_t block, const int64_t* added
) noexcept nogil:
    """Take the block out of its part, whose cost changes by `added`."""
    cdef int32_t part = scratch.block_part[block]
    cdef int32_t component
    bits_of(scratch, part)[block >> 6] &= ~(<uint64_t>1 << (block & 63))
    scratch.block_part[block] = -1
    scratch.part_weight_g[part] -= problem.weight_g[block]
    scratch.part_units[part] -= problem.units[block]
    for component in range(problem.n_cost):
        scratch.part_cost[part][component] += added[component]


cdef inline void close_part(const Problem* problem, Scratch* scratch, int32_t part) noexcept nogil:
    """Forget an empty part; the last one takes its number."""
    cdef int32_t last = scratch.n_parts - 1
    cdef int32_t component
    cdef int32_t block
    scratch.part_of[scratch.part_node[part]] = -1
    scratch.n_parts = last
    if part == last:
        return
    for block in range(problem.n_blocks):
        if scratch.block_part[block] == last:
            scratch.block_part[block] = part
    memcpy(bits_of(scratch, part), bits_of(scratch, last), COVER_WORDS_MAX * sizeof(uint64_t))
    for component in range(problem.n_cost):
        scratch.part_cost[part][component] = scratch.part_cost[last][component]
    scratch.part_weight_g[part] = scratch.part_weight_g[last]
    scratch.part_units[part] = scratch.part_units[last]
    scratch.part_node[part] = scratch.part_node[last]
    scratch.part_of[scratch.part_node[part]] = part


cdef inline int32_t cheapest_part(
    const Problem* problem, const Scratch* scratch, int32_t block, int32_t but, int64_t* least, Plan* plan
) noexcept nogil:
    """The part, other than `but`, to which the block adds least; -1: none."""
    cdef int64_t added[OBJECTIVES_MAX]
    cdef int32_t best = -1
    cdef int32_t part
    cdef int32_t component
    for part in range(scratch.n_parts):
        if part == but:
            continue
        plan.evaluations += EFFORT_OFFER
        if not cost_with(problem, scratch, part, block, added):
            continue
        if best >= 0 and compare_costs(added, least, problem.n_cost) >= 0:
            continue
        best = part
        for component in range(problem.n_cost):
            least[component] = added[component]
    return best


cdef inline bint dissolve(const Problem* problem, Scratch* scratch, int32_t part, Plan* plan) noexcept nogil:
    """Spread a part's blocks over the others when that costs less; True when done, else nothing changed."""
    cdef int64_t nothing[OBJECTIVES_MAX]
    cdef int64_t change[OBJECTIVES_MAX]
    cdef int64_t added[OBJECTIVES_MAX]
    cdef int64_t back[OBJECTIVES_MAX]
    cdef uint64_t bits[COVER_WORDS_MAX]
    cdef uint64_t left
    cdef int32_t component
    cdef int32_t word
    cdef int32_t block
    cdef int32_t tariff
    cdef int32_t to
    cdef bint stuck = False
    for component in range(problem.n_cost):
        nothing[component] = 0
        change[component] = -scratch.part_cost[part][component] - problem.split_penalty[component]
    memcpy(bits, bits_of(scratch, part), sizeof(bits))
    for word in range(problem.cover_words):
        left = bits[word]
        while left and not stuck:
            block = 64 * word + lowest_bit64(left)
            left &= left - 1
            to = cheapest_part(problem, scratch, block, part, added, plan)
            stuck = to < 0
            if not stuck:
                take_block(problem, scratch, block, nothing)
                shift_block(problem, scratch, block, to, added)
                for component in range(problem.n_cost):
                    change[component] += added[component]
                stuck = compare_costs(change, nothing, problem.n_cost) >= 0 and problem.n_cost == 1
    if not stuck and compare_costs(change, nothing, problem.n_cost) < 0:
        close_part(problem, scratch, part)
        return True
    for word in range(problem.cover_words):
        left = bits[word]
        while left:
            block = 64 * word + lowest_bit64(left)
            left &= left - 1
            to = scratch.block_part[block]
            if to == part:
                continue
            take_block(problem, scratch, block, nothing)
            shift_block(problem, scratch, block, part, nothing)
            shipment_cost(problem, scratch.part_node[to], scratch.part_weight_g[to], scratch.part_units[to], back,
                          &tariff)
            for component in range(problem.n_cost):
                scratch.part_cost[to][component] = back[component]
    return False


cdef inline bint move_block(const Problem* problem, Scratch* scratch, int32_t block, Plan* plan) noexcept nogil:
    """Move one block to where it costs least; True when that helped."""
    cdef int64_t leave[OBJECTIVES_MAX]
    cdef int64_t join[OBJECTIVES_MAX]
    cdef int64_t change[OBJECTIVES_MAX]
    cdef int64_t nothing[OBJECTIVES_MAX]
    cdef int32_t part = scratch.block_part[block]
    cdef int32_t to
    cdef int32_t component
    plan.evaluations += EFFORT_OFFER
    if part < 0 or not cost_without(problem, scratch, part, block, leave):
        return False
    to = cheapest_part(problem, scratch, block, part, join, plan)
    if to < 0:
        return False
    for component in range(problem.n_cost):
        nothing[component] = 0
        change[component] = leave[component] + join[component]
    if compare_costs(change, nothing, problem.n_cost) >= 0:
        return False
    take_block(problem, scratch, block, leave)
    shift_block(problem, scratch, block, to, join)
    for component in range(problem.cover_words):
        if bits_of(scratch, part)[component]:
            return True
    close_part(problem, scratch, part)
    return True


cdef inline bint swap_candidate(const Problem* problem, Scratch* scratch, int32_t part, Plan* plan) noexcept nogil:
    """Give a part to the closed candidate that ships it cheapest; True when that helped."""
    cdef uint64_t* bits = bits_of(scratch, part)
    cdef const uint64_t* cover
    cdef Shipment shipment
    cdef uint64_t missing
    cdef int32_t candidate_i
    cdef int32_t component
    cdef int32_t tariff
    cdef bint helped = False
    for candidate_i in range(problem.n_candidates):
        if scratch.part_of[candidate_i] >= 0:
            continue
        cover = cover_of(problem, candidate_i)
        missing = 0
        for component in range(problem.cover_words):
            missing |= bits[component] & ~cover[component]
        if missing:
            continue
        plan.evaluations += EFFORT_OFFER
        if not shipment_cost(problem, candidate_i, scratch.part_weight_g[part], scratch.part_units[part],
                             shipment.cost, &tariff):
            continue
        if compare_costs(shipment.cost, scratch.part_cost[part], problem.n_cost) >= 0:
            continue
        if problem.n_groups:
            take(problem, scratch, candidate_i, bits, False, &shipment)
            for component in range(problem.cover_words):
                missing |= bits[component] ^ scratch.take_bits[component]
            if missing:
                continue
            shipment_cost(problem, candidate_i, shipment.weight_g, shipment.units, shipment.cost, &tariff)
        helped = True
        scratch.part_of[scratch.part_node[part]] = -1
        scratch.part_of[candidate_i] = part
        scratch.part_node[part] = candidate_i
        for component in range(problem.n_cost):
            scratch.part_cost[part][component] = shipment.cost[component]
    return helped


cdef inline int32_t best_prefix(
    const Problem* problem, Scratch* scratch, int32_t part, int32_t candidate_i, int64_t* change, Plan* plan
) noexcept nogil:
    """How many of the part's blocks that the closed candidate has, in block order, to give it; `change` in cost.

    0: none. At least one block stays.
    """
    cdef const uint64_t* cover = cover_of(problem, candidate_i)
    cdef const uint64_t* bits = bits_of(scratch, part)
    cdef int64_t own[OBJECTIVES_MAX]
    cdef int64_t rest[OBJECTIVES_MAX]
    cdef int64_t weight_g = 0
    cdef int64_t units = 0
    cdef uint64_t left
    cdef int32_t best = 0
    cdef int32_t count = 0
    cdef int32_t staying = 0
    cdef int32_t word
    cdef int32_t block
    cdef int32_t tariff
    cdef int32_t component
    for component in range(problem.n_cost):
        change[component] = 0
    for word in range(problem.cover_words):
        staying += popcount(<uint32_t>bits[word]) + popcount(<uint32_t>(bits[word] >> 32))
    for word in range(problem.cover_words):
        left = bits[word] & cover[word]
        while left:
            block = 64 * word + lowest_bit64(left)
            left &= left - 1
            weight_g += problem.weight_g[block]
            units += problem.units[block]
            count += 1
            if count == staying:
                break
            plan.evaluations += 2 * EFFORT_OFFER
            if not shipment_cost(problem, candidate_i, weight_g, units, own, &tariff) or not shipment_cost(
                problem, scratch.part_node[part], scratch.part_weight_g[part] - weight_g,
                scratch.part_units[part] - units, rest, &tariff
            ):
                continue
            for component in range(problem.n_cost):
                own[component] += rest[component] - scratch.part_cost[part][component]
                own[component] += problem.split_penalty[component]
            if compare_costs(own, change, problem.n_cost) < 0:
                best = count
                for component in range(problem.n_cost):
                    change[component] = own[component]
    return best


cdef inline bint split_part(
    const Problem* problem, Scratch* scratch, int32_t part, int64_t budget, Plan* plan
) noexcept nogil:
    """Open the candidate that lowers the cost most by taking some of the part's blocks; True when that helped."""
    cdef int64_t change[OBJECTIVES_MAX]
    cdef int64_t least[OBJECTIVES_MAX]
    cdef int64_t leave[OBJECTIVES_MAX]
    cdef uint64_t* bits = bits_of(scratch, part)
    cdef Shipment shipment
    cdef int32_t best_i = -1
    cdef int32_t best = 0
    cdef int32_t count
    cdef int32_t candidate_i
    cdef int32_t component
    cdef int32_t word
    cdef int32_t tariff
    cdef uint64_t left
    cdef uint64_t taken
    for component in range(problem.n_cost):
        least[component] = 0
    for candidate_i in range(problem.n_candidates):
        if scratch.part_of[candidate_i] >= 0 or plan.evaluations >= budget:
            continue
        count = best_prefix(problem, scratch, part, candidate_i, change, plan)
        if count and compare_costs(change, least, problem.n_cost) < 0:
            best_i = candidate_i
            best = count
            for component in range(problem.n_cost):
                least[component] = change[component]
    if best_i < 0:
        return False
    for word in range(problem.cover_words):
        left = bits[word] & cover_of(problem, best_i)[word]
        taken = 0
        while left and best:
            taken |= left & (0 - left)
            left &= left - 1
            best -= 1
        scratch.take_bits[word] = taken
    memcpy(scratch.open_bits, scratch.take_bits, sizeof(scratch.open_bits))
    offer(problem, scratch, best_i, scratch.open_bits, &shipment)
    for word in range(problem.cover_words):
        if scratch.take_bits[word] != scratch.open_bits[word]:
            return False                                    # shared SKUs: not all of them fit there
    shipment_cost(problem, scratch.part_node[part], scratch.part_weight_g[part] - shipment.weight_g,
                  scratch.part_units[part] - shipment.units, leave, &tariff)
    for component in range(problem.n_cost):
        scratch.part_cost[part][component] = leave[component]
    for word in range(problem.cover_words):
        bits[word] &= ~scratch.take_bits[word]
    scratch.part_weight_g[part] -= shipment.weight_g
    scratch.part_units[part] -= shipment.units
    open_part(problem, scratch, best_i, &shipment)
    return True


cdef inline void improve_parts(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil:
    """Local improvement until nothing helps, the rounds end, or the evaluations are used up."""
    cdef int64_t budget = problem.effort_max if problem.effort_max else plan.evaluations + WIDE_EVALUATIONS_MAX
    cdef int32_t pass_i
    cdef int32_t part
    cdef int32_t block
    cdef bint helped
    for pass_i in range(WIDE_PASSES_MAX):
        helped = False
        part = scratch.n_parts - 1
        while part >= 0 and scratch.n_parts > 1 and plan.evaluations < budget:
            helped |= dissolve(problem, scratch, part, plan)
            part -= 1
        for block in range(problem.n_blocks):
            if scratch.n_parts > 1 and plan.evaluations < budget:
                helped |= move_block(problem, scratch, block, plan)
        for part in range(scratch.n_parts):
            if plan.evaluations < budget:
                helped |= swap_candidate(problem, scratch, part, plan)
        for part in range(scratch.n_parts):
            if plan.evaluations < budget and scratch.n_parts != problem.max_shipments:
                helped |= split_part(problem, scratch, part, budget, plan)
        if not helped:
            return
