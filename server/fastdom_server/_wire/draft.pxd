"""A request while it is read: what becomes part of the Command only when all of it has been seen."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdom._native.command cimport OK, R_INVALID_FIELD, Command, Slice
from fastdom_server._wire.decode cimport DecodeBuffers
from fastdom_server._wire.read cimport read_int32, read_size, read_tag, read_varint, skip
from fastdom_server._wire.tags cimport INSTANT_NANOS, INSTANT_SECONDS


cdef enum Place:                 # which of Destination's oneof stands
    PLACE_NONE = 0
    PLACE_ADDRESS = 1
    PLACE_PICKUP = 2

cdef enum:
    NANOS_MAX = 999999999

cdef extern from *:
    """
    static const int64_t FASTDOM_TIMESTAMP_S_MAX = 253402300799ll, FASTDOM_DURATION_S_MAX = 315576000000ll;
    """
    const int64_t TIMESTAMP_S_MAX "FASTDOM_TIMESTAMP_S_MAX"  # 9999-12-31T23:59:59Z
    const int64_t DURATION_S_MAX "FASTDOM_DURATION_S_MAX"    # about 10,000 years


cdef struct Moment:              # a Timestamp or Duration while its parts may still come
    int64_t seconds
    int32_t nanos
    int32_t given


cdef struct Draft:               # what becomes part of the Command only when the whole message has been read
    Moment placed_at
    Moment required_by
    Moment first_sent_at
    Moment ttl
    int32_t place                # Place
    int32_t has_latitude
    int32_t has_longitude
    int32_t latitude_e7
    int32_t longitude_e7
    int32_t depth                # nesting still allowed below the request
    Slice reservation_id
    Command* command
    DecodeBuffers* buffers


cdef inline void refuse(DecodeBuffers* b, int32_t reason, int32_t field, int32_t line_i, int64_t number) noexcept nogil:
    """Keep the first thing found; malformed bytes further on still win."""
    if b.status.reason == OK:
        b.status.reason = reason
        b.status.field = field
        b.status.line_i = line_i
        b.number = number


cdef inline const uint8_t* read_moment(
    const uint8_t* at, const uint8_t* end, Moment* into, int32_t depth
) noexcept nogil:
    """A Timestamp or Duration; parts that come again merge."""
    cdef int32_t size = 0
    cdef uint32_t tag = 0
    cdef uint64_t value = 0
    at = read_size(at, end, &size)
    if at == NULL:
        return NULL
    end = at + size
    into.given = 1
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == INSTANT_SECONDS:
            at = read_varint(at, end, &value)
            into.seconds = <int64_t>value
        elif tag == INSTANT_NANOS:
            at = read_int32(at, end, &into.nanos)
        else:
            at = skip(at, end, tag, depth)
        if at == NULL:
            return NULL
    return at


cdef inline int64_t timestamp_us(const Moment* moment, int32_t field, DecodeBuffers* b) noexcept nogil:
    """Microseconds since 1970; 0 = not given."""
    cdef int64_t us
    if not moment.given:
        return 0
    if 0 <= moment.seconds <= TIMESTAMP_S_MAX and 0 <= moment.nanos <= NANOS_MAX:
        us = moment.seconds * 1000000 + moment.nanos // 1000
        if us > 0:
            return us
    refuse(b, R_INVALID_FIELD, field, -1, 0)
    return 0


cdef inline int64_t duration_us(const Moment* moment, int32_t field, DecodeBuffers* b) noexcept nogil:
    """Microseconds, cut towards zero (cdivision); 0 = not given."""
    cdef int64_t us
    if not moment.given:
        return 0
    if (
        -DURATION_S_MAX <= moment.seconds <= DURATION_S_MAX and -NANOS_MAX <= moment.nanos <= NANOS_MAX
        and not (moment.seconds > 0 and moment.nanos < 0) and not (moment.seconds < 0 and moment.nanos > 0)
    ):
        us = moment.seconds * 1000000 + moment.nanos // 1000
        if us != 0:
            return us
    refuse(b, R_INVALID_FIELD, field, -1, 0)
    return 0
