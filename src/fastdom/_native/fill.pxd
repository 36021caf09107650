"""Requests of fastdom.types into a Command: the same decoding as the native codec's, from Python objects.

Each function fills s.command (begun by scratch_begin with its kind) and ends with the fingerprint. The Command borrows
the UTF-8 of the request's own str objects, so the request must stay alive until submit has returned. What a Command
cannot say (a number beyond its field, coordinates given by half, a mode outside its enum) raises EngineError.
"""

from libc.stdint cimport int32_t

from fastdom._native.scratch cimport Scratch


cdef int fill_reserve(Scratch s, object request) except -1
cdef int fill_route(Scratch s, object request) except -1
cdef int fill_promise(Scratch s, object request) except -1
cdef int fill_commit(Scratch s, object request) except -1
cdef int fill_extend(Scratch s, object request) except -1
cdef int fill_units(Scratch s, object request) except -1                     # Release and Fulfill
cdef int fill_get(Scratch s, object request) except -1
cdef int fill_adjust(Scratch s, object request) except -1
cdef int fill_set(Scratch s, object request) except -1
cdef int fill_node_status(Scratch s, object request) except -1
cdef int fill_reroute(Scratch s, object request) except -1
cdef int fill_relieve(Scratch s, object request) except -1                  # a NODE_STATUS that switches nothing
cdef int fill_resolve(Scratch s, object request) except -1
cdef int fill_rows(Scratch s, object request) except -1
# One chunk of an import, without its fingerprint and dense ids.
