"""The body of a command as 128 bits: what a repeated request id is compared by.

Every way into the engine (protobuf bytes, Python dataclasses, arrays) fills a Command and calls `command_fingerprint`,
so equal bodies have equal fingerprints however they came in. Hashed are the kind and every decoded field as it stands:
enum numbers as given (0 stays 0), `service_levels` as its bit set, "not given" as command.pxd says it (-1, 0 or an empty
Slice). Left out are what may differ between two sendings of one request: now_us, deadline_us, first_sent_at_us; and the
request id and tenant, which are the key it is found by. `explain` is left out too: it asks for diagnostics alone.

Facts of the body that a Command has no field for (attributes of a line, coordinates of an address, the note of a
resolution) are added first, in any order, by the fold_* functions; a Command cleared to zero has none.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Slice


cdef enum Fact:                  # of fold_number and fold_text; never renumber: journalled fingerprints depend on it
    FACT_ATTRIBUTE = 1
    FACT_LATITUDE_E7 = 2         # 1e-7 degrees; only when given
    FACT_LONGITUDE_E7 = 3
    FACT_NOTE = 4                # of ResolveException; only when not empty
    FACT_ROW = 5                 # one row of an ImportInventory chunk


cdef void fold_attribute(Command* command, int32_t line_i, Slice key, Slice value) noexcept nogil
cdef void fold_number(Command* command, int32_t fact, int64_t value) noexcept nogil
cdef void fold_text(Command* command, int32_t fact, Slice text) noexcept nogil
# Each adds one fact to command.fingerprint, whatever their order. Call once per fact.

cdef void command_fingerprint(Command* command) noexcept nogil
# Last: turns command.fingerprint from the sum of the folded facts (0, 0 without any) into the fingerprint of the body.
