"""The routing kernel: limits, dispatch and memory, and a thin face for tests, benchmarks and the command line."""

from typing import NamedTuple

import numpy as np

cimport cython
from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec

from fastdom._native.plan_careful cimport careful_solve
from fastdom._native.plan_exact cimport EXACT_CAREFUL, EXACT_EFFORT, exact_solve
from fastdom._native.plan_lex cimport lex_solve
from fastdom._native.plan_least cimport Aside, all_may_leave, alone_may_win, better_of, put_aside, total_units
from fastdom._native.plan_parts cimport plan_proven, plan_refused
from fastdom._native.plan_split cimport split_sizes as sizes_of
from fastdom._native.plan_wide cimport wide_solve


cdef Scratch* scratch_new() noexcept nogil:
    cdef Scratch* scratch = <Scratch*>calloc(1, sizeof(Scratch))
    cdef int32_t subset
    cdef int32_t block
    if scratch == NULL:
        return NULL
    for subset in range(SUBSETS_MAX):
        for block in range(BLOCKS_EXACT_MAX):
            if subset >> block & 1 and block < 5:
                scratch.field_first[subset] |= <uint64_t>1 << 12 * (4 - block)
            elif subset >> block & 1:
                scratch.field_last[subset] |= <uint64_t>1 << 12 * (9 - block)
    return scratch


cdef void scratch_free(Scratch* scratch) noexcept nogil:
    free(scratch)


cdef inline bint outside(int64_t value, int64_t least, int64_t most) noexcept nogil:
    return value < least or value > most


cdef PlanField bad_objectives(const Problem* problem) noexcept nogil:
    cdef int32_t component
    if outside(problem.n_cost, 1, OBJECTIVES_MAX) or outside(problem.shipping_objective, 0, problem.n_cost - 1):
        return FIELD_OBJECTIVES
    if outside(problem.shipping_weight, 0, WEIGHT_MAX) or problem.max_shipments < 0 or problem.effort_max < 0:
        return FIELD_OBJECTIVES
    if problem.min_units < 0:
        return FIELD_OBJECTIVES
    for component in range(problem.n_cost):
        if outside(problem.split_penalty[component], 0, COST_MAX):
            return FIELD_OBJECTIVES
    return FIELD_NONE


cdef PlanField bad_blocks(const Problem* problem) noexcept nogil:
    cdef int32_t block
    if outside(problem.n_blocks, 0, BLOCKS_MAX):
        return FIELD_BLOCKS
    for block in range(problem.n_blocks):
        if outside(problem.weight_g[block], 0, WEIGHT_G_MAX) or problem.units[block] < 0:
            return FIELD_BLOCKS
    return FIELD_NONE


cdef PlanField bad_candidates(const Problem* problem) noexcept nogil:
    cdef const Candidate* candidate
    cdef int32_t candidate_i
    cdef int32_t component
    cdef int64_t i
    cdef int64_t bad = 0
    if outside(problem.n_candidates, 0, NODES_MAX) or problem.cover_words != (problem.n_blocks + 63) // 64 + (
        problem.n_blocks == 0
    ):
        return FIELD_CANDIDATES
    for candidate_i in range(problem.n_candidates):
        candidate = &problem.candidates[candidate_i]
        bad |= outside(candidate.row_i, ROW_NONE, problem.n_rows - 1) or candidate.units_left < 0
        for component in range(problem.n_cost):
            bad |= <uint64_t>candidate.fixed[component] > <uint64_t>COST_MAX
            bad |= <uint64_t>candidate.unit_cost[component] > <uint64_t>COST_MAX
    if problem.block_cost != NULL:
        for i in range(<int64_t>problem.n_candidates * problem.n_blocks * problem.n_cost):
            bad |= <uint64_t>problem.block_cost[i] > <uint64_t>COST_MAX
    return FIELD_CANDIDATES if bad else FIELD_NONE


cdef PlanField bad_places(const Problem* problem) noexcept nogil:
    cdef int64_t i
    cdef int64_t bad = 0
    cdef int32_t component
    if problem.place_fixed == NULL or problem.place_unit == NULL:
        return FIELD_TARIFFS
    for i in range(<int64_t>problem.n_rows * ROW_TARIFFS):
        for component in range(problem.n_cost):
            bad |= (problem.row_tariffs[i] != NO_TARIFF) & (
                (<uint64_t>problem.place_fixed[i * problem.n_cost + component] > <uint64_t>COST_MAX)
                | (<uint64_t>problem.place_unit[i * problem.n_cost + component] > <uint64_t>COST_MAX)
            )
    return FIELD_TARIFFS if bad else FIELD_NONE


cdef PlanField bad_tariffs(const Problem* problem) noexcept nogil:
    if outside(problem.n_tiers, 0, TIERS_MAX) or outside(problem.n_rows, 0, NODES_MAX) or problem.step_g < 0:
        return FIELD_TARIFFS
    if problem.n_tiers == 0 and problem.n_rows > 0:
        return FIELD_TARIFFS
    return FIELD_NONE if problem.place_fixed == NULL and problem.place_unit == NULL else bad_places(problem)


cdef PlanField bad_groups(const Problem* problem) noexcept nogil:
    cdef int32_t entry
    if problem.n_groups == 0:
        return FIELD_NONE
    if outside(problem.n_groups, 0, BLOCKS_MAX) or outside(problem.group_start[problem.n_groups], 0, GROUP_ENTRIES_MAX):
        return FIELD_GROUPS
    for entry in range(problem.group_start[problem.n_groups]):
        if outside(problem.group_block[entry], 0, problem.n_blocks - 1) or problem.group_quantity[entry] < 1:
            return FIELD_GROUPS
    return FIELD_NONE


cdef PlanField bad_field(const Problem* problem) noexcept nogil:
    """The first field outside its limits. The tariff table is checked once, where it is loaded."""
    cdef PlanField field = bad_objectives(problem)
    if field == FIELD_NONE:
        field = bad_blocks(problem)
    if field == FIELD_NONE:
        field = bad_tariffs(problem)
    if field == FIELD_NONE:
        field = bad_candidates(problem)
    if field == FIELD_NONE:
        field = bad_groups(problem)
    return field


cdef int search(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil:
    """The status. A valid problem of one block or more; min_exempt_single is not looked at.

    With min_units, a plan of a problem within BLOCKS_EXACT_MAX that the effort allows obeys it; another may not.
    """
    cdef int64_t known[OBJECTIVES_MAX]
    cdef int32_t n_conflicts = 0
    cdef int outcome = EXACT_EFFORT
    plan.lower_bound[0] = VALUE_NONE
    if problem.n_blocks <= BLOCKS_EXACT_MAX:
        if problem.n_cost == 1:
            outcome = exact_solve(problem, scratch, plan, &n_conflicts)
        else:
            outcome = lex_solve(problem, scratch, plan, &n_conflicts)
        if outcome == EXACT_CAREFUL:
            outcome = careful_solve(problem, scratch, plan, &n_conflicts)
        while n_conflicts:
            n_conflicts -= 1
            scratch.conflict[scratch.conflicts[n_conflicts]] = 0
    if outcome == EXACT_EFFORT:
        memcpy(known, plan.lower_bound, sizeof(known))
        wide_solve(problem, scratch, plan, known)
    return plan.status


cdef int search_least(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil:
    """search for a problem with min_units, and with its exemption."""
    cdef Problem alone = problem[0]
    cdef Aside aside
    alone.min_units = 0
    alone.max_shipments = 1
    if total_units(problem) < problem.min_units:
        if problem.min_exempt_single:
            return search(&alone, scratch, plan)
        return plan_refused(problem, plan, PLAN_INFEASIBLE)
    search(problem, scratch, plan)
    if plan.status == PLAN_OK and not all_may_leave(problem, plan):
        plan_refused(problem, plan, PLAN_NOT_FOUND)
    if not alone_may_win(problem, plan):
        return plan.status
    put_aside(problem, scratch, plan, &aside)
    search(&alone, scratch, plan)
    if plan.status == PLAN_OK and not all_may_leave(problem, plan):
        plan_refused(problem, plan, PLAN_NOT_FOUND)
    return better_of(problem, scratch, &aside, plan)


cdef int plan_solve(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil:
    plan.evaluations = 0
    plan.n_parts = 0
    plan.n_uncovered = 0
    plan.bad_field = bad_field(problem)
    if plan.bad_field != FIELD_NONE:
        plan.status = PLAN_BAD_INPUT
        return PLAN_BAD_INPUT
    if problem.n_blocks == 0:
        return plan_proven(problem, plan)
    return search_least(problem, scratch, plan) if problem.min_units else search(problem, scratch, plan)


class PlanPart(NamedTuple):
    """One shipment of a plan."""

    candidate_i: int
    blocks: tuple
    tariff_i: int
    weight_g: int
    units: int
    cost: tuple


class PlanResult(NamedTuple):
    """A plan as Python values; see plan.pxd for the meaning of each field."""

    status: int
    optimality: int
    cost: tuple
    lower_bound: tuple
    parts: tuple
    uncovered: tuple
    evaluations: int
    bad_field: int


cdef tuple vector(const int64_t* values, int32_t n):
    return tuple([values[i] for i in range(n)])


@cython.final
cdef class PlanProblem:
    """One problem in the kernel's arrays, made once from Python sequences. See plan.pyi."""

    cdef Problem c
    cdef int64_t[::1] weight_g
    cdef int32_t[::1] units
    cdef uint64_t[::1] cover
    cdef int64_t[::1] breakpoints_g
    cdef int64_t[::1] tariff_cost
    cdef int64_t[::1] tariff_step_cost
    cdef uint16_t[::1] row_tariffs
    cdef int32_t[::1] group_start
    cdef int32_t[::1] group_block
    cdef int32_t[::1] group_quantity
    cdef int32_t[::1] group_available
    cdef int64_t[::1] block_cost
    cdef int64_t[::1] place_fixed
    cdef int64_t[::1] place_unit
    cdef Candidate* candidates

    def __cinit__(self):
        self.candidates = NULL

    def __dealloc__(self):
        free(self.candidates)

    def __init__(
        self, *, weight_g, units, cover, fixed, unit_cost, row_i, units_left, breakpoints_g, step_g, tariff_cost,
        tariff_step_cost, rows, groups=(), split_penalty=(0,), shipping_objective=0, shipping_weight=1024,
        max_shipments=0, allow_partial=False, effort_max=0, block_cost=None, place_fixed=None, place_unit=None,
        min_units=0, min_exempt_single=False,
    ):
        self._blocks(weight_g, units)
        self._tariffs(breakpoints_g, step_g, tariff_cost, tariff_step_cost, rows)
        self.c.n_cost = len(split_penalty)
        if self.c.n_cost > OBJECTIVES_MAX:
            raise ValueError(f"split_penalty: at most {OBJECTIVES_MAX} components, not {self.c.n_cost}")
        for i in range(self.c.n_cost):
            self.c.split_penalty[i] = split_penalty[i]
        self._candidates(cover, fixed, unit_cost, row_i, units_left)
        self._groups(groups)
        self._block_cost(block_cost)
        self._places(place_fixed, place_unit, [len(row) for row in rows])
        self.c.shipping_objective = shipping_objective
        self.c.shipping_weight = shipping_weight
        self.c.max_shipments = max_shipments
        self.c.allow_partial = allow_partial
        self.c.effort_max = effort_max
        self.c.min_units = min_units
        self.c.min_exempt_single = min_exempt_single

    cdef int _blocks(self, weight_g, units) except -1:
        if len(units) != len(weight_g):
            raise ValueError(f"units: {len(weight_g)} entries expected, not {len(units)}")
        self.c.n_blocks = len(weight_g)
        self.weight_g = padded(weight_g, np.int64)
        self.units = padded(units, np.int32)
        self.c.weight_g = &self.weight_g[0]
        self.c.units = &self.units[0]
        return 0

    cdef int _tariffs(self, breakpoints_g, step_g, tariff_cost, tariff_step_cost, rows) except -1:
        if any(len(costs) != len(breakpoints_g) for costs in tariff_cost):
            raise ValueError(f"tariff_cost: {len(breakpoints_g)} tiers expected in each tariff")
        if len(tariff_step_cost) != len(tariff_cost):
            raise ValueError(f"tariff_step_cost: {len(tariff_cost)} entries expected, not {len(tariff_step_cost)}")
        flat = []
        for row in rows:
            if len(row) > ROW_TARIFFS or any(not 0 <= tariff < len(tariff_cost) for tariff in row):
                raise ValueError(f"rows: at most {ROW_TARIFFS} known tariffs in a row, not {row}")
            flat.extend(list(row) + [NO_TARIFF] * (ROW_TARIFFS - len(row)))
        self.c.n_tiers = len(breakpoints_g)
        self.c.n_rows = len(rows)
        self.c.step_g = step_g
        self.breakpoints_g = padded(breakpoints_g, np.int64)
        self.tariff_cost = padded([cost for costs in tariff_cost for cost in costs], np.int64)
        self.tariff_step_cost = padded(tariff_step_cost, np.int64)
        self.row_tariffs = padded(flat, np.uint16)
        self.c.breakpoints_g = &self.breakpoints_g[0]
        self.c.tariff_cost = &self.tariff_cost[0]
        self.c.tariff_step_cost = &self.tariff_step_cost[0]
        self.c.row_tariffs = &self.row_tariffs[0]
        return 0

    cdef int _candidates(self, cover, fixed, unit_cost, row_i, units_left) except -1:
        for name, values in (("fixed", fixed), ("unit_cost", unit_cost), ("row_i", row_i), ("units_left", units_left)):
            if len(values) != len(cover):
                raise ValueError(f"{name}: {len(cover)} candidates expected, not {len(values)}")
        self.c.n_candidates = len(cover)
        self.c.cover_words = max(1, (self.c.n_blocks + 63) // 64)
        words = self.c.cover_words
        self.cover = padded([mask >> 64 * word & (2**64 - 1) for mask in cover for word in range(words)], np.uint64)
        self.c.cover = &self.cover[0]
        self.candidates = <Candidate*>calloc(len(cover) + 1, sizeof(Candidate))
        if self.candidates == NULL:
            raise MemoryError
        for i in range(self.c.n_candidates):
            self.candidates[i].row_i = row_i[i]
            self.candidates[i].units_left = units_left[i]
            for j in range(self.c.n_cost):
                self.candidates[i].fixed[j] = fixed[i][j]
                self.candidates[i].unit_cost[j] = unit_cost[i][j]
        self.c.candidates = self.candidates
        return 0

    cdef int _groups(self, groups) except -1:
        start = [0]
        block = []
        quantity = []
        available = []
        for demand, stock in groups:
            if len(stock) != self.c.n_candidates:
                raise ValueError(f"groups: {self.c.n_candidates} availabilities expected, not {len(stock)}")
            block.extend(demand.keys())
            quantity.extend(demand.values())
            start.append(len(block))
            available.extend(stock)
        self.c.n_groups = len(groups)
        self.group_start = padded(start, np.int32)
        self.group_block = padded(block, np.int32)
        self.group_quantity = padded(quantity, np.int32)
        self.group_available = padded(available, np.int32)
        self.c.group_start = &self.group_start[0]
        self.c.group_block = &self.group_block[0]
        self.c.group_quantity = &self.group_quantity[0]
        self.c.group_available = &self.group_available[0]
        return 0

    cdef int _block_cost(self, block_cost) except -1:
        self.c.block_cost = NULL
        if block_cost is None:
            return 0
        shape = (self.c.n_candidates, self.c.n_blocks, self.c.n_cost)
        try:
            costs = np.array(block_cost, np.int64)
        except ValueError:
            raise ValueError(f"block_cost: an array {shape} of integers expected") from None
        if costs.shape != shape and not (costs.size == 0 and 0 in shape):
            raise ValueError(f"block_cost: an array {shape} expected, not {costs.shape}")
        self.block_cost = padded(costs.ravel(), np.int64)
        self.c.block_cost = &self.block_cost[0]
        return 0

    cdef int _places(self, place_fixed, place_unit, lengths) except -1:
        self.c.place_fixed = NULL
        self.c.place_unit = NULL
        if place_fixed is None and place_unit is None:
            return 0
        if place_fixed is None or place_unit is None:
            raise ValueError("place_unit: place_fixed and place_unit are given together")
        self.place_fixed = place_costs("place_fixed", place_fixed, lengths, self.c.n_cost)
        self.place_unit = place_costs("place_unit", place_unit, lengths, self.c.n_cost)
        self.c.place_fixed = &self.place_fixed[0]
        self.c.place_unit = &self.place_unit[0]
        return 0


cdef object place_costs(object name, object costs, list lengths, int n_cost):
    """[row][place][component] in the kernel's order, 0 in empty places."""
    flat = np.zeros((len(lengths) * ROW_TARIFFS + 1, n_cost), np.int64)
    if len(costs) != len(lengths):
        raise ValueError(f"{name}: {len(lengths)} rows expected, not {len(costs)}")
    for row_i, places in enumerate(costs):
        if len(places) != lengths[row_i] or any([len(vector) != n_cost for vector in places]):
            raise ValueError(f"{name}: {lengths[row_i]} places of {n_cost} components expected in row {row_i}")
        for place, vector in enumerate(places):
            flat[row_i * ROW_TARIFFS + place] = vector
    return flat.ravel()


cdef object padded(object values, object dtype):
    """Array of the values with one more entry, so that even an empty one has an address."""
    return np.array([*values, 0], dtype=dtype)


cdef int64_t candidates_sum(const Problem* problem) noexcept nogil:
    """Touch every candidate."""
    cdef int64_t total = 0
    cdef int32_t i
    for i in range(problem.n_candidates):
        total += problem.candidates[i].fixed[0] + problem.candidates[i].row_i
    for i in range(problem.n_candidates * problem.cover_words):
        total += problem.cover[i]
    for i in range(problem.n_rows * ROW_TARIFFS):
        total += problem.row_tariffs[i]
    return total


@cython.final
cdef class PlanScratch:
    """Working memory of one caller, and the face of the kernel."""

    cdef Scratch* scratch
    cdef Plan* plan

    def __cinit__(self):
        self.scratch = scratch_new()
        self.plan = <Plan*>calloc(1, sizeof(Plan))
        if self.scratch == NULL or self.plan == NULL:
            raise MemoryError

    def __dealloc__(self):
        scratch_free(self.scratch)
        free(self.plan)

    def solve(self, PlanProblem problem not None):
        """Plan one problem."""
        with nogil:
            plan_solve(&problem.c, self.scratch, self.plan)
        return self._result(&problem.c)

    cdef object _result(self, const Problem* problem):
        cdef Plan* plan = self.plan
        n_cost = problem.n_cost if plan.status == PLAN_OK else 0
        blocks = problem.n_blocks if plan.status == PLAN_OK else 0
        members = [[] for part in range(plan.n_parts)]
        for block in range(blocks):
            if plan.block_part[block] >= 0:
                members[plan.block_part[block]].append(block)
        parts = tuple([
            PlanPart(plan.part_candidate[i], tuple(members[i]), plan.part_tariff[i], plan.part_weight_g[i],
                     plan.part_units[i], vector(plan.part_cost[i], n_cost))
            for i in range(plan.n_parts)
        ])
        uncovered = ()
        if plan.status != PLAN_BAD_INPUT:
            uncovered = tuple([i for i in range(problem.n_blocks) if plan.uncovered[i >> 6] >> (i & 63) & 1])
        return PlanResult(plan.status, plan.optimality if n_cost else OPTIMALITY_HEURISTIC, vector(plan.cost, n_cost),
                          vector(plan.lower_bound, n_cost), parts, uncovered, plan.evaluations, plan.bad_field)

    def measure(self, problems, int passes):
        """Nanoseconds of each call, kernel only: array [passes, problems]. For benchmarks.

        The candidates are read once before the clock starts, because a caller has just written them.
        """
        cdef Py_ssize_t n = len(problems)
        cdef list items = list(problems)
        cdef int64_t[:, ::1] taken = np.zeros((passes, n), np.int64)
        cdef uint64_t[::1] address = np.array([<size_t>&(<PlanProblem?>item).c for item in items] + [0], np.uint64)
        cdef timespec start
        cdef timespec end
        cdef Py_ssize_t i
        cdef int pass_i
        cdef int64_t warm_i = 0
        cdef const Problem* problem
        with nogil:
            for pass_i in range(passes):
                for i in range(n):
                    problem = <const Problem*><size_t>address[i]
                    warm_i += candidates_sum(problem)
                    clock_gettime(CLOCK_MONOTONIC, &start)
                    plan_solve(problem, self.scratch, self.plan)
                    clock_gettime(CLOCK_MONOTONIC, &end)
                    taken[pass_i, i] = (end.tv_sec - start.tv_sec) * 1_000_000_000 + end.tv_nsec - start.tv_nsec
        self.plan.evaluations = warm_i
        return np.asarray(taken)


def solve(problem, scratch=None):
    """Plan one problem given as a PlanProblem or as a mapping of its fields."""
    if not isinstance(problem, PlanProblem):
        problem = PlanProblem(**problem)
    return (scratch or PlanScratch()).solve(problem)


def split_sizes(int quantity, available, int blocks_max):
    """Sizes of the blocks of a line that may be split, as a tuple; see plan_split.pxd."""
    if quantity < 1 or not 1 <= blocks_max <= BLOCKS_MAX:
        raise ValueError(f"quantity at least 1 and blocks_max 1 to {BLOCKS_MAX} expected, not {quantity}, {blocks_max}")
    cdef int32_t[::1] units = padded(available, np.int32)
    cdef int32_t[::1] sizes = np.zeros(blocks_max, np.int32)
    count = sizes_of(quantity, &units[0], len(available), blocks_max, &sizes[0])
    return tuple([sizes[i] for i in range(count)])
