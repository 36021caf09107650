"""The verbs of a reservation: what Commit, Extend, Release, Fulfill and Get decide. They change nothing."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result, ShipmentOut
from fastdom._native.entry cimport Context
from fastdom._native.reservations cimport Record
from fastdom._native.network cimport Network
from fastdom._native.state cimport State


cdef enum:
    TTL_MIN_US = 1000000         # 1 s: the shortest hold
    TTL_DEFAULT_US = 900000000   # 15 min: of a hold where neither the request nor its channel says
    TTL_MAX_US = 2592000000000   # 30 days: the longest hold


cdef void view_record(const Record* record, int64_t now_us, Result* out) noexcept nogil
# The reservation as it is at `now_us`: a hold that is due counts as expired.

cdef int64_t hold_end(const Result* out, const ShipmentOut* shipments, int32_t n, int64_t ttl_us) noexcept nogil
# When a hold of these shipments ends: after its time to live, a dated one at its earliest order_by at the latest.

cdef void decide_verb(
    const State* s, const Network* net, const Command* c, int64_t ttl_us, Context* context, Result* out
) noexcept nogil
# c.kind is COMMIT, EXTEND, RELEASE, FULFILL or GET. out becomes the reservation after the command, or a refusal.
# Called while due holds are lifted. context is scratch with room for LINES_MAX lines.
