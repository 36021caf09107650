"""Greedy cover of a large order: open one candidate after the other; each ships what it has of the open blocks.

The next one is by Rule: the least cost per unit, the largest shipment, or the nearest candidate. The first may be given.
Offers are re-computed when they can be the best: as blocks are taken, a shipment gets smaller. A cost per unit may
fall, though rarely; only greedy plans with a given first candidate leave that unseen.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.plan cimport COVER_WORDS_MAX, Plan, Problem, Scratch
from fastdom._native.plan_cost cimport units_fit
from fastdom._native.plan_parts cimport lowest_bit64
from fastdom._native.plan_price cimport block_costs, price
from fastdom._native.plan_wide_memory cimport WIDE_PRICE, Wide


cdef extern from "plan_subsets.h":
    int plan_compare_ratio(int64_t cost, int64_t gain, int64_t other_cost, int64_t other_gain) noexcept nogil


cdef enum Rule:
    RULE_RATE = 0               # least cost per unit
    RULE_LARGEST = 1            # most units and blocks, of those the least cost
    RULE_NEAREST = 2            # least cost of a unit, of those the least fixed cost


cdef struct Shipment:           # blocks that a candidate would ship
    int64_t weight_g
    int64_t units
    int32_t blocks
    int64_t added[4]            # costs of the blocks themselves
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


cdef inline bint take_groups(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, int32_t block
) noexcept nogil:
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
    cdef int32_t component
    cdef int32_t word
    cdef int32_t block
    cdef uint64_t left
    cdef uint64_t taken
    shipment.weight_g = 0
    shipment.units = 0
    shipment.blocks = 0
    memset(shipment.added, 0, sizeof(shipment.added))
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
            if by_weight and not carried(problem, scratch, candidate_i, shipment, block):
                continue
            if problem.n_groups and not take_groups(problem, scratch, candidate_i, block):
                continue
            taken |= <uint64_t>1 << (block & 63)
            shipment.weight_g += problem.weight_g[block]
            shipment.units += problem.units[block]
            shipment.blocks += 1
            if problem.block_cost != NULL:
                for component in range(problem.n_cost):
                    shipment.added[component] += block_costs(problem, candidate_i, block)[component]
        scratch.take_bits[word] = taken


cdef inline bint carried(
    const Problem* problem, const Scratch* scratch, int32_t candidate_i, Shipment* shipment, int32_t block
) noexcept nogil:
    """Whether a tariff carries the shipment with the block too, however few units it has."""
    cdef int64_t units = shipment.units + problem.units[block]
    return price(problem, scratch, candidate_i, shipment.weight_g + problem.weight_g[block],
                 units if units > problem.min_units else problem.min_units, shipment.added, shipment.cost)


cdef inline bint offer(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, const uint64_t* wanted, Shipment* shipment
) noexcept nogil:
    """The candidate's shipment of the wanted blocks in take_bits; False when it can ship none."""
    take(problem, scratch, candidate_i, wanted, False, shipment)
    if shipment.blocks == 0 or shipment.units < problem.min_units:
        return False
    if price(problem, scratch, candidate_i, shipment.weight_g, shipment.units, shipment.added, shipment.cost):
        return True
    take(problem, scratch, candidate_i, wanted, True, shipment)
    return shipment.blocks > 0 and price(
        problem, scratch, candidate_i, shipment.weight_g, shipment.units, shipment.added, shipment.cost
    )


cdef inline void make_offer(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, int32_t round_i, Plan* plan, Shipment* shipment
) noexcept nogil:
    cdef int32_t component
    scratch.offer_round[candidate_i] = round_i
    scratch.offer_gain[candidate_i] = 0
    plan.evaluations += WIDE_PRICE
    if offer(problem, scratch, candidate_i, scratch.open_bits, shipment):
        plan.evaluations += shipment.blocks / 2
        scratch.offer_gain[candidate_i] = shipment.units + shipment.blocks
        for component in range(problem.n_cost):
            scratch.offer_cost[candidate_i][component] = shipment.cost[component] + problem.split_penalty[component]


cdef inline int compare_nearness(const Problem* problem, int32_t candidate_i, int32_t other) noexcept nogil:
    """Below 0 when a unit from the candidate costs less than from the other, or a shipment."""
    cdef const int64_t* mine = &problem.candidates[candidate_i].unit_cost[0]
    cdef const int64_t* others = &problem.candidates[other].unit_cost[0]
    cdef int32_t component
    for component in range(problem.n_cost):
        if mine[component] != others[component]:
            return -1 if mine[component] < others[component] else 1
    mine = &problem.candidates[candidate_i].fixed[0]
    others = &problem.candidates[other].fixed[0]
    for component in range(problem.n_cost):
        if mine[component] != others[component]:
            return -1 if mine[component] < others[component] else 1
    return 0


cdef inline bint better_offer(
    const Problem* problem, const Scratch* scratch, int32_t candidate_i, int32_t other, Rule rule
) noexcept nogil:
    """Whether the candidate comes before the other by the rule, of equals by cost per unit, then the lower one."""
    cdef int32_t component
    cdef int order = compare_nearness(problem, candidate_i, other) if rule == RULE_NEAREST else 0
    if order:
        return order < 0
    if rule == RULE_LARGEST and scratch.offer_gain[candidate_i] != scratch.offer_gain[other]:
        return scratch.offer_gain[candidate_i] > scratch.offer_gain[other]
    for component in range(problem.n_cost):
        order = plan_compare_ratio(scratch.offer_cost[candidate_i][component], scratch.offer_gain[candidate_i],
                                   scratch.offer_cost[other][component], scratch.offer_gain[other])
        if order:
            return order < 0
    return candidate_i < other


cdef inline int32_t stale_best(const Problem* problem, const Scratch* scratch, Rule rule) noexcept nogil:
    """The closed candidate whose last offer is the best; -1: none has one."""
    cdef int32_t best = -1
    cdef int32_t candidate_i
    for candidate_i in range(problem.n_candidates):
        if scratch.part_of[candidate_i] >= 0 or scratch.offer_gain[candidate_i] == 0:
            continue
        if best < 0 or better_offer(problem, scratch, candidate_i, best, rule):
            best = candidate_i
    return best


cdef inline int32_t best_offer(
    const Problem* problem, Scratch* scratch, int32_t round_i, Rule rule, bint every, Plan* plan, Shipment* shipment
) noexcept nogil:
    """The candidate to open next, its shipment in take_bits; -1: none. every: re-compute all offers."""
    cdef int32_t best = stale_best(problem, scratch, rule)
    cdef int32_t candidate_i
    plan.evaluations += problem.n_candidates
    while best >= 0 and scratch.offer_round[best] != round_i:
        make_offer(problem, scratch, best, round_i, plan, shipment)
        if scratch.offer_gain[best] == 0:
            plan.evaluations += problem.n_candidates / 2
            best = stale_best(problem, scratch, rule)
    if best < 0:
        return -1
    for candidate_i in range(problem.n_candidates):
        if scratch.part_of[candidate_i] >= 0 or scratch.offer_gain[candidate_i] == 0:
            continue
        if scratch.offer_round[candidate_i] == round_i:
            continue
        if not every and not better_offer(problem, scratch, candidate_i, best, rule):
            continue
        make_offer(problem, scratch, candidate_i, round_i, plan, shipment)
        if scratch.offer_gain[candidate_i] and better_offer(problem, scratch, candidate_i, best, rule):
            best = candidate_i
    offer(problem, scratch, best, scratch.open_bits, shipment)
    return best


cdef inline void open_part(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, const Shipment* shipment
) noexcept nogil:
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
        scratch.dual.wide.part_added[part][component] = shipment.added[component]
    scratch.part_weight_g[part] = shipment.weight_g
    scratch.part_units[part] = shipment.units
    scratch.part_node[part] = candidate_i
    scratch.part_of[candidate_i] = part
    scratch.n_parts = part + 1


cdef inline void no_parts(const Problem* problem, Scratch* scratch, const uint64_t* wanted) noexcept nogil:
    """Every wanted block is open, no candidate is."""
    cdef int32_t candidate_i
    cdef int32_t block
    scratch.n_parts = 0
    memcpy(scratch.open_bits, wanted, problem.cover_words * sizeof(uint64_t))
    for block in range(problem.n_blocks):
        scratch.block_part[block] = -1
    for candidate_i in range(problem.n_candidates):
        scratch.part_of[candidate_i] = -1


cdef inline void whole_offers(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, Plan* plan
) noexcept nogil:
    """What every candidate would ship of all wanted blocks, for the greedy plans to start from."""
    cdef Wide* wide = &scratch.dual.wide
    cdef Shipment shipment
    cdef int32_t candidate_i
    no_parts(problem, scratch, wanted)
    for candidate_i in range(problem.n_candidates):
        make_offer(problem, scratch, candidate_i, 0, plan, &shipment)
    memcpy(wide.whole_cost, scratch.offer_cost, problem.n_candidates * sizeof(scratch.offer_cost[0]))
    memcpy(wide.whole_gain, scratch.offer_gain, problem.n_candidates * sizeof(scratch.offer_gain[0]))


cdef inline int32_t greedy(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, int32_t first, int32_t parts_max, Rule rule,
    Plan* plan
) noexcept nogil:
    """Cover the wanted blocks, the candidate `first` first (-1: any); returns how many stay open. After whole_offers."""
    cdef Wide* wide = &scratch.dual.wide
    cdef Shipment shipment
    cdef int32_t candidate_i
    cdef int32_t round_i = 0
    cdef int32_t left = 0
    cdef int32_t block
    cdef bint every = rule == RULE_RATE and first < 0
    no_parts(problem, scratch, wanted)
    memcpy(scratch.offer_cost, wide.whole_cost, problem.n_candidates * sizeof(scratch.offer_cost[0]))
    memcpy(scratch.offer_gain, wide.whole_gain, problem.n_candidates * sizeof(scratch.offer_gain[0]))
    memset(scratch.offer_round, 0, problem.n_candidates * sizeof(scratch.offer_round[0]))
    plan.evaluations += (problem.n_candidates + problem.n_blocks) / 4
    for block in range(problem.n_blocks):
        left += bit_of(wanted, block)
    while left and scratch.n_parts < parts_max:
        candidate_i = first
        if first >= 0:
            offer(problem, scratch, first, scratch.open_bits, &shipment)
            first = -1
        else:
            candidate_i = best_offer(problem, scratch, round_i, rule, every, plan, &shipment)
        if candidate_i < 0:
            break
        open_part(problem, scratch, candidate_i, &shipment)
        left -= shipment.blocks
        round_i += 1
    return left
