"""Size classes: up to 64 units exactly, larger ones rounded up to a power of two."""

from fastdom._native.memory cimport map_release, map_reserve


cdef int arena_open(Arena* arena, uint32_t unit, int64_t bytes_max) noexcept nogil:
    cdef int64_t units = bytes_max // unit
    cdef int i
    if units > 0x7FFFFFF0:
        units = 0x7FFFFFF0
    arena.unit = unit
    arena.units_max = <uint32_t>units
    arena.units_used = 1
    arena.units_live = 0
    for i in range(96):
        arena.free_head[i] = 0
    arena.base = <char*>map_reserve(<size_t>units * unit)
    return 0 if arena.base != NULL else -1


cdef void arena_close(Arena* arena) noexcept nogil:
    map_release(arena.base, <size_t>arena.units_max * arena.unit)
    arena.base = NULL


cdef inline int32_t class_of(const Arena* arena, int64_t size, int64_t* units) noexcept nogil:
    cdef int64_t wanted = (size + arena.unit - 1) // arena.unit
    cdef int64_t rounded = 128
    cdef int32_t kind = 65
    if wanted < 1:
        wanted = 1
    if wanted <= 64:
        units[0] = wanted
        return <int32_t>wanted
    while rounded < wanted:
        rounded *= 2
        kind += 1
    units[0] = rounded
    return kind


cdef int64_t arena_units(const Arena* arena, int64_t size) noexcept nogil:
    cdef int64_t units = 0
    class_of(arena, size, &units)
    return units


cdef uint32_t arena_take(Arena* arena, int64_t size) noexcept nogil:
    cdef int64_t units = 0
    cdef int32_t kind = class_of(arena, size, &units)
    cdef uint32_t offset = arena.free_head[kind]
    if offset:
        arena.free_head[kind] = (<uint32_t*>arena_at(arena, offset))[0]
    else:
        if arena.units_used + units > arena.units_max:
            return 0
        offset = arena.units_used
        arena.units_used += <uint32_t>units
    arena.units_live += units
    return offset


cdef void arena_give(Arena* arena, uint32_t offset, int64_t size) noexcept nogil:
    cdef int64_t units = 0
    cdef int32_t kind = class_of(arena, size, &units)
    (<uint32_t*>arena_at(arena, offset))[0] = arena.free_head[kind]
    arena.free_head[kind] = offset
    arena.units_live -= units


cdef bint arena_fits(const Arena* arena, int64_t size) noexcept nogil:
    cdef int64_t units = 0
    cdef int32_t kind = class_of(arena, size, &units)
    return arena.free_head[kind] != 0 or arena.units_used + units <= arena.units_max
