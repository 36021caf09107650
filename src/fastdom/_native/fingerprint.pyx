"""Fingerprint of a command's decoded fields (see fingerprint.pxd)."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from fastdom._native.command cimport Command, KIND_PROMISE, KIND_RESERVE, KIND_ROUTE, LineIn, Slice
from fastdom._native.table cimport fd_hash64, fd_mix64

cdef enum:
    ORDER_WORDS = 12             # integers of any body
    TEXTS_WORDS = 20             # 8 strings, 2 words each, then their lengths
    CHANGE_WORDS = 16            # what bodies other than orders have besides
    LINE_WORDS = 12              # 4 strings of a line, their lengths, then quantity and weight

cdef extern from "hash.h" nogil:
    ctypedef struct fd_lanes:
        uint64_t lane[4]
    void fd_lanes_add(fd_lanes* lanes, const uint64_t* words, size_t n)
    void fd_lanes_end(const fd_lanes* lanes, uint64_t* out)
    void fd_text_words(const char* data, size_t size, uint64_t* words)

cdef extern from *:
    """
    static const uint64_t FD_SEED_LOW = 0x66617374646f6d31ull, FD_SEED_HIGH = 0x8f0d6bc5a1e29b47ull;
    """
    const uint64_t SEED_LOW "FD_SEED_LOW"
    const uint64_t SEED_HIGH "FD_SEED_HIGH"


cdef inline void text_words(Slice text, uint64_t place, uint64_t* words) noexcept nogil:
    """128 bits of a string at its place; 0, 0 when empty, so that strings not given cost nothing."""
    if text.size <= 0:
        words[0] = 0
        words[1] = 0
        return
    words[0] = fd_hash64(text.data, text.size, place)
    words[1] = fd_hash64(text.data, text.size, ~place)


cdef inline void add_fact(Command* command, uint64_t* words, int32_t n) noexcept nogil:
    """Facts are summed, so a map's entries may come in any order."""
    command.fingerprint[0] += fd_hash64(<const char*>words, n * 8, SEED_LOW)
    command.fingerprint[1] += fd_hash64(<const char*>words, n * 8, SEED_HIGH)


cdef void fold_attribute(Command* command, int32_t line_i, Slice key, Slice value) noexcept nogil:
    cdef uint64_t words[6]
    words[0] = FACT_ATTRIBUTE
    words[1] = <uint64_t>line_i
    text_words(key, 1, &words[2])
    text_words(value, 2, &words[4])
    add_fact(command, words, 6)


cdef void fold_number(Command* command, int32_t fact, int64_t value) noexcept nogil:
    cdef uint64_t words[2]
    words[0] = <uint64_t>fact
    words[1] = <uint64_t>value
    add_fact(command, words, 2)


cdef void fold_text(Command* command, int32_t fact, Slice text) noexcept nogil:
    cdef uint64_t words[3]
    words[0] = <uint64_t>fact
    text_words(text, 1, &words[1])
    add_fact(command, words, 3)


cdef inline uint64_t lengths(Slice a, Slice b) noexcept nogil:
    return <uint64_t><unsigned int>a.size << 32 | <unsigned int>b.size


cdef inline void short_words(Slice text, uint64_t* words) noexcept nogil:
    """A string beside its length; one not given is two zeros."""
    if text.size <= 0:
        words[0] = 0
        words[1] = 0
    else:
        fd_text_words(text.data, <size_t>text.size, words)


cdef inline uint64_t both(int32_t a, int32_t b) noexcept nogil:
    return <uint64_t><unsigned int>a << 32 | <unsigned int>b


cdef inline void fold_order(const Command* c, fd_lanes* lanes) noexcept nogil:
    cdef uint64_t words[ORDER_WORDS]
    words[0] = both(c.kind, c.n_lines)
    words[1] = <uint64_t>c.order_value_micros
    words[2] = <uint64_t>c.placed_at_us
    words[3] = <uint64_t>c.required_by_us
    words[4] = <uint64_t>c.ttl_us
    words[5] = <uint64_t>c.effort
    words[6] = both(c.service_level, c.payment)
    words[7] = both(c.mode, c.allow_partial)
    words[8] = both(c.max_shipments, c.policy_version)
    words[9] = both(c.n_include, c.n_exclude)
    words[10] = both(c.alternatives, <int32_t>c.service_levels)
    words[11] = both(c.hold, c.hold_level)
    fd_lanes_add(lanes, words, ORDER_WORDS)


cdef inline void fold_change(const Command* c, fd_lanes* lanes) noexcept nogil:
    """What only the verbs and the commands on stock and nodes say."""
    cdef uint64_t words[CHANGE_WORDS]
    words[0] = c.reservation_id[0]
    words[1] = c.reservation_id[1]
    words[2] = both(c.reacquire, c.delta)
    words[3] = both(c.adjust_reason, c.on_hand)
    words[4] = both(c.safety_stock, c.routing_reserve)
    words[5] = <uint64_t>c.as_of_us
    words[6] = <uint64_t>c.includes_fulfilments_up_to
    words[7] = both(c.expected_on_hand, c.node_status)
    words[8] = <uint64_t>c.expected_version
    words[9] = <uint64_t>c.exception_id
    short_words(c.sku, &words[10])
    short_words(c.node, &words[12])
    words[14] = lengths(c.sku, c.node)
    words[15] = <uint64_t>c.reroute_reason
    fd_lanes_add(lanes, words, CHANGE_WORDS)


cdef inline void fold_texts(const Command* c, fd_lanes* lanes) noexcept nogil:
    cdef uint64_t words[TEXTS_WORDS]
    short_words(c.order_id, &words[0])
    short_words(c.channel, &words[2])
    short_words(c.country_code, &words[4])
    short_words(c.postal_code, &words[6])
    short_words(c.pickup_node, &words[8])
    short_words(c.currency_code, &words[10])
    short_words(c.policy_name, &words[12])
    short_words(c.option_token, &words[14])
    words[16] = lengths(c.order_id, c.channel)
    words[17] = lengths(c.country_code, c.postal_code)
    words[18] = lengths(c.pickup_node, c.currency_code)
    words[19] = lengths(c.policy_name, c.option_token)
    fd_lanes_add(lanes, words, TEXTS_WORDS)


cdef inline void fold_line(const LineIn* line, fd_lanes* lanes) noexcept nogil:
    cdef uint64_t words[LINE_WORDS]
    short_words(line.line_id, &words[0])
    short_words(line.sku, &words[2])
    short_words(line.node, &words[4])
    short_words(line.group_id, &words[6])
    words[8] = lengths(line.line_id, line.sku)
    words[9] = lengths(line.node, line.group_id)
    words[10] = (<uint64_t>line.quantity << 32) ^ <uint64_t><unsigned int>line.weight_g
    words[11] = 0
    fd_lanes_add(lanes, words, LINE_WORDS)


cdef inline void fold_list(const Slice* texts, int32_t n, uint64_t place, fd_lanes* lanes) noexcept nogil:
    cdef uint64_t words[4]
    cdef int32_t i
    for i in range(n):
        short_words(texts[i], words)
        words[2] = <uint64_t>texts[i].size
        words[3] = place
        fd_lanes_add(lanes, words, 4)


cdef void command_fingerprint(Command* command) noexcept nogil:
    cdef fd_lanes lanes
    cdef int32_t i
    lanes.lane[0] = fd_mix64(command.fingerprint[0], SEED_LOW)
    lanes.lane[1] = fd_mix64(command.fingerprint[1], SEED_HIGH)
    lanes.lane[2] = fd_mix64(command.fingerprint[0], SEED_HIGH)
    lanes.lane[3] = fd_mix64(command.fingerprint[1], SEED_LOW)
    fold_order(command, &lanes)
    fold_texts(command, &lanes)
    if not (command.kind == KIND_RESERVE or command.kind == KIND_ROUTE or command.kind == KIND_PROMISE):
        fold_change(command, &lanes)
    for i in range(command.n_lines):
        fold_line(&command.lines[i], &lanes)
    fold_list(command.include_nodes, command.n_include, 1, &lanes)
    fold_list(command.exclude_nodes, command.n_exclude, 2, &lanes)
    fd_lanes_end(&lanes, command.fingerprint)
