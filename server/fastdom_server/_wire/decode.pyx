"""Protobuf bytes of the hot requests to Commands (see decode.pxd for the rules).

decode_request.pxd and decode_order.pxd read the bytes; here the Draft becomes the Command.
"""

from libc.stdint cimport INT32_MIN, int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

from fastdom._native.command cimport (
    F_FIRST_SENT_AT, F_MODE, F_NONE, F_PLACED_AT, F_REQUIRED_BY, F_RESERVATION_ID, F_TTL, MODE_FIRM, OK,
    R_INVALID_FIELD, R_MALFORMED, R_UNSUPPORTED, Command,
)
from fastdom._native.fingerprint cimport FACT_LATITUDE_E7, FACT_LONGITUDE_E7, command_fingerprint, fold_number
from fastdom_server._wire.decode_request cimport read_request
from fastdom_server._wire.draft cimport Draft, duration_us, refuse, timestamp_us
from fastdom_server._wire.tags cimport (
    F_LATITUDE_E7, F_LONGITUDE_E7, METHOD_COMMIT, METHOD_GET_RESERVATION, METHOD_RESERVE,
)

cdef enum:
    LATITUDE_MAX = 900000000     # 1e-7 degrees
    LONGITUDE_MAX = 1800000000
    HEX_DIGITS = 32              # of a reservation id


cdef inline int32_t hex_value(uint8_t digit) noexcept nogil:
    if c'0' <= digit <= c'9':
        return digit - c'0'
    digit |= 0x20
    if c'a' <= digit <= c'f':
        return digit - c'a' + 10
    return -1


cdef void set_reservation_id(Draft* d) noexcept nogil:
    """32 hexadecimal digits, the high half first."""
    cdef uint64_t* halves = d.command.reservation_id
    cdef int32_t value
    cdef int32_t i
    if d.reservation_id.size != HEX_DIGITS:
        refuse(d.buffers, R_INVALID_FIELD, F_RESERVATION_ID, -1, 0)
        return
    for i in range(HEX_DIGITS):
        value = hex_value(<uint8_t>d.reservation_id.data[i])
        if value < 0:
            refuse(d.buffers, R_INVALID_FIELD, F_RESERVATION_ID, -1, 0)
            return
        halves[i >> 4] = (halves[i >> 4] << 4) | <uint64_t>value


cdef void set_reserve_mode(Draft* d) noexcept nogil:
    """ReserveMode counts HOLD 1, FIRM 2; Mode has PLAN before them."""
    if d.command.mode < 0 or d.command.mode >= MODE_FIRM:
        refuse(d.buffers, R_INVALID_FIELD, F_MODE, -1, d.command.mode)
    elif d.command.mode > 0:
        d.command.mode += 1


cdef void set_coordinates(Draft* d) noexcept nogil:
    """Both or none of an address's coordinates, and within their range."""
    if not d.has_latitude and not d.has_longitude:
        return
    if not d.has_latitude or not -LATITUDE_MAX <= d.latitude_e7 <= LATITUDE_MAX:
        refuse(d.buffers, R_INVALID_FIELD, F_LATITUDE_E7, -1, d.latitude_e7)
    elif not d.has_longitude or not -LONGITUDE_MAX <= d.longitude_e7 <= LONGITUDE_MAX:
        refuse(d.buffers, R_INVALID_FIELD, F_LONGITUDE_E7, -1, d.longitude_e7)
    else:
        d.command.latitude_e7 = d.latitude_e7
        d.command.longitude_e7 = d.longitude_e7
        fold_number(d.command, FACT_LATITUDE_E7, d.latitude_e7)
        fold_number(d.command, FACT_LONGITUDE_E7, d.longitude_e7)


cdef void finish(int32_t method, Draft* d) noexcept nogil:
    """Everything has been read: what was gathered becomes the command's."""
    cdef Command* c = d.command
    cdef DecodeBuffers* b = d.buffers
    if method >= METHOD_COMMIT:
        set_reservation_id(d)
    else:
        c.placed_at_us = timestamp_us(&d.placed_at, F_PLACED_AT, b)
        c.required_by_us = timestamp_us(&d.required_by, F_REQUIRED_BY, b)
        set_coordinates(d)
    if method == METHOD_RESERVE:
        set_reserve_mode(d)
    c.ttl_us = duration_us(&d.ttl, F_TTL, b)
    c.first_sent_at_us = timestamp_us(&d.first_sent_at, F_FIRST_SENT_AT, b)
    command_fingerprint(c)


cdef int32_t decode_command(
    int32_t method, const char* data, int64_t size, Command* command, DecodeBuffers* buffers
) noexcept nogil:
    cdef Draft draft
    cdef const uint8_t* at = <const uint8_t*>data
    memset(command, 0, sizeof(Command))
    memset(&draft, 0, sizeof(Draft))
    buffers.status.reason = OK
    buffers.status.field = F_NONE
    buffers.status.line_i = -1
    buffers.explain = 0
    buffers.attributes_size = 0
    command.kind = method
    command.latitude_e7 = INT32_MIN
    command.longitude_e7 = INT32_MIN
    command.lines = buffers.lines
    command.include_nodes = buffers.include_nodes
    command.exclude_nodes = buffers.exclude_nodes
    draft.command = command
    draft.buffers = buffers
    draft.depth = buffers.depth
    if method < METHOD_RESERVE or method > METHOD_GET_RESERVATION:
        buffers.status.reason = R_UNSUPPORTED
    elif size > 0 and read_request(at, at + size, method, &draft) == NULL:
        buffers.status.reason = R_MALFORMED
        buffers.status.field = F_NONE
        buffers.status.line_i = -1
    else:
        finish(method, &draft)
    return buffers.status.reason
