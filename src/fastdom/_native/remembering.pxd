"""Request ids: a repeat hears what was said first, and what is said now is remembered."""

from libc.stdint cimport int32_t, uint64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.core cimport Engine
from fastdom._native.entry cimport Entry


cdef int refuse(Result* r, int32_t reason, int32_t field) noexcept nogil
# always 0

cdef int refuse_clean(const Command* c, Result* r, int32_t reason) noexcept nogil
# with nothing of a plan left in the result; always 0

cdef bint seen_before(Engine* g, const Command* c, const uint64_t* key, Result* r) noexcept nogil
# True when the request id settles the matter: r is the recorded answer or a refusal

cdef bint request_named(const Command* c, Result* r) noexcept nogil
# False and a refusal when the request id is missing or too long

cdef int remember(Engine* g, Entry* e, const Command* c, const uint64_t* key, Result* r) noexcept nogil
# journals a decision under its request id, or refuses for want of room with nothing changed

cdef int remember_refusal(Engine* g, const Command* c, const uint64_t* key, Result* r) noexcept nogil
# a refusal that depends on the state is remembered too
