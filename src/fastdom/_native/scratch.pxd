"""Memory of one command on its way in and of its result on its way out, for callers that speak Python.

A Face keeps a pool of these: a call takes one under the GIL and gives it back when its result has been built, so calls
that wait for the engine lock with the GIL released never share one.
"""

from cpython.object cimport PyObject
from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, IMPORT_ROWS_MAX, LineIn, Result, SetRow, Slice
from fastdom._native.entry cimport ResultBuffers


cdef enum:
    TEXTS_MAX = 66000            # bytes: LINES_MAX line ids and an order id of ID_MAX bytes each


cdef class Scratch:
    cdef Command command
    cdef ResultBuffers buffers
    cdef Result* result          # buffers.result
    cdef LineIn* lines           # [LINES_MAX]
    cdef Slice* include_nodes    # [NODE_LIST_MAX]
    cdef Slice* exclude_nodes    # [NODE_LIST_MAX]
    cdef PyObject** line_ids     # [LINES_MAX] borrowed str of the request's lines; unused by verbs
    cdef int32_t* cursors        # [SHIPMENTS_MAX * OPTIONS_MAX] allocations of a shipment
    cdef SetRow* rows            # [IMPORT_ROWS_MAX]
    cdef char* attributes        # [ATTRIBUTES_ORDER_BYTES + ATTRIBUTES_LINE_BYTES] packed, of the lines filled
    cdef int32_t attributes_size  # bytes used of it
    cdef char* texts             # [TEXTS_MAX] copies of texts that point into the state
    cdef int64_t decision_us     # of the command last run


cdef void scratch_begin(Scratch s, int32_t kind, int64_t now_us, int64_t deadline_us, int32_t tenant_i) noexcept
# An empty command whose lists point to the scratch's own memory.

cdef void keep_texts(Result* result, char* texts) noexcept nogil
# Copies order_id and line_ids out of the state; call before unlocking. texts has TEXTS_MAX bytes.
