"""Order contexts as Python dicts."""

from libc.stdint cimport uint64_t

from fastdom._native.command cimport Slice
from fastdom._native.entry cimport Context


cdef dict context_fields(const Context* c)
cdef str text_of(Slice text)
cdef str hex_of(const uint64_t* id)
