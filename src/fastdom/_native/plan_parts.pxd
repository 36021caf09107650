"""From an assignment of blocks to a whole Plan, and the test whether blocks fit together at a candidate."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from fastdom._native.plan cimport OPTIMALITY_PROVEN, PLAN_INFEASIBLE, PLAN_OK, Plan, Problem
from fastdom._native.plan_cost cimport add_block_cost, cost_close, cost_open, units_fit


cdef extern from "plan_subsets.h":
    int popcount "plan_bits"(uint32_t) noexcept nogil

cdef extern from *:
    int lowest_bit "__builtin_ctz"(unsigned int) noexcept nogil
    int lowest_bit64 "__builtin_ctzll"(unsigned long long) noexcept nogil


cdef inline bint subset_fits(
    const Problem* problem, int32_t candidate_i, uint32_t subset, int64_t units
) noexcept nogil:
    """Whether at most 32 blocks, each available alone, are available together at the candidate."""
    cdef int32_t group
    cdef int32_t entry
    cdef int32_t members
    cdef int64_t needed
    if not units_fit(&problem.candidates[candidate_i], units):
        return False
    if problem.n_groups == 0 or subset & (subset - 1) == 0:
        return True
    for group in range(problem.n_groups):
        needed = 0
        members = 0
        for entry in range(problem.group_start[group], problem.group_start[group + 1]):
            if subset >> problem.group_block[entry] & 1:
                needed += problem.group_quantity[entry]
                members += 1
        if members > 1 and needed > problem.group_available[<int64_t>group * problem.n_candidates + candidate_i]:
            return False
    return True


cdef inline void plan_parts(const Problem* problem, Plan* plan) noexcept nogil:
    """Derive everything from n_parts, part_candidate[] and block_part[]. Every part can be shipped."""
    cdef int32_t block
    cdef int32_t part
    cdef int32_t component
    for part in range(plan.n_parts):
        plan.part_weight_g[part] = 0
        plan.part_units[part] = 0
        plan.part_mask[part] = 0
    for block in range(problem.cover_words):
        plan.uncovered[block] = 0
    plan.n_uncovered = 0
    for block in range(problem.n_blocks):
        part = plan.block_part[block]
        if part < 0:
            plan.uncovered[block >> 6] |= <uint64_t>1 << (block & 63)
            plan.n_uncovered += 1
            continue
        plan.part_weight_g[part] += problem.weight_g[block]
        plan.part_units[part] += problem.units[block]
        if problem.n_blocks <= 64:
            plan.part_mask[part] |= <uint64_t>1 << block
    for component in range(problem.n_cost):
        plan.cost[component] = problem.split_penalty[component] * (plan.n_parts - 1 if plan.n_parts else 0)
    for part in range(plan.n_parts):
        cost_open(problem, plan.part_candidate[part], plan.part_weight_g[part], plan.part_units[part],
                  plan.part_cost[part], &plan.part_tariff[part])
    if problem.block_cost != NULL:
        for block in range(problem.n_blocks):
            part = plan.block_part[block]
            if part >= 0:
                add_block_cost(problem, plan.part_candidate[part], block, plan.part_cost[part])
    for part in range(plan.n_parts):
        cost_close(problem, plan.part_candidate[part], plan.part_weight_g[part], plan.part_units[part],
                   plan.part_cost[part], &plan.part_tariff[part])
        for component in range(problem.n_cost):
            plan.cost[component] += plan.part_cost[part][component]
    plan.status = PLAN_OK


cdef inline int plan_proven(const Problem* problem, Plan* plan) noexcept nogil:
    """Finish a plan that no other beats."""
    cdef int32_t component
    plan_parts(problem, plan)
    plan.optimality = OPTIMALITY_PROVEN
    for component in range(problem.n_cost):
        plan.lower_bound[component] = plan.cost[component]
    return PLAN_OK


cdef inline int plan_refused(const Problem* problem, Plan* plan, int status) noexcept nogil:
    """Finish without a plan; uncovered tells the blocks that no candidate has at all."""
    cdef uint64_t have
    cdef uint64_t wanted
    cdef int32_t word
    cdef int32_t candidate_i
    plan.status = status
    plan.n_parts = 0
    plan.n_uncovered = 0
    for word in range(problem.cover_words):
        have = 0
        for candidate_i in range(problem.n_candidates):
            have |= problem.cover[<int64_t>candidate_i * problem.cover_words + word]
        wanted = ~<uint64_t>0
        if word == problem.cover_words - 1 and problem.n_blocks < 64 * problem.cover_words:
            wanted = (<uint64_t>1 << (problem.n_blocks & 63)) - 1
        plan.uncovered[word] = wanted & ~have
        plan.n_uncovered += popcount(<uint32_t>plan.uncovered[word])
        plan.n_uncovered += popcount(<uint32_t>(plan.uncovered[word] >> 32))
    return status
