"""Which subsets may leave together, for all subsets at once: capacity in units, shared SKUs, the least shipment.

What a subset needs of a shared SKU does not depend on the candidate, so it is summed once; a candidate then costs one
comparison per subset and group. The test of one subset alone is subset_fits in plan_parts.pxd.
"""

from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint32_t

from fastdom._native.plan cimport BLOCK_LANES, GROUPS_AT_ONCE, SUBSETS_MAX, Problem, Scratch


cdef extern from "plan_subsets.h":
    void plan_subset_sums(const int64_t* per_block, int32_t n, int64_t* sums) noexcept nogil
    void plan_subset_needs(int64_t* sums, int64_t size) noexcept nogil
    void plan_subset_limit(int64_t* row, const int64_t* need, int64_t size, int64_t limit) noexcept nogil
    void plan_subset_floor(int64_t* best, const int64_t* units, int64_t size, int64_t least) noexcept nogil


cdef inline void group_needs(const Problem* problem, Scratch* scratch, int32_t group, int64_t size) noexcept nogil:
    """group_need[] of one group."""
    cdef int64_t* need = &scratch.group_need[(group if group < GROUPS_AT_ONCE else GROUPS_AT_ONCE) * SUBSETS_MAX]
    cdef int64_t per_block[BLOCK_LANES]
    cdef int32_t block
    cdef int32_t entry
    for block in range(problem.n_blocks):
        per_block[block] = 0
    for entry in range(problem.group_start[group], problem.group_start[group + 1]):
        per_block[problem.group_block[entry]] = problem.group_quantity[entry] + (<int64_t>1 << 40)
    plan_subset_sums(per_block, problem.n_blocks, need)
    plan_subset_needs(need, size)


cdef inline void all_needs(const Problem* problem, Scratch* scratch, int64_t size) noexcept nogil:
    """group_need[] of the first GROUPS_AT_ONCE groups."""
    cdef int32_t group
    for group in range(problem.n_groups if problem.n_groups < GROUPS_AT_ONCE else GROUPS_AT_ONCE):
        group_needs(problem, scratch, group, size)


cdef inline void forbid_subsets(
    const Problem* problem, Scratch* scratch, int32_t candidate_i, int64_t size
) noexcept nogil:
    """row[S] becomes infinite where S, a part of its cover, does not fit at the candidate."""
    cdef uint32_t cover = scratch.cover[candidate_i]
    cdef const int64_t* need
    cdef int32_t left = problem.candidates[candidate_i].units_left
    cdef int32_t group
    if scratch.units[cover] > left and left != INT32_MAX:
        plan_subset_limit(scratch.row, scratch.units, size, left)
    for group in range(problem.n_groups):
        if group >= GROUPS_AT_ONCE:
            group_needs(problem, scratch, group, size)
        need = &scratch.group_need[(group if group < GROUPS_AT_ONCE else GROUPS_AT_ONCE) * SUBSETS_MAX]
        left = problem.group_available[<int64_t>group * problem.n_candidates + candidate_i]
        if need[cover] > left:
            plan_subset_limit(scratch.row, need, size, left)


cdef inline void forbid_small(
    const Problem* problem, const Scratch* scratch, int64_t* best, int64_t size
) noexcept nogil:
    """best[S] becomes infinite where S has fewer units than a shipment must."""
    if problem.min_units:
        plan_subset_floor(best, scratch.units, size, problem.min_units)
