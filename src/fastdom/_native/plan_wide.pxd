"""Plans of orders beyond the exact search: a greedy cover, local improvement, and an honest lower bound.

1. The best single shipment, if one candidate can serve everything.
2. Greedy: open the candidate whose shipment of the open blocks costs least per unit, until nothing is open.
   Offers are re-computed lazily: a candidate's cost per unit rarely falls as blocks are taken.
3. Improvement, at most WIDE_PASSES_MAX rounds: close a part and spread its blocks, move a block, swap a candidate,
   split a part.
4. The bound: two shipments (or the best single one) at the least fixed cost and tariff, each unit at its least cost.
The better of 1 and 3 is the plan. Greedy that exceeds max_shipments starts again with the largest shipment first.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.plan cimport (
    COST_MAX,
    COST_NONE,
    COVER_WORDS_MAX,
    EFFORT_OFFER,
    OBJECTIVES_MAX,
    OPTIMALITY_BOUND,
    OPTIMALITY_HEURISTIC,
    OPTIMALITY_PROVEN,
    PLAN_INFEASIBLE,
    PLAN_NOT_FOUND,
    PLAN_OK,
    ROW_NONE,
    VALUE_NONE,
    WIDE_EVALUATIONS_MAX,
    WIDE_PASSES_MAX,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_careful cimport compare_costs
from fastdom._native.plan_cost cimport capped, multiplied, row_raw, shipment_cost, tier_of, units_fit, weigh
from fastdom._native.plan_parts cimport lowest_bit64, plan_parts, plan_refused, popcount


cdef extern from "plan_subsets.h":
    int plan_compare_ratio(int64_t cost, int64_t gain, int64_t other_cost, int64_t other_gain) noexcept nogil


cdef struct Shipment:           # blocks that a candidate would ship
    int64_t weight_g
    int64_t units
    int32_t blocks
    int64_t cost[4]


cdef inline const uint64_t* cover_of(const Problem* problem, int32_t candidate_i) noexcept nogil:
    return problem.cover + <int64_t>candidate_i * problem.cover_words


cdef inline uint64_t* bits_of(Scratch* scratch, int32_t part) noexcept nogil:
    return &scratch.part_bits[part * COVER_WORDS_MAX]


cdef inline bint bit_of(const uint64_t* bits, int32_t block) noexcept nogil:
    return bits[block >> 6] >> (block & 63) & 1


cdef inline void wide_entries(const Problem* problem, Scratch* scratch) noexcept nogil:
    """Transpose the groups: entries of each block."""
    cdef int32_t group
    cdef int32_t entry
    cdef int32_t block
    cdef int32_t at = 0
    cdef int32_t count
    memset(scratch.entry_start, 0, (problem.n_blocks + 1) * sizeof(int32_t))
    if problem.n_groups == 0:
        return
    for entry in range(problem.group_start[problem.n_groups]):
        scratch.entry_start[problem.group_block[entry]] += 1
    for block in range(problem.n_blocks + 1):
        count = scratch.entry_start[block]
        scratch.entry_start[block] = at
        at += count
    for group in range(problem.n_groups):
        for entry in range(problem.group_start[group], problem.group_start[group + 1]):
            block = problem.group_block[entry]
            scratch.entry_group[scratch.entry_start[block]] = group
            scratch.entry_quantity[scratch.entry_start[block]] = problem.group_quantity[entry]
            scratch.entry_start[block] += 1
    for block in range(problem.n_blocks, 0, -1):
        scratch.entry_start[block] = scratch.entry_start[block - 1]
    scratch.entry_start[0] = 0


cdef inline bint take_groups(const Problem* problem, Scratch* scratch, int32_t candidate_i, int32_t block) noexcept nogil:
    """Count the block's shared SKUs into group_used when they fit there."""
    cdef int32_t entry
    cdef int32_t group
    cdef int64_t used
    for entry in range(scratch.entry_start[block], scratch.entry_start[block + 1]):
        group = scratch.entry_group[entry]
        used = scratch.group_used[group]
        if used and used + scratch.entry_quantity[entry] > problem.group_available[
            <int64_t>group * problem.n_candidates + candidate_i
        ]:
            return False
    for entry in range(scratch.entry_start[block], scratch.entry_start[block + 1]):
        scratch.group_used[scratch.entry_group[entry]] += scratch.entry_quantity[entry]
    return True


cdef inline void take(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, const uint64_t* wanted, bint by_weight,
    Shipment* shipment
) noexcept nogil:
    """take_bits: as many of the wanted blocks as fit at the candidate, in block order.

    by_weight: also test after each block that the weight is carried.
    """
    cdef const uint64_t* cover = cover_of(problem, candidate_i)
    cdef int32_t word
    cdef int32_t block
    cdef int32_t tariff
    cdef uint64_t left
    cdef uint64_t taken
    shipment.weight_g = 0
    shipment.units = 0
    shipment.blocks = 0
    if problem.n_groups:
        memset(scratch.group_used, 0, problem.n_groups * sizeof(int64_t))
    for word in range(problem.cover_words):
        left = wanted[word] & cover[word]
        taken = 0
        while left:
            block = 64 * word + lowest_bit64(left)
            left &= left - 1
            if not units_fit(&problem.candidates[candidate_i], shipment.units + problem.units[block]):
                continue
            if by_weight and not shipment_cost(problem, candidate_i, shipment.weight_g + problem.weight_g[block],
                                               shipment.units + problem.units[block], shipment.cost, &tariff):
                continue
            if problem.n_groups and not take_groups(problem, scratch, candidate_i, block):
                continue
            taken |= <uint64_t>1 << (block & 63)
            shipment.weight_g += problem.weight_g[block]
            shipment.units += problem.units[block]
            shipment.blocks += 1
        scratch.take_bits[word] = taken


cdef inline bint offer(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, const uint64_t* wanted, Shipment* shipment
) noexcept nogil:
    """The candidate's shipment of the wanted blocks in take_bits; False when it can ship none."""
    cdef int32_t tariff
    take(problem, scratch, candidate_i, wanted, False, shipment)
    if shipment.blocks == 0:
        return False
    if shipment_cost(problem, candidate_i, shipment.weight_g, shipment.units, shipment.cost, &tariff):
        return True
    take(problem, scratch, candidate_i, wanted, True, shipment)
    return shipment.blocks > 0 and shipment_cost(
        problem, candidate_i, shipment.weight_g, shipment.units, shipment.cost, &tariff
    )


cdef inline void make_offer(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, int32_t round_i, Plan* plan, Shipment* shipment
) noexcept nogil:
    cdef int32_t component
    scratch.offer_round[candidate_i] = round_i
    scratch.offer_gain[candidate_i] = 0
    plan.evaluations += EFFORT_OFFER
    if offer(problem, scratch, candidate_i, scratch.open_bits, shipment):
        plan.evaluations += shipment.blocks / 4
        scratch.offer_gain[candidate_i] = shipment.units + shipment.blocks
        for component in range(problem.n_cost):
            scratch.offer_cost[candidate_i][component] = shipment.cost[component] + problem.split_penalty[component]


cdef inline bint better_offer(
    const Problem* problem, const Scratch* scratch, int32_t candidate_i, int32_t other, bint largest
) noexcept nogil:
    """Less cost per unit; or, when the largest is wanted, more units. Ties to the lower candidate."""
    cdef int32_t component
    cdef int order
    if largest and scratch.offer_gain[candidate_i] != scratch.offer_gain[other]:
        return scratch.offer_gain[candidate_i] > scratch.offer_gain[other]
    for component in range(problem.n_cost):
        order = plan_compare_ratio(scratch.offer_cost[candidate_i][component], scratch.offer_gain[candidate_i],
                                   scratch.offer_cost[other][component], scratch.offer_gain[other])
        if order:
            return order < 0
    return candidate_i < other


cdef inline int32_t best_offer(
    const Problem* problem, Scratch* scratch, int32_t round_i, bint largest, Plan* plan, Shipment* shipment
) noexcept nogil:
    """The candidate to open next, its shipment in take_bits; -1: none."""
    cdef int32_t best
    cdef int32_t candidate_i
    while True:
        best = -1
        for candidate_i in range(problem.n_candidates):
            if scratch.part_of[candidate_i] >= 0 or scratch.offer_gain[candidate_i] == 0:
                continue
            if best < 0 or better_offer(problem, scratch, candidate_i, best, largest):
                best = candidate_i
        if best < 0:
            return -1
        if scratch.offer_round[best] == round_i:
            offer(problem, scratch, best, scratch.open_bits, shipment)
            return best
        make_offer(problem, scratch, best, round_i, plan, shipment)


cdef inline void open_part(const Problem* problem, Scratch* scratch, int32_t candidate_i, const Shipment* shipment) noexcept nogil:
    """Move take_bits from the open blocks into a new part."""
    cdef int32_t part = scratch.n_parts
    cdef uint64_t* bits = bits_of(scratch, part)
    cdef uint64_t left
    cdef int32_t word
    cdef int32_t component
    for word in range(problem.cover_words):
        left = scratch.take_bits[word]
        bits[word] = left
        scratch.open_bits[word] &= ~left
        while left:
            scratch.block_part[64 * word + lowest_bit64(left)] = part
            left &= left - 1
    for component in range(problem.n_cost):
        scratch.part_cost[part][component] = shipment.cost[component]
    scratch.part_weight_g[part] = shipment.weight_g
    scratch.part_units[part] = shipment.units
    scratch.part_node[part] = candidate_i
    scratch.part_of[candidate_i] = part
    scratch.n_parts = part + 1


cdef inline int32_t greedy(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, int32_t parts_max, bint largest, Plan* plan
) noexcept nogil:
    """Cover the wanted blocks; returns how many stay open."""
    cdef Shipment shipment
    cdef int32_t candidate_i
    cdef int32_t round_i = 0
    cdef int32_t left = 0
    cdef int32_t block
    scratch.n_parts = 0
    memcpy(scratch.open_bits, wanted, problem.cover_words * sizeof(uint64_t))
    for block in range(problem.n_blocks):
        scratch.block_part[block] = -1
        left += bit_of(wanted, block)
    for candidate_i in range(problem.n_candidates):
        scratch.part_of[candidate_i] = -1
        make_offer(problem, scratch, candidate_i, round_i, plan, &shipment)
    while left and scratch.n_parts < parts_max:
        candidate_i = best_offer(problem, scratch, round_i, largest, plan, &shipment)
        if candidate_i < 0:
            break
        open_part(problem, scratch, candidate_i, &shipment)
        left -= shipment.blocks
        round_i += 1
    return left


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
            shipment_cost(problem, scratch.part_node[to], scratch.part_weight_g[to], scratch.part_units[to], back, &component)
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


cdef inline int64_t row_least(const Problem* problem, int32_t row_i, int64_t least_g, int64_t most_g) noexcept nogil:
    """Least weighted tariff of a row for any weight between the two; COST_MAX when none is carried."""
    cdef int32_t tier = tier_of(problem, least_g)
    cdef int32_t last = tier_of(problem, most_g)
    cdef int64_t least = COST_MAX
    cdef int64_t raw
    cdef int32_t tariff
    if tier == problem.n_tiers and tier > 0:
        tier -= 1
    while tier <= last and tier < problem.n_tiers:
        raw = row_raw(problem, row_i, tier, 0, &tariff)
        if raw != COST_NONE and raw < least:
            least = raw
        tier += 1
    return weigh(least, problem.shipping_weight)


cdef inline void wide_units(const Problem* problem, Scratch* scratch, int32_t component, const uint64_t* wanted, int64_t* total) noexcept nogil:
    """Every wanted unit at the least cost among the candidates of its block."""
    cdef const uint64_t* cover
    cdef uint64_t left
    cdef int32_t candidate_i
    cdef int32_t word
    cdef int32_t block
    cdef int64_t cost
    for block in range(problem.n_blocks):
        scratch.block_unit[block] = COST_MAX
    for candidate_i in range(problem.n_candidates):
        cover = cover_of(problem, candidate_i)
        cost = problem.candidates[candidate_i].unit_cost[component]
        for word in range(problem.cover_words):
            left = cover[word] & wanted[word]
            while left:
                block = 64 * word + lowest_bit64(left)
                left &= left - 1
                if cost < scratch.block_unit[block]:
                    scratch.block_unit[block] = cost
    total[0] = 0
    for block in range(problem.n_blocks):
        if bit_of(wanted, block):
            total[0] = capped(total[0] + multiplied(scratch.block_unit[block], problem.units[block]))


cdef inline void wide_bound(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, int32_t parts, int64_t* bound
) noexcept nogil:
    """No plan of at least so many parts costs less. One shipment may saturate at COST_MAX, so each bound stops there."""
    cdef int64_t least_g = COST_MAX
    cdef int64_t total_g = 0
    cdef int64_t units
    cdef int64_t least
    cdef int64_t cost
    cdef int32_t component
    cdef int32_t block
    cdef int32_t row_i
    cdef int32_t candidate_i
    for block in range(problem.n_blocks):
        if bit_of(wanted, block):
            total_g += problem.weight_g[block]
            least_g = problem.weight_g[block] if problem.weight_g[block] < least_g else least_g
    for row_i in range(problem.n_rows):
        scratch.row_least[row_i] = row_least(problem, row_i, least_g, total_g)
    for component in range(problem.n_cost):
        least = COST_MAX
        for candidate_i in range(problem.n_candidates):
            row_i = problem.candidates[candidate_i].row_i
            cost = problem.candidates[candidate_i].fixed[component]
            if component == problem.shipping_objective and row_i != ROW_NONE:
                cost += scratch.row_least[row_i]
            least = cost if cost < least else least
        wide_units(problem, scratch, component, wanted, &units)
        bound[component] = capped(parts * least + units) + (parts - 1) * problem.split_penalty[component]


cdef inline int32_t best_single(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, Plan* plan, Shipment* best
) noexcept nogil:
    """The candidate that serves all wanted blocks in one shipment at the least cost; -1: none."""
    cdef const uint64_t* cover
    cdef Shipment shipment
    cdef uint64_t missing
    cdef int32_t candidate_i
    cdef int32_t word
    cdef int32_t best_i = -1
    for candidate_i in range(problem.n_candidates):
        cover = cover_of(problem, candidate_i)
        missing = 0
        for word in range(problem.cover_words):
            missing |= wanted[word] & ~cover[word]
        if missing:
            continue
        plan.evaluations += EFFORT_OFFER + problem.n_blocks / 4
        if not offer(problem, scratch, candidate_i, wanted, &shipment):
            continue
        for word in range(problem.cover_words):
            missing |= wanted[word] & ~scratch.take_bits[word]
        if not missing and (best_i < 0 or compare_costs(shipment.cost, best.cost, problem.n_cost) < 0):
            best_i = candidate_i
            best[0] = shipment
    return best_i


cdef inline void write_single(const Problem* problem, const uint64_t* wanted, int32_t candidate_i, Plan* plan) noexcept nogil:
    cdef int32_t block
    plan.n_parts = 1
    plan.part_candidate[0] = candidate_i
    for block in range(problem.n_blocks):
        plan.block_part[block] = 0 if bit_of(wanted, block) else -1
    plan_parts(problem, plan)


cdef inline void write_wide(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil:
    """Number the parts by their lowest block."""
    cdef int32_t block
    cdef int32_t part
    cdef int32_t candidate_i
    plan.n_parts = 0
    for part in range(scratch.n_parts):
        scratch.offer_round[part] = -1
    for block in range(problem.n_blocks):
        part = scratch.block_part[block]
        if part >= 0 and scratch.offer_round[part] < 0:
            scratch.offer_round[part] = plan.n_parts
            plan.part_candidate[plan.n_parts] = scratch.part_node[part]
            plan.n_parts += 1
        plan.block_part[block] = -1 if part < 0 else scratch.offer_round[part]
    plan_parts(problem, plan)


cdef inline int wide_solve(const Problem* problem, Scratch* scratch, Plan* plan, const int64_t* known) noexcept nogil:
    """A PlanStatus. `known`: a lower bound of plans that serve every block, [0] VALUE_NONE when there is none."""
    cdef uint64_t wanted[COVER_WORDS_MAX]
    cdef int64_t bound[OBJECTIVES_MAX]
    cdef Shipment single
    cdef int32_t single_i
    cdef int32_t missing
    cdef int32_t left
    cdef int32_t word
    plan_refused(problem, plan, PLAN_INFEASIBLE)
    missing = plan.n_uncovered
    if missing == problem.n_blocks or (missing and not problem.allow_partial):
        return PLAN_INFEASIBLE
    for word in range(problem.cover_words):
        wanted[word] = ~plan.uncovered[word]
    if problem.n_blocks & 63:
        wanted[problem.cover_words - 1] &= (<uint64_t>1 << (problem.n_blocks & 63)) - 1
    wide_entries(problem, scratch)
    wide_bound(problem, scratch, wanted, 2, bound)
    single_i = best_single(problem, scratch, wanted, plan, &single)
    if known[0] != VALUE_NONE and missing == 0 and compare_costs(known, bound, problem.n_cost) > 0:
        memcpy(bound, known, sizeof(bound))
    if single_i >= 0 and (problem.max_shipments == 1 or compare_costs(single.cost, bound, problem.n_cost) < 0):
        memcpy(bound, single.cost, sizeof(bound))
    if single_i >= 0 and compare_costs(single.cost, bound, problem.n_cost) == 0:
        write_single(problem, wanted, single_i, plan)
        left = 0
    else:
        left = search_wide(problem, scratch, wanted, plan)
        if left and single_i < 0 and (scratch.n_parts == 0 or not problem.allow_partial):
            return plan_refused(problem, plan, PLAN_NOT_FOUND)
        if left == 0 or single_i < 0:
            write_wide(problem, scratch, plan)
        if single_i >= 0 and (left or compare_costs(single.cost, plan.cost, problem.n_cost) <= 0):
            write_single(problem, wanted, single_i, plan)
            left = 0
    return grade(problem, plan, bound, left == 0)


cdef inline int32_t search_wide(const Problem* problem, Scratch* scratch, const uint64_t* wanted, Plan* plan) noexcept nogil:
    """Greedy and improvement within max_shipments; returns the wanted blocks that stay open."""
    cdef int32_t left = greedy(problem, scratch, wanted, problem.n_blocks, False, plan)
    improve_parts(problem, scratch, plan)
    if problem.max_shipments and scratch.n_parts > problem.max_shipments:
        left = greedy(problem, scratch, wanted, problem.max_shipments, True, plan)
        improve_parts(problem, scratch, plan)
    return left


cdef inline int grade(const Problem* problem, Plan* plan, const int64_t* bound, bint whole) noexcept nogil:
    """State how good the plan is known to be. whole: it serves every block that any candidate has."""
    cdef int32_t component
    plan.optimality = OPTIMALITY_BOUND if whole else OPTIMALITY_HEURISTIC
    for component in range(problem.n_cost):
        plan.lower_bound[component] = bound[component] if whole else 0
    if whole and compare_costs(plan.cost, bound, problem.n_cost) == 0:
        plan.optimality = OPTIMALITY_PROVEN
    return PLAN_OK
