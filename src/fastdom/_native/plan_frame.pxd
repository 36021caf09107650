"""What one exact search derives first: totals, keys of rows and candidates, the best single shipment, and which
candidates are worth a look.

A key is 16 * cost + shipments, so that of two equal costs the plan with fewer shipments is smaller.
"""

from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint16_t, uint32_t
from libc.string cimport memset

from fastdom._native.plan cimport BLOCKS_EXACT_MAX, COST_NONE, ROW_NONE, TIERS_MAX, Candidate, Problem, Scratch
from fastdom._native.plan_blocks cimport block_keys, blocks_key, blocks_over
from fastdom._native.plan_cost cimport row_raw, tier_of, weigh
from fastdom._native.plan_places cimport place_key, place_keys, place_most, units_below
from fastdom._native.plan_parts cimport lowest_bit, popcount, subset_fits


cdef extern from "plan_subsets.h":
    const int64_t INFINITE "PLAN_INFINITE"
    int64_t plan_row_keys(const int64_t* costs, int64_t n_tiers, const uint16_t* row_tariffs, int32_t n_rows,
                          int64_t first, int64_t last, int64_t weight, int64_t* keys, int64_t* least) noexcept nogil
    void plan_subset_sums(const int64_t* per_block, int32_t n, int64_t* sums) noexcept nogil
    void plan_subset_tiers(const int64_t* weight_g, int64_t size, const int64_t* breakpoints_g, int32_t lightest,
                           int32_t heaviest, int64_t* tier) noexcept nogil
    void plan_row_subsets(const int64_t* keys, int64_t first, int64_t last, const int64_t* tier, int64_t size,
                          int64_t* row) noexcept nogil
    void plan_partitions(const int64_t* best, int64_t size, int64_t* rest, int64_t* spread) noexcept nogil
    void plan_add_parts(const int64_t* own, uint32_t cover, int64_t size, const int64_t* start, const int64_t* spread,
                        int64_t* sum, int64_t* sum_spread) noexcept nogil
    void plan_nothing(int64_t size, int64_t* rest, int64_t* spread) noexcept nogil
    void plan_subset_best(int64_t* best, const int64_t* row, const int64_t* units, const int32_t* order, int32_t count,
                          const uint32_t* cover, const int64_t* base, const int64_t* unit) noexcept nogil
    void plan_subset_best_blocks(int64_t* best, const int64_t* row, int32_t n, const int32_t* order, int32_t count,
                                 const uint32_t* cover, const int64_t* base, const int64_t* keys) noexcept nogil


cdef enum:
    KEY_SHIFT = 4               # key = cost << KEY_SHIFT | shipments; at most 10 shipments


cdef struct Frame:              # what one call derives first
    int32_t n                   # blocks
    uint32_t full               # all blocks
    int64_t weight_g            # all blocks, grams
    int64_t units               # all blocks
    int32_t lightest            # tier of the lightest block
    int32_t heaviest            # tier of all blocks
    int64_t least               # key that one shipment costs at least, without its blocks
    int64_t least_blocks        # key that all blocks cost at least: their units and block costs
    int64_t single              # key of the best single shipment of all blocks; INFINITE: none
    int32_t single_i            # its candidate


cdef inline int64_t raw_key(const Problem* problem, int64_t raw) noexcept nogil:
    return INFINITE if raw == COST_NONE else weigh(raw, problem.shipping_weight) << KEY_SHIFT


cdef inline int64_t row_key(
    const Problem* problem, const Scratch* scratch, int32_t row_i, int64_t tier, int64_t weight_g
) noexcept nogil:
    """Key of the row's cheapest tariff, without place costs; INFINITE: none carries the weight."""
    cdef int32_t tariff
    if row_i == problem.n_rows:
        return 0
    if tier < problem.n_tiers:
        return scratch.row_tier[<int64_t>row_i * TIERS_MAX + tier]
    return raw_key(problem, row_raw(problem, row_i, problem.n_tiers, weight_g, &tariff))


cdef inline int64_t carriage_key(
    const Problem* problem, const Scratch* scratch, int32_t row_i, int64_t tier, int64_t weight_g, int64_t units
) noexcept nogil:
    """row_key, or with place costs the least key of a place in component 0, without row_unit."""
    if problem.place_fixed == NULL or row_i == problem.n_rows:
        return row_key(problem, scratch, row_i, tier, weight_g)
    return place_key(problem, scratch, row_i, tier, weight_g, units)


cdef inline bint frame_rows(const Problem* problem, Scratch* scratch, const Frame* frame, int64_t limit) noexcept nogil:
    """Keys of every row in every tier that occurs. False when one may be limit or more."""
    cdef int32_t last = frame.heaviest + 1 if frame.heaviest < problem.n_tiers else problem.n_tiers
    cdef int32_t first = frame.lightest if frame.lightest < last else last - 1
    cdef bint fine
    cdef int32_t row_i
    cdef int64_t key
    if problem.place_fixed != NULL:
        fine = units_below(problem, limit / (2 * (frame.units + 1)))
        fine = fine and place_keys(problem, scratch, first, last, frame.units, frame.heaviest) < limit
        if not fine:
            return False
    else:
        fine = plan_row_keys(problem.tariff_cost, problem.n_tiers, problem.row_tariffs, problem.n_rows, first, last,
                             problem.shipping_weight, scratch.row_tier, scratch.row_least) < limit
    scratch.row_least[problem.n_rows] = 0
    if problem.place_fixed != NULL and frame.heaviest < problem.n_tiers:
        scratch.row_full[problem.n_rows] = 0
        return fine
    for row_i in range(problem.n_rows + 1):
        key = carriage_key(problem, scratch, row_i, frame.heaviest, frame.weight_g, frame.units)
        fine &= key < limit or key == INFINITE
        scratch.row_full[row_i] = key
    return fine


cdef inline bint candidate_tight(
    const Problem* problem, int32_t candidate_i, uint32_t cover, int64_t units
) noexcept nogil:
    """Whether some subset of the cover may not fit."""
    cdef const Candidate* candidate = &problem.candidates[candidate_i]
    cdef uint32_t left = cover
    if units > candidate.units_left and candidate.units_left != INT32_MAX:
        units = 0
        while left:
            units += problem.units[lowest_bit(left)]
            left &= left - 1
    else:
        units = 0
    return not subset_fits(problem, candidate_i, cover, units)


cdef inline int64_t part_key(
    const Problem* problem, const Scratch* scratch, int32_t candidate_i, uint32_t subset
) noexcept nogil:
    """Key of one shipment without its tariff."""
    if problem.block_cost != NULL:
        return scratch.base[candidate_i] + blocks_key(scratch, candidate_i, subset)
    return scratch.base[candidate_i] + scratch.unit[candidate_i] * scratch.units[subset]


cdef inline int64_t single_key(
    const Scratch* scratch, const Frame* frame, int32_t candidate_i, bint by_block
) noexcept nogil:
    """Key of all blocks in one shipment; INFINITE or more when the candidate cannot ship them."""
    cdef int64_t blocks = scratch.all_key[candidate_i] if by_block else scratch.unit[candidate_i] * frame.units
    cdef int64_t key = scratch.base[candidate_i] + blocks
    cdef int64_t short = (scratch.cover[candidate_i] ^ frame.full) | scratch.tight[candidate_i]
    return (key + scratch.row_full[scratch.row_i[candidate_i]]) | (INFINITE & -short)


cdef inline bint frame_candidates(const Problem* problem, Scratch* scratch, Frame* frame, int64_t limit) noexcept nogil:
    """Keys of every candidate and the best single shipment. False when a key may be limit or more."""
    cdef int64_t unit_limit = limit / (frame.units + 1)
    cdef int64_t least_unit = INFINITE
    cdef bint by_block = problem.block_cost != NULL
    cdef bint by_place = problem.place_fixed != NULL
    cdef bint fine = True
    cdef const Candidate* candidate
    cdef int32_t candidate_i
    cdef int32_t row_i
    cdef uint32_t cover
    cdef int64_t key
    if by_place:
        unit_limit >>= 1
    frame.least = INFINITE
    frame.single = INFINITE
    frame.single_i = -1
    for candidate_i in range(problem.n_candidates):
        candidate = &problem.candidates[candidate_i]
        cover = <uint32_t>problem.cover[candidate_i] & frame.full
        row_i = problem.n_rows if candidate.row_i == ROW_NONE else candidate.row_i
        scratch.cover[candidate_i] = cover
        scratch.row_i[candidate_i] = row_i
        fine &= ((candidate.fixed[0] << KEY_SHIFT) < limit) & ((candidate.unit_cost[0] << KEY_SHIFT) < unit_limit)
        scratch.base[candidate_i] = ((candidate.fixed[0] + problem.split_penalty[0]) << KEY_SHIFT) + 1
        scratch.unit[candidate_i] = candidate.unit_cost[0] << KEY_SHIFT
        if by_place:
            scratch.unit[candidate_i] += scratch.row_unit[row_i]
        scratch.tight[candidate_i] = 0
        if candidate.units_left < frame.units or problem.n_groups:
            scratch.tight[candidate_i] = candidate_tight(problem, candidate_i, cover, frame.units)
        key = scratch.base[candidate_i] + scratch.row_least[row_i]
        frame.least = key if key < frame.least else frame.least
        key = scratch.unit[candidate_i]
        least_unit = key if key < least_unit else least_unit
    if by_block:
        fine &= block_keys(problem, scratch, &frame.least_blocks) << KEY_SHIFT < limit / BLOCKS_EXACT_MAX
    else:
        frame.least_blocks = least_unit * frame.units
    if not fine:
        return False
    for candidate_i in range(problem.n_candidates):
        key = single_key(scratch, frame, candidate_i, by_block)
        frame.single_i = candidate_i if key < frame.single else frame.single_i
        frame.single = key if key < frame.single else frame.single
    return True


cdef inline void frame_totals(const Problem* problem, Frame* frame) noexcept nogil:
    """Weight, units and tiers of all blocks."""
    cdef int64_t lightest_g = problem.weight_g[0]
    cdef int32_t block
    frame.n = problem.n_blocks
    frame.full = (<uint32_t>1 << frame.n) - 1
    frame.weight_g = 0
    frame.units = 0
    for block in range(frame.n):
        frame.weight_g += problem.weight_g[block]
        frame.units += problem.units[block]
        if problem.weight_g[block] < lightest_g:
            lightest_g = problem.weight_g[block]
    frame.lightest = tier_of(problem, lightest_g)
    frame.heaviest = tier_of(problem, frame.weight_g)


cdef inline bint frame_open(const Problem* problem, Scratch* scratch, Frame* frame) noexcept nogil:
    """Totals, rows, candidates. False when amounts are beyond the keys (a shipment might reach COST_MAX)."""
    cdef int64_t limit = <int64_t>1 << (48 + KEY_SHIFT)
    frame_totals(problem, frame)
    return frame_rows(problem, scratch, frame, limit) and frame_candidates(problem, scratch, frame, limit)


cdef inline int64_t least_of(const Frame* frame, int64_t parts) noexcept nogil:
    """Key that a plan of so many parts for all blocks costs at least."""
    return parts * frame.least + frame.least_blocks


cdef inline int32_t king_of(const Problem* problem, const Scratch* scratch, const Frame* frame) noexcept nogil:
    """The candidate with the cheapest single shipment that is not a conflict; -1: none."""
    cdef int64_t least = INFINITE
    cdef int64_t key
    cdef int32_t king_i = -1
    cdef int32_t candidate_i
    if frame.single_i < 0 or not scratch.conflict[frame.single_i]:
        return frame.single_i
    for candidate_i in range(problem.n_candidates):
        key = single_key(scratch, frame, candidate_i, problem.block_cost != NULL)
        if key < least and not scratch.conflict[candidate_i]:
            least = key
            king_i = candidate_i
    return king_i


cdef inline void rows_over(const Problem* problem, Scratch* scratch, const Frame* frame, int32_t king_i) noexcept nogil:
    """row_over[]: the least by which each row's key exceeds the king's over all subsets; -INFINITE: not compared."""
    cdef int32_t last = frame.heaviest + 1 if frame.heaviest < problem.n_tiers else problem.n_tiers
    cdef int32_t king_row = scratch.row_i[king_i] if king_i >= 0 else problem.n_rows
    cdef const int64_t* king = &scratch.row_tier[<int64_t>king_row * TIERS_MAX]
    cdef const int64_t* keys
    cdef int64_t most[64]
    cdef int64_t least
    cdef int32_t row_i
    cdef int32_t tier
    scratch.row_over[problem.n_rows] = -INFINITE
    if problem.place_fixed != NULL and king_row < problem.n_rows and frame.heaviest < problem.n_tiers:
        place_most(problem, scratch, king_row, frame.lightest, last, frame.units, most)
        king = most
    for row_i in range(problem.n_rows):
        least = -INFINITE
        if king_row < problem.n_rows and frame.heaviest < problem.n_tiers:
            keys = &scratch.row_tier[<int64_t>row_i * TIERS_MAX]
            least = INFINITE
            for tier in range(frame.lightest, last):
                least = keys[tier] - king[tier] if keys[tier] - king[tier] < least else least
        scratch.row_over[row_i] = least
    if king_i >= 0:
        scratch.row_over[king_row] = 0


cdef inline int64_t survivors(const Problem* problem, Scratch* scratch, const Frame* frame) noexcept nogil:
    """Fill `order` by row with the candidates that the best plan of two parts or more may use; returns their subsets.

    Left out: conflicts; what costs too much beside any other part; what the king (it has every block) undercuts in
    every subset, or equals at a lower index. A tight candidate comes last, in the last place of row_start.
    The first loop has no branches, as each of them would be a coin toss.
    """
    cdef int64_t room = frame.single - frame.least - frame.least_blocks
    cdef bint by_block = problem.block_cost != NULL
    cdef int64_t subsets = 0
    cdef int64_t over
    cdef int64_t units_over
    cdef int32_t king_i = king_of(problem, scratch, frame)
    cdef int64_t king_base = scratch.base[king_i] if king_i >= 0 else 0
    cdef int64_t king_unit = scratch.unit[king_i] if king_i >= 0 else 0
    cdef int32_t tight_row = problem.n_rows + 1
    cdef int32_t candidate_i
    cdef int32_t row_i
    cdef int32_t at = 0
    cdef int32_t n_kept = 0
    cdef int32_t count
    cdef int32_t keep
    memset(scratch.row_start, 0, (tight_row + 1) * sizeof(int32_t))
    rows_over(problem, scratch, frame, king_i)
    if by_block and king_i >= 0:
        blocks_over(problem, scratch, king_i)
    for candidate_i in range(problem.n_candidates):
        row_i = scratch.row_i[candidate_i]
        over = scratch.base[candidate_i] - king_base + scratch.row_over[row_i]
        if by_block:
            over += scratch.over_key[candidate_i]
        else:
            units_over = (scratch.unit[candidate_i] - king_unit) * frame.units
            over += units_over & (units_over >> 63)
        over -= candidate_i <= king_i
        keep = over < 0
        keep &= scratch.base[candidate_i] + scratch.row_least[row_i] <= room
        keep &= scratch.cover[candidate_i] != 0
        keep &= scratch.conflict[candidate_i] == 0
        scratch.kept[n_kept] = candidate_i
        n_kept += keep
        row_i = tight_row if scratch.tight[candidate_i] else row_i
        scratch.row_start[row_i] += keep
    for row_i in range(tight_row + 1):
        count = scratch.row_start[row_i]
        scratch.row_start[row_i] = at
        at += count
    for at in range(n_kept):
        candidate_i = scratch.kept[at]
        subsets += (<int64_t>1 << popcount(scratch.cover[candidate_i])) - 1
        row_i = tight_row if scratch.tight[candidate_i] else scratch.row_i[candidate_i]
        scratch.order[scratch.row_start[row_i]] = candidate_i
        scratch.row_start[row_i] += 1
    return subsets


cdef inline int64_t subsets_size(int32_t n) noexcept nogil:
    """Entries of an array over subsets: the loops take eight at a time."""
    return <int64_t>1 << (n if n > 3 else 3)


cdef inline void subset_sums(const Problem* problem, Scratch* scratch) noexcept nogil:
    """weight_g and units of every subset."""
    cdef int64_t units[BLOCKS_EXACT_MAX]
    cdef int32_t block
    for block in range(problem.n_blocks):
        units[block] = problem.units[block]
    plan_subset_sums(problem.weight_g, problem.n_blocks, scratch.weight_g)
    plan_subset_sums(units, problem.n_blocks, scratch.units)
