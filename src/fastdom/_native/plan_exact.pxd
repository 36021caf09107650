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

from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

from fastdom._native.plan cimport (
    BLOCKS_EXACT_MAX,
    CONFLICTS_MAX,
    LAYERS_MAX,
    LEVELS_MAX,
    SUMS_AT_ONCE,
    COST_NONE,
    PLAN_INFEASIBLE,
    ROW_NONE,
    SUBSETS_MAX,
    TIERS_MAX,
    Candidate,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_cost cimport row_raw, tier_of, weigh
from fastdom._native.plan_parts cimport lowest_bit, plan_proven, plan_refused, popcount, subset_fits


cdef extern from "plan_subsets.h":
    const int64_t INFINITE "PLAN_INFINITE"
    int64_t plan_row_keys(const int64_t* costs, int64_t n_tiers, const uint16_t* row_tariffs, int32_t n_rows,
                          int64_t first, int64_t last, int64_t weight, int64_t* keys, int64_t* least) noexcept nogil
    void plan_subset_sums(const int64_t* per_block, int32_t n, int64_t* sums) noexcept nogil
    void plan_subset_tiers(const int64_t* weight_g, int64_t size, const int64_t* breakpoints_g, int32_t lightest,
                           int32_t heaviest, int64_t* tier) noexcept nogil
    void plan_partitions(const int64_t* best, int64_t size, int64_t* rest, int64_t* spread) noexcept nogil
    void plan_add_parts(const int64_t* own, uint32_t cover, int64_t size, const int64_t* start, const int64_t* spread,
                        int64_t* sum, int64_t* sum_spread) noexcept nogil
    void plan_nothing(int64_t size, int64_t* rest, int64_t* spread) noexcept nogil
    void plan_subset_best(int64_t* best, const int64_t* row, const int64_t* units, const int32_t* order, int32_t count,
                          const uint32_t* cover, const int64_t* base, const int64_t* unit) noexcept nogil


cdef enum ExactOutcome:
    EXACT_DONE = 0              # the plan is final
    EXACT_CAREFUL = 1           # repeated candidate, shipments over the bound, or amounts beyond 64-bit keys
    EXACT_EFFORT = 2            # would exceed effort_max


cdef enum:
    KEY_SHIFT = 4               # key = cost << KEY_SHIFT | shipments; at most 10 shipments


cdef struct Frame:              # what one call derives first
    int32_t n                   # blocks
    uint32_t full               # all blocks
    int64_t weight_g            # all blocks, grams
    int64_t units               # all blocks
    int32_t lightest            # tier of the lightest block
    int32_t heaviest            # tier of all blocks
    int64_t least               # key that one shipment costs at least, without its units
    int64_t least_unit          # key that one unit costs at least
    int64_t single              # key of the best single shipment of all blocks; INFINITE: none
    int32_t single_i            # its candidate


cdef inline int64_t raw_key(const Problem* problem, int64_t raw) noexcept nogil:
    return INFINITE if raw == COST_NONE else weigh(raw, problem.shipping_weight) << KEY_SHIFT


cdef inline int64_t row_key(
    const Problem* problem, const Scratch* scratch, int32_t row_i, int64_t tier, int64_t weight_g
) noexcept nogil:
    cdef int32_t tariff
    if row_i == problem.n_rows:
        return 0
    if tier < problem.n_tiers:
        return scratch.row_tier[<int64_t>row_i * TIERS_MAX + tier]
    return raw_key(problem, row_raw(problem, row_i, problem.n_tiers, weight_g, &tariff))


cdef inline bint frame_rows(const Problem* problem, Scratch* scratch, const Frame* frame, int64_t limit) noexcept nogil:
    """Keys of every row in every tier that occurs. False when one may be limit or more."""
    cdef int32_t last = frame.heaviest + 1 if frame.heaviest < problem.n_tiers else problem.n_tiers
    cdef int32_t first = frame.lightest if frame.lightest < last else last - 1
    cdef bint fine
    cdef int32_t row_i
    cdef int64_t key
    fine = plan_row_keys(problem.tariff_cost, problem.n_tiers, problem.row_tariffs, problem.n_rows, first, last,
                         problem.shipping_weight, scratch.row_tier, scratch.row_least) < limit
    scratch.row_least[problem.n_rows] = 0
    for row_i in range(problem.n_rows + 1):
        key = row_key(problem, scratch, row_i, frame.heaviest, frame.weight_g)
        fine &= key < limit or key == INFINITE
        scratch.row_full[row_i] = key
    return fine


cdef inline bint candidate_tight(const Problem* problem, int32_t candidate_i, uint32_t cover, int64_t units) noexcept nogil:
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


cdef inline int64_t single_key(const Scratch* scratch, const Frame* frame, int32_t candidate_i) noexcept nogil:
    """Key of all blocks in one shipment; INFINITE or more when the candidate cannot ship them."""
    cdef int64_t key = scratch.base[candidate_i] + scratch.unit[candidate_i] * frame.units
    cdef int64_t short = (scratch.cover[candidate_i] ^ frame.full) | scratch.tight[candidate_i]
    return (key + scratch.row_full[scratch.row_i[candidate_i]]) | (INFINITE & -short)


cdef inline bint frame_candidates(const Problem* problem, Scratch* scratch, Frame* frame, int64_t limit) noexcept nogil:
    """Keys of every candidate and the best single shipment. False when a key may be limit or more."""
    cdef int64_t unit_limit = limit / (frame.units + 1)
    cdef bint fine = True
    cdef const Candidate* candidate
    cdef int32_t candidate_i
    cdef int32_t row_i
    cdef uint32_t cover
    cdef int64_t key
    frame.least = INFINITE
    frame.least_unit = INFINITE
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
        scratch.tight[candidate_i] = 0
        if candidate.units_left < frame.units or problem.n_groups:
            scratch.tight[candidate_i] = candidate_tight(problem, candidate_i, cover, frame.units)
        key = scratch.base[candidate_i] + scratch.row_least[row_i]
        frame.least = key if key < frame.least else frame.least
        key = scratch.unit[candidate_i]
        frame.least_unit = key if key < frame.least_unit else frame.least_unit
    if not fine:
        return False
    for candidate_i in range(problem.n_candidates):
        key = single_key(scratch, frame, candidate_i)
        frame.single_i = candidate_i if key < frame.single else frame.single_i
        frame.single = key if key < frame.single else frame.single
    return True


cdef inline bint frame_open(const Problem* problem, Scratch* scratch, Frame* frame) noexcept nogil:
    """Totals, rows, candidates. False when amounts are beyond the keys (a shipment might reach COST_MAX)."""
    cdef int64_t limit = <int64_t>1 << (48 + KEY_SHIFT)
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
    return frame_rows(problem, scratch, frame, limit) and frame_candidates(problem, scratch, frame, limit)


cdef inline int64_t least_of(const Frame* frame, int64_t parts) noexcept nogil:
    """Key that a plan of so many parts for all blocks costs at least."""
    return parts * frame.least + frame.least_unit * frame.units


cdef inline int32_t king_of(const Problem* problem, const Scratch* scratch, const Frame* frame) noexcept nogil:
    """The candidate with the cheapest single shipment that is not a conflict; -1: none."""
    cdef int64_t least = INFINITE
    cdef int64_t key
    cdef int32_t king_i = -1
    cdef int32_t candidate_i
    if frame.single_i < 0 or not scratch.conflict[frame.single_i]:
        return frame.single_i
    for candidate_i in range(problem.n_candidates):
        key = single_key(scratch, frame, candidate_i)
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
    cdef int64_t least
    cdef int32_t row_i
    cdef int32_t tier
    scratch.row_over[problem.n_rows] = -INFINITE
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
    cdef int64_t room = frame.single - frame.least - frame.least_unit * frame.units
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
    for candidate_i in range(problem.n_candidates):
        row_i = scratch.row_i[candidate_i]
        over = scratch.base[candidate_i] - king_base + scratch.row_over[row_i]
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
        subsets += keep * ((<int64_t>1 << popcount(scratch.cover[candidate_i])) - 1)
    for row_i in range(tight_row + 1):
        count = scratch.row_start[row_i]
        scratch.row_start[row_i] = at
        at += count
    for at in range(n_kept):
        candidate_i = scratch.kept[at]
        row_i = tight_row if scratch.tight[candidate_i] else scratch.row_i[candidate_i]
        scratch.order[scratch.row_start[row_i]] = candidate_i
        scratch.row_start[row_i] += 1
    return subsets


cdef inline void tight_best(const Problem* problem, Scratch* scratch, int32_t candidate_i, int64_t* best) noexcept nogil:
    """plan_subset_best for one candidate where not every subset fits."""
    cdef uint32_t subset = scratch.cover[candidate_i]
    cdef int64_t key
    while subset:
        key = scratch.base[candidate_i] + scratch.unit[candidate_i] * scratch.units[subset]
        key += row_key(problem, scratch, scratch.row_i[candidate_i], scratch.tier[subset], scratch.weight_g[subset])
        if key < best[subset] and subset_fits(problem, candidate_i, subset, scratch.units[subset]):
            best[subset] = key
        subset = (subset - 1) & scratch.cover[candidate_i]


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


cdef inline void row_keys(const Problem* problem, Scratch* scratch, const Frame* frame, int32_t row_i) noexcept nogil:
    """row[]: keys of one tariff row for every subset."""
    cdef int64_t size = subsets_size(frame.n)
    cdef const int64_t* keys = &scratch.row_tier[<int64_t>row_i * TIERS_MAX]
    cdef int64_t subset
    if row_i == problem.n_rows:
        memset(scratch.row, 0, size * sizeof(int64_t))
    elif frame.heaviest < problem.n_tiers:
        for subset in range(size):
            scratch.row[subset] = keys[scratch.tier[subset]]
    else:
        for subset in range(size):
            scratch.row[subset] = row_key(problem, scratch, row_i, scratch.tier[subset], scratch.weight_g[subset])


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
            row_keys(problem, scratch, frame, row_i)
            plan_subset_best(scratch.best, scratch.row, scratch.units, &scratch.order[at],
                             scratch.row_start[row_i] - at, scratch.cover, scratch.base, scratch.unit)
            at = scratch.row_start[row_i]
    while at < scratch.row_start[problem.n_rows + 1]:
        tight_best(problem, scratch, scratch.order[at], scratch.best)
        at += 1


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
        key = scratch.base[candidate_i] + scratch.unit[candidate_i] * scratch.units[subset]
        if key > scratch.best[subset]:
            continue
        key += row_key(problem, scratch, scratch.row_i[candidate_i], scratch.tier[subset], scratch.weight_g[subset])
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


cdef inline void choose_relaxed(const Problem* problem, Scratch* scratch, int32_t level, uint32_t blocks) noexcept nogil:
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
        tight_best(problem, scratch, candidate_i, own)
    else:
        row_keys(problem, scratch, frame, scratch.row_i[candidate_i])
        plan_subset_best(own, scratch.row, scratch.units, &scratch.conflicts[layer - 1], 1, scratch.cover,
                         scratch.base, scratch.unit)
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
