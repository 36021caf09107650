"""Linear hashing (Litwin 1980) over slot tables, interned names, and the journal's checksum."""

from libc.string cimport memcmp, memcpy

from fastdom._native.memory cimport map_release, map_reserve


cdef int64_t TEXT_LIMIT = (<int64_t>1 << 32) - 1         # offsets are 32 bits


cdef int index_open(Index* index, uint32_t slots_max) noexcept nogil:
    cdef size_t buckets = 64
    while buckets < slots_max:
        buckets *= 2
    buckets *= 2
    index.buckets_max = buckets
    index.slots_max = slots_max
    index.mask = 63
    index.split = 0
    index.count = 0
    index.heads = <uint32_t*>map_reserve(buckets * sizeof(uint32_t))
    index.links = <Link*>map_reserve(<size_t>slots_max * sizeof(Link))
    if index.heads == NULL or index.links == NULL:
        index_close(index)
        return -1
    return 0


cdef void index_close(Index* index) noexcept nogil:
    map_release(index.heads, index.buckets_max * sizeof(uint32_t))
    map_release(index.links, <size_t>index.slots_max * sizeof(Link))
    index.heads = NULL
    index.links = NULL


cdef enum:
    SPLIT_AHEAD = 16             # splits between fetching a chain and walking it: hides the cache misses of a split


cdef inline void split_one(Index* index) noexcept nogil:
    """Move the half of bucket `split` that belongs to its new sibling."""
    cdef uint32_t high_bit = index.mask + 1
    cdef uint32_t old = index.split
    cdef uint32_t fresh = old + high_bit
    cdef uint32_t at = index.heads[old]
    cdef uint32_t stay = 0
    cdef uint32_t go = 0
    cdef uint32_t after
    while at:
        after = index.links[at - 1].next
        if index.links[at - 1].low & high_bit:
            index.links[at - 1].next = go
            go = at
        else:
            index.links[at - 1].next = stay
            stay = at
        at = after
    index.heads[old] = stay
    index.heads[fresh] = go
    at = index.heads[old + SPLIT_AHEAD]
    if at:
        fd_prefetch(&index.links[at - 1])
    index.split = old + 1
    if index.split == high_bit:
        index.mask = (index.mask << 1) | 1
        index.split = 0


cdef void index_insert(Index* index, uint64_t key_hash, uint32_t slot) noexcept nogil:
    cdef uint32_t low = <uint32_t>key_hash
    cdef uint32_t bucket
    # half a slot a bucket: a look-up of a new key mostly ends at the head
    for _ in range(2):
        if 2 * <size_t>index.count > <size_t>index.mask + index.split and <size_t>index.mask + index.split + 2 <= index.buckets_max:
            split_one(index)
    bucket = index_bucket(index, low)
    index.links[slot].low = low
    index.links[slot].next = index.heads[bucket]
    index.heads[bucket] = slot + 1
    index.count += 1


cdef void index_remove(Index* index, uint64_t key_hash, uint32_t slot) noexcept nogil:
    cdef uint32_t* link = &index.heads[index_bucket(index, <uint32_t>key_hash)]
    while link[0]:
        if link[0] == slot + 1:
            link[0] = index.links[slot].next
            index.count -= 1
            return
        link = &index.links[link[0] - 1].next


cdef int interner_open(Interner* names, uint32_t slots_max, int64_t text_max) noexcept nogil:
    if text_max > TEXT_LIMIT:
        text_max = TEXT_LIMIT
    if index_open(&names.index, slots_max) != 0:
        return -1
    names.text_used = 0
    names.text_max = text_max
    names.text = <char*>map_reserve(<size_t>text_max)
    names.offset = <uint32_t*>map_reserve(<size_t>slots_max * sizeof(uint32_t))
    if names.text == NULL or names.offset == NULL:
        interner_close(names)
        return -1
    return 0


cdef void interner_close(Interner* names) noexcept nogil:
    map_release(names.text, <size_t>names.text_max)
    map_release(names.offset, <size_t>names.index.slots_max * sizeof(uint32_t))
    names.text = NULL
    names.offset = NULL
    index_close(&names.index)


cdef int32_t intern_find(const Interner* names, Slice name) noexcept nogil:
    cdef uint64_t key_hash = fd_hash64(name.data, name.size, 0)
    cdef uint32_t low = <uint32_t>key_hash
    cdef uint32_t at = index_first(&names.index, key_hash)
    cdef const char* text
    while at:
        if names.index.links[at - 1].low == low:
            text = names.text + names.offset[at - 1]
            if <int32_t>(<const uint8_t*>text)[0] == name.size and memcmp(text + 1, name.data, name.size) == 0:
                return <int32_t>(at - 1)
        at = names.index.links[at - 1].next
    return -1


cdef int32_t intern_add(Interner* names, Slice name) noexcept nogil:
    cdef int32_t known = intern_find(names, name)
    cdef uint32_t slot = names.index.count
    if known >= 0:
        return known
    if name.size < 0 or name.size > 255 or slot >= names.index.slots_max:
        return -1
    if names.text_used + name.size + 1 > names.text_max:
        return -1
    names.offset[slot] = <uint32_t>names.text_used
    (<uint8_t*>names.text)[names.text_used] = <uint8_t>name.size
    memcpy(names.text + names.text_used + 1, name.data, name.size)
    names.text_used += name.size + 1
    index_insert(&names.index, fd_hash64(name.data, name.size, 0), slot)
    return <int32_t>slot


cdef class Names:
    def __cinit__(self, uint32_t slots_max, int64_t text_max):
        if interner_open(&self.names, slots_max, text_max) != 0:
            raise MemoryError("the interner's address space was refused")

    def __dealloc__(self):
        interner_close(&self.names)

    def __len__(self):
        return self.names.index.count

    def add(self, bytes name):
        """Dense id of a name, assigned when new; -1 when the table is full."""
        cdef Slice view
        view.data = name
        view.size = <int32_t>len(name)
        return intern_add(&self.names, view)

    def find(self, bytes name):
        """Dense id of a name, or -1."""
        cdef Slice view
        view.data = name
        view.size = <int32_t>len(name)
        return intern_find(&self.names, view)

    def text(self, int32_t i):
        """The name of a dense id."""
        if i < 0 or i >= <int32_t>self.names.index.count:
            raise IndexError(i)
        cdef Slice view = interned(&self.names, i)
        return view.data[:view.size]


def checksum64(const unsigned char[::1] data not None):
    """64-bit checksum of a buffer (several GB/s): guards journal frames and checkpoint chunks."""
    cdef uint64_t value
    cdef Py_ssize_t size = data.shape[0]
    cdef const char* start = <const char*>&data[0] if size else NULL
    with nogil:
        value = fd_hash64(start, size, 0x6A6F75726E616C21)
    return value
