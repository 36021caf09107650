"""The hot contract: a Command goes in, a Result comes out, and neither holds a Python object.

A Command borrows its strings from the caller's buffer (valid only during the call); a Result is written into the
caller's ResultBuffers. Dense ids (`_i`) are the engine's own; -1 means "not given" or "not known". Times are
microseconds UTC (0 = not given), money int64 micros of the network's currency, weight grams, distance metres.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t


cdef enum Limit:
    LINES_MAX = 1000             # lines of one order
    SHIPMENTS_MAX = 1000         # shipments of one plan: never more than its lines
    OPTIONS_MAX = 4              # promise options: one per service level
    OBJECTIVES = 13              # by number - 1 of fastdom.v1.Objective; the order of fastdom.policy.objectives
    ID_MAX = 64                  # bytes of an external id
    REQUEST_ID_MAX = 36          # bytes of a request id
    TOKEN_MAX = 512              # bytes of an option token
    NODE_LIST_MAX = 4096         # included or excluded nodes of a Route
    IMPORT_ROWS_MAX = 1024       # rows of one chunk of an import


cdef struct Slice:
    const char* data             # borrowed; (NULL, 0) is legal and means "not given"
    int32_t size                 # bytes


cdef enum Kind:                  # also the journal's entry kinds: never renumber
    KIND_NONE = 0
    KIND_RESERVE = 1
    KIND_ROUTE = 2
    KIND_PROMISE = 3
    KIND_COMMIT = 4
    KIND_EXTEND = 5
    KIND_RELEASE = 6
    KIND_FULFILL = 7
    KIND_GET = 8
    KIND_ADJUST = 9
    KIND_SET = 10
    KIND_AVAILABILITY = 11
    KIND_NODE_STATUS = 12
    KIND_REROUTE = 13            # one reservation moved off a node that failed it, asked for or because it is OFFLINE
    KIND_RESOLVE = 14            # an exception closed
    KIND_INTERN = 15             # dense ids assigned
    KIND_NETWORK = 16            # a network version activated
    KIND_ADVANCE = 17            # time moved, due holds expired
    KIND_REFUSED = 18            # nothing but a remembered request id
    KIND_FENCE = 19              # reserved: ring-fence (journal format 1 knows it)
    KIND_SUPPLY = 20             # reserved: scheduled supply, pegged demand
    KIND_TRANSFER = 21           # reserved: allocation moved by request
    KIND_RAISE = 22              # an exception raised by a new network version
    KIND_IMPORT = 23             # a chunk of stock counts
    KIND_POLICY = 24             # a version of a routing policy made, changed, activated, archived; the default switched


cdef enum Reason:                # equal to fastdom.v1.ErrorReason; texts in fastdom.reasons
    OK = 0
    R_INVALID_FIELD = 1
    R_EMPTY_ORDER = 2
    R_INVALID_QUANTITY = 3
    R_DUPLICATE_LINE_ID = 4
    R_TOO_MANY_LINES = 5
    R_TOO_MANY_ITEMS = 6
    R_ID_TOO_LONG = 7
    R_REQUEST_ID_REQUIRED = 8
    R_CURRENCY_MISMATCH = 9
    R_UNKNOWN_SKU = 10
    R_UNKNOWN_NODE = 11
    R_UNKNOWN_CHANNEL = 12
    R_UNKNOWN_POSTAL_CODE = 13
    R_UNKNOWN_POLICY = 14
    R_UNKNOWN_SERVICE_LEVEL = 15
    R_UNKNOWN_CARRIER_SERVICE = 16
    R_MALFORMED = 17             # the message bytes are not a valid protobuf of the expected type
    R_UNKNOWN_COUNTRY = 18
    R_REQUEST_ID_REUSED = 21
    R_REQUEST_ID_EXPIRED = 22
    R_DEADLINE_PASSED = 23
    R_RESERVATION_NOT_FOUND = 41
    R_RESERVATION_EXPIRED = 42
    R_RESERVATION_RELEASED = 43
    R_RESERVATION_COMMITTED = 44
    R_RESERVATION_NOT_COMMITTED = 45
    R_UNKNOWN_LINE = 46
    R_QUANTITY_EXCEEDS_OPEN = 47
    R_RESERVATION_FULFILLED = 48
    R_NOTHING_OPEN_AT_NODE = 49  # no open units of the reservation are at the node
    R_TOKEN_INVALID = 61
    R_TOKEN_EXPIRED = 62
    R_TOKEN_MISMATCH = 63
    R_STALE = 81
    R_VERSION_MISMATCH = 82
    R_ON_HAND_BELOW_ZERO = 83
    R_FULFILMENTS_FORGOTTEN = 84 # the fulfilment log no longer reaches back to includes_fulfilments_up_to
    R_ETAG_MISMATCH = 85         # a policy version was changed since it was read
    R_NO_NETWORK = 101           # no network version is active (NETWORK_MISSING)
    R_NODE_OFFLINE = 104         # pinned to a node that is PAUSED or OFFLINE
    R_EXCEPTION_NOT_FOUND = 105
    R_POLICY_INVALID = 106       # a policy document is wrong
    R_POLICY_STATE = 107         # the state of a policy version does not allow it
    R_POLICY_UNFIT = 108         # a policy cannot work on the network, or the engine cannot decide by it
    R_OVERLOADED = 121           # undurable bytes at their bound
    R_MAP_FULL = 122             # the journal has no room
    R_LIMIT_EXCEEDED = 123       # a table of the engine is full
    R_NOT_DURABLE = 124          # the journal failed; nothing is answered any more
    R_UNSUPPORTED = 126
    R_INTERNAL = 127


cdef enum Field:                 # which field a refusal is about; paths in fastdom.reasons
    F_NONE = 0
    F_REQUEST_ID = 1
    F_LINES = 2
    F_LINE_ID = 3
    F_SKU = 4
    F_QUANTITY = 5
    F_WEIGHT = 6
    F_GROUP_ID = 7
    F_NODE_ID = 8
    F_CHANNEL = 9
    F_DESTINATION = 10
    F_POSTAL_CODE = 11
    F_COUNTRY_CODE = 12
    F_PICKUP_NODE_ID = 13
    F_SERVICE_LEVEL = 14
    F_PAYMENT = 15
    F_PLACED_AT = 16
    F_REQUIRED_BY = 17
    F_ORDER_VALUE = 18
    F_CURRENCY_CODE = 19
    F_POLICY = 20
    F_MODE = 21
    F_TTL = 22
    F_INCLUDE_NODE_IDS = 23
    F_EXCLUDE_NODE_IDS = 24
    F_MAX_SHIPMENTS = 25
    F_EFFORT = 26
    F_OPTION_TOKEN = 27
    F_RESERVATION_ID = 28
    F_DELTA = 29
    F_REASON = 30
    F_ON_HAND = 31
    F_SAFETY_STOCK = 32
    F_ROUTING_RESERVE = 33
    F_AS_OF = 34
    F_INCLUDES_FULFILMENTS_UP_TO = 35
    F_EXPECTED_ON_HAND = 36
    F_EXPECTED_VERSION = 37
    F_STATUS = 38
    F_FIRST_SENT_AT = 39
    F_ORDER_ID = 40
    F_ALTERNATIVES = 41
    F_ATTRIBUTES = 42
    F_SERVICE_LEVELS = 43
    F_OPTION = 44
    F_EXCEPTION_ID = 45


cdef struct Status:
    int32_t reason               # Reason; OK = 0
    int32_t field                # Field
    int32_t line_i               # index of the line it is about, -1 = the whole command


cdef enum Mode:
    MODE_UNSPECIFIED = 0
    MODE_PLAN = 1                # an estimate: nothing changes, no request id used
    MODE_HOLD = 2
    MODE_FIRM = 3                # granted and committed in one step


cdef enum RerouteReason:         # why a node failed a reservation; equal to fastdom.v1.RerouteReason
    REROUTE_UNSPECIFIED = 0      # counts as OTHER
    REROUTE_REJECTED = 1
    REROUTE_SHORT_PICK = 2       # the units are not there: on_hand goes down with them
    REROUTE_LATE = 3
    REROUTE_OTHER = 4
    REROUTE_NODE_OFFLINE = 5     # by the engine alone, never asked for: this and those that follow
    REROUTE_OVER_CAPACITY = 6    # a bucket of the node has more than its limit


cdef enum StrandedReason:        # why units stay at a node that failed; equal to fastdom.v1.StrandedReason
    STRANDED_NONE = 0
    STRANDED_NO_OTHER_NODE = 1   # no other node can ship them
    STRANDED_ATTEMPTS_EXHAUSTED = 2   # moved as often as is allowed


cdef struct LineIn:
    Slice line_id
    Slice sku
    Slice node                   # pin (Reserve), or the node whose allocation is meant (Release, Fulfill)
    Slice group_id               # lines of one group leave from one node
    Slice attributes             # packed, see attributes.pxd; a verb's line has none
    int32_t quantity
    int32_t weight_g             # -1 = from the catalogue
    int32_t sku_known            # dense id of the SKU + 1, when the caller has it; 0 = found by its text
    int32_t node_known           # dense id of the pinned node + 1, likewise


cdef struct SetRow:              # one position to set, in a chunk of an import
    Slice sku
    Slice node
    int32_t sku_i                # -1 = unknown
    int32_t node_i               # -1 = unknown
    int32_t on_hand
    int32_t safety_stock         # -1 = leave
    int32_t routing_reserve      # -1 = leave
    int32_t reason               # out: Reason
    int32_t field                # out: Field


cdef struct Command:
    int32_t kind
    int32_t tenant_i
    int64_t now_us               # the engine takes max(this, last journalled time)
    int64_t deadline_us          # 0 = none
    int64_t first_sent_at_us     # 0 = not given
    Slice request_id
    uint64_t fingerprint[2]      # of the decoded fields and the method; without deadline and tracing
    # the order
    Slice order_id
    Slice channel
    Slice country_code
    Slice postal_code
    Slice pickup_node
    int32_t latitude_e7          # of the address, 1e-7 degrees; INT32_MIN = not given
    int32_t longitude_e7
    Slice currency_code          # of order_value; empty = the network's
    int64_t order_value_micros
    int64_t placed_at_us         # 0 = now
    int64_t required_by_us       # 0 = none
    int32_t service_level        # 0 unspecified (STANDARD), 1 STANDARD, 2 EXPRESS, 3 SAME_DAY, 4 PICKUP
    int32_t payment              # 0 unspecified, 1 PREPAID, 2 COLLECT_ON_DELIVERY
    LineIn* lines
    int32_t n_lines
    # how
    int32_t mode                 # Mode
    int64_t ttl_us               # 0 = the channel's default
    int32_t allow_partial
    int32_t max_shipments        # 0 = no bound
    int64_t effort               # node x subset evaluations; 0 = the default
    Slice policy_name            # empty = the active default
    int32_t policy_version       # 0 = the active one
    Slice* include_nodes
    int32_t n_include
    Slice* exclude_nodes
    int32_t n_exclude
    int32_t alternatives         # wanted alternatives (cold path)
    # promise
    uint32_t service_levels      # bit set of wanted levels (bit = ServiceLevel); 0 = all
    int32_t hold                 # Promise: also reserve
    int32_t hold_level           # which option to hold; 0 = the best
    Slice option_token
    # reservation verbs
    uint64_t reservation_id[2]   # high, low
    int32_t reacquire
    # stock
    Slice sku
    Slice node
    int32_t delta
    int32_t adjust_reason        # 1 SALE 2 RECEIPT 3 RETURN 4 COUNT 5 DAMAGE 6 TRANSFER
    int32_t on_hand
    int32_t safety_stock         # -1 = leave
    int32_t routing_reserve      # -1 = leave
    int64_t as_of_us
    int64_t includes_fulfilments_up_to   # 0 = not given (all are counted)
    int32_t expected_on_hand     # -1 = not asked
    int64_t expected_version     # -1 = not asked
    SetRow* rows                 # a chunk, [IMPORT_ROWS_MAX]; what becomes of each is written into it
    int32_t n_rows
    int32_t node_status          # 1 ONLINE 2 PAUSED 3 OFFLINE
    int32_t reroute_reason       # RerouteReason; the node that failed is `node`. NODE_STATUS: OVER_CAPACITY = status as it is
    int64_t exception_id
    Slice note                   # of a resolution, at most 1,024 bytes


cdef struct ShipmentOut:
    int32_t node_i
    int32_t service_i            # -1 = none (pinned reserve without a network lane, pickup)
    int32_t ship_day             # node's local date, days since 1970-01-01: the capacity bucket
    int32_t capacity_taken       # 0, 1 shipment, or its units
    int32_t units
    int32_t n_allocations
    int32_t distance_m           # -1 = unknown
    int32_t reserved             # 0
    int64_t weight_g
    int64_t order_by_us
    int64_t ship_at_us           # hand-over to the carrier, or ready for pickup; the bucket closes here
    int64_t arrive_from_us
    int64_t arrive_by_us
    int64_t cost_micros          # weighted, all objectives together, at most 2^50
    int64_t penalty_micros       # of it the split penalty


cdef struct CostOut:             # what a shipment costs by objective; a reservation keeps only the sum
    int64_t raw_micros[13]       # [OBJECTIVES] before weights
    int64_t cost_micros[13]      # [OBJECTIVES] weighted


cdef struct AllocationOut:
    int32_t line_i
    int32_t sku_i
    int32_t shipment_i           # counted from the first shipment of its plan, also in a promise option
    int32_t node_i
    int32_t granted
    int32_t fulfilled
    int32_t released
    int32_t expired              # granted = fulfilled + released + expired + open


cdef struct ExclusionOut:        # a node that failed a reservation: it gets no units of it for a while
    int32_t node_i
    int32_t reason               # RerouteReason
    int64_t until_us             # it may have units again from this moment on


cdef enum LineReason:            # why a line is not (wholly) granted; equal to fastdom.v1.UnassignedReason
    LINE_GRANTED = 0
    LINE_OUT_OF_STOCK = 1        # no single eligible node has the quantity
    LINE_NO_ELIGIBLE_NODE = 2    # excluded, PAUSED, OFFLINE or absent: no node may serve it
    LINE_NO_LANE = 3             # stocked, but no lane or carrier service of the level to the destination
    LINE_PAYMENT_NOT_SERVED = 4  # no service on the lane collects on delivery
    LINE_OVERWEIGHT = 5
    LINE_NO_CAPACITY = 6
    LINE_TOO_LATE = 7            # nothing arrives by required_by
    LINE_GROUP_NOT_TOGETHER = 8  # no node has the whole group
    LINE_TOO_MANY_SHIPMENTS = 9  # max_shipments binds
    LINE_NODE_UNAVAILABLE = 10   # the pinned node is PAUSED or OFFLINE
    LINE_ORDER_INCOMPLETE = 11   # all or nothing: another line failed
    LINE_BELOW_MINIMUM = 12      # its shipment would have fewer units, or less value, than the policy's minimum
    LINE_ORDER_CANCELLED = 13    # another line failed, and the policy's fallback cancels what is not served whole


cdef enum:
    LINE_REASON_LAST = LINE_ORDER_CANCELLED


cdef struct LineOut:
    int32_t granted
    int32_t shortfall            # quantity - granted
    int32_t available_after      # best single node for unpinned, the pinned node's otherwise
    int32_t reason               # LineReason


cdef enum Outcome:
    OUTCOME_NONE = 0
    OUTCOME_GRANTED = 1
    OUTCOME_PARTIAL = 2
    OUTCOME_REFUSED = 3          # an answer, not an error: not enough stock, capacity or lanes


cdef enum Optimality:
    OPT_NONE = 0
    OPT_PROVEN = 1
    OPT_BOUND = 2
    OPT_HEURISTIC = 3


cdef enum TokenDifference:
    TOKEN_SAME = 0
    TOKEN_STOCK = 1
    TOKEN_CAPACITY = 2
    TOKEN_CUTOFF_PASSED = 3
    TOKEN_NETWORK_CHANGED = 4
    TOKEN_PRICE = 5


cdef struct OptionOut:
    int32_t service_level
    int32_t first_shipment       # into shipments
    int32_t n_shipments
    int32_t first_allocation     # into allocations
    int32_t n_allocations
    int32_t optimality
    int32_t confidence_permille
    int32_t token_size
    int64_t order_by_us          # earliest order_by of its shipments
    int64_t ship_from_us         # earliest hand-over
    int64_t ship_by_us           # latest hand-over
    int64_t arrive_from_us       # of the latest shipment
    int64_t arrive_by_us
    int64_t valid_until_us
    int64_t cost_micros
    uint8_t token[512]


cdef struct Result:
    Status status
    int64_t seq                  # inventory_seq: the journal sequence the answer was computed at
    int64_t wait_seq             # the reply leaves when this is durable; 0 = an estimate, wait for nothing
    int64_t now_us               # the time the command was judged at
    int32_t repeated             # 1 = recorded answer of the same request id
    int32_t outcome
    int32_t optimality
    int32_t split_count          # shipments - 1
    int64_t total_micros
    int64_t gap_micros
    int32_t nodes_considered
    int64_t evaluations
    int32_t relaxed              # constraints of the policy's `relax` given up for the plan; of options, the best one's
    int32_t network_version
    int32_t policy_version
    int32_t token_difference
    # the reservation, when there is one
    int32_t has_reservation
    uint64_t reservation_id[2]
    int32_t state                # ReservationState: 1 HELD 2 COMMITTED 3 PARTIALLY_FULFILLED 4 FULFILLED 5 RELEASED 6 EXPIRED
    int32_t channel_i
    int32_t committed            # open units are committed (1) or held (0)
    int32_t needs_attention
    int32_t dated                # reserved as a dated option: a hold ends at its order_by at the latest
    int64_t expires_at_us        # 0 = does not expire
    int64_t created_at_us
    int64_t version              # seq of the last change
    # stock commands
    int32_t sku_i
    int32_t node_i
    int32_t on_hand
    int32_t held
    int32_t committed_units
    int32_t safety_stock
    int32_t routing_reserve
    int32_t available
    int32_t shortfall
    int32_t reacquired           # a Commit took the allocations of an expired hold again
    int32_t held_option          # service level of the option a Promise reserved; 0 = none
    int32_t count_mismatch       # units a Fulfill could not take off on_hand
    int64_t on_hand_version
    int64_t exception_id
    int32_t activated            # a network became the active one, or was it already (0)
    int32_t rows_applied         # of a chunk
    Slice refused_rows           # of a chunk, packed: number, reason, field of each (valid under the lock)
    int32_t rerouted             # units a re-route moved
    int32_t stranded             # units it had to move that stay
    int32_t has_moves            # a re-route that remembers who failed: the seven fields below and `node_i`
    int32_t attempts             # re-routes by request that moved units of the reservation so far
    int32_t first_moved          # shipments from this one on are the new ones
    int32_t stranded_reason      # StrandedReason
    int32_t n_exclusions
    ExclusionOut* exclusions     # [NODE_LIST_MAX] nodes that failed the reservation, each once, this one last
    int32_t* stranded_units      # [LINES_MAX * OPTIONS_MAX] by allocation: open units that should have left its node
    Slice short_picks            # positions of `node_i` whose units were not there, packed: SKU, units (valid under the lock)
    # arrays: the caller's memory, sized by Limit
    int32_t n_shipments
    int32_t n_allocations
    int32_t n_lines
    int32_t n_options
    ShipmentOut* shipments       # [SHIPMENTS_MAX * OPTIONS_MAX]
    CostOut* costs               # [SHIPMENTS_MAX * OPTIONS_MAX] of the same shipment; all 0 for one from a reservation
    AllocationOut* allocations   # [LINES_MAX * OPTIONS_MAX]
    LineOut* lines               # [LINES_MAX]
    OptionOut* options           # [OPTIONS_MAX]
    Slice order_id               # of the reservation (points into the state; valid under the lock, copied by the face)
    Slice* line_ids              # [LINES_MAX] of the reservation's order
    int32_t service_level        # of the reservation's order
    int32_t n_line_ids           # lines of the reservation's order
