"""The seam for Python: bytes of a hot method in, its reply or error as bytes out (see handle.pxd)."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free, malloc

from fastdom_server._wire.decode cimport DecodeBuffers
from fastdom_server._wire.encode cimport EncodeScratch
from fastdom_server._wire.handle cimport OUT_MIN, handle
from fastdom_server._wire.tags cimport BATCH_ITEMS_MAX as ITEMS_MAX

cdef extern from "<time.h>" nogil:
    struct timespec:
        long tv_sec
        long tv_nsec
    int CLOCK_MONOTONIC
    int clock_gettime(int clock, timespec* now)


BATCH_ITEMS_MAX = ITEMS_MAX
"""Items of one batch, at most."""


cdef int64_t monotonic_us() noexcept nogil:
    cdef timespec now
    clock_gettime(CLOCK_MONOTONIC, &now)
    return <int64_t>now.tv_sec * 1000000 + now.tv_nsec // 1000


cdef class Core:
    """What decides the commands of a Wire; its subclasses say what that is. One core for one Wire."""


cdef class Wire:
    """One caller's way into a core: hot methods from bytes to bytes. Not for two threads at a time.

    Parameters
    ----------
    engine : NativeEngine or Core
        What decides: an engine (`Engine.face`), or something that stands in for it.
    timed : bool
        Whether replies tell decision_us; without it that field stays 0.
    out_bytes : int
        Size of the reply buffer, at least 8 MiB. Batch items whose reply might not fit are refused undone.
    """

    def __cinit__(self, object engine, bint timed=True, int64_t out_bytes=OUT_MIN):
        cdef Core core
        if isinstance(engine, Core):
            core = engine
        else:
            from fastdom_server._wire.engine_core import EngineCore
            core = EngineCore(engine)
        self.core = core
        self.timed = timed
        self.out_max = max(out_bytes, OUT_MIN)
        self.out = <char*>malloc(self.out_max)
        self.seam.decode = <DecodeBuffers*>calloc(1, sizeof(DecodeBuffers))
        self.seam.encode = <EncodeScratch*>calloc(1, sizeof(EncodeScratch))
        if self.out == NULL or self.seam.decode == NULL or self.seam.encode == NULL:
            raise MemoryError("buffers of the native codec")
        self.seam.core = core.core
        self.seam.submit = core.submit
        self.seam.lock = core.lock
        self.seam.unlock = core.unlock
        self.seam.result = core.result
        self.seam.tables = core.tables
        if timed:
            self.seam.clock = monotonic_us

    def __dealloc__(self):
        free(self.out)
        free(self.seam.decode)
        free(self.seam.encode)

    @property
    def cold(self):
        """Whether the last call was a Route that asks for alternatives or candidates, which the reply leaves out.

        They are the last fields of RouteResponse: their bytes may be appended to the reply's.
        """
        return bool(self.handled.cold)

    def handle(self, int32_t method, bytes data not None, int64_t now_us, int64_t deadline_us, int32_t tenant_i=0):
        """Run one call.

        Parameters
        ----------
        method : int
            As METHODS numbers it.
        data : bytes
            The request message.
        now_us, deadline_us : int
            When it was taken up, until when it may be; microseconds UTC, deadline 0 = none.
        tenant_i : int
            Dense id of the caller's tenant.

        Returns
        -------
        (reason, field, line_i, seq, data)
            reason 0: data is the reply. Otherwise data is the google.rpc.Status; field and line_i say what it is about.
            data may leave when seq is durable, 0 = at once.
        """
        cdef const char* at = data
        cdef int64_t size = len(data)
        with nogil:
            handle(
                &self.seam, method, at, size, tenant_i, now_us, deadline_us, self.out, self.out_max, &self.handled
            )
        return (
            self.handled.status.reason, self.handled.status.field, self.handled.status.line_i, self.handled.seq,
            PyBytes_FromStringAndSize(self.handled.data, self.handled.size),
        )
