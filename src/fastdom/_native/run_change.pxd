"""Everything that is not an order: reservation verbs, stock corrections, node status, exceptions."""

from libc.stdint cimport int32_t

from fastdom._native.command cimport Command, Result
from fastdom._native.core cimport Engine


cdef int run_verb(Engine* g, Command* c, Result* r) noexcept nogil
# Commit, Extend, Release, Fulfill, Get

cdef int run_stock(Engine* g, Command* c, Result* r) noexcept nogil
# Adjust, Set

cdef int run_import(Engine* g, Command* c, Result* r) noexcept nogil
# a chunk of ImportInventory, whose rows have their dense ids

cdef int run_node_status(Engine* g, Command* c, Result* r) noexcept nogil
# SetNodeStatus: the switch alone

cdef void describe_reservation(Engine* g, Result* r) noexcept nogil
# texts of the reservation in r, when it has one; they lie in the state

cdef bint in_network(const Engine* g, int32_t node_i) noexcept nogil
# the active network version has the node

cdef int run_resolve(Engine* g, Command* c, Result* r) noexcept nogil
# ResolveException
