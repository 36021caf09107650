"""Memory of one command and its result (see scratch.pxd)."""

from libc.stdint cimport INT32_MIN
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from fastdom._native.attributes cimport ATTRIBUTES_LINE_BYTES, ATTRIBUTES_ORDER_BYTES
from fastdom._native.command cimport LINES_MAX, NODE_LIST_MAX, OPTIONS_MAX, SHIPMENTS_MAX


cdef class Scratch:
    def __cinit__(self):
        self.buffers = ResultBuffers()
        self.result = &self.buffers.result
        self.lines = <LineIn*>calloc(LINES_MAX, sizeof(LineIn))
        self.include_nodes = <Slice*>calloc(NODE_LIST_MAX, sizeof(Slice))
        self.exclude_nodes = <Slice*>calloc(NODE_LIST_MAX, sizeof(Slice))
        self.line_ids = <PyObject**>calloc(LINES_MAX, sizeof(PyObject*))
        self.cursors = <int32_t*>calloc(SHIPMENTS_MAX * OPTIONS_MAX, sizeof(int32_t))
        self.rows = <SetRow*>calloc(IMPORT_ROWS_MAX, sizeof(SetRow))
        self.attributes = <char*>calloc(ATTRIBUTES_ORDER_BYTES + ATTRIBUTES_LINE_BYTES, 1)
        self.texts = <char*>calloc(TEXTS_MAX, 1)
        if (
            self.lines == NULL or self.include_nodes == NULL or self.exclude_nodes == NULL or self.line_ids == NULL
            or self.cursors == NULL or self.rows == NULL or self.attributes == NULL
            or self.texts == NULL
        ):
            raise MemoryError("scratch of a call")

    def __dealloc__(self):
        free(self.lines)
        free(self.include_nodes)
        free(self.exclude_nodes)
        free(self.line_ids)
        free(self.cursors)
        free(self.rows)
        free(self.attributes)
        free(self.texts)


cdef void scratch_begin(Scratch s, int32_t kind, int64_t now_us, int64_t deadline_us, int32_t tenant_i) noexcept:
    cdef Command* c = &s.command
    memset(c, 0, sizeof(Command))
    c.kind = kind
    c.tenant_i = tenant_i
    c.now_us = now_us
    c.deadline_us = deadline_us
    c.latitude_e7 = INT32_MIN
    c.longitude_e7 = INT32_MIN
    c.lines = s.lines
    c.rows = s.rows
    c.include_nodes = s.include_nodes
    c.exclude_nodes = s.exclude_nodes
    s.attributes_size = 0
    s.decision_us = 0


cdef void keep_texts(Result* result, char* texts) noexcept nogil:
    cdef char* at = texts
    cdef Slice* text
    cdef int32_t i
    for i in range(-1, result.n_line_ids):
        text = &result.order_id if i < 0 else &result.line_ids[i]
        if text.size > 0:
            memcpy(at, text.data, text.size)
        text.data = at
        at += text.size
