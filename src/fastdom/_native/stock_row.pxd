"""A position as a chunk of ImportInventory leaves it: one row of the chunk's journal entry, in absolute values."""

from libc.stdint cimport int32_t, uint32_t

from fastdom._native.varint cimport Reader, get, put


cdef enum:
    STOCK_ROW_MAX = 32           # bytes of a packed row, at most: six varints of an int32


cdef struct StockRow:
    int32_t sku_i
    int32_t node_i
    int32_t on_hand              # >= 0
    int32_t safety_stock         # >= 0
    int32_t routing_reserve      # >= 0
    int32_t on_hand_version


cdef inline char* stock_row_pack(char* at, const StockRow* row) noexcept nogil:
    at = put(at, <uint32_t>row.sku_i)
    at = put(at, <uint32_t>row.node_i)
    at = put(at, <uint32_t>row.on_hand)
    at = put(at, <uint32_t>row.safety_stock)
    at = put(at, <uint32_t>row.routing_reserve)
    return put(at, <uint32_t>row.on_hand_version)


cdef inline void stock_row_unpack(Reader* r, StockRow* row) noexcept nogil:
    row.sku_i = <int32_t>get(r)
    row.node_i = <int32_t>get(r)
    row.on_hand = <int32_t>get(r)
    row.safety_stock = <int32_t>get(r)
    row.routing_reserve = <int32_t>get(r)
    row.on_hand_version = <int32_t>get(r)
