"""One immutable network version as dense arrays (made by fastdom.network.compile)."""

from libc.stdint cimport int32_t, int64_t, uint8_t

from fastdom._native.command cimport Slice
from fastdom._native.table cimport Interner


cdef struct Network:
    int32_t version              # journal-assigned, 1 upwards; 0 = none
    int32_t policy_version
    int32_t n_nodes              # dense node ids 0 .. n_nodes-1 (some may be absent from this version)
    int32_t n_skus
    int32_t n_services
    int32_t n_zones
    int32_t n_postal
    int32_t n_tiers
    int32_t n_tariffs
    int32_t n_days
    int32_t n_tz
    int32_t day0                 # local date (days since 1970-01-01) of table day 0
    # nodes [n_nodes]
    const uint8_t* node_present
    const int32_t* node_rank     # order of the external ids: the tie-break
    const int32_t* node_type
    const int32_t* node_zone     # network zone of the node's own postal code, -1 = unknown
    const int64_t* handling_shipment  # micros per shipment
    const int64_t* handling_unit      # micros per unit
    const int32_t* capacity_kind      # 0 none, 1 shipments, 2 units
    const int32_t* capacity_limit     # per local day
    # skus [n_skus]
    const int32_t* sku_weight_g  # -1 = not in this version
    # destinations
    Interner postal              # postal code -> postal_i
    const int32_t* zone_of_postal     # [n_postal]
    const int32_t* distance_m    # [n_postal, n_nodes]
    # carrier services [n_services]
    const int32_t* service_level # ServiceLevel
    const int64_t* service_max_weight_g
    const uint8_t* service_cod   # 1 = collects on delivery
    # lanes [n_zones, n_nodes, n_services]
    const int32_t* lane_tariff   # -1 = not served
    const int32_t* lane_transit_min   # delivery days after the first delivery day on or after the hand-over day
    const int32_t* lane_transit_max
    # tariffs
    const int64_t* tier_up_to_g  # [n_tiers]
    const int64_t* tariff_cost   # [n_tariffs, n_tiers] micros
    const int64_t* tariff_step_g # [n_tariffs] beyond the last tier
    const int64_t* tariff_step_cost
    # hand-overs
    const int32_t* slot_count    # [n_nodes, n_services]
    const int32_t* slot_first    # [n_nodes, n_services]
    int32_t* slot_cursor         # [n_nodes, n_services] the slot found last: a hint, not state
    const int64_t* slot_order_by # flat, ascending per (node, service)
    const int64_t* slot_handover
    const int32_t* slot_day      # node's local date of the hand-over: the capacity bucket
    # deliveries
    const int32_t* delivery_cum  # [n_cal, n_days + 1] delivery days before table day d
    const int32_t* delivery_day  # [n_cal, n_days] table day of the j-th delivery day, -1 past the end
    const int32_t* service_cal   # [n_services]
    const int32_t* zone_tz       # [n_zones]
    const int32_t* service_window     # [n_services, n_tz] row of arrive_from / arrive_by
    const int64_t* arrive_from   # [rows, n_days]
    const int64_t* arrive_by
    # policy
    int64_t weights[4]           # 1/1024
    int64_t split_penalty_micros
    int64_t distance_micros_per_km_unit
    int64_t quote_ttl_us
    uint8_t currency[4]
    uint8_t country[4]
    int64_t valid_from_us        # the hand-over tables cover [valid_from, valid_to)
    int64_t valid_to_us


cdef class NetworkTables:
    """Owns the arrays of one version; `net` points into them."""
    cdef Network net
    cdef readonly object arrays
    cdef readonly object source


cdef int32_t slot_next(const Network* net, int32_t node_i, int32_t service_i, int64_t at_us) noexcept nogil
