"""The state as checkpoint sections, and back (checkpoint format 2).

A section is a row of chunks of about 256 KiB; a chunk is a row of little-endian items. Held and committed units are
not written: loading sums them from the reservations, so a checkpoint cannot carry a drifted counter forward.
Written by a replaying engine beside the live one, never by the live one, so nobody waits for it.
"""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport INT32_MAX, INT64_MAX, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from fastdom._native.arena cimport arena_at
from fastdom._native.capacity cimport CAPACITY_DAYS, Bucket, capacity_bucket, capacity_take
from fastdom._native.command cimport (
    AllocationOut, ExclusionOut, ID_MAX, LINES_MAX, NODE_LIST_MAX, OPTIONS_MAX, SHIPMENTS_MAX, STRANDED_ATTEMPTS_EXHAUSTED,
    ShipmentOut, Slice,
)
from fastdom._native.core cimport Engine
from fastdom._native.engine cimport NativeEngine
from fastdom._native.entry cimport POLICY_EVENT_MAX
from fastdom._native.entry_check cimport ITEM_MAX, STOCK_MAX, is_known, record_fits, remembered_fits
from fastdom._native.faults cimport FAULT_LATE_SUPPLY, FAULT_NONE, Fault, NOTE_MAX, fault_find, fault_restore
from fastdom._native.positions cimport (
    FORGOTTEN, FulfilmentLog, ORDINALS, P_COMMITTED, P_FREE, P_FULFILLED, P_HELD, P_NODE, P_ON_HAND, P_RESERVE, P_SAFETY,
    P_VERSION, Positions, Run, log_age, log_entry, ordinal_of, position_add, position_as_of, position_cell, position_find, run_begin,
    run_next,
)
from fastdom._native.requests cimport Request, request_add, request_find, request_fits, request_kind, request_size
from fastdom._native.reservations cimport (
    Record, due_put, final_touch, open_units, record_allocations, record_of, record_size, reservation_add, reservation_find,
    reservation_fits, reservation_remove,
)
from fastdom._native.state cimport NODE_OFFLINE, NODE_ONLINE, State, note_policy
from fastdom._native.table cimport Interner, intern_add, interned
from fastdom._native.text cimport is_text


cdef enum:
    SNAPSHOT_FORMAT = 2          # 1 had no layouts in its head
    KIND_MAX = 255               # of a remembered command
    LAYOUTS = 16                 # structs that are written as they lie in memory, at most
    CHUNK_BYTES = 262144         # copied with the GIL held: about 20 microseconds

SECTIONS = ("head", "skus", "nodes", "channels", "tenants", "services", "network", "positions", "fulfilments", "reservations",
            "requests", "exceptions", "policies")
AFTER_NODES = frozenset(SECTIONS[SECTIONS.index("network") + 1:])


# The structs that are written as they are, and the number of each one's layout. A change that keeps the size of a struct
# (a field that moved, or means something else) counts its number up; another size shows by itself.
LAYOUT_NAMES = ("Head", "Bucket", "PositionItem", "FulfilmentItem", "Record", "ShipmentOut", "AllocationOut", "ExclusionOut",
                "RequestItem", "Fault", "PolicyItem")
LAYOUTS_MAX = LAYOUTS
LAYOUT_NUMBERS = (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)


cdef struct Layout:
    int32_t number
    int32_t size                 # bytes


cdef struct Head:
    int64_t format
    int64_t seq
    int64_t now_us
    int64_t network_version
    int64_t pruned_at_us
    int64_t oldest_request
    int64_t next_fault_id
    int64_t dropped_faults
    int64_t fulfilments
    int64_t reserved[7]          # 0
    uint8_t network_hash[32]
    Layout layouts[16]           # [LAYOUTS] of every struct that follows, in the order of LAYOUT_NAMES, then 0


cdef struct PositionItem:
    int32_t sku_i
    int32_t node_i
    int32_t on_hand
    int32_t safety_stock
    int32_t routing_reserve
    int32_t version
    int64_t as_of_us


cdef struct FulfilmentItem:
    int64_t ordinal              # counted from 1 over all time
    int64_t seq                  # 0 = forgotten: a mark that the chain once went on
    int64_t total                # as FulfilmentLog has them:
    int32_t quantity
    uint32_t before              # ordinal, 0 = none
    uint32_t jump                # ordinal, 0 = none
    uint32_t depth
    int32_t sku_i
    int32_t node_i
    int32_t newest               # 1 = the newest entry of its position
    int32_t reserved             # 0


cdef struct RequestItem:
    uint64_t key[2]
    uint64_t fingerprint[2]
    int64_t seq
    int64_t at_us
    int32_t answer_size          # bytes that follow
    int32_t kind                 # Kind of the command that was answered


cdef struct PolicyItem:
    int64_t seq                  # journal sequence of the event
    int64_t size                 # bytes that follow: the event


cdef Layout HEAD_LAYOUTS[16]
memset(HEAD_LAYOUTS, 0, sizeof(HEAD_LAYOUTS))
for _i, _size in enumerate((
    sizeof(Head), sizeof(Bucket), sizeof(PositionItem), sizeof(FulfilmentItem), sizeof(Record), sizeof(ShipmentOut),
    sizeof(AllocationOut), sizeof(ExclusionOut), sizeof(RequestItem), sizeof(Fault), sizeof(PolicyItem),
)):
    HEAD_LAYOUTS[_i].number = LAYOUT_NUMBERS[_i]
    HEAD_LAYOUTS[_i].size = <int32_t>_size


# --- writing -------------------------------------------------------------------------------------------------------
# Each `fill_` packs items until a chunk is full, without the GIL, and leaves in the cursor where to go on.

cdef struct Cursor:
    int64_t at                   # next name, node, SKU, slot, ordinal or exception; -1 = through
    int64_t inner                # next position of the SKU, or the next final reservation (slot + 1)
    uint32_t ordinal             # next entry of the position's chain of fulfilments, 0 = its newest
    char* data                   # [CHUNK_BYTES + ITEM_MAX + sizeof(RequestItem)]
    int64_t size


ctypedef void (*Fill)(State* s, Cursor* c) noexcept nogil


cdef inline bint wants_more(const Cursor* c) noexcept nogil:
    return c.size < CHUNK_BYTES


cdef inline void put(Cursor* c, const void* item, int64_t size) noexcept nogil:
    memcpy(c.data + c.size, item, size)
    c.size += size


cdef void fill_head(State* s, Cursor* c) noexcept nogil:
    cdef Head head
    memset(&head, 0, sizeof(Head))
    head.format = SNAPSHOT_FORMAT
    head.seq = s.seq
    head.now_us = s.now_us
    head.network_version = s.network_version
    head.pruned_at_us = s.requests.pruned_at_us
    head.oldest_request = s.requests.oldest
    head.next_fault_id = s.faults.next_id
    head.dropped_faults = s.faults.dropped
    head.fulfilments = s.positions.log_count
    memcpy(head.network_hash, s.network_hash, 32)
    memcpy(head.layouts, HEAD_LAYOUTS, sizeof(head.layouts))
    put(c, &head, sizeof(Head))
    c.at = -1


cdef void fill_names(const Interner* names, Cursor* c) noexcept nogil:
    cdef Slice name
    cdef uint8_t size
    while c.at < names.index.count and wants_more(c):
        name = interned(names, <int32_t>c.at)
        size = <uint8_t>name.size
        put(c, &size, 1)
        put(c, name.data, name.size)
        c.at += 1
    if c.at >= names.index.count:
        c.at = -1


cdef void fill_skus(State* s, Cursor* c) noexcept nogil:
    fill_names(&s.skus, c)


cdef void fill_node_names(State* s, Cursor* c) noexcept nogil:
    fill_names(&s.nodes, c)


cdef void fill_channels(State* s, Cursor* c) noexcept nogil:
    fill_names(&s.channels, c)


cdef void fill_tenants(State* s, Cursor* c) noexcept nogil:
    fill_names(&s.tenants, c)


cdef void fill_services(State* s, Cursor* c) noexcept nogil:
    fill_names(&s.services, c)


cdef void fill_nodes(State* s, Cursor* c) noexcept nogil:
    """Per node: status, then its capacity buckets as (day, taken), closed by day 0."""
    cdef const Bucket* bucket
    cdef Bucket end
    cdef int32_t day
    cdef int32_t status
    end.day = 0
    end.taken = 0
    while c.at < s.nodes.index.count and wants_more(c):
        status = s.node_status[c.at]
        put(c, &status, 4)
        for day in range(CAPACITY_DAYS):
            bucket = capacity_bucket(&s.capacity, <int32_t>c.at, day)
            if bucket.taken:
                put(c, bucket, sizeof(Bucket))
        put(c, &end, sizeof(Bucket))
        c.at += 1
    if c.at >= s.nodes.index.count:
        c.at = -1


cdef void fill_positions(State* s, Cursor* c) noexcept nogil:
    """Every position, whole SKUs at a time: one has at most as many as there are nodes."""
    cdef PositionItem item
    cdef Run run
    cdef int32_t p
    cdef bint more
    memset(&item, 0, sizeof(PositionItem))
    while c.at < s.skus.index.count and wants_more(c):
        item.sku_i = <int32_t>c.at
        more = run_begin(&s.positions, item.sku_i, &run)
        while more:
            for p in range(run.first, run.first + run.length):
                item.node_i = position_cell(&s.positions, p, P_NODE)[0]
                item.on_hand = position_cell(&s.positions, p, P_ON_HAND)[0]
                item.safety_stock = position_cell(&s.positions, p, P_SAFETY)[0]
                item.routing_reserve = position_cell(&s.positions, p, P_RESERVE)[0]
                item.version = position_cell(&s.positions, p, P_VERSION)[0]
                item.as_of_us = position_as_of(&s.positions, p)[0]
                put(c, &item, sizeof(PositionItem))
            more = run_next(&s.positions, &run)
        c.at += 1
    if c.at >= s.skus.index.count:
        c.at = -1


cdef uint32_t put_fulfilment(const Positions* t, uint32_t ordinal, FulfilmentItem* item, Cursor* c) noexcept nogil:
    """One entry of a chain; the ordinal of the one before it, 0 = the chain ends here."""
    cdef const FulfilmentLog* entry = log_entry(t, ordinal)
    item.ordinal = t.log_count - log_age(t, ordinal)
    item.seq = 0
    item.total = 0
    item.quantity = 0
    item.before = 0
    item.jump = 0
    item.depth = 0
    if entry != NULL:
        item.seq = entry.seq
        item.total = entry.total
        item.quantity = entry.quantity
        item.before = entry.before
        item.jump = entry.jump if log_entry(t, entry.jump) != NULL else entry.before   # never to what is not written
        item.depth = entry.depth
    put(c, item, sizeof(FulfilmentItem))
    return item.before


cdef void fill_fulfilments(State* s, Cursor* c) noexcept nogil:
    """The chains of the fulfilment log that are still readable, position by position, newest entry first."""
    cdef const Positions* t = &s.positions
    cdef FulfilmentItem item
    cdef Run run
    cdef int64_t passed
    cdef int32_t p
    cdef bint more
    cdef bint full = False
    memset(&item, 0, sizeof(FulfilmentItem))
    while c.at < s.skus.index.count and not full:
        item.sku_i = <int32_t>c.at
        more = run_begin(t, item.sku_i, &run)
        passed = 0
        while more:
            for p in range(run.first, run.first + run.length):
                passed += 1
                if passed <= c.inner:
                    continue
                if not wants_more(c):
                    full = True
                    break
                item.node_i = position_cell(t, p, P_NODE)[0]
                item.newest = c.ordinal == 0
                if item.newest:
                    c.ordinal = <uint32_t>position_cell(t, p, P_FULFILLED)[0]
                while c.ordinal and wants_more(c):
                    c.ordinal = put_fulfilment(t, c.ordinal, &item, c)
                    item.newest = 0
                if c.ordinal:
                    full = True  # in the middle of a chain
                    break
                c.inner = passed
            more = not full and run_next(t, &run)
        if not full:
            c.at += 1
            c.inner = 0
    if c.at >= s.skus.index.count:
        c.at = -1


cdef void fill_reservations(State* s, Cursor* c) noexcept nogil:
    """Open ones first, then the final ones from the longest untouched on, so that loading restores their order."""
    cdef const Record* record
    while c.at < s.reservations.slots_used and wants_more(c):
        if s.reservations.offset[c.at]:
            record = record_of(&s.reservations, <uint32_t>c.at)
            if record.open_units > 0:
                put(c, record, record.size)
        c.at += 1
        if c.at >= s.reservations.slots_used:
            c.inner = s.reservations.oldest_final
    if c.at < s.reservations.slots_used:
        return
    while c.inner and wants_more(c):
        record = record_of(&s.reservations, <uint32_t>(c.inner - 1))
        put(c, record, record.size)
        c.inner = record.newer
    if c.inner == 0:
        c.at = -1


cdef void fill_requests(State* s, Cursor* c) noexcept nogil:
    """Remembered request ids, oldest first, each with its answer."""
    cdef RequestItem item
    cdef const Request* request
    if c.at < s.requests.oldest:
        c.at = s.requests.oldest
    while c.at < s.requests.next and wants_more(c):
        request = &s.requests.ring[c.at % s.requests.slots_max]
        memcpy(item.key, request.key, 16)
        memcpy(item.fingerprint, request.fingerprint, 16)
        item.seq = request.seq
        item.at_us = request.at_us
        item.answer_size = request_size(request)
        item.kind = request_kind(request)
        put(c, &item, sizeof(RequestItem))
        put(c, arena_at(&s.requests.answers, request.answer), item.answer_size)
        c.at += 1
    if c.at >= s.requests.next:
        c.at = -1


cdef void fill_faults(State* s, Cursor* c) noexcept nogil:
    cdef const Fault* fault
    if c.at < s.faults.next_id - s.faults.slots_max:
        c.at = s.faults.next_id - s.faults.slots_max
    while c.at < s.faults.next_id and wants_more(c):
        fault = fault_find(&s.faults, c.at) if c.at > 0 else NULL
        if fault != NULL:
            put(c, fault, sizeof(Fault))
        c.at += 1
    if c.at >= s.faults.next_id:
        c.at = -1


cdef Fill fill_of(str section) except NULL:
    if section == "head":
        return fill_head
    if section == "skus":
        return fill_skus
    if section == "nodes":
        return fill_node_names
    if section == "channels":
        return fill_channels
    if section == "tenants":
        return fill_tenants
    if section == "services":
        return fill_services
    if section == "network":
        return fill_nodes
    if section == "positions":
        return fill_positions
    if section == "fulfilments":
        return fill_fulfilments
    if section == "reservations":
        return fill_reservations
    if section == "requests":
        return fill_requests
    if section == "exceptions":
        return fill_faults
    raise ValueError(f"no checkpoint section {section}")


cdef class Chunk:
    """Memory of the chunk being filled."""
    cdef char* data

    def __cinit__(self):
        self.data = <char*>malloc(CHUNK_BYTES + ITEM_MAX + sizeof(RequestItem))
        if self.data == NULL:
            raise MemoryError("checkpoint chunk")

    def __dealloc__(self):
        free(self.data)


cdef object next_chunk(State* s, Fill fill, Chunk chunk, Cursor* cursor):
    cursor.data = chunk.data
    cursor.size = 0
    with nogil:
        fill(s, cursor)
    return chunk.data[:cursor.size]


def dump(NativeEngine engine not None):
    """Yield (section, chunk) of the whole state, in the order `load` wants them.

    The engine must not run commands meanwhile; other threads run between chunks and while one is filled.
    """
    cdef State* s = &engine.engine.state
    cdef Chunk chunk = Chunk()
    cdef Cursor cursor
    for section in SECTIONS[:len(SECTIONS) - 1]:
        memset(&cursor, 0, sizeof(Cursor))
        while cursor.at >= 0:
            data = next_chunk(s, fill_of(section), chunk, &cursor)
            if data:
                yield section, data
    for data in policy_chunks(engine.policy_log):
        yield "policies", data


def policy_chunks(log):
    """The events of policies in chunks: of each its sequence (int64), its size (int64), its bytes."""
    cdef PolicyItem item
    pending = bytearray()
    for seq, event in log:
        item.seq = seq
        item.size = len(event)
        pending += (<char*>&item)[:sizeof(PolicyItem)]
        pending += event
        if len(pending) >= CHUNK_BYTES:
            yield bytes(pending)
            pending.clear()
    if pending:
        yield bytes(pending)


# --- loading -------------------------------------------------------------------------------------------------------
# A checksum says that a chunk is the one written, not by whom: every item is checked before it is put anywhere.

def load(NativeEngine engine not None, str section not None, chunk not None):
    """Put one chunk back into an empty, replaying engine. Chunks must come in the order of `dump`, each once.

    Raises
    ------
    ValueError
        The chunk is cut short, names what does not exist, contradicts itself or what was loaded before it, or does not
        fit the configured limits. The engine holds a part of a state then: drop it.
    """
    cdef Py_buffer view
    cdef int64_t left
    if not engine.engine.replaying:
        raise RuntimeError("the engine is live")
    PyObject_GetBuffer(chunk, &view, PyBUF_SIMPLE)
    try:
        if section == "policies":
            left = load_policies(engine, <const char*>view.buf, view.len)
        else:
            left = load_items(engine.engine, section, <const char*>view.buf, view.len)
        at = view.len - left
    finally:
        PyBuffer_Release(&view)
    if left != 0:
        where = f"at byte {at} of a chunk" if left > 0 else "out of order"
        raise ValueError(f"checkpoint section {section} is malformed or does not fit the configured limits ({where})")


cdef int64_t load_items(Engine* g, str section, const char* at, int64_t size) except -2:
    """Bytes not understood; 0 = all of the chunk is in the state."""
    cdef State* s = &g.state
    if section == "head":
        return load_head(s, at, size)
    if size == 0 or s.seq == 0 or (section in AFTER_NODES and not nodes_loaded(s)):
        return -1                                    # an empty chunk, or one before those it builds on
    if section == "skus":
        return load_names(&s.skus, at, size)
    if section == "nodes":
        return load_names(&s.nodes, at, size)
    if section == "channels":
        return load_names(&s.channels, at, size)
    if section == "tenants":
        return load_names(&s.tenants, at, size)
    if section == "services":
        return load_names(&s.services, at, size)
    if section == "network":
        return load_nodes(s, at, size)
    if section == "positions":
        return load_positions(s, at, size)
    if section == "fulfilments":
        return load_fulfilments(s, at, size)
    if section == "reservations":
        return load_reservations(g, at, size)
    if section == "requests":
        return load_requests(g, at, size)
    if section == "exceptions":
        return load_faults(s, at, size)
    return size


cdef int64_t load_policies(NativeEngine engine, const char* at, int64_t size) except -2:
    """Events of policies, rising; whether they are all there shows the digest, which counts them."""
    cdef State* s = &engine.engine.state
    cdef PolicyItem item
    cdef Slice event
    cdef int64_t before = engine.policy_log[len(engine.policy_log) - 1][0] if engine.policy_log else 0
    if s.seq == 0 or size == 0:
        return -1
    while size >= <int64_t>sizeof(PolicyItem):
        memcpy(&item, at, sizeof(PolicyItem))
        if not before < item.seq <= s.seq or not 0 < item.size <= POLICY_EVENT_MAX:
            return size
        if item.size > size - <int64_t>sizeof(PolicyItem):
            return size
        event.data = at + sizeof(PolicyItem)
        event.size = <int32_t>item.size
        note_policy(s, item.seq, event)
        engine.policy_log.append((item.seq, event.data[:event.size]))
        before = item.seq
        at += sizeof(PolicyItem) + item.size
        size -= sizeof(PolicyItem) + item.size
    return size


cdef bint empty(const State* s) noexcept nogil:
    return (
        s.seq == 0 and s.skus.index.count == 0 and s.nodes.index.count == 0 and s.positions.count == 0
        and s.reservations.live == 0 and s.requests.next == s.requests.oldest and s.faults.next_id == 1
        and s.policy_events == 0
    )


cdef bint head_fits(const Head* head) noexcept nogil:
    cdef int64_t counted_max = INT64_MAX // 2
    return (
        0 <= head.seq <= counted_max and 0 <= head.now_us <= counted_max and 0 <= head.network_version <= INT32_MAX
        and head.pruned_at_us >= 0 and 0 <= head.oldest_request <= counted_max and 0 < head.next_fault_id <= counted_max
        and 0 <= head.dropped_faults <= counted_max and 0 <= head.fulfilments <= counted_max
    )


cdef bint head_readable(const char* at, int64_t size) except -1:
    """False = malformed. Raises ValueError for another format or layout."""
    cdef Head head
    cdef int64_t format
    cdef int32_t i
    if size < 8:
        return False
    memcpy(&format, at, 8)
    if format != SNAPSHOT_FORMAT:
        age = "newer" if format > SNAPSHOT_FORMAT else "older"
        raise ValueError(f"checkpoint format {format} is {age} than this program's {SNAPSHOT_FORMAT}")
    if size != sizeof(Head):
        return False
    memcpy(&head, at, sizeof(Head))
    for i in range(LAYOUTS):
        if head.layouts[i].number != HEAD_LAYOUTS[i].number or head.layouts[i].size != HEAD_LAYOUTS[i].size:
            name = LAYOUT_NAMES[i] if i < len(LAYOUT_NAMES) else f"struct {i}"
            raise ValueError(
                f"checkpoint was written by another build: its {name} has layout {head.layouts[i].number} of "
                f"{head.layouts[i].size} bytes, this program's {HEAD_LAYOUTS[i].number} of {HEAD_LAYOUTS[i].size}"
            )
    return True


def check_head(str section not None, bytes head not None):
    """Raise ValueError when the first chunk of a checkpoint is of another format or was written with other layouts."""
    if section == "head":
        head_readable(head, len(head))


cdef int64_t load_head(State* s, const char* at, int64_t size) except -2:
    cdef Head head
    if not head_readable(at, size):
        return size
    memcpy(&head, at, sizeof(Head))
    if not empty(s) or not head_fits(&head):
        return size
    s.seq = head.seq
    s.now_us = head.now_us
    s.network_version = <int32_t>head.network_version
    s.requests.pruned_at_us = head.pruned_at_us
    s.requests.oldest = head.oldest_request
    s.requests.next = head.oldest_request
    s.faults.next_id = head.next_fault_id
    s.faults.dropped = head.dropped_faults
    s.positions.log_count = head.fulfilments
    memcpy(s.network_hash, head.network_hash, 32)
    return 0


cdef int64_t load_names(Interner* names, const char* at, int64_t size) noexcept nogil:
    cdef Slice name
    cdef uint32_t before
    while size > 0:
        name.size = <uint8_t>at[0]
        name.data = at + 1
        before = names.index.count
        # a name that is there already would move the dense ids of all after it
        if not 0 < name.size <= ID_MAX or size < 1 + name.size or not is_text(<const uint8_t*>name.data, name.size):
            return size
        if intern_add(names, name) < 0 or names.index.count == before:
            return size
        at += 1 + name.size
        size -= 1 + name.size
    return size


cdef bint nodes_loaded(const State* s) noexcept nogil:
    """Every node has its status."""
    return s.nodes.index.count == 0 or s.node_status[s.nodes.index.count - 1] != 0


cdef int64_t load_buckets(State* s, int32_t node_i, const char* at, int64_t size) noexcept nogil:
    """Buckets of one node up to the one that closes them; bytes read, -1 = malformed or cut short."""
    cdef Bucket bucket
    cdef int64_t left = size
    while left >= <int64_t>sizeof(Bucket):
        memcpy(&bucket, at, sizeof(Bucket))
        at += sizeof(Bucket)
        left -= sizeof(Bucket)
        if bucket.taken == 0 and bucket.day == 0:
            return size - left
        if bucket.taken <= 0 or bucket.day < 0 or capacity_bucket(&s.capacity, node_i, bucket.day).taken:
            return -1
        capacity_take(&s.capacity, node_i, bucket.day, bucket.taken)
    return -1


cdef int64_t load_nodes(State* s, const char* at, int64_t size) noexcept nogil:
    cdef int64_t done
    cdef int32_t status
    cdef uint32_t node = 0
    while node < s.nodes.index.count and s.node_status[node]:
        node += 1                                    # chunks before this one
    while size >= 4 and node < s.nodes.index.count:
        memcpy(&status, at, 4)
        if status < NODE_ONLINE or status > NODE_OFFLINE:
            return size
        done = load_buckets(s, <int32_t>node, at + 4, size - 4)
        if done < 0:
            return size
        s.node_status[node] = <uint8_t>status
        at += 4 + done
        size -= 4 + done
        node += 1
    return size


cdef bint position_fits(const State* s, const PositionItem* item) noexcept nogil:
    return (
        is_known(&s.skus, item.sku_i) and is_known(&s.nodes, item.node_i)
        and 0 <= item.on_hand <= STOCK_MAX and 0 <= item.safety_stock <= STOCK_MAX
        and 0 <= item.routing_reserve <= STOCK_MAX and item.as_of_us >= 0
        and position_find(&s.positions, item.sku_i, item.node_i) < 0
    )


cdef int64_t load_positions(State* s, const char* at, int64_t size) noexcept nogil:
    cdef PositionItem item
    cdef int32_t p
    while size >= <int64_t>sizeof(PositionItem):
        memcpy(&item, at, sizeof(PositionItem))
        if not position_fits(s, &item):
            return size
        p = position_add(&s.positions, item.sku_i, item.node_i)
        if p < 0:
            return size
        position_cell(&s.positions, p, P_ON_HAND)[0] = item.on_hand
        position_cell(&s.positions, p, P_SAFETY)[0] = item.safety_stock
        position_cell(&s.positions, p, P_RESERVE)[0] = item.routing_reserve
        position_cell(&s.positions, p, P_VERSION)[0] = item.version
        position_cell(&s.positions, p, P_FREE)[0] = item.on_hand - item.safety_stock
        position_as_of(&s.positions, p)[0] = item.as_of_us
        at += sizeof(PositionItem)
        size -= sizeof(PositionItem)
    return size


cdef inline bint link_fits(const Positions* t, int64_t age, uint32_t ordinal) noexcept nogil:
    """It leads to an older entry, or nowhere: a chain that is followed comes to its end."""
    return ordinal == 0 or (ordinal <= ORDINALS and age < log_age(t, ordinal) < t.log_count)


cdef bint fulfilment_fits(const State* s, const FulfilmentItem* item) noexcept nogil:
    cdef int64_t age = s.positions.log_count - item.ordinal
    if item.ordinal < 1 or age < 0 or not 0 <= item.newest <= 1:
        return False
    if not link_fits(&s.positions, age, item.before) or not link_fits(&s.positions, age, item.jump):
        return False
    if item.seq == 0 or item.seq == INT64_MAX:
        return item.quantity == 0 or item.quantity == FORGOTTEN
    return 0 < item.seq <= s.seq and item.quantity > 0


cdef int64_t load_fulfilments(State* s, const char* at, int64_t size) noexcept nogil:
    cdef FulfilmentItem item
    cdef FulfilmentLog* entry
    cdef int32_t p
    while size >= <int64_t>sizeof(FulfilmentItem):
        memcpy(&item, at, sizeof(FulfilmentItem))
        p = position_find(&s.positions, item.sku_i, item.node_i)
        if p < 0 or not fulfilment_fits(s, &item):
            return size
        if s.positions.log_count - item.ordinal < s.positions.log_max:   # the log may have become shorter ...
            entry = &s.positions.log[(item.ordinal - 1) % s.positions.log_max]
            entry.seq = item.seq if item.seq else INT64_MAX              # ... or longer: forgotten stays forgotten
            entry.quantity = item.quantity if item.seq else FORGOTTEN
            entry.total = item.total
            entry.before = item.before
            entry.jump = item.jump
            entry.depth = item.depth
        if item.newest:
            position_cell(&s.positions, p, P_FULFILLED)[0] = <int32_t>ordinal_of(item.ordinal)
        at += sizeof(FulfilmentItem)
        size -= sizeof(FulfilmentItem)
    return size


cdef bint record_size_fits(const State* s, const Record* head, int64_t left) noexcept nogil:
    return (
        head.size <= left and head.size <= ITEM_MAX and head.context_size >= 0
        and 0 <= head.n_shipments <= SHIPMENTS_MAX and 0 <= head.n_allocations <= LINES_MAX * OPTIONS_MAX
        and 0 <= head.n_exclusions < NODE_LIST_MAX
        and head.size == record_size(head.n_shipments, head.n_allocations, head.n_exclusions, head.context_size)
        and reservation_find(&s.reservations, head.id) == NULL and reservation_fits(&s.reservations, head.size)
    )


cdef void count_record(State* s, Record* record, int64_t touched_at_us) noexcept nogil:
    """Its open units into the positions, itself among those due or final."""
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t p
    cdef int32_t i
    cdef int32_t units
    for i in range(record.n_allocations):
        units = open_units(&a[i])
        p = position_find(&s.positions, a[i].sku_i, a[i].node_i)
        position_cell(&s.positions, p, P_COMMITTED if record.committed else P_HELD)[0] += units
        position_cell(&s.positions, p, P_FREE)[0] -= units
    if record.open_units == 0:
        final_touch(&s.reservations, record, touched_at_us)
    elif not record.committed and record.expires_at_us > 0:
        due_put(&s.reservations, record)


cdef int64_t load_reservations(Engine* g, const char* at, int64_t size) noexcept nogil:
    cdef State* s = &g.state
    cdef Record head
    cdef Record* record
    while size >= <int64_t>sizeof(Record):
        memcpy(&head, at, sizeof(Record))
        if not record_size_fits(s, &head, size):
            return size
        record = reservation_add(&s.reservations, &head)
        if record == NULL:
            return size
        memcpy(<char*>record + sizeof(Record), at + sizeof(Record), head.size - sizeof(Record))
        if not record_fits(s, record, &g.context):   # where it lies aligned
            reservation_remove(&s.reservations, record)
            return size
        count_record(s, record, head.touched_at_us)
        at += head.size
        size -= head.size
    return size


cdef int64_t load_requests(Engine* g, const char* at, int64_t size) noexcept nogil:
    cdef State* s = &g.state
    cdef RequestItem item
    cdef Slice answer
    while size >= <int64_t>sizeof(RequestItem):
        memcpy(&item, at, sizeof(RequestItem))
        if (
            item.answer_size <= 0 or item.answer_size > size - <int64_t>sizeof(RequestItem) or item.answer_size > ITEM_MAX
            or not 0 <= item.kind <= KIND_MAX or not 0 < item.seq <= s.seq or not request_fits(&s.requests, item.answer_size)
            or request_find(&s.requests, item.key) != NULL
        ):
            return size
        answer.data = at + sizeof(RequestItem)
        answer.size = <int32_t>item.answer_size
        if not remembered_fits(s, answer, &g.work):
            return size
        request_add(&s.requests, item.key, item.fingerprint, item.seq, item.at_us, answer.data, answer.size, item.kind)
        at += sizeof(RequestItem) + item.answer_size
        size -= sizeof(RequestItem) + item.answer_size
    return size


cdef bint fault_fits(const State* s, const Fault* fault) noexcept nogil:
    """Known names, an id that was given out and that the ring still has room for."""
    return (
        FAULT_NONE < fault.kind <= FAULT_LATE_SUPPLY and 0 <= fault.reason <= STRANDED_ATTEMPTS_EXHAUSTED
        and 0 <= fault.note_size <= NOTE_MAX and is_text(<const uint8_t*>fault.note, fault.note_size)
        and (fault.sku_i == -1 or is_known(&s.skus, fault.sku_i)) and (fault.node_i == -1 or is_known(&s.nodes, fault.node_i))
        and 0 < fault.id < s.faults.next_id and fault.id >= s.faults.next_id - s.faults.slots_max
        and s.faults.ring[(fault.id - 1) % s.faults.slots_max].id == 0
    )


cdef int64_t load_faults(State* s, const char* at, int64_t size) noexcept nogil:
    cdef Fault fault
    cdef int64_t next_id = s.faults.next_id
    while size >= <int64_t>sizeof(Fault):
        memcpy(&fault, at, sizeof(Fault))
        if not fault_fits(s, &fault):
            return size
        fault_restore(&s.faults, &fault)
        s.faults.next_id = next_id
        at += sizeof(Fault)
        size -= sizeof(Fault)
    return size
