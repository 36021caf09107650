"""Orders whose tariffs do not step: the cost of a plan adds up over its candidates and blocks, as in the location of
facilities without capacities. Searching for the set of candidates is then enough, as each block takes the cheapest.

Each block has a dual value, raised to the next cost of the block at a candidate as long as no candidate's blocks are
worth more than its fixed cost (Erlenkotter, "A dual-based procedure for uncapacitated facility location", Operations
Research 26, 1978). The sum of the values is a bound; what a fixed cost has left is the candidate's slack. Candidates
whose slack lifts the bound above the limit are dropped; of those without slack the one that saves most is opened first,
then closed. Exact amounts throughout: no coarse units.
"""

from libc.stdint cimport int16_t, int32_t, int64_t, uint64_t
from libc.string cimport memset

from fastdom._native.plan cimport COST_MAX, ROW_NONE, Plan, Problem, Scratch
from fastdom._native.plan_cost cimport tier_of
from fastdom._native.plan_dual_frame cimport amount_limit
from fastdom._native.plan_dual_memory cimport DUAL_BLOCKS_MAX, Dual
from fastdom._native.plan_dual_search cimport accept, spent, tariff_key
from fastdom._native.plan_frame cimport INFINITE, KEY_SHIFT
from fastdom._native.plan_parts cimport lowest_bit64


cdef enum:
    SITE_FREE = 0               # not yet decided
    SITE_OPEN = 1               # ships something
    SITE_CLOSED = 2
    SITE_DEPTH = 200            # decisions above one another


cdef inline bint sites_fit(const Problem* problem, Dual* dual) noexcept nogil:
    """Whether tariffs do not step between the lightest block and the whole order, and nothing is tight."""
    cdef int32_t candidate_i
    cdef int32_t lightest_g = dual.total_g
    cdef uint64_t left = dual.wanted
    if problem.max_shipments:
        return False
    while left:
        if dual.weight_g[lowest_bit64(left)] < lightest_g:
            lightest_g = dual.weight_g[lowest_bit64(left)]
        left &= left - 1
    for candidate_i in range(problem.n_candidates):
        if dual.tight[candidate_i]:
            return False
    return not steps_between(problem, lightest_g, dual.total_g)


cdef inline bint steps_between(const Problem* problem, int64_t least_g, int64_t most_g) noexcept nogil:
    cdef int32_t candidate_i
    cdef int32_t tier = tier_of(problem, most_g)
    for candidate_i in range(problem.n_candidates):
        if problem.candidates[candidate_i].row_i != ROW_NONE:
            return tier == problem.n_tiers or tier_of(problem, least_g) != tier
    return False


cdef inline void list_sites(const Problem* problem, Scratch* scratch, Dual* dual) noexcept nogil:
    """Candidates that carry the order, with what one shipment costs beside its blocks."""
    cdef int64_t key
    cdef int32_t candidate_i
    dual.n_sites = 0
    for candidate_i in range(problem.n_candidates):
        key = tariff_key(problem, scratch, dual, candidate_i, dual.total_g)
        if key == INFINITE or dual.cover[candidate_i] == 0:
            continue
        dual.site[dual.n_sites] = candidate_i
        dual.site_state[dual.n_sites] = SITE_FREE
        dual.site_fixed[dual.n_sites] = (
            problem.candidates[candidate_i].fixed[0] + problem.split_penalty[0] + (key >> KEY_SHIFT)
        )
        dual.n_sites += 1


cdef inline int64_t raise_values(Dual* dual, Plan* plan, int64_t* slack) noexcept nogil:
    """Dual ascent: the bound in micros, and what each site's fixed cost has left (open sites: 0)."""
    cdef int64_t value[64]
    cdef int64_t bound = 0
    cdef int64_t next_cost
    cdef int64_t room
    cdef int64_t cost
    cdef uint64_t rising = dual.wanted
    cdef uint64_t left
    cdef int32_t site
    cdef int32_t at
    memset(value, 0, sizeof(value))
    for site in range(dual.n_sites):
        slack[site] = dual.site_fixed[site] if dual.site_state[site] == SITE_FREE else 0
        if dual.site_state[site] == SITE_OPEN:
            bound += dual.site_fixed[site]
    left = dual.wanted
    while left:
        at = lowest_bit64(left)
        left &= left - 1
        value[at] = -1
    while rising:
        left = rising
        while left:
            at = lowest_bit64(left)
            left &= left - 1
            plan.evaluations += dual.n_sites
            next_cost = COST_MAX << 4
            room = COST_MAX << 4
            for site in range(dual.n_sites):
                if dual.site_state[site] == SITE_CLOSED or not dual.cover[dual.site[site]] >> at & 1:
                    continue
                cost = dual.cost[<int64_t>dual.site[site] * DUAL_BLOCKS_MAX + at]
                if cost > value[at]:
                    next_cost = cost if cost < next_cost else next_cost
                elif slack[site] < room:
                    room = slack[site]
            if value[at] < 0:                               # the first value: the least cost, if there is one
                if next_cost == COST_MAX << 4:
                    return COST_MAX << 4
                value[at] = next_cost
                bound += next_cost
                continue
            if next_cost - value[at] <= room:
                room = next_cost - value[at]
            else:
                rising &= ~(<uint64_t>1 << at)
            if room == 0:
                continue
            for site in range(dual.n_sites):
                if dual.site_state[site] == SITE_FREE and dual.cover[dual.site[site]] >> at & 1 and (
                    dual.cost[<int64_t>dual.site[site] * DUAL_BLOCKS_MAX + at] <= value[at]
                ):
                    slack[site] -= room
            value[at] += room
            bound += room
    return bound


cdef inline void accept_sites(
    const Problem* problem, Dual* dual, const int64_t* slack, bint with_free
) noexcept nogil:
    """Offer the plan in which each block takes the cheapest open site, or free one without slack."""
    cdef uint64_t left = dual.wanted
    cdef int64_t total = 0
    cdef int64_t cost
    cdef int64_t least
    cdef int32_t parts = 0
    cdef int32_t best
    cdef int32_t site
    cdef int32_t at
    for site in range(dual.n_sites):
        dual.site_used[site] = 0
    while left:
        at = lowest_bit64(left)
        left &= left - 1
        best = -1
        least = COST_MAX
        for site in range(dual.n_sites):
            if dual.site_state[site] == SITE_CLOSED or not dual.cover[dual.site[site]] >> at & 1:
                continue
            if dual.site_state[site] == SITE_FREE and (slack[site] or not with_free):
                continue
            cost = dual.cost[<int64_t>dual.site[site] * DUAL_BLOCKS_MAX + at]
            if cost < least:
                least = cost
                best = site
        if best < 0:
            return
        dual.chosen[dual.block[at]] = <int16_t>dual.site[best]
        total += least
        if not dual.site_used[best]:
            dual.site_used[best] = 1
            parts += 1
            total += dual.site_fixed[best]
    if total <= dual.limit:
        accept(problem, dual, total, parts)


cdef inline int32_t saving_site(const Dual* dual, const int64_t* slack) noexcept nogil:
    """The free site without slack that has most blocks of the plan last offered; -1: none is free."""
    cdef int32_t best = -1
    cdef int32_t most = -1
    cdef int32_t count
    cdef int32_t site
    cdef int32_t at
    for site in range(dual.n_sites):
        if dual.site_state[site] != SITE_FREE or slack[site]:
            continue
        count = 0
        for at in range(dual.n):
            count += dual.chosen[at] == dual.site[site]
        if count > most:
            most = count
            best = site
    return best


cdef inline void search_sites(const Problem* problem, Dual* dual, Plan* plan, int32_t depth) noexcept nogil:
    """Every set of sites that holds the open ones and none of the closed ones."""
    cdef int64_t* slack = dual.site_slack
    cdef int64_t bound
    cdef int32_t site
    cdef int32_t from_i = dual.n_dropped
    if depth == SITE_DEPTH or spent(dual, plan):
        dual.incomplete = True
        return
    bound = raise_values(dual, plan, slack)
    if bound > dual.limit:
        return
    if depth == 0:
        dual.sites_bound = bound
    accept_sites(problem, dual, slack, True)
    for site in range(dual.n_sites):
        if dual.site_state[site] == SITE_FREE and bound + slack[site] > dual.limit:
            dual.site_state[site] = SITE_CLOSED
            dual.dropped[dual.n_dropped] = site
            dual.n_dropped += 1
    site = saving_site(dual, slack)
    if site < 0:
        accept_sites(problem, dual, slack, False)
    else:
        dual.site_state[site] = SITE_OPEN
        search_sites(problem, dual, plan, depth + 1)
        dual.site_state[site] = SITE_CLOSED
        search_sites(problem, dual, plan, depth + 1)
        dual.site_state[site] = SITE_FREE
    while dual.n_dropped > from_i:
        dual.n_dropped -= 1
        dual.site_state[dual.dropped[dual.n_dropped]] = SITE_FREE


cdef inline int64_t solve_sites(const Problem* problem, Scratch* scratch, Dual* dual, Plan* plan) noexcept nogil:
    """A bound in micros; unless dual.incomplete the best plan is in dual.best."""
    list_sites(problem, scratch, dual)
    dual.limit = amount_limit() << 6
    dual.incomplete = False
    dual.n_dropped = 0
    dual.sites_bound = problem.split_penalty[0]
    search_sites(problem, dual, plan, 0)
    return dual.sites_bound
