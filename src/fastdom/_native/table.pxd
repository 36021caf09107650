"""Hash index by linear hashing, and interned ids on top of it.

The index maps a 64-bit hash to slots of some table. It grows by one bucket an insertion, so no command ever pays for a
rehash, and nothing moves. Slots chain through arrays of the same length as the owner's table.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdom._native.command cimport Slice


cdef extern from "hash.h" nogil:
    uint64_t fd_hash64(const char* data, size_t size, uint64_t seed)
    uint64_t fd_mix64(uint64_t value, uint64_t seed)


cdef extern from *:
    """
    #define fd_prefetch(p) __builtin_prefetch(p)
    """
    void fd_prefetch(const void* p) nogil


cdef struct Link:                # of one slot, both halves in one cache line
    uint32_t next                # slot + 1 of the next in the chain, 0 = the last
    uint32_t low                 # low half of the slot's hash


cdef struct Index:
    uint32_t* heads              # [buckets_max] slot + 1; 0 = empty chain
    Link* links                  # [slots_max]
    uint32_t mask                # buckets at the start of this round - 1
    uint32_t split               # buckets below this are already split
    uint32_t count               # slots in the index
    uint32_t slots_max
    size_t buckets_max


cdef int index_open(Index* index, uint32_t slots_max) noexcept nogil        # 0, or -1 when memory is refused
cdef void index_close(Index* index) noexcept nogil
cdef void index_insert(Index* index, uint64_t key_hash, uint32_t slot) noexcept nogil
cdef void index_remove(Index* index, uint64_t key_hash, uint32_t slot) noexcept nogil


cdef inline uint32_t index_bucket(const Index* index, uint32_t low) noexcept nogil:
    cdef uint32_t bucket = low & index.mask
    if bucket < index.split:
        bucket = low & ((index.mask << 1) | 1)
    return bucket


cdef inline uint32_t index_first(const Index* index, uint64_t key_hash) noexcept nogil:
    """First slot + 1 of the chain, 0 = none."""
    return index.heads[index_bucket(index, <uint32_t>key_hash)]


cdef inline void index_fetch(const Index* index, uint64_t key_hash) noexcept nogil:
    """Bring the head of a key's chain into the cache, for a look-up a little later."""
    fd_prefetch(&index.heads[index_bucket(index, <uint32_t>key_hash)])


cdef struct Interner:
    Index index
    char* text                   # length byte + bytes, one after the other; never moves
    uint32_t* offset             # [slots_max] of the length byte
    int64_t text_used
    int64_t text_max


cdef int interner_open(Interner* names, uint32_t slots_max, int64_t text_max) noexcept nogil
cdef void interner_close(Interner* names) noexcept nogil
cdef int32_t intern_add(Interner* names, Slice name) noexcept nogil         # the dense id, new or old; -1 = full


cdef inline Slice interned(const Interner* names, int32_t i) noexcept nogil:
    cdef Slice name
    cdef const char* at = names.text + names.offset[i]
    name.size = <int32_t>(<const uint8_t*>at)[0]
    name.data = at + 1
    return name


cdef int32_t intern_find(const Interner* names, Slice name) noexcept nogil  # -1 = not known


cdef class Names:
    """A Python face over one interner, for tests and cold paths."""
    cdef Interner names
