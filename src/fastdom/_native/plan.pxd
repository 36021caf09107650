"""Data sheet of the routing kernel: which candidate node ships which block of an order, at the least cost.

The kernel is a pure function over the structs below. It knows no network, no stock and no Python object;
`quote.pyx` gathers one Problem per order and reads the Plan. All costs are int64 micros, already weighted,
0 .. COST_MAX, except the tariff table, which is raw and weighted here by `shipping_weight`.

A *block* is what must travel together: one line, a part of a line, or the lines of one group_id.
A *candidate* is a node that may serve at least one block. A *part* is one shipment: a candidate and its blocks.
A node serves at most one part of a plan.

Order of plans (total; kernel and `tests/reference/plan.py` obey it)
-------------------------------------------------------------------
1. more blocks served (only with allow_partial; without it every block must be served),
2. lower cost vector, compared objective by objective on plan totals,
3. fewer shipments,
4. of two served sets the one that holds the first block on which they differ,
5. the lexicographically smaller sequence of candidate indices, block by block.
Candidates come sorted by external node id, so a lower index is a lower external id.

Lines that may be split
-----------------------
A line whose units may leave from several nodes is several blocks. `split_sizes` (plan_split.pxd) says which: single
units while they are few, else cuts where the candidates' stock ends. Each block has its share of the units and grams
and a demand of its size for the SKU; block_cost is per unit times its size. All blocks of a SKU, those of other lines
too, are the members of its one group: cover says what is there for a block alone, group_available what is there
for several together. As a node serves one part, the units of a line that leave from one node are one shipment: add
up the blocks of a line within a part. Single units are exact over every split of the line; larger blocks over every
split into such blocks.
With allow_partial step 1 counts blocks, not units, so a plan might leave out the larger block of two: lower a line to
the units that the candidates have together before it is cut, and report the rest beside the plan.
"""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from fastdom._native.plan_dual_memory cimport Dual


cdef enum:
    BLOCKS_EXACT_MAX = 10       # exact over all candidates up to here (arrays of 2^10 subsets)
    BLOCKS_MAX = 1000           # blocks of one problem
    COVER_WORDS_MAX = 16        # 64-bit words that hold BLOCKS_MAX bits
    NODES_MAX = 4095            # candidates of one problem; 12 bits in the packed tie-break, 0xFFF is unused
    TIERS_MAX = 64              # breakpoints of the weight grid
    TARIFFS_MAX = 65535         # tariffs of one table; index 0xFFFF means "no tariff"
    ROW_TARIFFS = 4             # tariffs (carrier services) that compete in one row
    OBJECTIVES_MAX = 4          # components of a cost vector
    NO_TARIFF = 0xFFFF          # empty place in row_tariffs; part_tariff_i of a part without a tariff
    ROW_NONE = -1               # row_i of a candidate that ships without a tariff (pickup): shipping costs 0
    WEIGHT_ONE = 1024           # objective weights are in 1/1024
    WEIGHT_MAX = 1 << 20        # largest objective weight


cdef extern from *:
    """
    #define FASTDOM_COST_MAX ((int64_t)1 << 50)
    #define FASTDOM_WEIGHT_G_MAX ((int64_t)1 << 40)
    """
    const int64_t COST_MAX "FASTDOM_COST_MAX"  # most that one shipment can cost in one component; sums stop here
    const int64_t WEIGHT_G_MAX "FASTDOM_WEIGHT_G_MAX"  # grams of one block


cdef enum:
    COST_NONE = -1              # tariff_cost / tariff_step_cost: not offered in this tier / beyond the grid


cdef enum PlanStatus:
    PLAN_OK = 0                 # a plan is given; with allow_partial it may leave blocks uncovered
    PLAN_INFEASIBLE = 1         # proven: no plan serves every block (or, with allow_partial, any block)
    PLAN_NOT_FOUND = 2          # the heuristic found none; one may exist
    PLAN_BAD_INPUT = 3          # a count or a cost is outside its limits; bad_field says which


cdef enum PlanOptimality:
    OPTIMALITY_PROVEN = 0       # no better plan exists
    OPTIMALITY_BOUND = 1        # no plan costs less than lower_bound
    OPTIMALITY_HEURISTIC = 2    # nothing is known


cdef enum PlanField:
    FIELD_NONE = 0
    FIELD_BLOCKS = 1            # n_blocks, weight_g or units
    FIELD_CANDIDATES = 2        # n_candidates, fixed, unit_cost, units_left or block_cost
    FIELD_TARIFFS = 3           # n_tiers, n_rows, row_i, step_g, place_fixed or place_unit
    FIELD_GROUPS = 4            # n_groups or group tables
    FIELD_OBJECTIVES = 5        # n_cost, shipping_objective, shipping_weight, split_penalty, max_shipments, min_units


cdef struct Candidate:
    int64_t fixed[4]            # [n_cost] micros per shipment (handling, base charge, load price), 0 .. COST_MAX
    int64_t unit_cost[4]        # [n_cost] micros per unit (distance, handling per unit), 0 .. COST_MAX
    int32_t row_i               # tariff row; ROW_NONE: no tariff, shipping costs 0
    int32_t units_left          # capacity in units for one shipment; INT32_MAX: no limit


cdef struct Problem:
    # blocks
    int32_t n_blocks            # 0 .. BLOCKS_MAX
    const int64_t* weight_g     # [n_blocks] grams, 0 .. WEIGHT_G_MAX
    const int32_t* units        # [n_blocks] 0 .. INT32_MAX
    # candidates, sorted by external node id
    int32_t n_candidates        # 0 .. NODES_MAX
    const Candidate* candidates  # [n_candidates]
    const uint64_t* cover       # [n_candidates * cover_words] bit i: block i alone is available there
    int32_t cover_words         # (n_blocks + 63) / 64, at least 1
    # tariffs: one weight grid for all; tier t is the first with weight <= breakpoints_g[t]
    int32_t n_tiers             # 0 .. TIERS_MAX; 0 only when every row_i is ROW_NONE
    const int64_t* breakpoints_g  # [n_tiers] grams, strictly rising
    int64_t step_g              # grams of one step beyond the last breakpoint; 0: nothing heavier is carried
    const int64_t* tariff_cost  # [tariffs * n_tiers] raw micros, 0 .. COST_MAX or COST_NONE
    const int64_t* tariff_step_cost  # [tariffs] raw micros per step, 0 .. COST_MAX or COST_NONE
    int32_t n_rows              # distinct rows used by the candidates, 0 .. NODES_MAX
    const uint16_t* row_tariffs  # [n_rows * ROW_TARIFFS] tariff indices, NO_TARIFF fills the rest; ties: first place
    # SKUs that several blocks demand (CSR); a part may not need more than the node has
    int32_t n_groups            # 0 .. BLOCKS_MAX
    const int32_t* group_start  # [n_groups + 1] into group_block and group_quantity
    const int32_t* group_block  # [group_start[n_groups]] block index, at most once in a group
    const int32_t* group_quantity  # same length; units that block needs of the group's SKU
    const int32_t* group_available  # [n_groups * n_candidates] units of the SKU at each candidate
    # objectives
    int32_t n_cost              # 1 .. OBJECTIVES_MAX components, compared lexicographically
    int32_t shipping_objective  # component that the tariff cost belongs to, 0 .. n_cost - 1
    int32_t shipping_weight     # 1/1024, 0 .. WEIGHT_MAX
    int64_t split_penalty[4]    # [n_cost] micros per shipment beyond the first, 0 .. COST_MAX
    # constraints
    int32_t max_shipments       # 0: no bound
    bint allow_partial          # plan what can be served and report the rest
    int64_t effort_max          # evaluations; a search stops before it would exceed this; 0: no limit
    # costs of a block at a candidate: stock balance, markdown avoidance, opportunity cost
    const int64_t* block_cost   # [n_candidates * n_blocks * n_cost] micros, 0 .. COST_MAX, already weighted: added to a
                                # shipment for each of its blocks; index (candidate * n_blocks + block) * n_cost +
                                # component. Of a block the candidate does not cover it has no effect. NULL: none
    # costs of a carrier service: lateness, transit time, carbon, load of the day. Both NULL: none. Else the place of a
    # row that carries a shipment is the one with the least whole cost vector of the shipment (ties: first place), not
    # the one with the least raw tariff
    const int64_t* place_fixed  # [n_rows * ROW_TARIFFS * n_cost] micros, 0 .. COST_MAX, already weighted: added to a
                                # shipment that the tariff in that place of its row carries; index
                                # (row * ROW_TARIFFS + place) * n_cost + component
    const int64_t* place_unit   # the same shape: per unit of the shipment. Those of an empty place have no effect
    # least shipment
    int32_t min_units           # a shipment of fewer units may not leave, 0 .. INT32_MAX; 0: none
    bint min_exempt_single      # a plan of one shipment may be below min_units


cdef struct Plan:
    int32_t status              # PlanStatus; unless PLAN_OK only bad_field, uncovered and evaluations are set
    int32_t bad_field           # PlanField of PLAN_BAD_INPUT
    int32_t optimality          # PlanOptimality
    int32_t n_parts             # 0 .. n_blocks; parts are in the order of their lowest block
    int32_t n_uncovered         # blocks no part serves
    int64_t evaluations         # effort: node x subset costs and subset x remainder sums, SUMS_AT_ONCE as one
    int64_t cost[4]             # [n_cost] plan total, split penalty included
    int64_t lower_bound[4]      # [n_cost] no plan (serving as many blocks) costs less; equals cost when PROVEN
    uint64_t uncovered[16]      # bit i: block i is in no part
    int16_t block_part[1000]    # [n_blocks] part that serves the block; -1: none
    int32_t part_candidate[1000]  # [n_parts] candidate index
    int32_t part_tariff[1000]   # [n_parts] tariff that won; NO_TARIFF: none
    uint64_t part_mask[1000]    # [n_parts] blocks of the part; only when n_blocks <= 64
    int64_t part_weight_g[1000]  # [n_parts] grams
    int64_t part_units[1000]    # [n_parts]
    int64_t part_cost[1000][4]  # [n_parts][n_cost] the shipment alone, at most COST_MAX a component, no split penalty


cdef enum:
    SUBSETS_MAX = 1 << BLOCKS_EXACT_MAX
    CONFLICTS_MAX = 4           # candidates that the exact search adds one by one; beyond: the careful search
    LEVELS_MAX = 4              # bounds on shipments that the exact search handles; beyond: the careful search
    LAYERS_MAX = CONFLICTS_MAX + 1
    GROUP_ENTRIES_MAX = 4096    # entries of all groups together
    VALUE_NONE = -1             # cost[0] of a Value that cannot be served
    WIDE_PASSES_MAX = 4         # rounds of local improvement for large orders
    WIDE_EVALUATIONS_MAX = 200000  # evaluations of local improvement when effort_max is 0: about 1.5 ms
    BLOCK_LANES = 12            # BLOCKS_EXACT_MAX in whole vectors of four
    GROUPS_AT_ONCE = 10         # groups whose needs are summed once for all candidates
    SUMS_AT_ONCE = 16           # vectorised sums that count as one evaluation
    EFFORT_OFFER = 5            # evaluations that the cost of one shipment of a large order counts as
    EFFORT_DEFAULT = 100000     # evaluations, 2 to 4 ns each on the reference machine: 200 to 400 us


cdef struct Value:              # cost of a partial plan, compared field by field in this order
    int64_t cost[4]             # [n_cost] split penalty counted once per shipment; VALUE_NONE in cost[0]: impossible
    int32_t parts               # shipments
    uint64_t first              # candidate indices of blocks 0..4, 12 bits each, block 0 highest
    uint64_t last               # the same for blocks 5..9


cdef struct Scratch:            # one caller's working memory: one allocation, about 8 MB, touched as needed
    # subsets of at most BLOCKS_EXACT_MAX blocks; index = bit set of blocks. Keys: see plan_exact.pxd
    int64_t weight_g[1024]      # grams of the subset
    int64_t units[1024]
    int64_t tier[1024]          # weight tier; n_tiers: beyond the grid
    int64_t row[1024]           # key of one tariff row's cost
    int64_t best[1024]          # least key of one shipment over all candidates
    int32_t node[1024]          # candidate of best[]; -1: not yet known
    int64_t own[4 * 1024]       # [conflict * SUBSETS_MAX + subset] key of the conflict's own shipment
    # tables of the search, [table * SUBSETS_MAX + subset]; table = level * LAYERS_MAX + conflicts added. Level 0 holds
    # plans of any number of shipments or, under a bound, of none; level t then those of at most t
    int64_t key[25 * 1024]      # least key of a partition into shipments
    int32_t chosen[25 * 1024]   # part taken off the subset in its best partition; -1: not yet known
    uint64_t first[25 * 1024]   # Value.first of the choice
    uint64_t last[25 * 1024]    # Value.last of the choice
    int64_t spread[10 * 4 * 1024]  # [(level * 2 + conflicts added % 2)] tables spread out for additions
    uint64_t field_first[1024]  # 1 in the 12-bit field of every block of the subset, blocks 0..4
    uint64_t field_last[1024]   # the same, blocks 5..9
    # candidates
    int64_t base[4095]          # key of the fixed cost
    int64_t unit[4095]          # key of the unit cost
    uint32_t cover[4095]        # blocks, when there are at most BLOCKS_EXACT_MAX
    int32_t row_i[4095]         # tariff row; n_rows: none
    int32_t kept[4096]          # candidates worth a look
    int32_t order[4095]         # the same by row
    uint8_t tight[4095]         # 1: units_left or a shared SKU may forbid some subset of its cover
    uint8_t conflict[4095]      # 1: added one by one in the careful search
    int32_t conflicts[4095]     # those candidates
    # tariff rows
    int64_t row_tier[4096 * 64]  # [row * TIERS_MAX + tier] key; INFINITE: not carried
    int64_t row_least[4096]     # least key over the tiers that occur
    int64_t row_full[4096]      # key of all blocks together
    int64_t row_over[4096]      # least by which the row's key exceeds that of the best single shipment's row
    int32_t row_start[4098]     # counting sort of `order`
    # costs of carrier services (plan_places.pxd); filled only when place_fixed is given
    int64_t place_tier[4096 * 4 * 64]  # [(row * ROW_TARIFFS + place) * TIERS_MAX + tier] key of tariff and place_fixed
                                # in the component of shipping; INFINITE: not carried
    int64_t place_more[4096 * 4]  # [row * ROW_TARIFFS + place] key per unit in component 0 beyond row_unit
    int64_t least_units         # of one block
    int64_t row_unit[4096]      # key of the least place_unit in component 0
    # careful search
    Value value[1024]           # best single shipment
    Value layer[11 * 1024]      # [shipments * SUBSETS_MAX + subset]
    # large orders (plan_wide.pxd)
    int32_t n_parts
    uint64_t open_bits[16]      # blocks not yet in a part
    uint64_t take_bits[16]      # blocks a candidate would take
    uint64_t part_bits[1000 * 16]  # [part * COVER_WORDS_MAX] its blocks
    int64_t part_weight_g[1000]
    int64_t part_units[1000]
    int64_t part_cost[1000][4]  # shipment alone
    int32_t part_node[1000]
    int32_t part_of[4095]       # part at the candidate; -1: none
    int32_t block_part[1000]    # part of the block; -1: none
    int64_t offer_cost[4095][4]  # cost of the shipment the candidate would make of the open blocks
    int64_t offer_gain[4095]    # units plus blocks of that shipment; 0: nothing to offer
    int32_t offer_round[4095]   # round in which the offer was computed
    int64_t group_used[1000]    # units of the group's SKU that take_bits need
    int64_t block_unit[1000]    # least unit cost of the block in one component
    int32_t entry_start[1001]   # CSR over blocks of the group entries
    int32_t entry_group[4096]
    int32_t entry_quantity[4096]
    # costs by candidate and block (plan_blocks.pxd); filled only when block_cost is given
    int64_t block_key[4095 * 12]  # [candidate * BLOCK_LANES + block] key of the block's units and cost; 0: not covered
    int64_t all_key[4095]       # sum of them
    int64_t over_key[4095]      # least by which they exceed those of the best single shipment over all subsets; <= 0
    int64_t group_need[11 * 1024]  # [group * SUBSETS_MAX + subset] units of the group's SKU when two blocks or more of
                                # the subset need it, else 0; the last table is for the groups beyond GROUPS_AT_ONCE
    int64_t block_sum[4 * 1024]  # [component * SUBSETS_MAX + subset] one candidate's sums
    # several cost components (plan_lex.pxd), [component * SUBSETS_MAX + subset] in each table
    int64_t lex_best[4 * 1024]  # keys of the best shipment
    int64_t lex_node[1024]      # its candidate; n_candidates: none
    int64_t lex_own[4 * 4 * 1024]  # [conflict] keys of its own shipments
    int64_t lex_key[25 * 4 * 1024]  # [table] as key[]
    int64_t lex_spread[10 * 4 * 4 * 1024]  # as spread[]
    # a plan put aside while another is looked for (plan_least.pxd)
    int16_t aside_part[1000]    # as Plan.block_part
    int32_t aside_candidate[1000]  # as Plan.part_candidate
    # orders beyond the search over subsets (plan_dual.pxd), about 10 MB more, touched as needed
    Dual dual


cdef Scratch* scratch_new() noexcept nogil
# Memory for every problem within the limits; NULL when memory is short. Its owner frees it.

cdef void scratch_free(Scratch* scratch) noexcept nogil

cdef int plan_solve(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil
# The status. Cannot fail otherwise, allocates nothing, borrows the problem for the call.
