"""An order made ready for planning: names as dense ids, lines gathered in blocks, memory allocated once.

A *block* is what leaves from one node together: the lines of one non-empty group_id, else a line of its own. Blocks
are numbered by their first line. A *demand* is one SKU of one block with the units of its lines summed.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memcmp

from fastdom._native.command cimport Slice


cdef enum OrderLimit:
    QUANTITY_MAX = 1000000       # units of one line: 1,000 lines still sum within an int32
    WEIGHT_G_MAX = 10000000      # grams of one unit: ten tonnes
    PAIRS_MAX = 8                # up to here comparing every pair beats hashing
    TABLE_SIZE = 2048            # twice LINES_MAX, a power of two


cdef int64_t BLOCK_WEIGHT_G_MAX  # 2^40: heavier blocks count as this, beyond any carrier service


cdef enum ServiceLevel:          # equal to fastdom.v1.ServiceLevel
    LEVEL_UNSPECIFIED = 0
    LEVEL_STANDARD = 1
    LEVEL_EXPRESS = 2
    LEVEL_SAME_DAY = 3
    LEVEL_PICKUP = 4
    LEVELS = 4                   # tables by level have this many rows; row = level - 1


cdef struct ResolvedLine:
    int32_t line_i               # index in the command; in a re-route the index in the reservation's order
    int32_t sku_i
    int32_t node_i               # pin, -1 = to be routed (Reserve alone honours pins)
    int32_t quantity             # 1 .. QUANTITY_MAX
    int32_t weight_g             # of one unit: the line's override, else the catalogue's
    int32_t block_i              # ordinal of its block, 0 .. n_blocks - 1
    int32_t sku_ordinal          # of its SKU among the order's distinct SKUs, by first line


cdef struct Demand:
    int32_t sku_i
    int32_t quantity             # units of all lines of the block
    int32_t sku_ordinal          # 0 .. n_skus - 1


cdef struct Resolved:
    int32_t channel_i
    int32_t postal_i             # -1 = no address
    int32_t zone_i               # of the postal code; -1 = no address
    int32_t tz_i                 # time zone of the destination; -1 = no address
    int32_t pickup_node_i        # -1 = no pickup node
    int32_t service_level        # ServiceLevel, never UNSPECIFIED: STANDARD to an address, PICKUP to a pickup node
    int32_t cod                  # 1 = collect on delivery
    int32_t policy_i             # into Network.policies
    int64_t placed_at_us         # 0 = now
    int64_t required_by_us       # 0 = none
    int64_t weight_g             # of the whole order, at most BLOCK_WEIGHT_G_MAX a block
    int32_t n_lines
    int32_t n_pinned             # lines with a node
    int32_t n_blocks
    int32_t n_demands
    int32_t n_skus               # distinct SKUs
    int32_t has_filter           # 1 = node_allowed says which nodes may be used
    ResolvedLine* lines          # [LINES_MAX] in the order of the command
    int32_t* block_start         # [LINES_MAX + 1] into block_line
    int32_t* block_line          # [LINES_MAX] index into lines, ascending within a block
    int64_t* block_weight_g      # [LINES_MAX] at most BLOCK_WEIGHT_G_MAX
    int32_t* block_units         # [LINES_MAX]
    int32_t* demand_start        # [LINES_MAX + 1] into demands, by block
    Demand* demands              # [LINES_MAX]
    int32_t* sku_demands         # [LINES_MAX] by sku_ordinal: blocks that want the SKU
    int32_t* sku_last            # [LINES_MAX] by sku_ordinal: its last demand
    uint8_t* node_allowed        # [nodes_max] 1 = may be used; read only when has_filter
    int32_t nodes_max
    int32_t* table               # [TABLE_SIZE] scratch of hash tables: entry + 1, 0 = empty


cdef int resolved_open(Resolved* r, int32_t nodes_max) noexcept nogil        # 0, or -1: out of memory
cdef void resolved_close(Resolved* r) noexcept nogil

cdef void order_reset(Resolved* r) noexcept nogil
# No lines, no destination, no filter; for orders built line by line (re-route).

cdef void order_blocks(Resolved* r) noexcept nogil
# Blocks, demands and weights of the lines, whose block_i already number the blocks 0 .. n_blocks - 1 by first line.


cdef inline bint same_text(Slice a, Slice b) noexcept nogil:
    return a.size == b.size and memcmp(a.data, b.data, a.size) == 0
