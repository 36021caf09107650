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
from fastdom._native.plan_dual_memory cimport DUAL_BLOCKS_MAX, SITE_BITS, Dual
from fastdom._native.plan_dual_search cimport accept, spent, tariff_key
from fastdom._native.plan_frame cimport INFINITE, KEY_SHIFT
from fastdom._native.plan_parts cimport lowest_bit64


cdef enum:
    SITE_FREE = 0               # not yet decided
    SITE_OPEN = 1               # ships something
    SITE_CLOSED = 2
    SITE_DEPTH = 200            # decisions above one another
    SITE_MASK = (1 << SITE_BITS) - 1


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


cdef inline void sort_keys(int64_t* key, int32_t n) noexcept nogil:
    """Shell sort, rising."""
    cdef int64_t moved
    cdef int32_t gap = 1
    cdef int32_t i
    cdef int32_t j
    while gap < n / 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            moved = key[i]
            j = i
            while j >= gap and key[j - gap] > moved:
                key[j] = key[j - gap]
                j -= gap
            key[j] = moved
        gap /= 3


cdef inline void list_keys(Dual* dual) noexcept nogil:
    """The sites of each block, the cheapest first."""
    cdef int64_t* key
    cdef uint64_t left
    cdef int32_t site
    cdef int32_t at
    dual.n_listed = dual.n_sites
    for at in range(dual.n):
        dual.site_keys[at] = 0
    for site in range(dual.n_sites):
        left = dual.cover[dual.site[site]] & dual.wanted
        while left:
            at = lowest_bit64(left)
            left &= left - 1
            key = &dual.site_key[<int64_t>at * dual.n_listed + dual.site_keys[at]]
            key[0] = dual.cost[<int64_t>dual.site[site] * DUAL_BLOCKS_MAX + at] << SITE_BITS | site
            dual.site_keys[at] += 1
    for at in range(dual.n):
        sort_keys(&dual.site_key[<int64_t>at * dual.n_listed], dual.site_keys[at])


cdef inline void forget_closed(Dual* dual) noexcept nogil:
    """Leave closed sites out for good; those that stay keep their order and their slack."""
    cdef int16_t place[4096]
    cdef int64_t* key
    cdef int32_t kept = 0
    cdef int32_t site
    cdef int32_t at
    cdef int32_t i
    for site in range(dual.n_sites):
        place[site] = -1
        if dual.site_state[site] == SITE_CLOSED:
            continue
        place[site] = <int16_t>kept
        dual.site[kept] = dual.site[site]
        dual.site_state[kept] = dual.site_state[site]
        dual.site_fixed[kept] = dual.site_fixed[site]
        dual.site_slack[kept] = dual.site_slack[site]
        kept += 1
    dual.n_sites = kept
    dual.n_dropped = 0
    for at in range(dual.n):
        key = &dual.site_key[<int64_t>at * dual.n_listed]
        kept = 0
        for i in range(dual.site_keys[at]):
            site = place[key[i] & SITE_MASK]
            if site >= 0:
                key[kept] = key[i] >> SITE_BITS << SITE_BITS | site
                kept += 1
        dual.site_keys[at] = kept


cdef inline int64_t raise_values(Dual* dual, Plan* plan, int64_t* slack) noexcept nogil:
    """Dual ascent: the bound in micros, and what each site's fixed cost has left (open sites: 0)."""
    cdef int64_t value[64]
    cdef int32_t paid[64]       # [position] keys whose cost the value has reached
    cdef const int64_t* key
    cdef int64_t bound = 0
    cdef int64_t room
    cdef uint64_t rising = dual.wanted
    cdef uint64_t left
    cdef int32_t keys
    cdef int32_t site
    cdef int32_t at
    cdef int32_t i
    for site in range(dual.n_sites):
        slack[site] = dual.site_fixed[site] if dual.site_state[site] == SITE_FREE else 0
        if dual.site_state[site] == SITE_OPEN:
            bound += dual.site_fixed[site]
    left = dual.wanted
    while left:                                             # the first value: the least cost, if there is one
        at = lowest_bit64(left)
        left &= left - 1
        plan.evaluations += dual.n_sites
        key = &dual.site_key[<int64_t>at * dual.n_listed]
        keys = dual.site_keys[at]
        i = 0
        while i < keys and dual.site_state[key[i] & SITE_MASK] == SITE_CLOSED:
            i += 1
        if i == keys:
            return COST_MAX << 4
        value[at] = key[i] >> SITE_BITS
        bound += value[at]
        while i < keys and key[i] >> SITE_BITS == value[at]:
            i += 1
        paid[at] = i
    while rising:
        left = rising
        while left:
            at = lowest_bit64(left)
            left &= left - 1
            plan.evaluations += dual.n_sites
            key = &dual.site_key[<int64_t>at * dual.n_listed]
            keys = dual.site_keys[at]
            room = COST_MAX << 4
            for i in range(paid[at]):
                site = key[i] & SITE_MASK
                if dual.site_state[site] != SITE_CLOSED and slack[site] < room:
                    room = slack[site]
            i = paid[at]
            while i < keys and dual.site_state[key[i] & SITE_MASK] == SITE_CLOSED:
                i += 1
            if i < keys and (key[i] >> SITE_BITS) - value[at] <= room:
                room = (key[i] >> SITE_BITS) - value[at]
            else:
                rising &= ~(<uint64_t>1 << at)
            if room == 0:
                continue
            for i in range(paid[at]):
                site = key[i] & SITE_MASK
                if dual.site_state[site] == SITE_FREE:
                    slack[site] -= room
            value[at] += room
            bound += room
            i = paid[at]
            while i < keys and key[i] >> SITE_BITS <= value[at]:
                i += 1
            paid[at] = i
    return bound


cdef inline void accept_sites(
    const Problem* problem, Dual* dual, const int64_t* slack, bint with_free
) noexcept nogil:
    """Offer the plan in which each block takes the cheapest open site, or free one without slack."""
    cdef uint64_t left = dual.wanted
    cdef const int64_t* key
    cdef int64_t total = 0
    cdef int32_t parts = 0
    cdef int32_t keys
    cdef int32_t site
    cdef int32_t at
    cdef int32_t i
    memset(dual.site_used, 0, dual.n_sites)
    while left:
        at = lowest_bit64(left)
        left &= left - 1
        key = &dual.site_key[<int64_t>at * dual.n_listed]
        keys = dual.site_keys[at]
        for i in range(keys):
            site = key[i] & SITE_MASK
            if dual.site_state[site] == SITE_OPEN:
                break
            if dual.site_state[site] == SITE_FREE and with_free and not slack[site]:
                break
        else:
            return
        dual.chosen[dual.block[at]] = dual.site[site]
        total += key[i] >> SITE_BITS
        if not dual.site_used[site]:
            parts += 1
            total += dual.site_fixed[site]
        dual.site_used[site] += 1
    if total <= dual.limit:
        accept(problem, dual, total, parts)


cdef inline int32_t saving_site(const Dual* dual, const int64_t* slack) noexcept nogil:
    """The free site without slack that has most blocks of the plan last offered; -1: none is free."""
    cdef int32_t best = -1
    cdef int32_t most = -1
    cdef int32_t site
    for site in range(dual.n_sites):
        if dual.site_state[site] == SITE_FREE and slack[site] == 0 and dual.site_used[site] > most:
            most = dual.site_used[site]
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
    if depth == 0:
        forget_closed(dual)
        from_i = 0
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
    list_keys(dual)
    dual.limit = amount_limit() << 6
    dual.incomplete = False
    dual.n_dropped = 0
    dual.sites_bound = problem.split_penalty[0]
    search_sites(problem, dual, plan, 0)
    return dual.sites_bound
