"""Moving a reservation's units off a node that failed it, in one journalled step.

A node fails a reservation when it says so itself (Reroute), because it is OFFLINE, or because it has more to ship on a
day than its limit allows. The units that have to leave it go
to the next best plan; those that fit nowhere stay, flagged, as an exception STRANDED. The reservation remembers the
node for the `reroute_exclude_us` of its policy, else for `Limits.reroute_exclusion_us`: until then no re-route brings units
back to it.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.core cimport Engine
from fastdom._native.reservations cimport Record


cdef int run_reroute(Engine* g, Command* c, Result* r) noexcept nogil
# Reroute: units of one reservation leave a node

cdef int32_t reroute_one(Engine* g, Record* record, int32_t node_i, int64_t now_us, int64_t* moved) noexcept nogil
# Everything open at a node that is OFFLINE: units that fit nowhere; -1 = the journal has no room. `moved`: units that
# found another node.

cdef int32_t relieve_one(Engine* g, Record* record, int32_t node_i, int64_t now_us, int64_t* moved) noexcept nogil
# One shipment of the reservation out of a bucket of the node that has more than its limit, if all of it fits elsewhere:
# units that stay; -1 = the journal has no room.

cdef bint touches_node(const Record* record, int32_t node_i) noexcept nogil
# open units of the reservation at the node

cdef bint node_over(const Engine* g, int32_t node_i, int64_t now_us) noexcept nogil
# a bucket of the node that may still be open has more than its limit
