"""The engine as Python callers see it: dataclasses in, dataclasses out."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.build cimport NameBook
from fastdom._native.engine cimport NativeEngine
from fastdom._native.scratch cimport Scratch


cdef class Face(NativeEngine):
    cdef NameBook book
    cdef list pool               # Scratch objects no call is using
    cdef object listing          # pages of reservations (reads.Listing)
    cdef Scratch begin(self, int32_t kind, int64_t now_us, int64_t deadline_us, int32_t tenant_i)
    cdef int run(self, Scratch s) except -1
    cdef int refuse(self, Scratch s) except -1
    cdef object done(self, Scratch s, object answer)
    cdef object detailed(self, object request, object answer, int64_t now_us, int32_t tenant_i)
