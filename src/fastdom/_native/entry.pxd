"""One journal entry: what a command decided, in memory and as bytes (journal format 1).

Bytes of a batch: int64 base time, then entries. Bytes of an entry: kind u8, flags u8, body length uvarint, then the
body: time since the entry before it (or the base) uvarint, tenant uvarint, [request key and fingerprint 4 x u64],
decision, [order context]. The decision is also what the request-id table keeps, so a repeated request is answered
from the very bytes that the journal replays. Integers are LEB128 varints, signed ones zigzag.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

from fastdom._native.command cimport Command, Result, Slice


cdef enum:
    ENTRY_HEAD_MAX = 64          # bytes before the decision, at most
    ENTRY_MAX = 1 << 20          # bytes of any entry, at most: 1,000 lines of the longest ids need about 400 kB
    FLAG_REQUEST = 1             # carries a request id
    FLAG_CONTEXT = 2             # carries an order context


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
                                 # IMPORT: the positions, see stock_row.pxd.
    Slice context                # order context of a new reservation (see Context)
    Slice answer                 # the packed decision, as it stands in the entry


cdef struct ContextLine:
    Slice line_id
    Slice group_id
    int32_t sku_i
    int32_t quantity             # as ordered
    int32_t weight_g             # as used: override or catalogue, grams a unit


cdef struct Context:             # the order context kept with a reservation until it ends
    Slice order_id
    Slice country_code
    Slice postal_code
    Slice pickup_node
    int32_t service_level
    int32_t payment
    int64_t placed_at_us
    int64_t required_by_us
    int64_t order_value_micros
    int32_t n_lines
    ContextLine* lines           # caller's memory [LINES_MAX]


cdef int64_t context_pack(const Context* context, char* out) noexcept nogil             # bytes written
cdef int context_unpack(Slice data, Context* context) noexcept nogil                    # 0, -1 = malformed
cdef int64_t context_bound(const Context* context) noexcept nogil                       # bytes it may take, at most

cdef int64_t entry_bound(const Entry* e) noexcept nogil                                 # bytes it may take, at most
cdef int64_t entry_pack(Entry* e, int64_t before_us, char* out) noexcept nogil          # bytes written; sets e.answer
cdef int64_t entry_unpack(const char* data, int64_t size, int64_t before_us, Entry* e) noexcept nogil
# bytes read, -1 = malformed. e.result and its arrays are the caller's memory; text, context, answer point into data

cdef inline void result_clear(Result* x) noexcept nogil:
    """Everything but the array pointers to zero."""
    cdef Result kept = x[0]
    memset(x, 0, sizeof(Result))
    x.shipments = kept.shipments
    x.allocations = kept.allocations
    x.lines = kept.lines
    x.options = kept.options
    x.line_ids = kept.line_ids
    x.status.line_i = -1


cdef int answer_unpack(int32_t kind, Slice answer, Result* result) noexcept nogil       # 0, -1 = malformed


cdef class ResultBuffers:
    """Memory for one Result and its arrays, owned by whoever runs commands one at a time."""
    cdef Result result
    cdef ContextLine* context_lines
