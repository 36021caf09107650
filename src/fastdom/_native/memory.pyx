"""Anonymous mappings: reserved at start-up, backed by the kernel page by page as they are touched."""

cdef extern from "<sys/mman.h>" nogil:
    void* mmap(void* addr, size_t length, int prot, int flags, int fd, long offset)
    int munmap(void* addr, size_t length)
    const int PROT_READ
    const int PROT_WRITE
    const int MAP_PRIVATE
    const int MAP_ANONYMOUS
    const int MAP_NORESERVE
    void* MAP_FAILED
    int madvise(void* addr, size_t length, int advice)
    const int MADV_HUGEPAGE


cdef enum:
    POPULATE_WRITE = 23          # MADV_POPULATE_WRITE, Linux 5.14: not in every libc's headers
    HUGE_FROM = 16777216         # tables from 16 MB of address space on ask for 2 MB pages: fewer faults, fewer TLB misses


cdef void* map_reserve(size_t nbytes) noexcept nogil:
    cdef void* base = mmap(
        NULL, nbytes if nbytes > 0 else 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0
    )
    if base == MAP_FAILED:
        return NULL
    if nbytes >= HUGE_FROM:
        madvise(base, nbytes, MADV_HUGEPAGE)
    return base


cdef void map_release(void* base, size_t nbytes) noexcept nogil:
    if base != NULL:
        munmap(base, nbytes if nbytes > 0 else 1)


cdef void map_touch(void* base, size_t nbytes) noexcept nogil:
    cdef volatile char* at = <volatile char*>base
    cdef size_t i
    for i in range(0, nbytes, 4096):
        at[i] = at[i]
    if nbytes:
        at[nbytes - 1] = at[nbytes - 1]


cdef void map_back(void* base, size_t nbytes) noexcept nogil:
    cdef size_t first = <size_t>base & ~<size_t>4095
    madvise(<void*>first, <size_t>base + nbytes - first, POPULATE_WRITE)
