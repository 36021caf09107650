"""Costs of carrier services in the exact searches: which places of a row matter, and the row's key of every subset.

Keys are those of component 0. The least cost per unit over the places of a row (`row_unit`) goes to its candidates, as
if it were theirs; what a place's exceeds it by stays with the place (`place_more`). Where all places of a row cost the
same per unit, nothing stays. Only called when place_fixed is given; a problem without runs none of this.
"""

from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t

from fastdom._native.plan cimport COST_NONE, NO_TARIFF, ROW_TARIFFS, TIERS_MAX, Problem, Scratch
from fastdom._native.plan_cost cimport tariff_raw, weigh


cdef extern from "plan_places.h":
    const int64_t INFINITE "PLAN_INFINITE"
    int64_t plan_place_keys(const int64_t* costs, int64_t n_tiers, const uint16_t* row_tariffs, int32_t n_rows,
                            int64_t first, int64_t last, int64_t weight, const int64_t* fixed, const int64_t* unit,
                            int32_t n_cost, int32_t shipping, int64_t least_units, int64_t most_units,
                            int64_t heaviest, int64_t* keys, int64_t* more, int64_t* row_unit, int64_t* row_tier,
                            int64_t* row_least, int64_t* row_full) noexcept nogil
    void plan_place_rows(const int64_t* keys, const int64_t* more, int64_t n_tiers, int64_t first, int64_t last,
                         int64_t least_units, int64_t most_units, const int64_t* tier, const int64_t* units,
                         uint32_t cover, int64_t* row) noexcept nogil


cdef enum:
    PLACE_SHIFT = 4             # KEY_SHIFT of plan_frame.pxd


cdef inline int32_t least_block_units(const Problem* problem) noexcept nogil:
    """Units of the smallest block: no shipment has fewer."""
    cdef int32_t least = problem.units[0]
    cdef int32_t block
    for block in range(1, problem.n_blocks):
        least = problem.units[block] if problem.units[block] < least else least
    return least


cdef inline bint units_below(const Problem* problem, int64_t limit) noexcept nogil:
    """Whether the key of every place's cost per unit in component 0 is below the limit."""
    cdef int64_t place
    cdef bint fine = True
    for place in range(<int64_t>problem.n_rows * ROW_TARIFFS):
        fine &= (problem.row_tariffs[place] == NO_TARIFF) | (
            problem.place_unit[place * problem.n_cost] < limit >> PLACE_SHIFT
        )
    return fine


cdef inline int64_t place_keys(
    const Problem* problem, Scratch* scratch, int64_t first, int64_t last, int64_t most_units, int64_t heaviest
) noexcept nogil:
    """Keys of every place in the tiers first .. last - 1 at least, and the rows' own; all finite ones, or'ed."""
    scratch.row_unit[problem.n_rows] = 0
    scratch.least_units = least_block_units(problem)
    return plan_place_keys(
        problem.tariff_cost, problem.n_tiers, problem.row_tariffs, problem.n_rows, first, last,
        problem.shipping_weight, problem.place_fixed, problem.place_unit, problem.n_cost, problem.shipping_objective,
        scratch.least_units, most_units, heaviest, scratch.place_tier, scratch.place_more, scratch.row_unit,
        scratch.row_tier, scratch.row_least, scratch.row_full,
    )


cdef inline int64_t place_carriage(
    const Problem* problem, const Scratch* scratch, int64_t place, int64_t tier, int64_t weight_g
) noexcept nogil:
    """Key of tariff and place_fixed in the component of shipping; INFINITE: not carried.

    place = row * ROW_TARIFFS + place in the row; it is not empty.
    """
    cdef int64_t raw
    if tier < problem.n_tiers:
        return scratch.place_tier[place * TIERS_MAX + tier]
    raw = tariff_raw(problem, problem.row_tariffs[place], problem.n_tiers, weight_g)
    if raw == COST_NONE:
        return INFINITE
    raw = weigh(raw, problem.shipping_weight)
    return (raw + problem.place_fixed[place * problem.n_cost + problem.shipping_objective]) << PLACE_SHIFT


cdef inline int64_t place_tier_key(
    const Problem* problem, const Scratch* scratch, int64_t place, int64_t tier, int64_t weight_g
) noexcept nogil:
    """Key of one place in component 0 without its units; INFINITE: not carried."""
    cdef int64_t key = place_carriage(problem, scratch, place, tier, weight_g)
    if problem.shipping_objective and key < INFINITE:
        key = problem.place_fixed[place * problem.n_cost] << PLACE_SHIFT
    return key


cdef inline int64_t place_key(
    const Problem* problem, const Scratch* scratch, int32_t row_i, int64_t tier, int64_t weight_g, int64_t units
) noexcept nogil:
    """Key of a row in component 0, without row_unit; INFINITE: not carried."""
    cdef int64_t least = INFINITE
    cdef int64_t key
    cdef int32_t place
    for place in range(ROW_TARIFFS):
        if problem.row_tariffs[<int64_t>row_i * ROW_TARIFFS + place] != NO_TARIFF:
            key = place_tier_key(problem, scratch, <int64_t>row_i * ROW_TARIFFS + place, tier, weight_g)
            if key < INFINITE:
                key += scratch.place_more[row_i * ROW_TARIFFS + place] * units
                least = key if key < least else least
    return least


cdef inline void place_rows(
    const Problem* problem, Scratch* scratch, int32_t row_i, int64_t first, int64_t last, int64_t most_units,
    uint32_t cover
) noexcept nogil:
    """row[]: keys of one row for the subsets of the cover, none heavier than the grid. One cost component."""
    plan_place_rows(&scratch.place_tier[<int64_t>row_i * ROW_TARIFFS * TIERS_MAX],
                    &scratch.place_more[row_i * ROW_TARIFFS], problem.n_tiers, first, last, scratch.least_units,
                    most_units, scratch.tier, scratch.units, cover, scratch.row)


cdef inline void place_most(
    const Problem* problem, const Scratch* scratch, int32_t row_i, int64_t first, int64_t last, int64_t most_units,
    int64_t* most
) noexcept nogil:
    """most[tier]: at least the row's key of every shipment in the tier, for the tiers first .. last - 1."""
    cdef int64_t tier
    for tier in range(first, last):
        most[tier] = place_key(problem, scratch, row_i, tier, 0, most_units)
