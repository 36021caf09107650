"""Address space that is mapped once at its configured maximum and never moves."""

cdef void* map_reserve(size_t nbytes) noexcept nogil        # zeroed, lazily backed; NULL when refused
cdef void map_release(void* base, size_t nbytes) noexcept nogil
cdef void map_touch(void* base, size_t nbytes) noexcept nogil
# Has the kernel back the pages now; their content stays. For scratch: no command waits for its first pages.

cdef void map_back(void* base, size_t nbytes) noexcept nogil
# The same while others use the region; without effect on kernels before 5.14.
