"""Data sheet of the dual search: limits and working memory. The steps are plan_dual_*.pxd, the idea plan_dual.pxd.

Positions are blocks sorted by weight, the heaviest first; sets of blocks are bit sets of positions. Weights count in
*buckets* of bucket_g grams, rounded up. Bounds count in *coarse* units, micros >> shift, rounded down.
"""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint64_t

from fastdom._native.plan_wide_memory cimport Wide


cdef enum:
    DUAL_BLOCKS_MAX = 64        # blocks of one search; larger orders are bounded, not searched
    DUAL_BUCKETS = 256          # buckets of weight, the empty one included; a multiple of 16
    DUAL_TOPS = 5               # candidates that the bound lets ship once; the others together any number of times
    SITE_BITS = 12              # bits of a site
    DUAL_DEPTH = 24             # shipments of one plan that the search looks at
    DUAL_POINTS_MAX = 1 << 17   # candidates x points of one bound
    DUAL_SPANS = 8              # widths of a table of least values: 1, 2, 4 .. 128 buckets
    COARSE_BITS = 24            # every block shipped alone costs less than 2^24 coarse units
    COARSE_BIG = 1 << 28        # cannot be shipped
    PRICES_MAX = 1 << 26        # the prices of all blocks together
    SHARE_ONE = 256             # one whole block in a relaxed plan


cdef struct DualLevel:          # one shipment of the plan under search
    int32_t n_alive
    int16_t alive[4096]         # candidates that a better plan may still use
    uint64_t cover[4096]        # [n_alive] blocks that the candidate may ship here
    int32_t least[4096]         # [n_alive] coarse cost of the rest of the plan at least, when the candidate is used
    int32_t under[4096]         # [n_alive] what the candidate's own shipment costs at least, 0 when more than 0
    int32_t n_tops
    int32_t top[5]              # candidates that ship once
    int32_t top_points[5]       # their points
    int32_t top_bucket[5][256]  # [point] weight of the shipment at most
    int32_t top_cost[5][256]    # [point] cost of the shipment at least, less the prices of its blocks
    int32_t rest[256]           # [bucket] the same for all other candidates together, any number of shipments
    int32_t full[256]           # [bucket] with the tops
    int32_t others[256]         # [bucket] without the candidate that the search is at
    int32_t n_branches
    int16_t branch[4096]        # indices in alive that may ship the block at hand, the cheapest first
    int32_t base[8 * 256]       # [span, bucket] shipment without its blocks, plus what remains: least of 2^span buckets
    int32_t with_gain[8 * 256]  # the same less what blocks can gain there
    int64_t promise[64]         # [position] cost at most at which the block must be served; see plan_dual_search.pxd


cdef struct Dual:
    # blocks, by position
    int32_t n                   # 1 .. DUAL_BLOCKS_MAX
    uint64_t wanted             # positions that a candidate has
    int32_t block[64]           # block at the position
    int32_t position[64]        # position of the block
    int32_t weight_g[64]
    int64_t units[64]
    uint8_t twin[64]            # 1: the same as the position before in everything, as the units of a split line are
    int32_t inverse[64]         # 2^30 / weight_g, rounded up
    int32_t price[64]           # coarse dual value of the block
    int32_t best_price[64]      # prices with the highest bound so far
    int32_t course[64]          # direction of the last step of the prices
    int32_t share[64]           # how often the relaxed plan serves the block, in 1/SHARE_ONE
    # weights
    int32_t total_g             # all wanted blocks
    int32_t bucket_g
    uint64_t bucket_magic       # bucket = (weight_g + bucket_g - 1) * bucket_magic >> bucket_shift
    int32_t bucket_shift
    int32_t n_buckets           # of all wanted blocks
    int32_t n_points            # buckets at which a tariff may step up
    int32_t point[256]          # [n_points] rising
    uint8_t point_of[256]       # [bucket] first point at or above
    # candidates
    int32_t shift               # coarse = micros >> shift
    bint stepwise               # no tariff falls with weight, so that taking a block out never costs
    uint64_t cover[4096]        # positions
    int32_t row_i[4096]         # tariff row; n_rows: none
    int32_t fixed[4096]         # coarse fixed cost and split penalty
    uint8_t tight[4096]         # 1: units_left or a shared SKU may forbid some subset
    int64_t cost[4096 * 64]     # [candidate * DUAL_BLOCKS_MAX + position] micros of the block there
    int32_t row_point[4096 * 256]  # [row * DUAL_BUCKETS + point] coarse tariff at least
    int64_t least_cost[64]      # [position] least of them among the candidates that may ship it; COST_MAX: none
    # the last bound
    uint8_t is_top[4096]        # 1: one of the candidates that ship once
    int32_t point_cost[1 << 17]  # [alive * n_points + point] coarse cost of a shipment at least, less prices
    int32_t points[4096]        # [n_alive] points that the candidate's blocks reach
    int32_t cover_bucket[4096]  # [n_alive] weight of the candidate's blocks
    int32_t rest_node[256]      # [bucket] candidate of the least shipment that is not a top's
    int32_t rest_pick[256]      # [bucket] weight of one shipment that `rest` takes there
    # search
    int64_t limit               # micros: plans above are of no interest
    int64_t effort_max          # evaluations
    bint incomplete             # something was left unsearched
    int32_t reached             # branch of level 0 that the search is in
    int64_t best_cost           # micros with a split penalty for every shipment; -1: no plan yet
    int32_t best_parts
    int16_t best[64]            # [block] candidate; -1: none
    int16_t chosen[64]          # [block] of the plan under search
    DualLevel level[25]
    # search for the set of candidates (plan_dual_sites.pxd)
    int32_t n_sites
    int16_t site[4096]          # [n_sites] candidate
    uint8_t site_state[4096]    # free, open or closed
    uint8_t site_used[4096]     # blocks of the plan last looked at that it ships
    int64_t site_fixed[4096]    # micros of a shipment beside its blocks, split penalty included
    int64_t site_slack[4096]    # what the values of its blocks leave of site_fixed; 0: open
    int32_t n_dropped
    int16_t dropped[4096]       # sites closed because of their slack
    int64_t sites_bound         # micros
    int64_t site_key[4096 * 64]  # [position * n_listed + rank] cost of the block << SITE_BITS | site, rising
    int32_t site_keys[64]       # [position] sites that may ship the block
    int32_t n_listed            # sites when site_key was made
    # plans found without proof (plan_wide.pxd)
    Wide wide
