"""Data sheet of a policy over one network version: what a decision may use, and what it costs.

What a policy constrains differs from stage to stage: stage 0 has all of its constraints, each further one has given up
one more of them. What it weighs is the same in all. Costs named `_cost` are weighted, those named `_micros` raw.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

from fastdom._native.command cimport Slice


cdef enum:                       # objectives: index of cost vectors, the order of fastdom.policy.objectives
    SHIPPING = 0
    HANDLING = 1
    SPLIT_PENALTY = 2
    DISTANCE = 3
    LATENESS = 4
    TRANSIT_TIME = 5
    CAPACITY_BALANCE = 6
    STOCK_BALANCE = 7
    WEEKS_OF_SUPPLY = 8
    MARKDOWN_AVOIDANCE = 9
    NODE_PRIORITY = 10
    CARBON = 11
    OPPORTUNITY_COST = 12


cdef enum Whole:                 # what is served in full or not at all
    WHOLE_NONE = 0
    WHOLE_ORDER = 1
    WHOLE_LINE = 2


cdef enum Fallback:
    FALLBACK_BACKORDER = 0
    FALLBACK_QUEUE = 1
    FALLBACK_CANCEL = 2


cdef enum:
    LEVELS_OFF = -1              # level of an objective that is not weighed
    CAPABILITY_OVERSIZE = 2      # bit of `capable`; hazmat is 0, cold_chain 1, gift_wrap 3
    CAPABILITIES = 4
    LOAD_FULL = 1000             # per mille


cdef struct PolicyStage:
    const uint8_t* node_allowed  # [n_nodes] 1 = present, and its type and groups may ship
    const int64_t* excluded_until_us  # [n_nodes] it ships from this moment on; NULL = no node is left out
    const uint8_t* capable       # [n_nodes] bit c: it ships blocks that need capability c; NULL = every node all
    const uint8_t* zone_allowed  # [n_zones, n_nodes]; NULL = wherever there is a lane
    const int32_t* distance_cap_m  # [n_nodes] farthest destination; NULL = any
    const uint8_t* service_allowed  # [n_services] NULL = all
    const int32_t* capacity_open # [n_nodes] of a day, shipments or units as the node counts; read where it has a limit
    int32_t oversize_from_g      # grams of a unit that make it oversize; 0 = none
    int32_t reserve_mask         # -1 = routing_reserve is kept back, 0 = it is not
    int32_t reserve_extra        # units kept back at every position besides
    int32_t max_shipments        # 0 = no bound
    int32_t whole                # Whole
    int32_t min_units            # of a shipment; 0 = none
    int32_t min_only_when_split  # 1 = the only shipment of a plan is exempt
    int32_t arrival_kept         # 1 = required_by refuses later arrivals
    int64_t min_value_micros     # of a shipment; 0 = none
    int64_t grace_us             # by which required_by may be missed
    int64_t within_us            # from the order to the end of the arrival window; 0 = any


cdef struct Policy:
    Slice name
    int32_t version
    uint32_t key                 # hash of the name, never 0: names the policy across network versions
    int32_t n_stages             # 1 + constraints that are given up
    const PolicyStage* stages    # [2, n_stages]; the second row for lines whose nodes are given: no node is left out
    # objectives
    int64_t weights[13]          # 1/1024
    int32_t level[13]            # component of the cost vector; LEVELS_OFF = not weighed
    int32_t n_cost               # components, 1 .. 4
    bint by_offer                # some objective weighed depends on carrier service or hand-over, besides shipping
    bint by_block                # some objective weighed depends on the stock of what is shipped
    int64_t split_penalty_micros
    int64_t split_penalty_cost
    int64_t distance_micros_per_km_unit
    int64_t lateness_micros_per_day
    int64_t lateness_micros_per_day_unit
    int64_t transit_micros_per_day
    int64_t stock_micros_per_unit
    int64_t stock_target_units
    int64_t weeks_micros_per_unit
    int64_t weeks_target
    int64_t markdown_micros_per_unit
    int64_t markdown_within_weeks
    int64_t opportunity_cap_micros
    const int64_t* load_micros   # [1001] capacity balance of a shipment, by the load of its bucket in per mille
    const int64_t* load_cost
    const int64_t* priority_shipment_micros  # [n_nodes]
    const int64_t* priority_unit_micros
    const int64_t* carbon_micros_per_km  # [n_services] of a shipment
    const int64_t* node_fixed_cost  # [n_nodes, n_cost] handling and priority of a shipment
    const int64_t* node_unit_cost   # [n_nodes, n_cost] the same of a unit
    const int64_t* handling_shipment_cost  # [n_nodes]
    const int64_t* handling_unit_cost
    const int64_t* priority_shipment_cost
    const int64_t* priority_unit_cost
    # the rest
    int32_t fallback             # Fallback
    int32_t split_quantities     # 1 = the units of a line may leave from several nodes
    int32_t reroute_attempts_max # 0 = never moved; -1 = as Limits say
    int64_t reroute_exclude_us   # a node that failed stays out so long; -1 = as Limits say
    int64_t effort               # evaluations; 0 = the engine's default


cdef class PolicyTables:
    """Owns the policies of one network version; `policies` points into its arrays."""
    cdef Policy* policies        # [2, n_policies] the default first; the second row for orders without required_by:
                                 # nothing is late for them, so it weighs no lateness
    cdef int32_t n_policies
    cdef list kept               # names and arrays that the structs point into
    cdef const void* _keep(self, object array, object dtype) except? NULL
    cdef _head(self, Policy* policy, object one)
    cdef _pricing(self, Policy* policy, object pricing, object network)
    cdef _nodes(self, Policy* policy, object pricing, object network)
    cdef object _levels(self, const Policy* policy, tuple costs)
    cdef _stages(self, Policy* policy, object stages, object network)
    cdef _stage(self, PolicyStage* to, object stage, object network)
