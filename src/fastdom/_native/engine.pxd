"""The engine: one lock, one state, one open journal buffer, and `submit`, which every command goes through.

Order of taking the lock is the order of the journal. `submit` decides, applies and appends to the open buffer; it never
waits for the disk. A flush thread takes the whole buffer (`journal_take`), brings it to disk and says so
(`journal_durable`); replies wait until `durable_seq` has reached the sequence they carry.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.core cimport Engine, engine_lock, engine_unlock
from fastdom._native.entry cimport Entry, ResultBuffers
from fastdom._native.journaling cimport journal_kick
from fastdom._native.network cimport Network, NetworkTables


cdef int submit(Engine* engine, Command* command, Result* result) noexcept nogil
# Runs one command under the lock the caller holds. 0; the refusal is in result.status, the sequence the reply depends
# on in result.wait_seq (0: an estimate, wait for nothing). Texts in the result point into the state or into the command's
# buffer: encode before unlocking. The lock may be given up and taken again before the command is judged: never call it
# with the GIL held.


cdef class NativeEngine:
    """Owner of an Engine and its memory; the Python face is fastdom.engine.Engine."""
    cdef Engine* engine
    cdef ResultBuffers buffers
    cdef NetworkTables tables    # keeps the active version's arrays alive
    cdef NetworkTables proposed  # the version about to be activated, if any
    cdef tuple quantities        # arrays of what is known of positions, which decisions read
    cdef readonly list policy_log  # (sequence, event of fastdom.policy) of every change of a policy
    cdef object digest_turn      # a Lock: one digest at a time
    cdef ResultBuffers digest_buffers  # its scratch, None before the first
    cdef ResultBuffers spare
    cdef ResultBuffers spare_after
    cdef int64_t journal_entry(self, Entry* e, int64_t now_us) except -1
    cdef int apply_batch(self, int64_t first_seq, int64_t last_seq, const char* at, int64_t length) except -1
    cdef void adopt(self, const Network* net) noexcept nogil
    cdef bint recall(
        self, int32_t kind, bytes request_id, bytes fingerprint, int64_t first_sent_at_us, int64_t now_us,
        int32_t tenant_i, Result* result
    ) except? 1
