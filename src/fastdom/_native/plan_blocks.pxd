"""Costs by candidate and block (block_cost) in the exact searches: as keys, as sums over the subsets of one candidate.

Only called when block_cost is given; a problem without it runs none of this.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t

from fastdom._native.plan cimport BLOCK_LANES, SUBSETS_MAX, Problem, Scratch
from fastdom._native.plan_parts cimport lowest_bit


cdef extern from "plan_subsets.h":
    const int64_t INFINITE "PLAN_INFINITE"
    int64_t plan_block_keys(const int64_t* costs, int32_t n, int32_t n_candidates, const uint32_t* cover,
                            const int64_t* unit, const int64_t* units, int64_t* keys, int64_t* sums,
                            int64_t* least) noexcept nogil
    void plan_block_over(const int64_t* keys, int32_t n, int32_t n_candidates, const uint32_t* cover, int32_t king,
                         int64_t* over) noexcept nogil
    void plan_subset_sums(const int64_t* per_block, int32_t n, int64_t* sums) noexcept nogil


cdef inline int64_t block_keys(const Problem* problem, Scratch* scratch, int64_t* least) noexcept nogil:
    """block_key[] and all_key[] from cover[] and unit[]; least: what the covered blocks cost together at least.

    Returns a bound on every cost of a covered block: their bits together. One cost component.
    """
    cdef int64_t units[BLOCK_LANES]
    cdef int64_t least_keys[BLOCK_LANES]
    cdef int64_t bits
    cdef int32_t block
    for block in range(BLOCK_LANES):
        units[block] = problem.units[block] if block < problem.n_blocks else 0
    bits = plan_block_keys(problem.block_cost, problem.n_blocks, problem.n_candidates, scratch.cover, scratch.unit,
                           units, scratch.block_key, scratch.all_key, least_keys)
    least[0] = 0
    for block in range(problem.n_blocks):
        least[0] += least_keys[block] if least_keys[block] < INFINITE else 0
    return bits


cdef inline void blocks_over(const Problem* problem, Scratch* scratch, int32_t king_i) noexcept nogil:
    """over_key[] against the king, who covers every block."""
    plan_block_over(scratch.block_key, problem.n_blocks, problem.n_candidates, scratch.cover, king_i, scratch.over_key)


cdef inline int64_t blocks_key(const Scratch* scratch, int32_t candidate_i, uint32_t subset) noexcept nogil:
    """Key of the subset's units and block costs."""
    cdef int64_t key = 0
    while subset:
        key += scratch.block_key[candidate_i * BLOCK_LANES + lowest_bit(subset)]
        subset &= subset - 1
    return key


cdef inline void cost_sums(const Problem* problem, Scratch* scratch, int32_t candidate_i) noexcept nogil:
    """block_sum[component, subset]: block costs of every subset, at most 10 * COST_MAX."""
    cdef const int64_t* costs = problem.block_cost + <int64_t>candidate_i * problem.n_blocks * problem.n_cost
    cdef int64_t per_block[BLOCK_LANES]
    cdef int32_t component
    cdef int32_t block
    for component in range(problem.n_cost):
        for block in range(problem.n_blocks):
            per_block[block] = costs[block * problem.n_cost + component]
        plan_subset_sums(per_block, problem.n_blocks, &scratch.block_sum[component * SUBSETS_MAX])
