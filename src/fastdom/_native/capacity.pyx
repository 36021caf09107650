"""Day buckets of node capacity."""

from fastdom._native.memory cimport map_release, map_reserve


cdef int capacity_open(Capacity* t, int32_t nodes_max) noexcept nogil:
    t.nodes_max = nodes_max
    t.buckets = <Bucket*>map_reserve(<size_t>nodes_max * CAPACITY_DAYS * sizeof(Bucket))
    return 0 if t.buckets != NULL else -1


cdef void capacity_close(Capacity* t) noexcept nogil:
    map_release(t.buckets, <size_t>t.nodes_max * CAPACITY_DAYS * sizeof(Bucket))
    t.buckets = NULL


cdef void capacity_take(Capacity* t, int32_t node_i, int32_t day, int32_t amount) noexcept nogil:
    cdef Bucket* bucket = capacity_bucket(t, node_i, day)
    if bucket.day != day:
        if day < bucket.day:     # the bucket already belongs to a later day: the old one has closed long ago
            return
        bucket.day = day
        bucket.taken = 0
    bucket.taken += amount
