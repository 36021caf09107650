"""A refusal -> bytes of its google.rpc.Status, equal to what fastdom_server.errors builds.

Codes, names, words and paths are copied from that module at import; here is only where the facts of a refusal are
found: the offending value in the Command, times in the Result.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result, Status
from fastdom_server._wire.encode cimport EncodeTables


cdef enum:
    ERROR_MAX = 4096             # bytes of any Status, the writer's slack included
    VALUE_MAX = 64               # bytes of a value that is told back; longer ones are cut


cdef struct Refusal:
    Status status
    int64_t number               # refused while decoding: the offending value, or how many items a list has
    int32_t method
    const Command* command       # NULL = no message was decoded
    const Result* result         # NULL = the engine did not see it
    const EncodeTables* tables   # NULL = no network


cdef int64_t encode_error(const Refusal* refusal, char* out, int64_t out_max) noexcept nogil
# Bytes written, at the end of out as in encode_result; -1 when out is smaller than ERROR_MAX.

cdef int32_t error_code(int32_t reason) noexcept nogil                       # gRPC code
