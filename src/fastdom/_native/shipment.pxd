"""One shipment: who carries it, when it leaves and arrives, what each objective costs."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport CostOut, ShipmentOut
from fastdom._native.quote_scratch cimport Place


cdef struct Carriage:
    int32_t service_i            # -1 = none: pickup at the node, or pinned without a lane
    int32_t slot                 # hand-over; -1 = none, it leaves at once
    int32_t set_i                # lane set and place, for the transit days; -1 = no lane
    int32_t place
    int64_t raw_micros           # tariff of the shipment


cdef bint carriage_cheapest(
    const Place* p, int32_t node_i, int32_t set_i, int32_t live, const int32_t* slots, int64_t units, int64_t weight_g,
    Carriage* carriage
) noexcept nogil
# The offered place of a lane set with the least costs, ties to the cheaper tariff, then to the first; False when none
# carries the weight.

cdef int32_t carriage_pinned(
    const Place* p, int32_t node_i, int64_t units, int64_t weight_g, Carriage* carriage
) noexcept nogil
# 0 (LINE_GRANTED), or the LineReason why the pinned shipment cannot leave.

cdef void shipment_fill(
    const Place* p, int32_t node_i, const Carriage* carriage, int64_t units, int64_t weight_g, bint further,
    ShipmentOut* out, CostOut* costs
) noexcept nogil
# Everything but n_allocations; `further` books the split penalty.
