"""Result -> protobuf bytes of the hot replies, equal to what the generated classes serialize.

The reply is written from the end of `out` downwards (see write.pxd): its first byte is out[out_max - size].

Line ids come from the Command's lines for Reserve, Route and Promise, from Result.line_ids for the verbs and
GetReservation, where the state keeps them. Other texts come from the tables.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result, Slice
from fastdom._native.table cimport Interner


cdef enum:
    TABLE_NAME_MAX = 64          # bytes of a carrier service id or policy name
    CURRENCY_MAX = 3
    REPLY_FIXED_MAX = 8192       # bytes of a reply without its lines, at most, and the writer's slack
    REPLY_LINE_MAX = 1536        # bytes a line adds: its result, one allocation, one shipment, ids of 64 bytes in each


cdef struct VersionTexts:        # texts of one network version
    int32_t version
    int32_t n_services
    const Slice* services        # [n_services] external ids of carrier services
    Slice currency               # accounting currency
    Slice policy_name            # of the default policy


cdef struct EncodeTables:
    const Interner* skus
    const Interner* nodes
    const Interner* channels
    const VersionTexts* active   # stands in for a version that is no longer known
    const VersionTexts* versions # [n_versions] all that are known
    int32_t n_versions


cdef struct EncodeScratch:       # allocations by shipment, as linked lists
    int32_t last[4000]           # [SHIPMENTS_MAX * OPTIONS_MAX] last allocation of a shipment, -1 = none
    int32_t before[4000]         # [LINES_MAX * OPTIONS_MAX] the one before it in the same shipment, -1 = none


cdef int64_t reply_max(int32_t method, int32_t n_lines) noexcept nogil
# Bytes a reply takes at most; n_lines of the command, LINES_MAX for verbs and reads. 0 for an unknown method.

cdef int64_t encode_result(
    int32_t method, const Command* command, const Result* result, const EncodeTables* tables, EncodeScratch* scratch,
    int64_t decision_us, char* out, int64_t out_max
) noexcept nogil
# Bytes written, -1 when out is too small. decision_us is not told in a repeated answer.


cdef class Texts:
    """Owner of the texts of one network version."""
    cdef VersionTexts texts
    cdef Slice* slices
    cdef list kept               # the bytes that the slices point into
