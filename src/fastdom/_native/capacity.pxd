"""What each node has taken on per local day: a ring of 512 days, the nodes of a day side by side.

An order looks at every candidate node on one or two days: those buckets share cache lines.
"""

from libc.stdint cimport int32_t


cdef enum:
    CAPACITY_DAYS = 512          # a bucket is reused after this many days; the hand-over tables reach 400


cdef struct Bucket:
    int32_t day                  # node's local date, days since 1970-01-01
    int32_t taken                # shipments or units, as the node counts


cdef struct Capacity:
    Bucket* buckets              # [CAPACITY_DAYS, nodes_max]
    int32_t nodes_max


cdef int capacity_open(Capacity* t, int32_t nodes_max) noexcept nogil
cdef void capacity_close(Capacity* t) noexcept nogil
cdef void capacity_take(Capacity* t, int32_t node_i, int32_t day, int32_t amount) noexcept nogil   # negative gives back


cdef inline Bucket* capacity_bucket(const Capacity* t, int32_t node_i, int32_t day) noexcept nogil:
    """The bucket that the day has, or would take over from a day long past."""
    return &t.buckets[<Py_ssize_t>(day & (CAPACITY_DAYS - 1)) * t.nodes_max + node_i]


cdef inline int32_t capacity_taken(const Capacity* t, int32_t node_i, int32_t day) noexcept nogil:
    cdef const Bucket* bucket = capacity_bucket(t, node_i, day)
    return bucket.taken if bucket.day == day else 0
