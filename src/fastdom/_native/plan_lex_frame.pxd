"""What one search over several cost components derives first, and which candidates are worth a look.

The sieve looks at component 0 alone and drops only what is dearer there: a candidate that ties may win a later
component. Costs here are micros, not keys, with the split penalty of every shipment. A shipment saturates at COST_MAX,
so the sieve holds only where the best single shipment costs less: a plan with a saturated part costs more than it.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memset

from fastdom._native.plan cimport BLOCK_LANES, COST_MAX, ROW_NONE, Candidate, Problem, Scratch
from fastdom._native.plan_blocks cimport blocks_over
from fastdom._native.plan_cost cimport capped, multiplied
from fastdom._native.plan_frame cimport (
    INFINITE,
    KEY_SHIFT,
    Frame,
    candidate_tight,
    frame_rows,
    frame_totals,
    rows_over,
)
from fastdom._native.plan_parts cimport popcount


cdef inline int64_t lex_item(
    const Problem* problem, int32_t candidate_i, int32_t block, int32_t component
) noexcept nogil:
    """Units and block cost of one block, at most COST_MAX."""
    cdef int64_t cost = multiplied(problem.candidates[candidate_i].unit_cost[component], problem.units[block])
    if problem.block_cost != NULL:
        cost += problem.block_cost[(<int64_t>candidate_i * problem.n_blocks + block) * problem.n_cost + component]
    return capped(cost)


cdef inline int64_t row_share(const Problem* problem, int64_t key) noexcept nogil:
    """What a row's key adds to component 0; INFINITE stays. With place costs it is a key of component 0 anyway."""
    if key >= INFINITE:
        return INFINITE
    return key >> KEY_SHIFT if problem.shipping_objective == 0 or problem.place_fixed != NULL else 0


cdef inline void lex_items(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, int64_t* least
) noexcept nogil:
    """block_key[] and all_key[] of one candidate in component 0; least[] of each block."""
    cdef int64_t* items = &scratch.block_key[candidate_i * BLOCK_LANES]
    cdef int32_t block
    scratch.all_key[candidate_i] = 0
    for block in range(problem.n_blocks):
        items[block] = 0
        if scratch.cover[candidate_i] >> block & 1:
            items[block] = lex_item(problem, candidate_i, block, 0)
            if problem.place_fixed != NULL:
                items[block] = capped(items[block] + multiplied(
                    scratch.row_unit[scratch.row_i[candidate_i]] >> KEY_SHIFT, problem.units[block]
                ))
            least[block] = items[block] if items[block] < least[block] else least[block]
        scratch.all_key[candidate_i] += items[block]


cdef inline int64_t lex_single(
    const Problem* problem, const Scratch* scratch, const Frame* frame, int32_t candidate_i
) noexcept nogil:
    """All blocks in one shipment; INFINITE or more when the candidate cannot ship them."""
    cdef int64_t key = scratch.base[candidate_i] + scratch.all_key[candidate_i]
    if scratch.cover[candidate_i] != frame.full or scratch.tight[candidate_i]:
        return INFINITE
    return key + row_share(problem, scratch.row_full[scratch.row_i[candidate_i]])


cdef inline bint lex_open(const Problem* problem, Scratch* scratch, Frame* frame) noexcept nogil:
    """Totals, rows, candidates, the best single shipment and what a shipment and the blocks cost at least.

    False when costs per unit of a place are beyond the keys.
    """
    cdef const Candidate* candidate
    cdef int64_t least_items[BLOCK_LANES]
    cdef int64_t key
    cdef int32_t candidate_i
    cdef int32_t row_i
    cdef int32_t block
    frame_totals(problem, frame)
    if not frame_rows(problem, scratch, frame, INFINITE) and problem.place_fixed != NULL:
        return False
    frame.least = INFINITE
    frame.least_blocks = 0
    frame.single = INFINITE
    frame.single_i = -1
    for block in range(BLOCK_LANES):
        least_items[block] = INFINITE
    for candidate_i in range(problem.n_candidates):
        candidate = &problem.candidates[candidate_i]
        row_i = problem.n_rows if candidate.row_i == ROW_NONE else candidate.row_i
        scratch.row_i[candidate_i] = row_i
        scratch.cover[candidate_i] = 0
        if scratch.row_least[row_i] < INFINITE:
            scratch.cover[candidate_i] = <uint32_t>problem.cover[candidate_i] & frame.full
        scratch.tight[candidate_i] = 0
        if candidate.units_left < frame.units or problem.n_groups:
            scratch.tight[candidate_i] = candidate_tight(problem, candidate_i, scratch.cover[candidate_i], frame.units)
        scratch.base[candidate_i] = candidate.fixed[0] + problem.split_penalty[0]
        lex_items(problem, scratch, candidate_i, least_items)
        key = scratch.base[candidate_i] + row_share(problem, scratch.row_least[row_i])
        if scratch.cover[candidate_i] and key < frame.least:
            frame.least = key
        key = lex_single(problem, scratch, frame, candidate_i)
        if key < frame.single:
            frame.single = key
            frame.single_i = candidate_i
    for block in range(problem.n_blocks):
        frame.least_blocks += least_items[block] if least_items[block] < INFINITE else 0
    if frame.single >= COST_MAX:
        frame.single = INFINITE
    return True


cdef inline int32_t lex_king(const Problem* problem, const Scratch* scratch, const Frame* frame) noexcept nogil:
    """The candidate with the least single shipment that is not a conflict and cannot saturate; -1: none."""
    cdef int64_t least = COST_MAX
    cdef int64_t key
    cdef int32_t king_i = -1
    cdef int32_t candidate_i
    for candidate_i in range(problem.n_candidates):
        key = lex_single(problem, scratch, frame, candidate_i)
        if key < least and not scratch.conflict[candidate_i]:
            least = key
            king_i = candidate_i
    return king_i


cdef inline int64_t row_over(const Problem* problem, const Scratch* scratch, int32_t row_i) noexcept nogil:
    """Least by which a row exceeds the king's in component 0; far below 0: not compared."""
    cdef int64_t over = scratch.row_over[row_i]
    if problem.shipping_objective == 0 or problem.place_fixed != NULL or over <= -(INFINITE >> 1):
        return over >> KEY_SHIFT
    return 0


cdef inline bint worth_a_look(
    const Problem* problem, const Scratch* scratch, const Frame* frame, int32_t candidate_i, int32_t king_i
) noexcept nogil:
    """Whether the candidate may be in the best plan; it is no conflict."""
    cdef int32_t row_i = scratch.row_i[candidate_i]
    cdef int64_t least
    if scratch.cover[candidate_i] == 0:
        return False
    if frame.single >= INFINITE or candidate_i == king_i:
        return True
    if lex_single(problem, scratch, frame, candidate_i) == frame.single:
        return True
    least = scratch.base[candidate_i] + row_share(problem, scratch.row_least[row_i])
    if least + frame.least + frame.least_blocks > frame.single:
        return False
    if king_i < 0:
        return True
    return scratch.base[candidate_i] - scratch.base[king_i] + row_over(problem, scratch, row_i) + scratch.over_key[
        candidate_i
    ] <= 0


cdef inline int64_t lex_sieve(
    const Problem* problem, Scratch* scratch, const Frame* frame, int32_t* n_kept
) noexcept nogil:
    """Fill `order` by row with the candidates worth a look; returns their subsets."""
    cdef int32_t king_i = lex_king(problem, scratch, frame)
    cdef int64_t subsets = 0
    cdef int32_t candidate_i
    cdef int32_t row_i
    cdef int32_t at = 0
    cdef int32_t count
    n_kept[0] = 0
    memset(scratch.row_start, 0, (problem.n_rows + 1) * sizeof(int32_t))
    if king_i >= 0:
        rows_over(problem, scratch, frame, king_i)
        blocks_over(problem, scratch, king_i)
    for candidate_i in range(problem.n_candidates):
        if scratch.conflict[candidate_i] or not worth_a_look(problem, scratch, frame, candidate_i, king_i):
            continue
        scratch.kept[n_kept[0]] = candidate_i
        n_kept[0] += 1
        scratch.row_start[scratch.row_i[candidate_i]] += 1
        subsets += (<int64_t>1 << popcount(scratch.cover[candidate_i])) - 1
    for row_i in range(problem.n_rows + 1):
        count = scratch.row_start[row_i]
        scratch.row_start[row_i] = at
        at += count
    for at in range(n_kept[0]):
        candidate_i = scratch.kept[at]
        row_i = scratch.row_i[candidate_i]
        scratch.order[scratch.row_start[row_i]] = candidate_i
        scratch.row_start[row_i] += 1
    return subsets
