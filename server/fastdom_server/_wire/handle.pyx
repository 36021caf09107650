"""One call of a hot method, from bytes to bytes (see handle.pxd)."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memmove

from fastdom._native.command cimport (
    F_ALTERNATIVES, F_NONE, LINES_MAX, MODE_PLAN, OK, R_INTERNAL, R_INVALID_FIELD, R_LIMIT_EXCEEDED, R_MALFORMED,
    R_TOO_MANY_ITEMS, R_UNSUPPORTED, Command, Result, Slice, Status,
)
from fastdom_server._wire.decode cimport decode_command
from fastdom_server._wire.encode cimport encode_result, reply_max
from fastdom_server._wire.error cimport ERROR_MAX, Refusal, encode_error
from fastdom_server._wire.read cimport DEPTH_MAX, read_bytes, read_tag, skip
from fastdom_server._wire.tags cimport *
from fastdom_server._wire.write cimport Writer, put_tag, put_varint


cdef inline void set_status(Status* status, int32_t reason, int32_t field) noexcept nogil:
    status.reason = reason
    status.field = field
    status.line_i = -1


cdef inline bint wants_cold(const Seam* seam) noexcept nogil:
    """Alternatives and candidates are for plans alone."""
    return (
        seam.command.kind == METHOD_ROUTE and seam.command.mode <= MODE_PLAN
        and (seam.command.alternatives > 0 or seam.decode.explain)
    )


cdef void refuse(
    Seam* seam, int32_t method, const Command* command, const Result* result, char* out, int64_t out_max, Handled* h
) noexcept nogil:
    """The status of h as bytes at the end of out; command and result are NULL where the call did not get so far."""
    cdef Refusal refusal
    refusal.status = h.status
    refusal.number = seam.decode.number
    refusal.method = method
    refusal.command = command
    refusal.result = result
    refusal.tables = seam.tables
    h.size = encode_error(&refusal, out, out_max)
    h.data = out + out_max - h.size


cdef void decide(Seam* seam, int32_t method, char* out, int64_t out_max, Handled* h) noexcept nogil:
    """Submit the decoded command and encode its reply, both under the lock."""
    cdef int64_t began_us = seam.clock() if seam.clock != NULL else 0
    cdef int64_t decision_us = 0
    cdef Result* result = seam.result
    seam.lock(seam.core)
    seam.submit(seam.core, &seam.command, result)
    if seam.clock != NULL:
        decision_us = seam.clock() - began_us
    h.status = result.status
    h.seq = result.wait_seq
    if h.status.reason == OK:
        h.size = encode_result(
            method, &seam.command, result, seam.tables, seam.encode, decision_us, out, out_max
        )
        h.data = out + out_max - h.size
        if h.size < 0:
            set_status(&h.status, R_INTERNAL, F_NONE)
    seam.unlock(seam.core)
    if h.status.reason != OK:
        refuse(seam, method, &seam.command, result, out, out_max, h)


cdef void handle_one(
    Seam* seam, int32_t method, int32_t depth, const char* data, int64_t size, int32_t tenant_i, int64_t now_us,
    int64_t deadline_us, char* out, int64_t out_max, Handled* h
) noexcept nogil:
    """A unary call, or an item of a batch."""
    cdef int32_t n_lines
    h.seq = 0
    h.cold = 0
    seam.decode.depth = depth
    decode_command(method, data, size, &seam.command, seam.decode)
    seam.command.tenant_i = tenant_i
    seam.command.now_us = now_us
    seam.command.deadline_us = deadline_us
    h.status = seam.decode.status
    n_lines = seam.command.n_lines if method <= METHOD_PROMISE else LINES_MAX
    if h.status.reason == OK and reply_max(method, n_lines) > out_max:
        set_status(&h.status, R_LIMIT_EXCEEDED, F_NONE)
    if h.status.reason == OK and wants_cold(seam):
        h.cold = 1
        if depth < DEPTH_MAX:
            set_status(&h.status, R_UNSUPPORTED, F_ALTERNATIVES)
    if h.status.reason != OK:
        refuse(seam, method, &seam.command, NULL, out, out_max, h)
    else:
        decide(seam, method, out, out_max, h)


# --- batches


cdef int64_t count_items(const uint8_t* at, const uint8_t* end) noexcept nogil:
    """Items of a batch, or -1 when its frame is malformed; nothing is decided before this has been seen."""
    cdef uint32_t tag = 0
    cdef Slice item
    cdef int64_t n = 0
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return -1
        if tag == BATCH_REQUESTS:
            at = read_bytes(at, end, &item)
            n += 1
        else:
            at = skip(at, end, tag, DEPTH_MAX)
        if at == NULL:
            return -1
    return n


cdef int64_t place_result(const Handled* h, char* out) noexcept nogil:
    """Wrap the item's bytes as a result of the batch and bring them to out; the bytes taken."""
    cdef const uint8_t* end = <const uint8_t*>h.data + h.size
    cdef int64_t taken
    cdef Writer w
    w.at = <uint8_t*>h.data              # the writer's slack before it has room for two tags and lengths
    put_varint(&w, <uint64_t>h.size)
    put_tag(&w, BATCH_RESULT_RESPONSE if h.status.reason == OK else BATCH_RESULT_ERROR)
    put_varint(&w, <uint64_t>(end - w.at))
    put_tag(&w, BATCH_RESULTS)
    taken = end - w.at
    memmove(out, w.at, taken)
    return taken


cdef void handle_items(
    Seam* seam, int32_t method, const uint8_t* at, const uint8_t* end, int64_t left, int32_t tenant_i, int64_t now_us,
    int64_t deadline_us, char* out, int64_t out_max, Handled* h
) noexcept nogil:
    """Every item in turn, judged at its own time: one that fails leaves the others as they are. Room for all errors to
    come is kept."""
    cdef int64_t began_us = seam.clock() if seam.clock != NULL else 0
    cdef int64_t elapsed_us = 0
    cdef uint32_t tag = 0
    cdef int64_t used = 0
    cdef int64_t seq = 0
    cdef Slice item
    item.data = NULL
    item.size = 0
    while at < end:
        at = read_tag(at, end, &tag)
        if tag != BATCH_REQUESTS:
            at = skip(at, end, tag, DEPTH_MAX)
            continue
        at = read_bytes(at, end, &item)
        left -= 1
        if seam.clock != NULL:
            elapsed_us = seam.clock() - began_us
        handle_one(
            seam, method & ~METHOD_BATCH, DEPTH_MAX - 1, item.data, item.size, tenant_i, now_us + elapsed_us, deadline_us,
            out + used, out_max - used - left * ERROR_MAX, h
        )
        used += place_result(h, out + used)
        if h.seq > seq:
            seq = h.seq
    set_status(&h.status, OK, F_NONE)
    h.seq = seq
    h.cold = 0
    h.data = out
    h.size = used


cdef void handle_batch(
    Seam* seam, int32_t method, const char* data, int64_t size, int32_t tenant_i, int64_t now_us, int64_t deadline_us,
    char* out, int64_t out_max, Handled* h
) noexcept nogil:
    cdef const uint8_t* at = <const uint8_t*>data
    cdef int64_t n = count_items(at, at + size)
    h.seq = 0
    h.cold = 0
    seam.decode.number = n
    if n < 0:
        set_status(&h.status, R_MALFORMED, F_NONE)
    elif n > BATCH_ITEMS_MAX:
        set_status(&h.status, R_TOO_MANY_ITEMS, F_REQUESTS)
    elif n == 0:
        set_status(&h.status, R_INVALID_FIELD, F_REQUESTS)
    else:
        handle_items(seam, method, at, at + size, n, tenant_i, now_us, deadline_us, out, out_max, h)
        return
    refuse(seam, method, NULL, NULL, out, out_max, h)


cdef void handle(
    Seam* seam, int32_t method, const char* data, int64_t size, int32_t tenant_i, int64_t now_us, int64_t deadline_us,
    char* out, int64_t out_max, Handled* handled
) noexcept nogil:
    if method >= METHOD_BATCH_RESERVE and method <= METHOD_BATCH_PROMISE:
        handle_batch(seam, method, data, size, tenant_i, now_us, deadline_us, out, out_max, handled)
    else:
        handle_one(
            seam, method, DEPTH_MAX, data, size, tenant_i, now_us, deadline_us, out, out_max, handled
        )
