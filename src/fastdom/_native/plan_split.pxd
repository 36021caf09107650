"""Blocks of a line whose units may leave from several nodes.

The kernel knows blocks only. A line that may be split becomes several blocks of the same SKU, and the group of that SKU
keeps a node from giving more than it has (plan.pxd, "Lines that may be split"). These are the sizes to cut it into.
"""

from libc.stdint cimport int32_t, int64_t


cdef inline int32_t most_below(const int32_t* available, int32_t n, int32_t limit, int32_t* count) noexcept nogil:
    """The largest amount below the limit, and how many candidates have it; 0: none has any."""
    cdef int32_t most = 0
    cdef int32_t candidate_i
    count[0] = 0
    for candidate_i in range(n):
        if available[candidate_i] >= limit or available[candidate_i] < most or available[candidate_i] <= 0:
            continue
        count[0] = count[0] + 1 if available[candidate_i] == most else 1
        most = available[candidate_i]
    return most


cdef inline int32_t add_cut(int32_t* cuts, int32_t n_cuts, int32_t cut) noexcept nogil:
    """Insert into rising cuts, once; the new length."""
    cdef int32_t at = n_cuts
    cdef int32_t place
    for place in range(n_cuts):
        if cuts[place] == cut:
            return n_cuts
    while at > 0 and cuts[at - 1] > cut:
        cuts[at] = cuts[at - 1]
        at -= 1
    cuts[at] = cut
    return n_cuts + 1


cdef inline int32_t fullest_first(
    int32_t quantity, const int32_t* available, int32_t n_candidates, int32_t cuts_max, int32_t* cuts
) noexcept nogil:
    """Cuts of the split over the fewest candidates: each in turn gives all it has, the fullest first."""
    cdef int64_t given = 0
    cdef int32_t n_cuts = 0
    cdef int32_t most = quantity
    cdef int32_t count
    while True:
        most = most_below(available, n_candidates, most, &count)
        if most == 0:
            return n_cuts
        while count and n_cuts < cuts_max and given + most < quantity:
            given += most
            cuts[n_cuts] = <int32_t>given
            n_cuts += 1
            count -= 1
        if count:
            return n_cuts


cdef inline int32_t split_sizes(
    int32_t quantity, const int32_t* available, int32_t n_candidates, int32_t blocks_max, int32_t* sizes
) noexcept nogil:
    """Sizes of the blocks of a line of `quantity` units, 1 or more; how many: 1 .. blocks_max. Their sum is quantity.

    available: [n_candidates] units of the SKU that each candidate may ship, at most its capacity in units.

    One block when no candidate has only a part of the line. Single units when quantity <= blocks_max: any split. Else
    cuts where the split over the fewest candidates has them, so that one is possible whenever it needs no more than
    blocks_max; then at the amounts that candidates have, the largest first: any split over two candidates one of
    which gives all it has, and without weight tiers no other split over two is cheaper.
    """
    cdef int32_t n_cuts = 0
    cdef int32_t most
    cdef int32_t count
    cdef int32_t at
    cdef bint whole = False
    most = most_below(available, n_candidates, quantity, &count)
    if most == 0 or blocks_max <= 1:
        sizes[0] = quantity
        return 1
    if quantity <= blocks_max:
        for at in range(quantity):
            sizes[at] = 1
        return quantity
    for at in range(n_candidates):
        whole |= available[at] >= quantity
    if not whole:
        n_cuts = fullest_first(quantity, available, n_candidates, blocks_max - 1, sizes)
    while most and n_cuts < blocks_max - 1:
        n_cuts = add_cut(sizes, n_cuts, most)
        most = most_below(available, n_candidates, most, &count)
    sizes[n_cuts] = quantity
    for at in range(n_cuts, 0, -1):
        sizes[at] -= sizes[at - 1]
    return n_cuts + 1
