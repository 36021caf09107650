"""Refusals to google.rpc.Status bytes (see error.pxd); the tables come from fastdom_server.errors."""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memcpy, memset

from fastdom._native.command cimport (
    R_CURRENCY_MISMATCH, R_DEADLINE_PASSED, R_INTERNAL, R_MALFORMED, R_RESERVATION_COMMITTED, R_RESERVATION_EXPIRED,
    R_RESERVATION_FULFILLED, R_RESERVATION_NOT_COMMITTED, R_RESERVATION_RELEASED, R_UNKNOWN_POLICY,
    R_UNKNOWN_POSTAL_CODE, Command, Slice, Status,
)
from fastdom_server._wire.error_value cimport (
    DIGITS_MAX, TEXT_MAX, Text, add_hex, add_number, add_text, cut, value_of, whole,
)
from fastdom_server._wire.tags cimport *
from fastdom_server._wire.write cimport Writer, close_message, put_duration, put_number, put_text, room

from fastdom_server import errors
from fastdom_server._wire.methods import REQUESTS

cdef enum:
    REASONS_MAX = 128            # every Reason is below
    FIXED_MAX = 256


cdef struct ReasonText:
    Slice name
    Slice words
    int32_t code                 # gRPC
    int32_t retry_ms             # 0 = a retry does not help
    bint bad_input


cdef struct FieldPath:
    Slice whole                  # path without an index
    Slice before                 # of the index; empty = the path has none
    Slice after


cdef struct FixedFact:           # of a reason and field, whatever the request
    int32_t reason
    int32_t field
    bint allowed                 # its key: "allowed", else "limit"
    Slice text


cdef ReasonText REASONS[128]
cdef FieldPath PATHS[2][256]     # of lines of a reservation, of an order; by Field
cdef FixedFact FIXED[256]
cdef int32_t N_FIXED = 0
cdef list KEPT = []              # what the slices point into


cdef Slice keep(bytes text):
    cdef Slice made
    KEPT.append(text)
    made.data = text
    made.size = <int32_t>len(text)
    return made


cdef int load_tables() except -1:
    """Copy the tables of fastdom_server.errors once, at import."""
    global N_FIXED
    cdef FieldPath* path
    if len(errors.limit_rows()) > FIXED_MAX or max(errors.CODES) >= REASONS_MAX:
        raise ValueError("the tables of errors.py have outgrown those of the native codec")
    for number, code, name, words, retry_ms, bad_input in errors.reason_rows():
        REASONS[number].name = keep(name)
        REASONS[number].words = keep(words)
        REASONS[number].code = code
        REASONS[number].retry_ms = retry_ms
        REASONS[number].bad_input = bad_input
    for number, of_order, whole, first in errors.field_rows():
        if len(first) + DIGITS_MAX > TEXT_MAX or len(whole) > TEXT_MAX or number >= FIELDS_MAX:
            raise ValueError(f"path {whole} of field {number} has outgrown the native codec's table")
        path = &PATHS[1 if of_order else 0][number]
        path.whole = keep(whole)
        if first:
            before, after = first.split(b"[0]")
            path.before = keep(before + b"[")
            path.after = keep(b"]" + after)
    for reason, field, allowed, text in errors.limit_rows():
        FIXED[N_FIXED].reason = reason
        FIXED[N_FIXED].field = field
        FIXED[N_FIXED].allowed = allowed
        FIXED[N_FIXED].text = keep(text)
        N_FIXED += 1
    return 0


memset(REASONS, 0, sizeof(REASONS))
memset(PATHS, 0, sizeof(PATHS))
load_tables()

cdef Slice DOMAIN = keep(errors.DOMAIN.encode())
cdef Slice INFO_URL = keep(b"type.googleapis.com/google.rpc.ErrorInfo")
cdef Slice BAD_REQUEST_URL = keep(b"type.googleapis.com/google.rpc.BadRequest")
cdef Slice RETRY_URL = keep(b"type.googleapis.com/google.rpc.RetryInfo")
cdef Slice MESSAGE_NAMES[128]
memset(MESSAGE_NAMES, 0, sizeof(MESSAGE_NAMES))
for _number, _name in REQUESTS.items():
    MESSAGE_NAMES[<int>_number] = keep(_name.encode())


cdef void path_of(const Refusal* refusal, Text* path) noexcept nogil:
    cdef const FieldPath* known = &PATHS[1 if (refusal.method & ~METHOD_BATCH) <= METHOD_PROMISE else 0][
        refusal.status.field & (FIELDS_MAX - 1)
    ]
    if refusal.status.line_i >= 0 and known.before.size > 0:
        add_text(path, known.before)
        add_number(path, refusal.status.line_i)
        add_text(path, known.after)
    else:
        add_text(path, known.whole)


# --- the status


cdef void put_fact(Writer* w, Slice key, Slice text) noexcept nogil:
    """An entry of ErrorInfo.metadata; an empty text is no fact."""
    cdef const uint8_t* end = w.at
    if text.size == 0:
        return
    put_text(w, ENTRY_VALUE, text)
    put_text(w, ENTRY_KEY, key)
    close_message(w, INFO_METADATA, end)


cdef inline Slice literal(const char* text, int32_t size) noexcept nogil:
    cdef Slice made
    made.data = text
    made.size = size
    return made


cdef void put_number_fact(Writer* w, Slice key, int64_t number) noexcept nogil:
    cdef Text text
    text.size = 0
    add_number(&text, number)
    put_fact(w, key, whole(&text))


cdef void put_fixed(Writer* w, const Status* status, bint allowed) noexcept nogil:
    cdef int32_t i
    for i in range(N_FIXED):
        if FIXED[i].reason == status.reason and FIXED[i].field == status.field and FIXED[i].allowed == allowed:
            put_fact(w, literal("allowed", 7) if allowed else literal("limit", 5), FIXED[i].text)


cdef bint names_reservation(int32_t reason) noexcept nogil:
    return (
        reason == R_RESERVATION_EXPIRED or reason == R_RESERVATION_RELEASED or reason == R_RESERVATION_COMMITTED
        or reason == R_RESERVATION_NOT_COMMITTED or reason == R_RESERVATION_FULFILLED
    )


cdef void put_facts(Writer* w, const Refusal* refusal, Slice path) noexcept nogil:
    """Metadata, keys ascending as the classes serialize maps: so written here from the last to the first."""
    cdef const Command* c = refusal.command
    cdef int32_t reason = refusal.status.reason
    cdef Text text
    if c != NULL and reason == R_UNKNOWN_POLICY:
        put_number_fact(w, literal("version", 7), c.policy_version)
    text.size = 0
    value_of(refusal, &text)
    put_fact(w, literal("value", 5), whole(&text))
    if c != NULL and names_reservation(reason):
        text.size = 0
        add_hex(&text, c.reservation_id[0])
        add_hex(&text, c.reservation_id[1])
        put_fact(w, literal("reservation_id", 14), whole(&text))
    if reason == R_MALFORMED:
        put_fact(w, literal("message", 7), MESSAGE_NAMES[refusal.method & (METHODS_MAX - 1)])
    put_fixed(w, &refusal.status, False)
    if reason == R_DEADLINE_PASSED and c != NULL and refusal.result != NULL:
        if c.deadline_us > 0 and refusal.result.now_us > c.deadline_us:
            put_number_fact(w, literal("late_us", 7), refusal.result.now_us - c.deadline_us)
    put_fact(w, literal("field", 5), path)
    if reason == R_RESERVATION_EXPIRED and refusal.result != NULL and refusal.result.expires_at_us > 0:
        put_number_fact(w, literal("expired_at_us", 13), refusal.result.expires_at_us)
    if reason == R_CURRENCY_MISMATCH and refusal.tables != NULL:
        put_fact(w, literal("expected", 8), refusal.tables.active.currency)
    if reason == R_UNKNOWN_POSTAL_CODE and c != NULL:
        put_fact(w, literal("country", 7), cut(c.country_code))
    put_fixed(w, &refusal.status, True)


cdef void close_detail(Writer* w, Slice type_url, const uint8_t* end) noexcept nogil:
    """What was written from `end` downwards becomes the value of an Any of the status."""
    close_message(w, ANY_VALUE, end)
    put_text(w, ANY_TYPE_URL, type_url)
    close_message(w, STATUS_DETAILS, end)


cdef void put_status_message(Writer* w, Slice path, Slice words) noexcept nogil:
    """"path: words", or the words alone."""
    cdef const uint8_t* end = w.at
    cdef Text text
    text.size = 0
    add_text(&text, path)
    if path.size > 0:
        add_text(&text, literal(": ", 2))
    if room(w, text.size + words.size):
        w.at -= words.size
        memcpy(w.at, words.data, words.size)
        w.at -= text.size
        memcpy(w.at, text.data, text.size)
        close_message(w, STATUS_MESSAGE, end)


cdef int32_t error_code(int32_t reason) noexcept nogil:
    return REASONS[reason & (REASONS_MAX - 1)].code


cdef int64_t encode_error(const Refusal* refusal, char* out, int64_t out_max) noexcept nogil:
    cdef const ReasonText* known = &REASONS[refusal.status.reason & (REASONS_MAX - 1)]
    cdef const uint8_t* end
    cdef const uint8_t* violation
    cdef Writer w
    cdef Text path
    if out_max < ERROR_MAX:
        return -1
    if known.name.size == 0:
        known = &REASONS[<int>R_INTERNAL]
    path.size = 0
    path_of(refusal, &path)
    w.at = <uint8_t*>out + out_max
    w.floor = <uint8_t*>out
    w.full = False
    if known.retry_ms > 0:
        end = w.at
        put_duration(&w, RETRY_DELAY, <int64_t>known.retry_ms * 1000)
        close_detail(&w, RETRY_URL, end)
    if known.bad_input and path.size > 0:
        end = w.at
        put_text(&w, VIOLATION_DESCRIPTION, known.words)
        put_text(&w, VIOLATION_FIELD, whole(&path))
        close_message(&w, BAD_REQUEST_VIOLATIONS, end)
        close_detail(&w, BAD_REQUEST_URL, end)
    end = w.at
    put_facts(&w, refusal, whole(&path))
    put_text(&w, INFO_DOMAIN, DOMAIN)
    put_text(&w, INFO_REASON, known.name)
    close_detail(&w, INFO_URL, end)
    put_status_message(&w, whole(&path), known.words)
    put_number(&w, STATUS_CODE, known.code)
    return -1 if w.full else <uint8_t*>out + out_max - w.at
