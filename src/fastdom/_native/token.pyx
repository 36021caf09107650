"""Signing, packing and unpacking of option tokens."""

from libc.string cimport memcpy

from fastdom._native.command cimport TOKEN_MAX
from fastdom._native.varint cimport Reader, get, get_count, get_signed, get_word, put, put_signed, put_word


cdef enum:
    TOKEN_VERSION = 1
    SIGNATURE = 8                # bytes at the end
    BUFFER = 4096                # head 80, 32 shipments of 7 varints, 1,000 lines of 5 bits: at most 2,945 bytes
    LEVEL_MAX = 4

cdef int64_t DAY_US = 86400000000


# --- SipHash-2-4 (Aumasson, Bernstein 2012) ------------------------------------------------------------------------

cdef inline uint64_t rotate(uint64_t x, int bits) noexcept nogil:
    return (x << bits) | (x >> (64 - bits))


cdef inline void sip_round(uint64_t* v) noexcept nogil:
    v[0] += v[1]
    v[2] += v[3]
    v[1] = rotate(v[1], 13) ^ v[0]
    v[3] = rotate(v[3], 16) ^ v[2]
    v[0] = rotate(v[0], 32)
    v[2] += v[1]
    v[0] += v[3]
    v[1] = rotate(v[1], 17) ^ v[2]
    v[3] = rotate(v[3], 21) ^ v[0]
    v[2] = rotate(v[2], 32)


cdef inline void sip_word(uint64_t* v, uint64_t word) noexcept nogil:
    v[3] ^= word
    sip_round(v)
    sip_round(v)
    v[0] ^= word


cdef uint64_t siphash24(const char* data, int64_t size, const uint64_t* key) noexcept nogil:
    cdef uint64_t v[4]
    cdef uint64_t word
    cdef int64_t left = size
    cdef int i
    v[0] = key[0] ^ 0x736F6D6570736575ULL
    v[1] = key[1] ^ 0x646F72616E646F6DULL
    v[2] = key[0] ^ 0x6C7967656E657261ULL
    v[3] = key[1] ^ 0x7465646279746573ULL
    while left >= 8:
        memcpy(&word, data, 8)
        sip_word(v, word)
        data += 8
        left -= 8
    word = 0
    memcpy(&word, data, left)
    sip_word(v, word | (<uint64_t>size << 56))
    v[2] ^= 0xFF
    for i in range(4):
        sip_round(v)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


# --- lines to shipments, bit-packed --------------------------------------------------------------------------------

cdef inline int bits_for(int32_t n_shipments) noexcept nogil:
    """Bits of a shipment index: 0 when there is one only."""
    cdef int bits = 0
    while (1 << bits) < n_shipments:
        bits += 1
    return bits


cdef char* map_pack(char* at, const Token* token) noexcept nogil:
    cdef int bits = bits_for(token.n_shipments)
    cdef uint64_t held = 0
    cdef int filled = 0
    cdef int32_t i
    if bits == 0:
        return at
    for i in range(token.n_lines):
        held |= <uint64_t>token.line_shipment[i] << filled
        filled += bits
        while filled >= 8:
            at[0] = <char>(held & 0xFF)
            at += 1
            held >>= 8
            filled -= 8
    if filled:
        at[0] = <char>held
        at += 1
    return at


cdef void map_unpack(Reader* r, Token* token) noexcept nogil:
    cdef int bits = bits_for(token.n_shipments)
    cdef uint64_t held = 0
    cdef int filled = 0
    cdef int32_t i
    for i in range(token.n_lines):
        while filled < bits:
            if r.at >= r.end:
                r.bad = 1
                return
            held |= <uint64_t>(<uint8_t>r.at[0]) << filled
            r.at += 1
            filled += 8
        token.line_shipment[i] = <int32_t>(held & ((<uint64_t>1 << bits) - 1))
        held >>= bits
        filled -= bits
        if token.line_shipment[i] >= token.n_shipments:
            r.bad = 1


# --- the whole -----------------------------------------------------------------------------------------------------

cdef char* shipment_pack(char* at, const TokenShipment* s, const TokenShipment* before) noexcept nogil:
    """As differences to the shipment before: shipments of one plan mostly share carrier service and dates."""
    at = put_signed(at, <int64_t>s.node_i - before.node_i)
    at = put_signed(at, <int64_t>s.service_key - before.service_key)
    at = put_signed(at, <int64_t>s.ship_day - before.ship_day)
    at = put_signed(at, s.order_by_us - before.order_by_us)
    at = put_signed(at, s.ship_at_us - before.ship_at_us)
    at = put_signed(at, s.arrive_from_us - before.arrive_from_us)
    return put_signed(at, s.arrive_by_us - before.arrive_by_us)


cdef void shipment_unpack(Reader* r, TokenShipment* s, const TokenShipment* before) noexcept nogil:
    s.node_i = <int32_t>(before.node_i + get_signed(r))
    s.service_key = <uint32_t>(before.service_key + get_signed(r))
    s.ship_day = <int32_t>(before.ship_day + get_signed(r))
    s.order_by_us = before.order_by_us + get_signed(r)
    s.ship_at_us = before.ship_at_us + get_signed(r)
    s.arrive_from_us = before.arrive_from_us + get_signed(r)
    s.arrive_by_us = before.arrive_by_us + get_signed(r)
    if s.node_i < 0:
        r.bad = 1


cdef TokenShipment shipment_before(const Token* token) noexcept nogil:
    """What the first shipment is told against: the day and time the token ends."""
    cdef TokenShipment before
    before.node_i = 0
    before.service_key = 0
    before.ship_day = <int32_t>(token.valid_until_us / DAY_US)
    before.order_by_us = token.valid_until_us
    before.ship_at_us = token.valid_until_us
    before.arrive_from_us = token.valid_until_us
    before.arrive_by_us = token.valid_until_us
    return before


cdef int32_t token_pack(const Token* token, const uint64_t* key, uint8_t* out) noexcept nogil:
    cdef char buffer[BUFFER]
    cdef char* at = buffer
    cdef TokenShipment before = shipment_before(token)
    cdef int32_t i
    if token.n_shipments > TOKEN_SHIPMENTS_MAX or token.n_lines > TOKEN_LINES_MAX:
        return 0
    at[0] = TOKEN_VERSION
    at = put(at + 1, <uint64_t>token.service_level)
    at = put(at, <uint64_t>token.network_version)
    at = put(at, token.policy_key)
    at = put(at, <uint64_t>token.policy_version)
    at = put_signed(at, token.valid_until_us)
    at = put(at, <uint64_t>token.cost_micros)
    at = put_word(at, token.fingerprint)
    at = put(at, <uint64_t>token.n_shipments)
    at = put(at, <uint64_t>token.n_lines)
    for i in range(token.n_shipments):
        at = shipment_pack(at, &token.shipments[i], &before)
        before = token.shipments[i]
    at = map_pack(at, token)
    if at - buffer > TOKEN_MAX - SIGNATURE:
        return 0
    at = put_word(at, siphash24(buffer, at - buffer, key))
    memcpy(out, buffer, at - buffer)
    return <int32_t>(at - buffer)


cdef int token_unpack(Slice data, const uint64_t* key, Token* token) noexcept nogil:
    cdef Reader r
    cdef uint64_t signature
    cdef TokenShipment before
    cdef int32_t i
    if data.size <= SIGNATURE or data.size > TOKEN_MAX or data.data[0] != TOKEN_VERSION:
        return -1
    r.at = data.data + 1
    r.end = data.data + data.size - SIGNATURE
    r.bad = 0
    memcpy(&signature, r.end, SIGNATURE)
    if signature != siphash24(data.data, data.size - SIGNATURE, key):
        return -1
    token.service_level = <int32_t>get_count(&r, LEVEL_MAX)
    token.network_version = <int32_t>get_count(&r, 0x7FFFFFFF)
    token.policy_key = <uint32_t>get_count(&r, 0xFFFFFFFF)
    token.policy_version = <int32_t>get_count(&r, 0x7FFFFFFF)
    token.valid_until_us = get_signed(&r)
    token.cost_micros = <int64_t>get(&r)
    token.fingerprint = get_word(&r)
    token.n_shipments = <int32_t>get_count(&r, TOKEN_SHIPMENTS_MAX)
    token.n_lines = <int32_t>get_count(&r, TOKEN_LINES_MAX)
    before = shipment_before(token)
    for i in range(token.n_shipments):
        shipment_unpack(&r, &token.shipments[i], &before)
        before = token.shipments[i]
    map_unpack(&r, token)
    return -1 if r.bad or token.n_shipments == 0 or r.at != r.end else 0


def sip_hash_24(bytes data not None, key):
    """SipHash-2-4 of some bytes under a 128-bit key (two 64-bit integers, low half first)."""
    cdef uint64_t words[2]
    words[0], words[1] = key
    return siphash24(data, len(data), words)
