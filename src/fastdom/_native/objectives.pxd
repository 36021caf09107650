"""Objectives that depend on more than the node: on the carrier service and its hand-over, and on the stock taken."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport CostOut, OBJECTIVES, Result, ShipmentOut
from fastdom._native.plan_cost cimport capped, multiplied
from fastdom._native.policy cimport SPLIT_PENALTY
from fastdom._native.quote_scratch cimport Place, Quote


cdef struct OfferFacts:          # what a carrier service at a node means for the order
    int64_t days_late            # started days after required_by
    int64_t days_moving          # from the hand-over's date to that of the arrival
    int64_t load_permille        # of the hand-over's bucket before the shipment; 0 where the node has no limit
    int64_t carbon_micros        # raw, of the shipment


cdef void offer_facts(
    const Place* p, int32_t node_i, int32_t service_i, int32_t slot, int64_t arrive_by_us, int32_t arrive_date,
    OfferFacts* facts
) noexcept nogil
# arrive_by_us 0 = not known: nothing is late. service_i -1 = nobody carries. slot -1 = it leaves at once.

cdef void offer_costs(
    const Place* p, int32_t node_i, int32_t set_i, int32_t j, int32_t slot, int64_t* fixed, int64_t* unit
) noexcept nogil
# Weighted [n_cost] of a shipment and of each of its units by place j of a lane set (set_i -1 = the counter), without
# the tariff.

cdef void offer_book(const Place* p, const OfferFacts* facts, int64_t units, CostOut* costs) noexcept nogil
# Raw and weighted micros of a shipment by those objectives.

cdef void stock_prices(const Place* p, Quote* q) noexcept nogil
# problem.block_cost of the candidates.

cdef void stock_book(const Place* p, const Quote* q, Result* out) noexcept nogil
# Adds what stock costs to the shipments of q.line_shipment.


cdef inline void costs_sum(ShipmentOut* shipment, const CostOut* costs) noexcept nogil:
    """What a shipment costs in all."""
    cdef int64_t total = 0
    cdef int32_t i
    for i in range(OBJECTIVES):
        total += costs.cost_micros[i]
    shipment.cost_micros = capped(total)
    shipment.penalty_micros = costs.cost_micros[SPLIT_PENALTY]


cdef inline int64_t times(int64_t micros, int64_t units) noexcept nogil:
    """micros * units, at most COST_MAX; without a division where it cannot overflow."""
    if micros < (<int64_t>1 << 31) and units < (<int64_t>1 << 31):
        return capped(micros * units)
    return multiplied(micros, units)
