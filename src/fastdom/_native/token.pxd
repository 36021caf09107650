"""Option tokens: a promise option as opaque, signed bytes, so that the server keeps nothing about a quote.

A token says which order it is for (a fingerprint of tenant, channel, destination, payment, required_by and every
line's id, SKU, quantity, own weight and group), what was quoted (level, cost, every shipment's node, carrier service,
bucket, cutoff and arrival window, the shipment of every line) and until when it holds: it is taken while
now < valid_until. It is signed with SipHash-2-4 under the engine's 128-bit key. Integers are LEB128 varints (signed ones
zigzag), times are microseconds as differences, the shipments of the lines are bit-packed. Version 1; another first byte
is R_TOKEN_INVALID.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdom._native.command cimport Slice


cdef enum TokenLimit:
    TOKEN_SHIPMENTS_MAX = 32     # more never fit TOKEN_MAX bytes
    TOKEN_LINES_MAX = 1000       # LINES_MAX


cdef struct TokenShipment:
    int32_t node_i
    uint32_t service_key         # Network.service_key: the carrier service, the same in every version; 0 = pickup
    int32_t ship_day             # capacity bucket
    int64_t order_by_us
    int64_t ship_at_us
    int64_t arrive_from_us
    int64_t arrive_by_us


cdef struct Token:
    int32_t service_level
    int32_t network_version
    uint32_t policy_key          # Policy.key
    int32_t policy_version
    int32_t n_shipments          # 1 .. TOKEN_SHIPMENTS_MAX
    int32_t n_lines
    int64_t valid_until_us       # at most the earliest order_by
    int64_t cost_micros
    uint64_t fingerprint         # of the order
    TokenShipment shipments[32]
    int32_t line_shipment[1000]  # [n_lines]


cdef uint64_t siphash24(const char* data, int64_t size, const uint64_t* key) noexcept nogil

cdef int32_t token_pack(const Token* token, const uint64_t* key, uint8_t* out) noexcept nogil
# bytes written, 1 .. TOKEN_MAX; 0 = it does not fit

cdef int token_unpack(Slice data, const uint64_t* key, Token* token) noexcept nogil
# 0, or -1: not signed with this key, of another version, or malformed
