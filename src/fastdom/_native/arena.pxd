"""Variable-sized records in one mapped region: size classes with free lists, nothing moves, freed room is reused."""

from libc.stdint cimport int32_t, int64_t, uint32_t


cdef struct Arena:
    char* base
    uint32_t unit                # bytes; offsets count units, so the region may be 4 G units
    uint32_t units_max
    uint32_t units_used          # bump pointer; unit 0 is never given out (offset 0 = none)
    int64_t units_live           # in records now
    uint32_t free_head[96]       # by class: 1..64 units exactly, above that powers of two


cdef int arena_open(Arena* arena, uint32_t unit, int64_t bytes_max) noexcept nogil
cdef void arena_close(Arena* arena) noexcept nogil
cdef uint32_t arena_take(Arena* arena, int64_t size) noexcept nogil          # offset in units; 0 = full
cdef void arena_give(Arena* arena, uint32_t offset, int64_t size) noexcept nogil
cdef int64_t arena_units(const Arena* arena, int64_t size) noexcept nogil     # units that a record of this size takes
cdef bint arena_fits(const Arena* arena, int64_t size) noexcept nogil        # a take of this size would succeed


cdef inline char* arena_at(const Arena* arena, uint32_t offset) noexcept nogil:
    return arena.base + <size_t>offset * arena.unit
