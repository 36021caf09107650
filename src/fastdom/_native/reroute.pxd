"""Moving a reservation off a node that failed, in one journalled step."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.core cimport Engine
from fastdom._native.reservations cimport Record


cdef int32_t reroute_one(Engine* g, Record* record, int32_t node_i, int64_t now_us, int64_t* moved) noexcept nogil
# units that fit nowhere; -1 = the journal has no room. `moved`: units that found another node

cdef bint touches_node(const Record* record, int32_t node_i) noexcept nogil
# open units of the reservation at the node
