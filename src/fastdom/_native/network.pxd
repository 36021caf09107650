"""One immutable network version as dense arrays: what fastdom.network.compile made, and tables derived from it."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

from fastdom._native.policy cimport Policy, PolicyTables
from fastdom._native.table cimport Interner


cdef enum NetworkLimit:
    SET_SERVICES = 4             # carrier services of one level that compete on one lane (plan.pxd: ROW_TARIFFS)
    POINTS_MAX = 64              # weights of the price table (plan.pxd: TIERS_MAX)


cdef enum:
    PRICE_NONE = -1              # the carrier service does not carry the weight


cdef struct LaneSet:             # the carrier services of one level that serve a lane, by service index
    int32_t n                    # 0 = none
    int32_t service_i[4]
    int32_t price_i[4]           # row of price_cost
    int32_t transit_min[4]       # delivery days after the first delivery day on or after the hand-over day
    int32_t transit_max[4]


cdef struct SlotHint:            # the slot found last: it answers every time in (after_us, order_by_us]
    int64_t after_us             # order_by of the slot before it; INT64_MIN = it is the first
    int64_t order_by_us          # of the slot; INT64_MIN = nothing found yet
    int32_t slot
    int32_t pad                  # 0


cdef struct Network:
    int32_t version              # journal-assigned, 1 upwards; 0 = none
    int32_t policy_version       # of the default policy
    int32_t n_nodes              # dense node ids 0 .. n_nodes-1 (some may be absent from this version)
    int32_t n_skus
    int32_t n_services
    int32_t n_zones
    int32_t n_postal
    int32_t n_tiers
    int32_t n_tariffs
    int32_t n_policies
    int32_t n_days
    int32_t n_tz
    int32_t day0                 # local date (days since 1970-01-01) of table day 0
    # nodes [n_nodes]
    const uint8_t* node_present
    const int32_t* node_type
    const int32_t* node_zone     # network zone of the node's own postal code, -1 = unknown
    const int64_t* handling_shipment  # micros per shipment
    const int64_t* handling_unit      # micros per unit
    const int32_t* capacity_kind      # 0 none, 1 shipments, 2 units
    const int32_t* capacity_limit     # per local day
    const int32_t* node_by_rank  # nodes in the order of their external ids: the tie-break
    const int32_t* rank_of_node  # 0 .. n_nodes - 1
    const int32_t* pickup_service  # PICKUP carrier service with ready times at the node, -1 = none
    # skus [n_skus]
    const int32_t* sku_weight_g  # -1 = not in this version
    # destinations
    Interner postal              # postal code -> postal_i
    const int32_t* zone_of_postal     # [n_postal]
    const int32_t* zone_tz       # [n_zones]
    const int32_t* distance_m    # [n_postal, n_nodes] -1 = node absent
    # carrier services [n_services]
    const int32_t* service_level # ServiceLevel
    const int64_t* service_max_weight_g
    const uint8_t* service_cod   # 1 = collects on delivery
    const uint32_t* service_key  # hash of the external id, never 0: names a service across network versions
    # lanes
    int32_t n_sets
    const LaneSet* sets          # [n_sets] distinct ones; 0 is empty
    const int32_t* lane_set      # [n_zones, LEVELS, n_nodes] into sets; destination zone, level - 1. PICKUP has none
    # tariffs
    const int64_t* tier_up_to_g  # [n_tiers]
    const int64_t* tariff_cost   # [n_tariffs, n_tiers] micros
    const int64_t* tariff_step_g # [n_tariffs] beyond the last tier
    const int64_t* tariff_step_cost
    # prices: a price is a tariff up to the heaviest shipment of a service that uses it
    int32_t n_prices
    int32_t n_points
    const int32_t* price_tariff  # [n_prices]
    const int64_t* price_max_g   # [n_prices]
    const int64_t* point_g       # [n_points] weights up to which costs hold, rising
    const int64_t* price_cost    # [n_prices, n_points] micros, PRICE_NONE = not carried
    int64_t points_up_to_g       # the points are exact for shipments up to here; INT64_MAX = for all
    # hand-overs
    const int32_t* slot_count    # [n_nodes, n_services]
    const int32_t* slot_first    # [n_nodes, n_services]
    SlotHint* slot_hint          # [n_nodes, n_services] a cache: answers never depend on it
    const int64_t* slot_order_by # flat, never descending per (node, service): last moment an order makes the hand-over
    const int64_t* slot_handover
    const int32_t* slot_day      # node's local date of the hand-over: the capacity bucket
    # deliveries
    const int32_t* delivery_cum  # [n_cal, n_days + 1] delivery days before table day d
    const int32_t* delivery_day  # [n_cal, n_days] table day of the j-th delivery day, -1 past the end
    const int32_t* service_cal   # [n_services]
    const int32_t* service_window     # [n_services, n_tz] row of arrive_from / arrive_by
    const int64_t* arrive_from   # [rows, n_days]
    const int64_t* arrive_by
    # policies
    const Policy* policies       # [2, n_policies] the default first; second row: PolicyTables.policies
    int64_t quote_ttl_us
    int32_t confidence_permille  # that a shipment keeps transit_max; 0 = not known, transit days are the carriers' own
    uint8_t currency[4]
    uint8_t country[4]
    int64_t valid_from_us        # the hand-over tables cover [valid_from, valid_to), give or take a local day
    int64_t valid_to_us


cdef class NetworkTables:
    """Owns the arrays of one version; `net` points into them."""
    cdef Network net
    cdef readonly dict arrays    # name -> read-only array: the compiled and the derived ones
    cdef readonly object source  # what they were made from, for cold paths
    cdef readonly PolicyTables policies  # `net.policies` points into it
    cdef bint postal_open        # the interner of postal codes is to be closed


cdef int32_t slot_search(const Network* net, int32_t node_i, int32_t service_i, int64_t at_us) noexcept nogil

cdef int64_t price_raw(const Network* net, int32_t price_i, int64_t weight_g) noexcept nogil
# Raw micros of one shipment, exact for every weight; PRICE_NONE = not carried.

cdef bint arrival_on(
    const Network* net, int32_t service_i, int32_t tz_i, int32_t ship_day, int32_t transit_days, int64_t not_before_us,
    int64_t* from_us, int64_t* by_us, int32_t* date
) noexcept nogil
# The same, with the local date of the delivery, days since 1970-01-01.

cdef bint arrival_days(
    const Network* net, int32_t service_i, int32_t tz_i, int32_t ship_day, int32_t transit_days, int64_t not_before_us,
    int64_t* from_us, int64_t* by_us
) noexcept nogil
# Delivery slot of a hand-over on local date ship_day; False when it lies beyond the tables.


cdef inline int32_t slot_next(const Network* net, int32_t node_i, int32_t service_i, int64_t at_us) noexcept nogil:
    """The first hand-over that an order released at `at_us` makes (order_by >= at_us); -1 = none in the tables."""
    cdef const SlotHint* hint = &net.slot_hint[<Py_ssize_t>node_i * net.n_services + service_i]
    if hint.after_us < at_us <= hint.order_by_us:
        return hint.slot
    return slot_search(net, node_i, service_i, at_us)
