"""Python faces over the native codec, for tests and benchmarks: dicts in and out, and loops without Python in them."""

from cpython.object cimport PyObject
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free, malloc

from fastdom._native.command cimport Command, LineIn, Result, Slice
from fastdom._native.entry cimport ResultBuffers
from fastdom._native.table cimport Names
from fastdom_server._wire.decode cimport DecodeBuffers, decode_command
from fastdom_server._wire.encode cimport EncodeScratch, EncodeTables, Texts, encode_result
from fastdom_server._wire.error cimport ERROR_MAX, Refusal, encode_error
from fastdom_server._wire.handle cimport handle
from fastdom_server._wire.read cimport DEPTH_MAX
from fastdom_server._wire.result_fields cimport fill_result, keep
from fastdom_server._wire.seam cimport Core, Wire


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
        "attributes": text(line.attributes),
    }


cdef dict command_dict(const Command* c, const DecodeBuffers* b):
    return {
        "kind": c.kind, "request_id": text(c.request_id), "first_sent_at_us": c.first_sent_at_us,
        "fingerprint": (c.fingerprint[0], c.fingerprint[1]),
        "order_id": text(c.order_id), "channel": text(c.channel), "country_code": text(c.country_code),
        "postal_code": text(c.postal_code), "pickup_node": text(c.pickup_node),
        "latitude_e7": c.latitude_e7, "longitude_e7": c.longitude_e7,
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


# --- replies

cdef enum:
    GUARD = 4096                 # bytes on either side of a buffer that must stay as they are


cdef struct Turns:
    PyObject* owner              # the Rehearsal
    int64_t taken
    bint held
    bint wrong


cdef void take(void* core) noexcept nogil:
    cdef Turns* turns = <Turns*>core
    turns.wrong |= turns.held
    turns.held = True
    turns.taken += 1


cdef void give_back(void* core) noexcept nogil:
    cdef Turns* turns = <Turns*>core
    turns.wrong |= not turns.held
    turns.held = False


cdef int nothing(void* core, Command* command, Result* result) noexcept nogil:
    """A core that has decided already: its Result stands."""
    return 0


cdef int ask(void* core, Command* command, Result* result) noexcept with gil:
    cdef Turns* turns = <Turns*>core
    turns.wrong |= not turns.held
    return (<Rehearsal>turns.owner).answer(command)


cdef class Rehearsal(Core):
    """A core that gives prepared answers and remembers what it was asked.

    Parameters
    ----------
    tables : dict
        skus, nodes, channels, services (lists of bytes), currency, policy_name.
    results : list of dict
        Fields of the Results, one a command, in turn.
    prepared : bool
        Whether the first result stands for every command, so that calls run without Python; nothing is remembered.
    """
    cdef ResultBuffers buffers
    cdef Names skus
    cdef Names nodes
    cdef Names channels
    cdef Texts texts
    cdef EncodeTables names
    cdef Turns turns
    cdef list kept
    cdef readonly list results
    cdef readonly list commands  # dicts as decode_to_dict gives them, with tenant_i, now_us and deadline_us

    def __cinit__(self, dict tables, list results, bint prepared=False):
        self.buffers = ResultBuffers()
        self.kept = []
        self.commands = []
        self.results = results
        self.skus = self._names(tables.get("skus", []))
        self.nodes = self._names(tables.get("nodes", []))
        self.channels = self._names(tables.get("channels", []))
        self.texts = Texts(
            0, tables.get("services", []), tables.get("currency", b""), tables.get("policy_name", b"")
        )
        self.names.skus = &self.skus.names
        self.names.nodes = &self.nodes.names
        self.names.channels = &self.channels.names
        self.names.active = &self.texts.texts
        self.turns.owner = <PyObject*>self
        self.core = &self.turns
        self.submit = nothing if prepared else ask
        self.lock = take
        self.unlock = give_back
        self.result = &self.buffers.result
        self.tables = &self.names
        if prepared:
            fill_result(self.result, results[0], self.kept)

    @property
    def locked(self):
        """How often the lock was taken; -1 after a command without it, or a lock taken twice."""
        return -1 if self.turns.wrong or self.turns.held else self.turns.taken

    def _names(self, list texts):
        names = Names(max(64, len(texts)), 1 << 20)
        for text_ in texts:
            names.add(text_)
        return names

    cdef int answer(self, const Command* c) except -1:
        cdef DecodeBuffers* none = <DecodeBuffers*>calloc(1, sizeof(DecodeBuffers))
        asked = command_dict(c, none)
        free(none)
        asked.update(tenant_i=c.tenant_i, now_us=c.now_us, deadline_us=c.deadline_us)
        given = self.results[len(self.commands) % len(self.results)]
        self.commands.append(asked)
        self.kept.clear()
        return fill_result(&self.buffers.result, given, self.kept)


def encode_from_dict(
    int32_t method, bytes request, dict result, dict tables, int64_t decision_us=0, int64_t out_max=1 << 20
):
    """Encode the reply to a request; None when it does not fit out_max bytes. Fails when it is written outside them."""
    cdef Rehearsal core = Rehearsal(tables, [result])
    cdef Decoder decoder = Decoder()
    cdef EncodeScratch* scratch = <EncodeScratch*>calloc(1, sizeof(EncodeScratch))
    cdef char* memory = <char*>calloc(2 * GUARD + out_max, 1)
    cdef char* out = memory + GUARD
    cdef int64_t size
    if decode_command(method, request, len(request), &decoder.command, decoder.buffers) != 0:
        raise ValueError("not a request of the method")
    core.answer(&decoder.command)
    size = encode_result(
        method, &decoder.command, &core.buffers.result, core.tables, scratch, decision_us, out, out_max
    )
    reply = out[out_max - size:out_max] if size >= 0 else None
    clean = memory[:GUARD].count(b"\0") + out[out_max:out_max + GUARD].count(b"\0")
    free(memory)
    free(scratch)
    if clean != 2 * GUARD:
        raise AssertionError("written outside the buffer")
    return reply


def error_from_dict(int32_t method, bytes request, dict result, dict tables, bint decided=True, int64_t number=0):
    """Encode the status of a refusal of a request; `decided` = by the engine, else while decoding."""
    cdef Rehearsal core = Rehearsal(tables, [result])
    cdef Decoder decoder = Decoder()
    cdef char out[ERROR_MAX]
    cdef Refusal refusal
    cdef int64_t size
    decode_command(method, request, len(request), &decoder.command, decoder.buffers)
    core.answer(&decoder.command)
    refusal.status = core.buffers.result.status
    refusal.number = number
    refusal.method = method
    refusal.command = &decoder.command
    refusal.result = &core.buffers.result if decided else NULL
    refusal.tables = core.tables
    size = encode_error(&refusal, out, ERROR_MAX)
    return out[ERROR_MAX - size:ERROR_MAX]


def encode_loop(int32_t method, bytes request, dict result, dict tables, int64_t times):
    """Encode the same reply again and again; the sizes, summed."""
    cdef Rehearsal core = Rehearsal(tables, [result])
    cdef Decoder decoder = Decoder()
    cdef EncodeScratch* scratch = <EncodeScratch*>calloc(1, sizeof(EncodeScratch))
    cdef int64_t out_max = 1 << 16
    cdef char* out = <char*>malloc(out_max)
    cdef int64_t total = 0
    cdef int64_t i
    decode_command(method, request, len(request), &decoder.command, decoder.buffers)
    core.answer(&decoder.command)
    cdef Result* r = &core.buffers.result
    cdef const EncodeTables* texts = core.tables
    with nogil:
        for i in range(times):
            total += encode_result(method, &decoder.command, r, texts, scratch, 2, out, out_max)
    free(out)
    free(scratch)
    return total


def handle_loop(Wire wire, int32_t method, bytes data, int64_t now_us, int64_t times):
    """Handle the same call again and again, without Python between; the sizes of the replies, summed."""
    cdef const char* at = data
    cdef int64_t size = len(data)
    cdef int64_t total = 0
    cdef int64_t i
    with nogil:
        for i in range(times):
            handle(&wire.seam, method, at, size, 0, now_us, 0, wire.out, wire.out_max, &wire.handled)
            total += wire.handled.size
    return total


def handle_each(Wire wire, int32_t method, list messages, int64_t now_us):
    """Handle each message once, without Python between; how many were answered."""
    cdef int64_t n = len(messages)
    cdef Slice* texts = <Slice*>malloc(max(1, n) * sizeof(Slice))
    cdef int64_t answered = 0
    cdef int64_t i
    cdef list kept = []
    for i in range(n):
        texts[i] = keep(messages[i], kept)
    with nogil:
        for i in range(n):
            handle(
                &wire.seam, method, texts[i].data, texts[i].size, 0, now_us, 0, wire.out, wire.out_max, &wire.handled
            )
            answered += wire.handled.status.reason == 0
    free(texts)
    return answered
