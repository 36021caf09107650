"""Orders beyond the exact search over subsets: the best plan, proven, or a plan and how far from the best it can be.

Where tariffs do not step, costs add up, and the set of candidates is searched (plan_dual_sites.pxd). Else:

1. Prices of the blocks are raised until the bound (plan_dual_bound.pxd) stops rising.
2. The search (plan_dual_search.pxd) looks for plans within a limit just above the bound. When it ends without one, that
   limit is a bound too, and the search starts again with a wider one; when it ends with a plan, the plan is the best.
3. When the evaluations are used up, the last limit that held, or the least cost that the first shipment still allowed,
   is the bound.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.plan cimport COST_MAX, Plan, Problem, Scratch
from fastdom._native.plan_dual_bound cimport drop_dear, effort_relax, prices_of, raise_prices, relax
from fastdom._native.plan_dual_frame cimport dual_open
from fastdom._native.plan_dual_memory cimport Dual, DualLevel
from fastdom._native.plan_dual_search cimport search
from fastdom._native.plan_dual_sites cimport sites_fit, solve_sites


cdef enum DualOutcome:
    DUAL_DONE = 0               # dual.best is the best plan
    DUAL_NONE = 1               # proven: no plan serves every block that a candidate has
    DUAL_BOUND = 2              # the bound holds; dual.best_cost tells whether there is a plan
    DUAL_UNFIT = 3              # not a problem for this search


cdef enum:
    PRICE_ROUNDS = 8            # steps of the prices over the candidates that seem to matter
    LIMIT_ROUNDS = 6            # further steps under each limit
    ASSUMED_BITS = 4            # "seem to matter": within 1/16 of the bound
    FAR_BLOCKS = 16             # with more blocks, a search whose effort is bounded does not end where
    FAR_BITS = 3                # the bound is an eighth below the plan
    WIDTH_BITS = 7              # the first limit is 1/128 above the bound
    DUAL_EVALUATIONS_MAX = 20000000  # when effort_max is 0: about 60 ms
    NO_LIMIT_BITS = 8           # no plan costs COST_MAX << 8


cdef inline uint64_t all_alive(const Problem* problem, Dual* dual) noexcept nogil:
    """Every candidate that may ship a block; returns the blocks they may ship."""
    cdef DualLevel* level = &dual.level[0]
    cdef uint64_t have = 0
    cdef int32_t candidate_i
    level.n_alive = 0
    for candidate_i in range(problem.n_candidates):
        if dual.cover[candidate_i] == 0 or (problem.max_shipments == 1 and dual.cover[candidate_i] != dual.wanted):
            continue
        level.alive[level.n_alive] = candidate_i
        level.cover[level.n_alive] = dual.cover[candidate_i]
        level.n_alive += 1
        have |= dual.cover[candidate_i]
    return have


cdef inline void keep_alive(Dual* dual) noexcept nogil:
    """Those that are alive are all that a search looks at: site[]."""
    cdef const DualLevel* level = &dual.level[0]
    dual.n_sites = level.n_alive
    memcpy(dual.site, level.alive, level.n_alive * sizeof(level.alive[0]))


cdef inline void kept_alive(Dual* dual) noexcept nogil:
    """The candidates of keep_alive."""
    cdef DualLevel* level = &dual.level[0]
    cdef int32_t i
    level.n_alive = dual.n_sites
    for i in range(dual.n_sites):
        level.alive[i] = dual.site[i]
        level.cover[i] = dual.cover[dual.site[i]]


cdef inline int64_t first_bound(const Problem* problem, Dual* dual, Plan* plan, int64_t most) noexcept nogil:
    """Prices from a few steps, and their bound on plans up to `most`, both coarse; -1: no effort left for one.

    Keeps the candidates that such plans may use.
    """
    cdef DualLevel* level = &dual.level[0]
    cdef int64_t assumed
    cdef int64_t bound
    all_alive(problem, dual)
    bound = raise_prices(dual, plan, level, dual.wanted, 2, most)
    if bound < 0:
        return -1
    keep_alive(dual)
    assumed = min(bound + (bound >> ASSUMED_BITS), most)
    if raise_prices(dual, plan, level, dual.wanted, PRICE_ROUNDS, assumed) > assumed and assumed < most:
        kept_alive(dual)
        raise_prices(dual, plan, level, dual.wanted, PRICE_ROUNDS, most)
    kept_alive(dual)
    plan.evaluations += effort_relax(dual, level)
    if not relax(dual, level, dual.wanted, &bound):
        return -1
    drop_dear(level, most - prices_of(dual, dual.wanted))
    keep_alive(dual)
    return bound


cdef inline void search_within(
    const Problem* problem, Scratch* scratch, Dual* dual, Plan* plan, int64_t limit
) noexcept nogil:
    """Look for the best plan that costs no more than the limit, in micros."""
    cdef DualLevel* level = &dual.level[0]
    dual.limit = limit
    dual.incomplete = False
    dual.reached = -1
    kept_alive(dual)
    if raise_prices(dual, plan, level, dual.wanted, LIMIT_ROUNDS, limit >> dual.shift) <= limit >> dual.shift:
        search(problem, scratch, dual, plan, 0, -1, dual.wanted, 0)


cdef inline int64_t limit_of(const Dual* dual, int64_t bound, int64_t width) noexcept nogil:
    return COST_MAX << NO_LIMIT_BITS if width > bound << 4 else ((bound + width) << dual.shift) - 1


cdef inline int64_t reached_bound(const Dual* dual, int64_t limit) noexcept nogil:
    """What a search that was cut short under the limit has proven; micros."""
    cdef const DualLevel* level = &dual.level[0]
    cdef int64_t bound
    if dual.reached < 0:
        return 0
    bound = prices_of(dual, dual.wanted) + level.least[level.branch[dual.reached]]
    bound = bound << dual.shift if bound > 0 else 0
    bound = bound if bound <= limit else limit + 1
    return bound if dual.best_cost < 0 or bound < dual.best_cost else dual.best_cost


cdef inline void probe(const Problem* problem, Scratch* scratch, Dual* dual, Plan* plan, int64_t bound) noexcept nogil:
    """Spend the rest of the effort on some plan, within ever wider limits."""
    cdef int64_t effort_max = dual.effort_max
    cdef int64_t width = bound >> 4
    while dual.best_cost < 0 and plan.evaluations < effort_max:
        dual.effort_max = plan.evaluations + (effort_max - plan.evaluations) / 3 + 1
        search_within(problem, scratch, dual, plan, limit_of(dual, bound, width))
        if width > bound << 4:
            return
        width <<= 2


cdef inline int dual_begin(const Problem* problem, Scratch* scratch) noexcept nogil:
    """Look at the problem: DUAL_UNFIT, DUAL_NONE, or DUAL_BOUND when it can be searched."""
    cdef Dual* dual = &scratch.dual
    cdef int32_t at
    dual.best_cost = -1
    if not dual_open(problem, scratch, dual):
        return DUAL_UNFIT
    memset(dual.is_top, 0, problem.n_candidates)
    for at in range(dual.n):
        dual.level[0].promise[at] = COST_MAX
        dual.chosen[dual.block[at]] = -1
    return DUAL_BOUND if all_alive(problem, dual) == dual.wanted else DUAL_NONE


cdef inline int64_t dual_effort(const Problem* problem) noexcept nogil:
    return problem.effort_max if problem.effort_max else DUAL_EVALUATIONS_MAX


cdef inline bint dual_adds_up(const Problem* problem, Scratch* scratch) noexcept nogil:
    """Whether costs add up over blocks, so that dual_sites can search. After dual_begin."""
    return sites_fit(problem, &scratch.dual)


cdef inline int dual_sites(const Problem* problem, Scratch* scratch, Plan* plan, int64_t* lower) noexcept nogil:
    """A DualOutcome, for the blocks that a candidate has; lower: micros."""
    cdef Dual* dual = &scratch.dual
    cdef int64_t effort_max = dual_effort(problem)
    dual.effort_max = effort_max - effort_max / 4
    lower[0] = solve_sites(problem, scratch, dual, plan) - problem.split_penalty[0]
    if dual.incomplete:
        return DUAL_BOUND
    return DUAL_DONE if dual.best_cost >= 0 else DUAL_NONE


cdef inline int dual_search(
    const Problem* problem, Scratch* scratch, Plan* plan, int64_t known, int64_t* lower
) noexcept nogil:
    """A DualOutcome, for the blocks that a candidate has; lower: micros. known: cost of a plan of them; -1: none."""
    cdef Dual* dual = &scratch.dual
    cdef int64_t effort_max = dual_effort(problem)
    cdef int64_t most = COST_MAX << NO_LIMIT_BITS
    cdef int64_t bound
    cdef int64_t proven
    cdef int64_t limit
    cdef int64_t width
    if known >= 0:
        most = known + problem.split_penalty[0]
    dual.effort_max = effort_max - effort_max / 8
    bound = first_bound(problem, dual, plan, most >> dual.shift)
    lower[0] = 0
    if bound < 0:
        return DUAL_BOUND
    proven = min(bound << dual.shift, most)
    if known >= 0 and problem.effort_max and dual.n > FAR_BLOCKS and most - proven > proven >> FAR_BITS:
        lower[0] = proven - problem.split_penalty[0]
        return DUAL_BOUND
    width = (bound >> WIDTH_BITS) + 1
    while True:
        limit = min(limit_of(dual, bound, width), most)
        search_within(problem, scratch, dual, plan, limit)
        if dual.incomplete or dual.best_cost >= 0:
            break
        proven = limit + 1
        if limit == most:
            return DUAL_NONE
        width <<= 1
    if not dual.incomplete:
        return DUAL_DONE
    if reached_bound(dual, limit) > proven:
        proven = reached_bound(dual, limit)
    lower[0] = min(proven, most) - problem.split_penalty[0]
    if dual.best_cost < 0 and known < 0:
        probe(problem, scratch, dual, plan, bound)
    return DUAL_BOUND
