"""Protobuf bytes of a hot request -> Command, without a Python object.

Meaning is protobuf's: unknown fields are skipped, of a repeated scalar or oneof the last counts, repeated messages
merge. What is decoded is checked only as far as a Command could not carry it; order_check and the engine judge the
rest.

What the Command cannot say is refused here: a time outside its range, a ttl or time that is present but cuts to zero
microseconds (in a Command 0 means "not given"), a reservation id that is not 32 hexadecimal digits, a negative weight,
a mode of Reserve or a level of Promise outside its enum, a level named twice, coordinates given by half or out of
range, attributes over their limits (attributes.pxd).
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, LineIn, Slice, Status


cdef struct DecodeBuffers:       # memory of one decoder; a Command's lines and node lists point into it
    Status status                # of the message last decoded: the first refusal found
    int32_t depth                # levels of nesting the message may have: DEPTH_MAX, less inside a batch
    int32_t explain              # Route: candidates are wanted (a second, cold call)
    int64_t number               # of a refusal: the offending value, or how many items a list has
    LineIn lines[1001]           # LINES_MAX, and one for what is over the limit
    Slice include_nodes[4097]    # NODE_LIST_MAX, and one more
    Slice exclude_nodes[4097]
    Slice keys[17]               # attributes of the line at hand: ATTRIBUTES_MAX, and one more
    Slice values[17]
    int32_t attributes_size      # bytes used of `attributes`
    char attributes[264225]      # packed, of the lines read: ATTRIBUTES_ORDER_BYTES, and one line more


cdef int32_t decode_command(
    int32_t method, const char* data, int64_t size, Command* command, DecodeBuffers* buffers
) noexcept nogil
# Reason: OK, R_MALFORMED, R_UNSUPPORTED for a method that is not unary and hot, or why no Command can say it;
# buffers.status has field and line. Sets everything of the command but tenant_i, now_us and deadline_us; its strings
# point into data. depth must be set before.
