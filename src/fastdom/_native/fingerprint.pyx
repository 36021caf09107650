"""Fingerprint of a command's decoded fields (see fingerprint.pxd)."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from fastdom._native.command cimport Command, LineIn, Slice
from fastdom._native.table cimport fd_hash64, fd_mix64

cdef enum:
    SCALARS = 31                 # integers of a Command that belong to its body
    TEXTS = 10                   # strings of a Command that belong to its body
    LINE_WORDS = 9               # 4 strings of a line, 2 words each, then quantity and weight

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


cdef inline void fold_words(uint64_t* print_, const uint64_t* words, int32_t n) noexcept nogil:
    """The words go into both halves, after what is already there."""
    print_[0] = fd_hash64(<const char*>words, n * 8, print_[0])
    print_[1] = fd_hash64(<const char*>words, n * 8, print_[1])


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


cdef void fold_scalars(const Command* c, uint64_t* print_) noexcept nogil:
    cdef uint64_t words[SCALARS]
    words[0] = <uint64_t>c.kind
    words[1] = <uint64_t>c.order_value_micros
    words[2] = <uint64_t>c.placed_at_us
    words[3] = <uint64_t>c.required_by_us
    words[4] = <uint64_t>c.service_level
    words[5] = <uint64_t>c.payment
    words[6] = <uint64_t>c.n_lines
    words[7] = <uint64_t>c.mode
    words[8] = <uint64_t>c.ttl_us
    words[9] = <uint64_t>c.allow_partial
    words[10] = <uint64_t>c.max_shipments
    words[11] = <uint64_t>c.effort
    words[12] = <uint64_t>c.policy_version
    words[13] = <uint64_t>c.n_include
    words[14] = <uint64_t>c.n_exclude
    words[15] = <uint64_t>c.alternatives
    words[16] = <uint64_t>c.service_levels
    words[17] = <uint64_t>c.hold
    words[18] = <uint64_t>c.hold_level
    words[19] = c.reservation_id[0]
    words[20] = c.reservation_id[1]
    words[21] = <uint64_t>c.reacquire
    words[22] = <uint64_t>c.delta
    words[23] = <uint64_t>c.adjust_reason
    words[24] = <uint64_t>c.on_hand
    words[25] = (<uint64_t>c.safety_stock << 32) ^ <uint64_t><unsigned int>c.routing_reserve
    words[26] = <uint64_t>c.as_of_us
    words[27] = <uint64_t>c.includes_fulfilments_up_to
    words[28] = (<uint64_t>c.expected_on_hand << 32) ^ <uint64_t><unsigned int>c.node_status
    words[29] = <uint64_t>c.expected_version
    words[30] = <uint64_t>c.exception_id
    fold_words(print_, words, SCALARS)


cdef void fold_texts(const Command* c, uint64_t* print_) noexcept nogil:
    cdef uint64_t words[2 * TEXTS]
    text_words(c.order_id, 1, &words[0])
    text_words(c.channel, 2, &words[2])
    text_words(c.country_code, 3, &words[4])
    text_words(c.postal_code, 4, &words[6])
    text_words(c.pickup_node, 5, &words[8])
    text_words(c.currency_code, 6, &words[10])
    text_words(c.policy_name, 7, &words[12])
    text_words(c.option_token, 8, &words[14])
    text_words(c.sku, 9, &words[16])
    text_words(c.node, 10, &words[18])
    fold_words(print_, words, 2 * TEXTS)


cdef void fold_line(const LineIn* line, uint64_t* print_) noexcept nogil:
    cdef uint64_t words[LINE_WORDS]
    text_words(line.line_id, 1, &words[0])
    text_words(line.sku, 2, &words[2])
    text_words(line.node, 3, &words[4])
    text_words(line.group_id, 4, &words[6])
    words[8] = (<uint64_t>line.quantity << 32) ^ <uint64_t><unsigned int>line.weight_g
    fold_words(print_, words, LINE_WORDS)


cdef void fold_list(const Slice* texts, int32_t n, uint64_t place, uint64_t* print_) noexcept nogil:
    cdef uint64_t words[2]
    cdef int32_t i
    for i in range(n):
        text_words(texts[i], place, words)
        fold_words(print_, words, 2)


cdef void command_fingerprint(Command* command) noexcept nogil:
    cdef uint64_t print_[2]
    cdef int32_t i
    print_[0] = fd_mix64(command.fingerprint[0], SEED_LOW)
    print_[1] = fd_mix64(command.fingerprint[1], SEED_HIGH)
    fold_scalars(command, print_)
    fold_texts(command, print_)
    for i in range(command.n_lines):
        fold_line(&command.lines[i], print_)
    fold_list(command.include_nodes, command.n_include, 1, print_)
    fold_list(command.exclude_nodes, command.n_exclude, 2, print_)
    command.fingerprint[0] = print_[0]
    command.fingerprint[1] = print_[1]
