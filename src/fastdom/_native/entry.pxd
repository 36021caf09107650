"""One journal entry: what a command decided, in memory and as bytes (journal format 1).

Bytes of a batch: int64 base time, then entries. Bytes of an entry: kind u8, flags u8, body length uvarint, then the
body: time since the entry before it (or the base) uvarint, tenant uvarint, [request key and fingerprint 4 x u64],
decision, [order context]. The decision is also what the request-id table keeps, so a repeated request is answered
from the very bytes that the journal replays. Integers are LEB128 varints, signed ones zigzag.

Room to grow: a decision and an order context end with their extensions, a count and so many (tag uvarint, length
uvarint, bytes). Tags are given out once: 1 = units pegged on supply, by allocation (decision); 2 = ring-fences of a
position (decision); 3 = fence the order draws on (context); 4 = what a re-route remembers of the nodes that failed
(decision of REROUTE; the only one in use). An absent extension is taken for empty. This reader refuses an entry with
any other extension, an unknown flag or another number of objectives as of a later version (ENTRY_LATER): to pass over
what an entry means would be to decide with a wrong state.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

from fastdom._native.command cimport (
    AllocationOut, CostOut, ExclusionOut, LineOut, OptionOut, Result, ShipmentOut, Slice,
)


cdef enum:
    ENTRY_HEAD_MAX = 64          # bytes before the decision, at most
    ENTRY_MAX = 1 << 20          # bytes of any entry, at most: longest ids, node lists and attributes need 750 kB
    POLICY_EVENT_MAX = 786432    # bytes of an event of policies: a document of 256 KiB with all defaults written out
    FLAG_REQUEST = 1             # carries a request id
    FLAG_CONTEXT = 2             # carries an order context
    ENTRY_MALFORMED = -1
    ENTRY_LATER = -3             # of a later version of the format (-2 is the replay's: it does not fit the state)


cdef struct Entry:
    int32_t kind                 # Kind
    int32_t tenant_i
    int64_t seq
    int64_t now_us
    int32_t has_request
    uint64_t key[2]
    uint64_t fingerprint[2]
    Result* result               # the decision
    int64_t args[4]              # ADJUST: delta, reason. NODE_STATUS: status. INTERN: table, count. ADVANCE: at most.
                                 # SET, IMPORT: as_of. NETWORK: version. REROUTE: failed node, units stranded there.
                                 # RAISE: exception kind, node, quantity, ship day.
    Slice text                   # INTERN: names, each length byte + bytes. NETWORK: 32-byte content hash. RESOLVE: note.
                                 # POLICY: event of fastdom.policy (encode_event).
                                 # IMPORT: the positions, see stock_row.pxd.
    Slice context                # order context of a new reservation (see Context)
    Slice answer                 # the packed decision, as it stands in the entry


cdef struct ContextLine:
    Slice line_id
    Slice group_id
    Slice attributes             # packed, see attributes.pxd; empty = none
    int32_t sku_i
    int32_t node_i               # pin as asked for, by the line or its group; -1 = none
    int32_t quantity             # as ordered
    int32_t weight_g             # as used: override or catalogue, grams a unit


cdef struct Context:             # the order context kept with a reservation until it ends
    Slice order_id
    Slice country_code
    Slice postal_code
    Slice pickup_node
    Slice currency_code          # of order value and costs: the network's accounting currency
    Slice policy_name            # the policy that the order was planned by, also where it named none
    int32_t policy_version
    int32_t network_version      # that the order was planned with
    int32_t zone_i               # destination zone, as that network version numbers it; -1 = no address
    int32_t latitude_e7          # of the address, 1e-7 degrees; INT32_MIN = not given
    int32_t longitude_e7
    int32_t service_level        # ServiceLevel, never unspecified
    int32_t payment
    int32_t mode                 # Mode as asked for
    int32_t allow_partial
    int32_t max_shipments        # of the reservation at any time; 0 = no bound
    int64_t effort               # as asked for; 0 = the default
    int64_t placed_at_us         # as given, else when the order was decided
    int64_t required_by_us       # 0 = none
    int64_t order_value_micros
    int32_t n_include            # nodes that may ship, 0 = all
    int32_t n_exclude            # nodes that may not
    int32_t n_lines
    ContextLine* lines           # caller's memory [LINES_MAX]
    int32_t include_nodes[4096]  # [NODE_LIST_MAX] dense ids
    int32_t exclude_nodes[4096]


cdef int64_t context_pack(const Context* context, char* out) noexcept nogil             # bytes written
cdef int context_unpack(Slice data, Context* context) noexcept nogil                    # 0 or ENTRY_*
cdef int64_t context_bound(const Context* context) noexcept nogil                       # bytes it may take, at most

cdef int64_t entry_bound(const Entry* e) noexcept nogil                                 # bytes it may take, at most
cdef int64_t entry_pack(Entry* e, int64_t before_us, char* out) noexcept nogil          # bytes written; sets e.answer
cdef int64_t entry_unpack(const char* data, int64_t size, int64_t before_us, Entry* e, Context* context) noexcept nogil
# bytes read or ENTRY_*. e.result and its arrays are the caller's memory; text, context, answer point into data. `context`
# is written when the entry has one.

cdef bint entry_key(const char* data, int64_t size, uint64_t* key) noexcept nogil
# First half of the request key of an entry not yet unpacked: so that a replay can fetch ahead. False = it has none.


cdef inline void result_clear(Result* x) noexcept nogil:
    """Everything but the array pointers to zero."""
    cdef ShipmentOut* shipments = x.shipments
    cdef CostOut* costs = x.costs
    cdef AllocationOut* allocations = x.allocations
    cdef LineOut* lines = x.lines
    cdef OptionOut* options = x.options
    cdef Slice* line_ids = x.line_ids
    cdef ExclusionOut* exclusions = x.exclusions
    cdef int32_t* stranded_units = x.stranded_units
    memset(x, 0, sizeof(Result))
    x.shipments = shipments
    x.costs = costs
    x.allocations = allocations
    x.lines = lines
    x.options = options
    x.line_ids = line_ids
    x.exclusions = exclusions
    x.stranded_units = stranded_units
    x.status.line_i = -1


cdef char* answer_pack(char* at, int32_t kind, const Result* x) noexcept nogil             # past its last byte
cdef int answer_unpack(int32_t kind, Slice answer, Result* result) noexcept nogil       # 0 or ENTRY_*


cdef class ResultBuffers:
    """Memory for one Result and its arrays, owned by whoever runs commands one at a time."""
    cdef Result result
    cdef ContextLine* context_lines
