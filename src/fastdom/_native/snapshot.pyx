"""The state as checkpoint sections, and back (checkpoint format 1).

A section is a row of chunks of about a megabyte; a chunk is a row of little-endian items. Held and committed units are
not written: loading sums them from the reservations, so a checkpoint cannot carry a drifted counter forward.
Written by a replaying engine beside the live one, never by the live one, so nobody waits for it.
"""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport INT32_MAX, INT64_MAX, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from fastdom._native.arena cimport arena_at
from fastdom._native.capacity cimport CAPACITY_DAYS, Bucket, capacity_bucket, capacity_take
from fastdom._native.command cimport AllocationOut, ID_MAX, LINES_MAX, OPTIONS_MAX, SHIPMENTS_MAX, Slice
from fastdom._native.core cimport Engine
from fastdom._native.engine cimport NativeEngine
from fastdom._native.entry_check cimport ITEM_MAX, STOCK_MAX, is_known, record_fits, remembered_fits
from fastdom._native.faults cimport FAULT_LATE_SUPPLY, FAULT_NONE, Fault, NOTE_MAX, fault_find, fault_restore
from fastdom._native.positions cimport (
    FORGOTTEN, FulfilmentLog, P_COMMITTED, P_FREE, P_FULFILLED, P_HELD, P_NODE, P_ON_HAND, P_RESERVE, P_SAFETY, P_VERSION, Run,
    position_add, position_as_of, position_cell, position_find, run_begin, run_next,
)
from fastdom._native.requests cimport Request, request_add, request_find, request_fits
from fastdom._native.reservations cimport (
    Record, due_put, final_touch, open_units, record_allocations, record_of, record_size, reservation_add, reservation_find,
    reservation_fits, reservation_remove,
)
from fastdom._native.state cimport NODE_OFFLINE, NODE_ONLINE, State
from fastdom._native.table cimport Interner, intern_add, interned


cdef enum:
    SNAPSHOT_FORMAT = 1
    CHUNK_BYTES = 1048576

SECTIONS = ("head", "skus", "nodes", "channels", "tenants", "services", "network", "positions", "fulfilments", "reservations",
            "requests", "exceptions")
AFTER_NODES = frozenset(SECTIONS[SECTIONS.index("network") + 1:])


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
    int64_t seq
    int64_t before               # ordinal of the position's entry before it, 0 = none (or forgotten)
    int32_t sku_i
    int32_t node_i
    int32_t quantity
    int32_t newest               # 1 = the newest entry of its position


cdef struct RequestItem:
    uint64_t key[2]
    uint64_t fingerprint[2]
    int64_t seq
    int64_t at_us
    int64_t answer_size          # bytes that follow


cdef class Chunks:
    """Gathers items; gives full chunks away."""
    cdef char* data
    cdef Py_ssize_t size
    cdef list done
    cdef str section

    def __cinit__(self):
        self.data = <char*>malloc(CHUNK_BYTES + ITEM_MAX + sizeof(RequestItem))
        if self.data == NULL:
            raise MemoryError("checkpoint chunk")
        self.done = []

    def __dealloc__(self):
        free(self.data)

    cdef int put(self, const void* item, Py_ssize_t size) except -1:
        memcpy(self.data + self.size, item, size)
        self.size += size
        return 0

    cdef int end_item(self) except -1:
        """An item is complete: cut the chunk when it is large enough."""
        if self.size >= CHUNK_BYTES:
            self.cut()
        return 0

    cdef int cut(self) except -1:
        if self.size:
            self.done.append((self.section, self.data[:self.size]))
            self.size = 0
        return 0


def dump(NativeEngine engine not None):
    """Yield (section, chunk) of the whole state, in the order `load` wants them."""
    cdef Chunks out = Chunks()
    for section in SECTIONS:
        out.section = section
        for _ in dump_section(engine, out, section):
            yield from take(out)
        out.cut()
        yield from take(out)


cdef list take(Chunks out):
    cdef list done = out.done
    out.done = []
    return done


def dump_section(NativeEngine engine not None, Chunks out not None, str section not None):
    """Fill chunks of one section; yields now and then so that the caller can write them."""
    cdef State* s = &engine.engine.state
    if section == "head":
        dump_head(s, out)
    elif section == "skus":
        dump_names(&s.skus, out)
    elif section == "nodes":
        dump_names(&s.nodes, out)
    elif section == "channels":
        dump_names(&s.channels, out)
    elif section == "tenants":
        dump_names(&s.tenants, out)
    elif section == "services":
        dump_names(&s.services, out)
    elif section == "network":
        dump_nodes(s, out)
    elif section == "positions":
        yield from dump_positions(engine, out)
    elif section == "fulfilments":
        dump_fulfilments(s, out)
    elif section == "reservations":
        yield from dump_reservations(engine, out)
    elif section == "requests":
        yield from dump_requests(engine, out)
    elif section == "exceptions":
        dump_faults(s, out)
    yield None


cdef int dump_head(State* s, Chunks out) except -1:
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
    return out.put(&head, sizeof(Head))


cdef int dump_names(Interner* names, Chunks out) except -1:
    cdef Slice name
    cdef uint8_t size
    cdef uint32_t i
    for i in range(names.index.count):
        name = interned(names, <int32_t>i)
        size = <uint8_t>name.size
        out.put(&size, 1)
        out.put(name.data, name.size)
        out.end_item()
    return 0


cdef int dump_nodes(State* s, Chunks out) except -1:
    """Per node: status, then its capacity buckets as (day, taken), closed by day 0."""
    cdef const Bucket* bucket
    cdef Bucket end
    cdef uint32_t node
    cdef int32_t day
    cdef int32_t status
    end.day = 0
    end.taken = 0
    for node in range(s.nodes.index.count):
        status = s.node_status[node]
        out.put(&status, 4)
        for day in range(CAPACITY_DAYS):
            bucket = capacity_bucket(&s.capacity, <int32_t>node, day)
            if bucket.taken:
                out.put(bucket, sizeof(Bucket))
        out.put(&end, sizeof(Bucket))
        out.end_item()
    return 0


def dump_positions(NativeEngine engine not None, Chunks out not None):
    """Every position, SKU by SKU."""
    cdef State* s = &engine.engine.state
    cdef PositionItem item
    cdef Run run
    cdef uint32_t sku
    cdef int32_t p
    cdef int32_t i
    memset(&item, 0, sizeof(PositionItem))
    for sku in range(s.skus.index.count):
        if not run_begin(&s.positions, <int32_t>sku, &run):
            continue
        while True:
            for i in range(run.length):
                p = run.first + i
                item.sku_i = <int32_t>sku
                item.node_i = position_cell(&s.positions, p, P_NODE)[0]
                item.on_hand = position_cell(&s.positions, p, P_ON_HAND)[0]
                item.safety_stock = position_cell(&s.positions, p, P_SAFETY)[0]
                item.routing_reserve = position_cell(&s.positions, p, P_RESERVE)[0]
                item.version = position_cell(&s.positions, p, P_VERSION)[0]
                item.as_of_us = position_as_of(&s.positions, p)[0]
                out.put(&item, sizeof(PositionItem))
                out.end_item()
            if not run_next(&s.positions, &run):
                break
        if out.done:
            yield None


cdef int dump_fulfilments(State* s, Chunks out) except -1:
    """The chains of the fulfilment log that are still readable, position by position."""
    cdef FulfilmentItem item
    cdef const FulfilmentLog* entry
    cdef Run run
    cdef uint32_t sku
    cdef uint32_t ordinal
    cdef int64_t age
    cdef int32_t i
    cdef int32_t p
    memset(&item, 0, sizeof(FulfilmentItem))
    for sku in range(s.skus.index.count):
        if not run_begin(&s.positions, <int32_t>sku, &run):
            continue
        while True:
            for i in range(run.length):
                p = run.first + i
                ordinal = <uint32_t>position_cell(&s.positions, p, P_FULFILLED)[0]
                item.newest = 1
                while ordinal:
                    age = (s.positions.log_count - <int64_t>ordinal) & 0x7FFFFFFF
                    item.sku_i = <int32_t>sku
                    item.node_i = position_cell(&s.positions, p, P_NODE)[0]
                    item.ordinal = s.positions.log_count - age
                    if age >= s.positions.log_max or age >= s.positions.log_count:
                        item.seq = 0         # forgotten: kept as a mark that the chain once went on
                        item.quantity = 0
                        item.before = 0
                        ordinal = 0
                    else:
                        entry = &s.positions.log[(s.positions.log_count - 1 - age) % s.positions.log_max]
                        item.seq = entry.seq
                        item.quantity = entry.quantity
                        item.before = entry.before
                        ordinal = entry.before
                    out.put(&item, sizeof(FulfilmentItem))
                    out.end_item()
                    item.newest = 0
            if not run_next(&s.positions, &run):
                break
    return 0


cdef int dump_record(const Record* record, Chunks out) except -1:
    return out.put(record, record.size)


def dump_reservations(NativeEngine engine not None, Chunks out not None):
    """Open ones first, then the final ones from the longest untouched on, so that loading restores their order."""
    cdef State* s = &engine.engine.state
    cdef uint32_t slot
    cdef uint32_t at
    cdef Record* record
    for slot in range(s.reservations.slots_used):
        if s.reservations.offset[slot]:
            record = record_of(&s.reservations, slot)
            if record.open_units > 0:
                dump_record(record, out)
                out.end_item()
                if out.done:
                    yield None
    at = s.reservations.oldest_final
    while at:
        record = record_of(&s.reservations, at - 1)
        dump_record(record, out)
        out.end_item()
        at = record.newer
        if out.done:
            yield None


def dump_requests(NativeEngine engine not None, Chunks out not None):
    """Remembered request ids, oldest first, each with its answer."""
    cdef State* s = &engine.engine.state
    cdef RequestItem item
    cdef Request* request
    cdef int64_t ordinal
    for ordinal in range(s.requests.oldest, s.requests.next):
        request = &s.requests.ring[ordinal % s.requests.slots_max]
        memcpy(item.key, request.key, 16)
        memcpy(item.fingerprint, request.fingerprint, 16)
        item.seq = request.seq
        item.at_us = request.at_us
        item.answer_size = request.answer_size
        out.put(&item, sizeof(RequestItem))
        out.put(arena_at(&s.requests.answers, request.answer), request.answer_size)
        out.end_item()
        if out.done:
            yield None


cdef int dump_faults(State* s, Chunks out) except -1:
    cdef int64_t first = s.faults.next_id - s.faults.slots_max
    cdef int64_t i
    cdef Fault* fault
    for i in range(first if first > 1 else 1, s.faults.next_id):
        fault = fault_find(&s.faults, i)
        if fault != NULL:
            out.put(fault, sizeof(Fault))
            out.end_item()
    return 0


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


cdef bint empty(const State* s) noexcept nogil:
    return (
        s.seq == 0 and s.skus.index.count == 0 and s.nodes.index.count == 0 and s.positions.count == 0
        and s.reservations.live == 0 and s.requests.next == s.requests.oldest and s.faults.next_id == 1
    )


cdef bint head_fits(const Head* head) noexcept nogil:
    cdef int64_t counted_max = INT64_MAX // 2
    return (
        0 <= head.seq <= counted_max and 0 <= head.now_us <= counted_max and 0 <= head.network_version <= INT32_MAX
        and head.pruned_at_us >= 0 and 0 <= head.oldest_request <= counted_max and 0 < head.next_fault_id <= counted_max
        and 0 <= head.dropped_faults <= counted_max and 0 <= head.fulfilments <= counted_max
    )


cdef int64_t load_head(State* s, const char* at, int64_t size) except -2:
    cdef Head head
    if size != sizeof(Head):
        return size
    memcpy(&head, at, sizeof(Head))
    if head.format != SNAPSHOT_FORMAT:
        raise ValueError(f"checkpoint format {head.format} is newer than this program's {SNAPSHOT_FORMAT}")
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
        if not 0 < name.size <= ID_MAX or size < 1 + name.size or intern_add(names, name) < 0 or names.index.count == before:
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


cdef bint fulfilment_fits(const State* s, const FulfilmentItem* item) noexcept nogil:
    """Each entry is younger than the one before it: a chain that is followed comes to its end."""
    cdef int64_t age = s.positions.log_count - item.ordinal
    cdef int64_t age_before = (s.positions.log_count - item.before) & 0x7FFFFFFF
    if item.ordinal < 1 or age < 0 or not 0 <= item.newest <= 1:
        return False
    if item.before and not (0 < item.before <= 0x7FFFFFFF and age < age_before < s.positions.log_count):
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
            entry.before = <uint32_t>item.before
        if item.newest:
            position_cell(&s.positions, p, P_FULFILLED)[0] = <int32_t>(item.ordinal & 0x7FFFFFFF)
        at += sizeof(FulfilmentItem)
        size -= sizeof(FulfilmentItem)
    return size


cdef bint record_size_fits(const State* s, const Record* head, int64_t left) noexcept nogil:
    return (
        head.size <= left and head.size <= ITEM_MAX and head.context_size >= 0
        and 0 <= head.n_shipments <= SHIPMENTS_MAX and 0 <= head.n_allocations <= LINES_MAX * OPTIONS_MAX
        and head.size == record_size(head.n_shipments, head.n_allocations, head.context_size)
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
            or not 0 < item.seq <= s.seq or not request_fits(&s.requests, item.answer_size)
            or request_find(&s.requests, item.key) != NULL
        ):
            return size
        answer.data = at + sizeof(RequestItem)
        answer.size = <int32_t>item.answer_size
        if not remembered_fits(s, answer, &g.work):
            return size
        request_add(&s.requests, item.key, item.fingerprint, item.seq, item.at_us, answer.data, answer.size)
        at += sizeof(RequestItem) + item.answer_size
        size -= sizeof(RequestItem) + item.answer_size
    return size


cdef bint fault_fits(const State* s, const Fault* fault) noexcept nogil:
    """Known names, an id that was given out and that the ring still has room for."""
    return (
        FAULT_NONE < fault.kind <= FAULT_LATE_SUPPLY and 0 <= fault.note_size <= NOTE_MAX
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
