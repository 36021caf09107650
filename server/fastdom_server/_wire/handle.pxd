"""The seam between a transport and the core: bytes of a request in, bytes of the reply out, no Python object between.

A transport knows a method's number, a message, who calls and until when; it gets bytes and the sequence that must be
durable before they leave. Decoding and encoding of errors happen outside the engine lock; the lock is held from
`submit` until the reply is encoded, because a Result points into the state, and is released between the items of a
batch. Nothing here reads a clock: the seam is given one, and without it decision_us stays 0.

A Seam serves one call at a time: one per thread.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result, Status
from fastdom_server._wire.decode cimport DecodeBuffers
from fastdom_server._wire.encode cimport EncodeScratch, EncodeTables


cdef enum:
    OUT_MIN = 8 << 20            # bytes of an out buffer that takes any unary reply, and any batch of small ones

ctypedef int (*Submit)(void* core, Command* command, Result* result) noexcept nogil
ctypedef void (*Turn)(void* core) noexcept nogil
ctypedef int64_t (*Clock)() noexcept nogil


cdef struct Seam:
    void* core                   # the first argument of the three functions
    Submit submit                # runs one command under the lock; the refusal is in result.status
    Turn lock
    Turn unlock
    Clock clock                  # monotonic microseconds; NULL = decision_us is not told
    const EncodeTables* tables   # `lock` brings them up to date
    Result* result               # with the arrays of command.pxd; valid until the next submit
    Command command
    DecodeBuffers* decode
    EncodeScratch* encode


cdef struct Handled:
    Status status                # reason OK: data is the reply; else the google.rpc.Status of the refusal
    int64_t seq                  # what is told may leave when this is durable; 0 = at once
    const char* data             # inside out
    int64_t size
    int32_t cold                 # a Route that wants alternatives or candidates, which another call must append


cdef void handle(
    Seam* seam, int32_t method, const char* data, int64_t size, int32_t tenant_i, int64_t now_us, int64_t deadline_us,
    char* out, int64_t out_max, Handled* handled
) noexcept nogil
# One call. out_max at least OUT_MIN. data may be NULL when size is 0.
