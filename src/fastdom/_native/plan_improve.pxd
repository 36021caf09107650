"""Local improvement of a large order, parts and blocks one by one.

Close a part and spread its blocks, move a block, exchange two blocks, give a part to another candidate, what that one
does not have to the other parts, join two parts, split a part. Each step is taken only when the cost vector falls.
Rounds and evaluations are bounded.
"""

from libc.stdint cimport int16_t, int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.plan cimport (
    COVER_WORDS_MAX,
    OBJECTIVES_MAX,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_careful cimport compare_costs
from fastdom._native.plan_greedy cimport Shipment, bit_of, bits_of, cover_of, no_parts, offer, open_part, take
from fastdom._native.plan_parts cimport lowest_bit64, popcount
from fastdom._native.plan_price cimport block_costs, price
from fastdom._native.plan_wide_memory cimport WIDE_PRICE, Wide


cdef enum:
    IMPROVE_ROUNDS = 6          # rounds of local improvement
    EXCHANGE_BLOCKS = 64        # largest order whose blocks are exchanged in pairs


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


cdef inline void changed_costs(
    const Problem* problem, const Scratch* scratch, int32_t part, int32_t into, int32_t out, int64_t* added
) noexcept nogil:
    """added: costs of the part's own blocks after one joins and one leaves (-1: none); problem.block_cost is not NULL."""
    cdef int32_t candidate_i = scratch.part_node[part]
    cdef int32_t component
    for component in range(problem.n_cost):
        added[component] = scratch.dual.wide.part_added[part][component]
        if into >= 0:
            added[component] += block_costs(problem, candidate_i, into)[component]
        if out >= 0:
            added[component] -= block_costs(problem, candidate_i, out)[component]


cdef inline bint cost_with(
    const Problem* problem, const Scratch* scratch, int32_t part, int32_t block, int64_t* change
) noexcept nogil:
    """Change of the part's cost vector when the block joins; False when it cannot."""
    cdef int64_t added[OBJECTIVES_MAX]
    cdef int32_t component
    if not bit_of(cover_of(problem, scratch.part_node[part]), block):
        return False
    if problem.block_cost != NULL:
        changed_costs(problem, scratch, part, block, -1, added)
    if not price(problem, scratch, scratch.part_node[part], scratch.part_weight_g[part] + problem.weight_g[block],
                 scratch.part_units[part] + problem.units[block], added, change):
        return False
    for component in range(problem.n_cost):
        change[component] -= scratch.part_cost[part][component]
    return problem.n_groups == 0 or groups_fit(problem, scratch, part, block)


cdef inline bint is_alone(const Problem* problem, const Scratch* scratch, int32_t part, int32_t block) noexcept nogil:
    """Whether the part has no other block."""
    cdef const uint64_t* bits = &scratch.part_bits[part * COVER_WORDS_MAX]
    cdef int32_t word
    for word in range(problem.cover_words):
        if bits[word] & ~(<uint64_t>(word == block >> 6) << (block & 63)):
            return False
    return True


cdef inline bint cost_without(
    const Problem* problem, const Scratch* scratch, int32_t part, int32_t block, int64_t* change
) noexcept nogil:
    """Change of the cost vector when the block leaves the part; False when the rest would not be carried."""
    cdef int64_t added[OBJECTIVES_MAX]
    cdef int32_t component
    if is_alone(problem, scratch, part, block):
        for component in range(problem.n_cost):
            change[component] = -scratch.part_cost[part][component] - problem.split_penalty[component]
        return True
    if problem.block_cost != NULL:
        changed_costs(problem, scratch, part, -1, block, added)
    if not price(problem, scratch, scratch.part_node[part], scratch.part_weight_g[part] - problem.weight_g[block],
                 scratch.part_units[part] - problem.units[block], added, change):
        return False
    for component in range(problem.n_cost):
        change[component] -= scratch.part_cost[part][component]
    return True


cdef inline void count_block(
    const Problem* problem, Scratch* scratch, int32_t part, int32_t block, int32_t sign, const int64_t* change
) noexcept nogil:
    """The part has the block (1) or has it no longer (-1), and its cost changes."""
    cdef int32_t component
    scratch.part_weight_g[part] += sign * problem.weight_g[block]
    scratch.part_units[part] += sign * <int64_t>problem.units[block]
    for component in range(problem.n_cost):
        scratch.part_cost[part][component] += change[component]
        if problem.block_cost != NULL:
            scratch.dual.wide.part_added[part][component] += sign * block_costs(
                problem, scratch.part_node[part], block
            )[component]


cdef inline void put_block(
    const Problem* problem, Scratch* scratch, int32_t block, int32_t part, const int64_t* change
) noexcept nogil:
    """Put an open block into the part."""
    bits_of(scratch, part)[block >> 6] |= <uint64_t>1 << (block & 63)
    scratch.block_part[block] = part
    count_block(problem, scratch, part, block, 1, change)


cdef inline void take_block(
    const Problem* problem, Scratch* scratch, int32_t block, const int64_t* change
) noexcept nogil:
    """Take the block out of its part."""
    cdef int32_t part = scratch.block_part[block]
    bits_of(scratch, part)[block >> 6] &= ~(<uint64_t>1 << (block & 63))
    scratch.block_part[block] = -1
    count_block(problem, scratch, part, block, -1, change)


cdef inline void close_part(const Problem* problem, Scratch* scratch, int32_t part) noexcept nogil:
    """Forget an empty part; the last one takes its number."""
    cdef Wide* wide = &scratch.dual.wide
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
    memcpy(bits_of(scratch, part), bits_of(scratch, last), problem.cover_words * sizeof(uint64_t))
    for component in range(problem.n_cost):
        scratch.part_cost[part][component] = scratch.part_cost[last][component]
        wide.part_added[part][component] = wide.part_added[last][component]
    scratch.part_weight_g[part] = scratch.part_weight_g[last]
    scratch.part_units[part] = scratch.part_units[last]
    scratch.part_node[part] = scratch.part_node[last]
    scratch.part_of[scratch.part_node[part]] = part


cdef inline void whole_of(const Problem* problem, const Scratch* scratch, int64_t* cost) noexcept nogil:
    """Cost vector of the parts, split penalties included."""
    cdef int32_t component
    cdef int32_t part
    for component in range(problem.n_cost):
        cost[component] = problem.split_penalty[component] * (scratch.n_parts - 1 if scratch.n_parts else 0)
        for part in range(scratch.n_parts):
            cost[component] += scratch.part_cost[part][component]


cdef inline void put_aside(const Problem* problem, Scratch* scratch, int16_t* nodes) noexcept nogil:
    """nodes: [n_blocks] the candidate of each block; -1: none."""
    cdef int32_t block
    for block in range(problem.n_blocks):
        nodes[block] = <int16_t>(scratch.part_node[scratch.block_part[block]] if scratch.block_part[block] >= 0 else -1)


cdef inline void bring_back(
    const Problem* problem, Scratch* scratch, const int16_t* nodes, Plan* plan
) noexcept nogil:
    """The parts as put aside, numbered by their lowest block; blocks that do not fit together stay open."""
    cdef Shipment shipment
    cdef uint64_t bits[COVER_WORDS_MAX]
    cdef int32_t candidate_i
    cdef int32_t block
    cdef int32_t part
    memset(bits, 0, sizeof(bits))
    no_parts(problem, scratch, bits)
    plan.evaluations += problem.n_blocks + problem.n_candidates / 4
    for block in range(problem.n_blocks):
        if nodes[block] < 0:
            continue
        part = scratch.part_of[nodes[block]]
        if part < 0:
            part = scratch.n_parts
            scratch.n_parts += 1
            scratch.part_of[nodes[block]] = part
            scratch.part_node[part] = nodes[block]
            memset(bits_of(scratch, part), 0, problem.cover_words * sizeof(uint64_t))
        bits_of(scratch, part)[block >> 6] |= <uint64_t>1 << (block & 63)
    part = scratch.n_parts
    scratch.n_parts = 0
    for part in range(part):
        candidate_i = scratch.part_node[part]
        memcpy(bits, bits_of(scratch, part), problem.cover_words * sizeof(uint64_t))
        plan.evaluations += WIDE_PRICE
        if offer(problem, scratch, candidate_i, bits, &shipment):
            open_part(problem, scratch, candidate_i, &shipment)
        else:
            scratch.part_of[candidate_i] = -1


cdef inline int32_t cheapest_part(
    const Problem* problem, const Scratch* scratch, int32_t block, int32_t but, int64_t* least, Plan* plan
) noexcept nogil:
    """The part, other than `but`, to which the block adds least; -1: none."""
    cdef int64_t change[OBJECTIVES_MAX]
    cdef int32_t best = -1
    cdef int32_t part
    cdef int32_t component
    for part in range(scratch.n_parts):
        if part == but:
            continue
        plan.evaluations += WIDE_PRICE
        if not cost_with(problem, scratch, part, block, change):
            continue
        if best >= 0 and compare_costs(change, least, problem.n_cost) >= 0:
            continue
        best = part
        for component in range(problem.n_cost):
            least[component] = change[component]
    return best


cdef inline int32_t put_open(const Problem* problem, Scratch* scratch, const uint64_t* wanted, Plan* plan) noexcept nogil:
    """Put open blocks into the parts that carry them cheapest; returns how many stay open."""
    cdef int64_t change[OBJECTIVES_MAX]
    cdef int32_t left = 0
    cdef int32_t block
    cdef int32_t part
    for block in range(problem.n_blocks):
        if scratch.block_part[block] >= 0 or not bit_of(wanted, block):
            continue
        part = cheapest_part(problem, scratch, block, -1, change, plan)
        if part >= 0:
            put_block(problem, scratch, block, part, change)
        else:
            left += 1
    return left


cdef inline bint spread(
    const Problem* problem, Scratch* scratch, int32_t part, const uint64_t* bits, const int64_t* before, Plan* plan
) noexcept nogil:
    """Put the open blocks among `bits` into other parts, the heaviest of dense[] last; False when one finds none.

    before: the cost vector to stay below, where that can be told early.
    """
    cdef Wide* wide = &scratch.dual.wide
    cdef int64_t change[OBJECTIVES_MAX]
    cdef int64_t cost[OBJECTIVES_MAX]
    cdef int32_t at
    cdef int32_t block
    cdef int32_t to
    for at in range(problem.n_blocks - 1, -1, -1):
        block = wide.dense[at]
        if not bit_of(bits, block) or scratch.block_part[block] >= 0:
            continue
        to = cheapest_part(problem, scratch, block, part, change, plan)
        if to < 0:
            return False
        put_block(problem, scratch, block, to, change)
    whole_of(problem, scratch, cost)
    return compare_costs(cost, before, problem.n_cost) < 0


cdef inline void empty_part(const Problem* problem, Scratch* scratch, int32_t part) noexcept nogil:
    """Open the part's blocks and close it."""
    cdef int32_t block
    for block in range(problem.n_blocks):
        if scratch.block_part[block] == part:
            scratch.block_part[block] = -1
    close_part(problem, scratch, part)


cdef inline bint dissolve(const Problem* problem, Scratch* scratch, int32_t part, Plan* plan) noexcept nogil:
    """Spread a part's blocks over the others when that costs less; True when done, else nothing changed."""
    cdef int64_t before[OBJECTIVES_MAX]
    cdef uint64_t bits[COVER_WORDS_MAX]
    cdef uint64_t others[COVER_WORDS_MAX]
    cdef uint64_t missing = 0
    cdef int32_t other
    cdef int32_t word
    memset(others, 0, problem.cover_words * sizeof(uint64_t))
    for other in range(scratch.n_parts):
        if other != part:
            for word in range(problem.cover_words):
                others[word] |= cover_of(problem, scratch.part_node[other])[word]
    memcpy(bits, bits_of(scratch, part), problem.cover_words * sizeof(uint64_t))
    for word in range(problem.cover_words):
        missing |= bits[word] & ~others[word]
    plan.evaluations += WIDE_PRICE
    if missing:
        return False
    whole_of(problem, scratch, before)
    put_aside(problem, scratch, scratch.dual.wide.aside)
    empty_part(problem, scratch, part)
    if spread(problem, scratch, -1, bits, before, plan):
        return True
    bring_back(problem, scratch, scratch.dual.wide.aside, plan)
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
    cdef bint alone
    plan.evaluations += WIDE_PRICE
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
    alone = is_alone(problem, scratch, part, block)
    take_block(problem, scratch, block, leave)
    put_block(problem, scratch, block, to, join)
    if alone:
        close_part(problem, scratch, part)
    return True


cdef inline bint price_exchange(
    const Problem* problem, const Scratch* scratch, int32_t part, int32_t into, int32_t out, int64_t* change
) noexcept nogil:
    """Change of the part's cost vector when one block joins and one leaves; False when that cannot be."""
    cdef int64_t added[OBJECTIVES_MAX]
    cdef int32_t component
    if problem.block_cost != NULL:
        changed_costs(problem, scratch, part, into, out, added)
    if not price(problem, scratch, scratch.part_node[part],
                 scratch.part_weight_g[part] + problem.weight_g[into] - problem.weight_g[out],
                 scratch.part_units[part] + problem.units[into] - <int64_t>problem.units[out], added, change):
        return False
    for component in range(problem.n_cost):
        change[component] -= scratch.part_cost[part][component]
    return problem.n_groups == 0 or groups_fit(problem, scratch, part, into)


cdef inline bint exchange(const Problem* problem, Scratch* scratch, int32_t block, int64_t budget, Plan* plan) noexcept nogil:
    """Exchange the block with a later one of another part; True when that helped."""
    cdef int64_t mine[OBJECTIVES_MAX]
    cdef int64_t others[OBJECTIVES_MAX]
    cdef int64_t change[OBJECTIVES_MAX]
    cdef int64_t nothing[OBJECTIVES_MAX]
    cdef const uint64_t* cover
    cdef int32_t part = scratch.block_part[block]
    cdef int32_t other
    cdef int32_t to
    cdef int32_t component
    cdef bint helped = False
    if part < 0:
        return False
    for component in range(problem.n_cost):
        nothing[component] = 0
    cover = cover_of(problem, scratch.part_node[part])
    for other in range(block + 1, problem.n_blocks):
        to = scratch.block_part[other]
        if to < 0 or to == part or not bit_of(cover, other):
            continue
        if not bit_of(cover_of(problem, scratch.part_node[to]), block):
            continue
        if plan.evaluations >= budget:
            return helped
        plan.evaluations += 2 * WIDE_PRICE
        if not price_exchange(problem, scratch, part, other, block, mine):
            continue
        if not price_exchange(problem, scratch, to, block, other, others):
            continue
        for component in range(problem.n_cost):
            change[component] = mine[component] + others[component]
        if compare_costs(change, nothing, problem.n_cost) >= 0:
            continue
        take_block(problem, scratch, block, mine)
        take_block(problem, scratch, other, others)
        put_block(problem, scratch, block, to, nothing)
        put_block(problem, scratch, other, part, nothing)
        part = to
        cover = cover_of(problem, scratch.part_node[part])
        helped = True
    return helped


cdef inline void added_of(
    const Problem* problem, int32_t candidate_i, const uint64_t* bits, int64_t* added
) noexcept nogil:
    """Costs of the blocks themselves at the candidate; problem.block_cost is not NULL."""
    cdef uint64_t left
    cdef int32_t component
    cdef int32_t word
    for component in range(problem.n_cost):
        added[component] = 0
    for word in range(problem.cover_words):
        left = bits[word]
        while left:
            for component in range(problem.n_cost):
                added[component] += block_costs(problem, candidate_i, 64 * word + lowest_bit64(left))[component]
            left &= left - 1


cdef inline bint takes_all(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, const uint64_t* bits, Shipment* shipment
) noexcept nogil:
    """Whether the candidate can ship all of them, and what that costs. weight_g and units are known."""
    cdef uint64_t missing = 0
    cdef int32_t word
    if problem.n_groups:
        take(problem, scratch, candidate_i, bits, False, shipment)
        for word in range(problem.cover_words):
            missing |= bits[word] ^ scratch.take_bits[word]
        if missing:
            return False
    elif problem.block_cost != NULL:
        added_of(problem, candidate_i, bits, shipment.added)
    return price(problem, scratch, candidate_i, shipment.weight_g, shipment.units, shipment.added, shipment.cost)


cdef inline bint swap_candidate(
    const Problem* problem, Scratch* scratch, int32_t part, int32_t other, Plan* plan
) noexcept nogil:
    """Give a part, joined with another (-1: alone), to the closed candidate that ships it cheapest; True: it helped."""
    cdef int64_t least[OBJECTIVES_MAX]
    cdef uint64_t bits[COVER_WORDS_MAX]
    cdef const uint64_t* cover
    cdef Shipment shipment
    cdef uint64_t missing
    cdef int32_t candidate_i
    cdef int32_t best_i = -1
    cdef int32_t component
    cdef int32_t word
    shipment.weight_g = scratch.part_weight_g[part]
    shipment.units = scratch.part_units[part]
    memcpy(bits, bits_of(scratch, part), problem.cover_words * sizeof(uint64_t))
    for component in range(problem.n_cost):
        least[component] = scratch.part_cost[part][component]
        if other >= 0:
            least[component] += scratch.part_cost[other][component] + problem.split_penalty[component]
    if other >= 0:
        shipment.weight_g += scratch.part_weight_g[other]
        shipment.units += scratch.part_units[other]
        for word in range(problem.cover_words):
            bits[word] |= bits_of(scratch, other)[word]
    plan.evaluations += problem.n_candidates * problem.cover_words / 4
    for candidate_i in range(problem.n_candidates):
        if scratch.part_of[candidate_i] >= 0 and (other < 0 or scratch.part_of[candidate_i] not in (part, other)):
            continue
        cover = cover_of(problem, candidate_i)
        missing = 0
        for word in range(problem.cover_words):
            missing |= bits[word] & ~cover[word]
        if missing:
            continue
        plan.evaluations += WIDE_PRICE
        if not takes_all(problem, scratch, candidate_i, bits, &shipment):
            continue
        if compare_costs(shipment.cost, least, problem.n_cost) < 0:
            best_i = candidate_i
            for component in range(problem.n_cost):
                least[component] = shipment.cost[component]
    if best_i < 0:
        return False
    if other >= 0:
        empty_part(problem, scratch, max(part, other))
        part = min(part, other)
    empty_part(problem, scratch, part)
    offer(problem, scratch, best_i, bits, &shipment)
    open_part(problem, scratch, best_i, &shipment)
    return True


cdef inline bint replace(
    const Problem* problem, Scratch* scratch, int32_t part, int32_t candidate_i, const int64_t* before, Plan* plan
) noexcept nogil:
    """Give a part to a closed candidate, and what that one does not have to other parts; True when that helped.

    before: the cost of all parts. Nothing changes when it did not help. aside[]: the parts as they are.
    """
    cdef const uint64_t* cover = cover_of(problem, candidate_i)
    cdef Shipment shipment
    cdef int64_t cost[OBJECTIVES_MAX]
    cdef uint64_t bits[COVER_WORDS_MAX]
    cdef uint64_t kept[COVER_WORDS_MAX]
    cdef int32_t component
    cdef int32_t word
    cdef uint64_t some = 0
    memcpy(bits, bits_of(scratch, part), problem.cover_words * sizeof(uint64_t))
    for word in range(problem.cover_words):
        kept[word] = bits[word] & cover[word]
        some |= kept[word]
    if some == 0:
        return False
    plan.evaluations += 2 * WIDE_PRICE
    if not offer(problem, scratch, candidate_i, kept, &shipment):
        return False
    for component in range(problem.n_cost):
        cost[component] = before[component] + shipment.cost[component] - scratch.part_cost[part][component]
    if compare_costs(cost, before, problem.n_cost) >= 0:
        return False
    put_aside(problem, scratch, scratch.dual.wide.aside)
    memcpy(kept, scratch.take_bits, problem.cover_words * sizeof(uint64_t))
    empty_part(problem, scratch, part)
    memcpy(scratch.take_bits, kept, problem.cover_words * sizeof(uint64_t))
    open_part(problem, scratch, candidate_i, &shipment)
    if spread(problem, scratch, -1, bits, before, plan):
        return True
    bring_back(problem, scratch, scratch.dual.wide.aside, plan)
    return False


cdef inline bint replace_any(
    const Problem* problem, Scratch* scratch, int64_t budget, Plan* plan
) noexcept nogil:
    """replace() for every part and closed candidate; True when one helped."""
    cdef int64_t before[OBJECTIVES_MAX]
    cdef uint64_t missing
    cdef uint64_t others
    cdef const uint64_t* bits
    cdef int32_t candidate_i
    cdef int32_t part
    cdef int32_t other
    cdef int32_t word
    cdef bint helped = False
    put_aside(problem, scratch, scratch.dual.wide.aside)
    bring_back(problem, scratch, scratch.dual.wide.aside, plan)     # numbers that stay when a try is undone
    part = 0
    while part < scratch.n_parts:
        whole_of(problem, scratch, before)
        for candidate_i in range(problem.n_candidates):
            if scratch.part_of[candidate_i] >= 0:
                continue
            plan.evaluations += 1
            if plan.evaluations >= budget:
                return helped
            missing = 0
            bits = bits_of(scratch, part)
            for word in range(problem.cover_words):
                others = cover_of(problem, candidate_i)[word]
                for other in range(scratch.n_parts):
                    if other != part:
                        others |= cover_of(problem, scratch.part_node[other])[word]
                missing |= bits[word] & ~others
            if missing == 0 and replace(problem, scratch, part, candidate_i, before, plan):
                helped = True
                break
        part += 1
    return helped


cdef inline int32_t best_prefix(
    const Problem* problem, Scratch* scratch, int32_t part, int32_t candidate_i, bint reverse, int64_t* change,
    Plan* plan
) noexcept nogil:
    """How many of the part's blocks that the closed candidate has, in the order of dense[], to give it; 0: none.

    reverse: the least dense first. change: in cost. At least one block stays.
    """
    cdef Wide* wide = &scratch.dual.wide
    cdef const uint64_t* cover = cover_of(problem, candidate_i)
    cdef const uint64_t* bits = bits_of(scratch, part)
    cdef int64_t own_added[OBJECTIVES_MAX]
    cdef int64_t rest_added[OBJECTIVES_MAX]
    cdef int64_t own[OBJECTIVES_MAX]
    cdef int64_t rest[OBJECTIVES_MAX]
    cdef int64_t weight_g = 0
    cdef int64_t units = 0
    cdef int32_t best = 0
    cdef int32_t count = 0
    cdef int32_t staying = 0
    cdef int32_t word
    cdef int32_t at
    cdef int32_t block
    cdef int32_t component
    for component in range(problem.n_cost):
        change[component] = 0
        own_added[component] = 0
        rest_added[component] = wide.part_added[part][component]
    for word in range(problem.cover_words):
        staying += popcount(<uint32_t>bits[word]) + popcount(<uint32_t>(bits[word] >> 32))
    plan.evaluations += problem.n_blocks / 4
    for at in range(problem.n_blocks):
        block = wide.dense[problem.n_blocks - 1 - at if reverse else at]
        if not bits[block >> 6] & cover[block >> 6] & <uint64_t>1 << (block & 63):
            continue
        weight_g += problem.weight_g[block]
        units += problem.units[block]
        if problem.block_cost != NULL:
            for component in range(problem.n_cost):
                own_added[component] += block_costs(problem, candidate_i, block)[component]
                rest_added[component] -= block_costs(problem, scratch.part_node[part], block)[component]
        count += 1
        if count == staying:
            break
        plan.evaluations += WIDE_PRICE
        if not price(problem, scratch, candidate_i, weight_g, units, own_added, own):
            continue
        for component in range(problem.n_cost):
            own[component] += problem.split_penalty[component] - scratch.part_cost[part][component]
        if own[0] >= 0:
            break
        plan.evaluations += WIDE_PRICE
        if not price(problem, scratch, scratch.part_node[part], scratch.part_weight_g[part] - weight_g,
                     scratch.part_units[part] - units, rest_added, rest):
            continue
        for component in range(problem.n_cost):
            own[component] += rest[component]
        if compare_costs(own, change, problem.n_cost) < 0:
            best = count
            for component in range(problem.n_cost):
                change[component] = own[component]
    return best


cdef inline bint split_part(
    const Problem* problem, Scratch* scratch, int32_t part, int64_t budget, Plan* plan
) noexcept nogil:
    """Open the candidate that lowers the cost most by taking some of the part's blocks; True when that helped."""
    cdef Wide* wide = &scratch.dual.wide
    cdef int64_t change[OBJECTIVES_MAX]
    cdef int64_t least[OBJECTIVES_MAX]
    cdef uint64_t given[COVER_WORDS_MAX]
    cdef uint64_t stays[COVER_WORDS_MAX]
    cdef Shipment shipment
    cdef int32_t node = scratch.part_node[part]
    cdef int32_t best_i = -1
    cdef int32_t best = 0
    cdef bint best_reverse = False
    cdef bint reverse
    cdef int32_t count
    cdef int32_t candidate_i
    cdef int32_t component
    cdef int32_t block
    cdef int32_t word
    cdef int32_t at
    for component in range(problem.n_cost):
        least[component] = 0
    for candidate_i in range(problem.n_candidates):
        if scratch.part_of[candidate_i] >= 0:
            continue
        for reverse in range(2):
            if plan.evaluations >= budget:
                break
            count = best_prefix(problem, scratch, part, candidate_i, reverse, change, plan)
            if count and compare_costs(change, least, problem.n_cost) < 0:
                best_i = candidate_i
                best = count
                best_reverse = reverse
                for component in range(problem.n_cost):
                    least[component] = change[component]
    if best_i < 0:
        return False
    memset(given, 0, sizeof(given))
    memcpy(stays, bits_of(scratch, part), problem.cover_words * sizeof(uint64_t))
    for at in range(problem.n_blocks):
        block = wide.dense[problem.n_blocks - 1 - at if best_reverse else at]
        if best and bit_of(stays, block) and bit_of(cover_of(problem, best_i), block):
            given[block >> 6] |= <uint64_t>1 << (block & 63)
            best -= 1
    for word in range(problem.cover_words):
        stays[word] &= ~given[word]
    offer(problem, scratch, best_i, given, &shipment)
    for word in range(problem.cover_words):
        if scratch.take_bits[word] != given[word]:
            return False                                    # shared SKUs: not all of them fit there
    empty_part(problem, scratch, part)
    memcpy(scratch.take_bits, given, problem.cover_words * sizeof(uint64_t))
    open_part(problem, scratch, best_i, &shipment)
    offer(problem, scratch, node, stays, &shipment)
    open_part(problem, scratch, node, &shipment)
    return True


cdef inline void improve_parts(
    const Problem* problem, Scratch* scratch, bint deep, int64_t budget, Plan* plan
) noexcept nogil:
    """Local improvement until nothing helps, the rounds end, or the evaluations are used up. deep: all steps."""
    cdef int32_t round_i
    cdef int32_t part
    cdef int32_t other
    cdef int32_t block
    cdef bint helped
    for round_i in range(IMPROVE_ROUNDS):
        helped = False
        part = scratch.n_parts - 1
        while part >= 0 and scratch.n_parts > 1 and plan.evaluations < budget:
            helped |= dissolve(problem, scratch, part, plan)
            part -= 1
            part = min(part, scratch.n_parts - 1)
        for block in range(problem.n_blocks):
            if scratch.n_parts > 1 and plan.evaluations < budget:
                helped |= move_block(problem, scratch, block, plan)
        for part in range(scratch.n_parts):
            if part < scratch.n_parts and plan.evaluations < budget:
                helped |= swap_candidate(problem, scratch, part, -1, plan)
        for part in range(scratch.n_parts):
            for other in range(part):
                if part < scratch.n_parts and plan.evaluations < budget:
                    helped |= swap_candidate(problem, scratch, part, other, plan)
        for block in range(problem.n_blocks if problem.n_blocks <= EXCHANGE_BLOCKS else 0):
            if scratch.n_parts > 1 and plan.evaluations < budget:
                helped |= exchange(problem, scratch, block, budget, plan)
        if helped or not deep:
            if not helped or plan.evaluations >= budget:
                return
            continue
        if scratch.n_parts > 1 and plan.evaluations < budget:
            helped |= replace_any(problem, scratch, budget, plan)
        for part in range(scratch.n_parts):
            if plan.evaluations < budget and scratch.n_parts != problem.max_shipments:
                helped |= split_part(problem, scratch, part, budget, plan)
        if not helped or plan.evaluations >= budget:
            return
