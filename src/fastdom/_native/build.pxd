"""A Result into the dataclasses of fastdom.types, written straight into their slots.

A frozen dataclass sets its fields one by one through object.__setattr__, about 60 ns each; a Layout knows where each
slot lies and a result of Route with three lines is built in about 1.5 microseconds. Call with the GIL, after the engine
lock was given back: everything read here lies in the Scratch, or in tables that only grow.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.faults cimport Fault
from fastdom._native.scratch cimport Scratch
from fastdom._native.state cimport State
from fastdom._native.table cimport Interner


cdef class Layout:
    """Where a dataclass keeps its fields, in the order they are declared."""
    cdef type cls
    cdef Py_ssize_t at[16]       # offset of the field's slot in an instance, bytes


cdef class Labels:
    """Texts of one network version."""
    cdef readonly int32_t version
    cdef readonly tuple services # external ids of the carrier services, by service index
    cdef readonly str currency
    cdef readonly str policy     # name of the default policy


cdef class NameBook:
    """The names behind dense ids as str, each made once."""
    cdef list skus
    cdef list nodes
    cdef list channels
    cdef dict versions           # network version -> Labels
    cdef object source           # CompiledNetwork of the active version, None = none
    cdef Labels active
    cdef Labels labels(self, int32_t version)


cdef str name_of(list known, const Interner* names, int32_t i)              # "" for -1

cdef object build_route(NameBook book, const State* state, Scratch s, object request)
cdef object build_promise(NameBook book, const State* state, Scratch s)
cdef object build_reserve(NameBook book, const State* state, Scratch s)
cdef object build_verb(NameBook book, const State* state, Scratch s)        # ReservationResult
cdef object build_reroute(NameBook book, const State* state, Scratch s)     # RerouteResult
cdef object build_reservation(NameBook book, const State* state, Scratch s, bint with_level, bint with_shipments)
cdef object build_position(
    NameBook book, const State* state, int32_t sku_i, int32_t node_i, const int32_t* units, int64_t version
)
# Position; units = on_hand, held, committed, safety_stock, routing_reserve, available, shortfall.
cdef object build_stock(NameBook book, const State* state, Scratch s)       # PositionResult
cdef object build_exception(NameBook book, const State* state, const Fault* fault)
