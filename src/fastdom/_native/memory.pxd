"""Address space that is mapped once at its configured maximum and never moves."""

cdef void* map_reserve(size_t nbytes) noexcept nogil        # zeroed, lazily backed; NULL when refused
cdef void map_release(void* base, size_t nbytes) noexcept nogil
