"""Python faces over the native codec, for tests and benchmarks: dicts in and out, and loops without Python in them."""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free

from fastdom._native.command cimport Command, LineIn, Slice
from fastdom_server._wire.decode cimport DecodeBuffers, decode_command
from fastdom_server._wire.read cimport DEPTH_MAX


cdef class Decoder:
    """One Command and the memory it points into."""
    cdef Command command
    cdef DecodeBuffers* buffers

    def __cinit__(self):
        self.buffers = <DecodeBuffers*>calloc(1, sizeof(DecodeBuffers))
        if self.buffers == NULL:
            raise MemoryError("decode buffers")
        self.buffers.depth = DEPTH_MAX

    def __dealloc__(self):
        free(self.buffers)


cdef bytes text(Slice slice_):
    return slice_.data[:slice_.size] if slice_.size else b""


cdef dict line_dict(const LineIn* line):
    return {
        "line_id": text(line.line_id), "sku": text(line.sku), "node": text(line.node),
        "group_id": text(line.group_id), "quantity": line.quantity, "weight_g": line.weight_g,
    }


cdef dict command_dict(const Command* c, const DecodeBuffers* b):
    return {
        "kind": c.kind, "request_id": text(c.request_id), "first_sent_at_us": c.first_sent_at_us,
        "fingerprint": (c.fingerprint[0], c.fingerprint[1]),
        "order_id": text(c.order_id), "channel": text(c.channel), "country_code": text(c.country_code),
        "postal_code": text(c.postal_code), "pickup_node": text(c.pickup_node),
        "currency_code": text(c.currency_code), "order_value_micros": c.order_value_micros,
        "placed_at_us": c.placed_at_us, "required_by_us": c.required_by_us,
        "service_level": c.service_level, "payment": c.payment,
        "lines": [line_dict(&c.lines[i]) for i in range(c.n_lines)],
        "mode": c.mode, "ttl_us": c.ttl_us, "allow_partial": bool(c.allow_partial),
        "max_shipments": c.max_shipments, "effort": c.effort,
        "policy_name": text(c.policy_name), "policy_version": c.policy_version,
        "include_nodes": [text(c.include_nodes[i]) for i in range(c.n_include)],
        "exclude_nodes": [text(c.exclude_nodes[i]) for i in range(c.n_exclude)],
        "alternatives": c.alternatives, "explain": bool(b.explain),
        "service_levels": c.service_levels, "hold": bool(c.hold), "hold_level": c.hold_level,
        "option_token": text(c.option_token),
        "reservation_id": f"{c.reservation_id[0]:016x}{c.reservation_id[1]:016x}",
        "reacquire": bool(c.reacquire),
    }


def decode_to_dict(int32_t method, bytes data, int32_t depth=DEPTH_MAX):
    """Decode one request.

    Returns
    -------
    (reason, field, line_i, fields)
        The refusal as command.pxd numbers it, and the decoded fields (None unless reason is 0).
    """
    cdef Decoder decoder = Decoder()
    decoder.buffers.depth = depth
    cdef int32_t reason = decode_command(method, data, len(data), &decoder.command, decoder.buffers)
    fields = command_dict(&decoder.command, decoder.buffers) if reason == 0 else None
    return reason, decoder.buffers.status.field, decoder.buffers.status.line_i, fields


def decode_loop(int32_t method, bytes data, int64_t times):
    """Decode the same bytes again and again; the reasons, summed."""
    cdef Decoder decoder = Decoder()
    cdef const char* at = data
    cdef int64_t size = len(data)
    cdef int64_t total = 0
    cdef int64_t i
    with nogil:
        for i in range(times):
            total += decode_command(method, at, size, &decoder.command, decoder.buffers)
    return total
