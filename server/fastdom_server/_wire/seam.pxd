"""Python face of the seam: a Core is what decides, a Wire is one caller's Seam over it."""

from libc.stdint cimport int64_t

from fastdom._native.command cimport Result
from fastdom_server._wire.encode cimport EncodeTables
from fastdom_server._wire.handle cimport Handled, Seam, Submit, Turn


cdef class Core:
    """The functions and memory that a Seam needs of a core, set when it is made; keeps alive what they point to."""
    cdef void* core
    cdef Submit submit
    cdef Turn lock
    cdef Turn unlock
    cdef Result* result
    cdef const EncodeTables* tables


cdef class Wire:
    cdef Core core
    cdef Seam seam
    cdef Handled handled
    cdef char* out
    cdef int64_t out_max
    cdef readonly bint timed
