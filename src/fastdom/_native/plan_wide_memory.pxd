"""Working memory of plans of large orders: prices of shipments looked up quickly, and the best plan so far."""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t


cdef enum:
    WIDE_HINTS = 256            # ranges of weight that know their first tier
    WIDE_PRICE = 3              # evaluations that the cost of one shipment counts as


cdef struct Wide:
    # prices
    bint quick                  # tier_cost holds, and nothing below can overflow
    int32_t hint_shift          # range of a weight = weight_g >> hint_shift
    uint8_t hint[256]           # [range] tier of its lightest weight
    int64_t tier_cost[4096 * 64]  # [row * TIERS_MAX + tier] weighted micros of the cheapest tariff; COST_NONE: none
    # what every candidate would ship of the whole order
    int64_t whole_cost[4095][4]
    int64_t whole_gain[4095]
    uint8_t tried[4095]         # 1: a greedy plan has started with the candidate
    # parts (Scratch.part_*)
    int64_t part_added[1000][4]  # block costs of the part's blocks
    int32_t dense[1000]         # blocks by falling units per gram, those without weight first
    # the best plan so far
    bint found                  # there is one
    int32_t left                # wanted blocks that it leaves out
    int32_t parts
    int64_t cost[4]             # split penalties included
    int16_t node[1000]          # [block] candidate; -1: none
    # a plan put aside while another is tried
    int16_t aside[1000]         # [block] candidate; -1: none
