"""The engine as the core of a Wire."""

from cpython.object cimport PyObject
from libc.stdlib cimport free, malloc

from fastdom._native.command cimport Command, Result
from fastdom._native.engine cimport Engine, NativeEngine, engine_lock, engine_unlock, submit
from fastdom._native.entry cimport ResultBuffers
from fastdom._native.network cimport Network, NetworkTables
from fastdom_server._wire.encode cimport EncodeTables, Texts, VersionTexts
from fastdom_server._wire.seam cimport Core


cdef struct Turns:               # what the lock needs without Python
    Engine* engine
    const Network* seen          # active when the texts were made
    PyObject* owner              # the EngineCore


cdef int run(void* core, Command* command, Result* result) noexcept nogil:
    return submit((<Turns*>core).engine, command, result)


cdef void read_texts(Turns* turns) noexcept with gil:
    """Failing, say so and go on with the texts there are: a call must not wait for ever."""
    try:
        (<EngineCore>turns.owner).refresh()
    except BaseException:
        turns.seen = turns.engine.net
        raise


cdef void take(void* core) noexcept nogil:
    """Take the lock; when another network has become active, learn its texts first, with the lock given back."""
    cdef Turns* turns = <Turns*>core
    engine_lock(turns.engine)
    while turns.engine.net != turns.seen:
        engine_unlock(turns.engine)
        read_texts(turns)
        engine_lock(turns.engine)


cdef void give_back(void* core) noexcept nogil:
    engine_unlock((<Turns*>core).engine)


cdef class EngineCore(Core):
    """Commands go to an engine; replies are named after its tables and its network versions.

    Parameters
    ----------
    native : NativeEngine
        Kept alive.
    """
    cdef NativeEngine native
    cdef ResultBuffers buffers
    cdef NetworkTables tables_seen  # kept, so that no other network can come to its address
    cdef EncodeTables names
    cdef Turns turns
    cdef VersionTexts* versions
    cdef dict texts              # version -> Texts

    def __cinit__(self, NativeEngine native not None):
        cdef Engine* engine = native.engine
        self.native = native
        self.buffers = ResultBuffers()
        self.texts = {}
        self.names.skus = &engine.state.skus
        self.names.nodes = &engine.state.nodes
        self.names.channels = &engine.state.channels
        self.turns.engine = engine
        self.turns.owner = <PyObject*>self
        self.core = &self.turns
        self.submit = run
        self.lock = take
        self.unlock = give_back
        self.result = &self.buffers.result
        self.tables = &self.names
        self.learn(Texts(0, [], b"", b""))
        self.refresh()

    def __dealloc__(self):
        free(self.versions)

    cdef int refresh(self) except -1:
        """Learn the texts of the engine's active network."""
        cdef NetworkTables tables = self.native.tables
        if tables is None:
            self.turns.seen = NULL
            return 0
        source = tables.source
        self.learn(
            Texts(
                tables.net.version,
                [name.encode() for name in source.service_ids],
                source.currency.encode(),
                source.policies[0].name.encode() if source.policies else b"",
            )
        )
        self.tables_seen = tables
        self.turns.seen = &tables.net
        return 0

    cdef int learn(self, Texts texts) except -1:
        """Add a version, which is the active one from now on; a version compiled again replaces itself."""
        cdef VersionTexts* versions = <VersionTexts*>malloc((len(self.texts) + 1) * sizeof(VersionTexts))
        cdef Texts known
        cdef int n = 0
        if versions == NULL:
            raise MemoryError("texts of the network versions")
        self.texts[texts.texts.version] = texts
        for known in self.texts.values():
            versions[n] = known.texts
            n += 1
        free(self.versions)
        self.versions = versions
        self.names.versions = versions
        self.names.n_versions = n
        self.names.active = &texts.texts
        return 0
