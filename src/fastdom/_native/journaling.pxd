"""Appending to the open journal buffer, and the entries that time itself makes."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.core cimport Engine
from fastdom._native.entry cimport Entry


cdef int32_t room_for(const Engine* g, int64_t size) noexcept nogil
# OK (0), or why an entry of at most `size` bytes cannot be journalled

cdef int journal(Engine* g, Entry* e, int64_t now_us) noexcept nogil
# numbers, packs and applies an entry for which room was checked; 0, or -1: the engine has latched

cdef void journal_kick(Engine* g) noexcept nogil
# wakes the flush thread when anything waits for the disk, once per loop turn

cdef void entry_clear(Entry* e, int32_t kind, const Command* c, Result* r) noexcept nogil

cdef int advance(Engine* g, int64_t now_us) noexcept nogil
# journals that time moved and a slice of due holds expired, the first due first; 0, or -1: no room

cdef void catch_up(Engine* g, int64_t now_us) noexcept nogil
# expires in slices when many holds are due, giving the lock up in between: never call it with the GIL held

cdef void make_room(Engine* g, int64_t now_us) noexcept nogil
# forgets what may be forgotten when a table is full
