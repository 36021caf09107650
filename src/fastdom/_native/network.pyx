"""Network tables: checked arrays of one version, the tables derived from them, and the look-ups that dates need."""

from libc.stdint cimport INT64_MIN
from libc.stdlib cimport calloc, free
from libc.string cimport memset

import numpy as np

from fastdom._native import lane_tables
from fastdom._native.command cimport Slice
from fastdom._native.policy_arrays import NetworkFacts
from fastdom._native.table cimport fd_hash64, intern_add, interner_close, interner_open

DAY_US = 86_400_000_000
POSTAL_CODE_MAX = 16
MONEY_END = 2**50 + 1  # plan.pxd: COST_MAX
RANKS_MAX = 4095  # candidates of one plan (plan.pxd: NODES_MAX)

# name, dtype, shape in terms of the sizes below
ARRAYS = (
    ("node_present", np.uint8, ("n_nodes",)),
    ("node_rank", np.int32, ("n_nodes",)),
    ("node_type", np.int32, ("n_nodes",)),
    ("node_zone", np.int32, ("n_nodes",)),
    ("handling_shipment", np.int64, ("n_nodes",)),
    ("handling_unit", np.int64, ("n_nodes",)),
    ("capacity_kind", np.int32, ("n_nodes",)),
    ("capacity_limit", np.int32, ("n_nodes",)),
    ("sku_weight_g", np.int32, ("n_skus",)),
    ("zone_of_postal", np.int32, ("n_postal",)),
    ("zone_tz", np.int32, ("n_zones",)),
    ("distance_m", np.int32, ("n_postal", "n_nodes")),
    ("service_level", np.int32, ("n_services",)),
    ("service_max_weight_g", np.int64, ("n_services",)),
    ("service_cod", np.uint8, ("n_services",)),
    ("tier_up_to_g", np.int64, ("n_tiers",)),
    ("tariff_cost", np.int64, ("n_tariffs", "n_tiers")),
    ("tariff_step_g", np.int64, ("n_tariffs",)),
    ("tariff_step_cost", np.int64, ("n_tariffs",)),
    ("slot_count", np.int32, ("n_nodes", "n_services")),
    ("slot_first", np.int32, ("n_nodes", "n_services")),
    ("slot_order_by", np.int64, ("n_slots",)),
    ("slot_handover", np.int64, ("n_slots",)),
    ("slot_day", np.int32, ("n_slots",)),
    ("service_cal", np.int32, ("n_services",)),
    ("delivery_cum", np.int32, ("n_cal", "n_cum")),
    ("delivery_day", np.int32, ("n_cal", "n_days")),
    ("service_window", np.int32, ("n_services", "n_tz")),
    ("arrive_from", np.int64, ("n_windows", "n_days")),
    ("arrive_by", np.int64, ("n_windows", "n_days")),
)
# what indexes what, and money that the kernel takes: name, least, most (exclusive; a size or a number)
BOUNDS = (
    ("zone_of_postal", 0, "n_zones"),
    ("zone_tz", 0, "n_tz"),
    ("service_level", 0, 5),
    ("service_cal", 0, "n_cal"),
    ("service_window", 0, "n_windows"),
    ("delivery_day", -1, "n_days"),
    ("capacity_kind", 0, 3),
    ("capacity_limit", 0, 2**31),
    ("slot_count", 0, 2**31),
    ("slot_first", 0, 2**31),
    ("handling_shipment", 0, MONEY_END),
    ("handling_unit", 0, MONEY_END),
    ("tariff_cost", 0, MONEY_END),
    ("tariff_step_cost", 1 - MONEY_END, MONEY_END),
    ("tariff_step_g", 1, 2**62 + 1),
)
LANES = ("lane_tariff", "lane_transit_min", "lane_transit_max")


cdef inline const void* address(object array):
    return <const void*><size_t>array.ctypes.data


cdef uint32_t name_key(bytes name):
    """A hash that names something across network versions; never 0."""
    cdef uint32_t key = <uint32_t>fd_hash64(<const char*>name, len(name), 0)
    return key if key else 1


def checked(name, array, dtype, shape, sizes):
    """The array, C-contiguous and read-only; sizes not yet known are learnt from it.

    Raises
    ------
    ValueError
        When type or shape is not as stated.
    """
    found = np.ascontiguousarray(array)
    if found.dtype != dtype or found.ndim != len(shape):
        raise ValueError(f"{name} must be {np.dtype(dtype)}{list(shape)}, got {found.dtype}{list(found.shape)}")
    for size, axis in zip(found.shape, shape):
        if sizes.setdefault(axis, size) != size:
            raise ValueError(f"{name} must have {axis} = {sizes[axis]}, got {size}")
    if found.flags.writeable:
        found = found.copy()
        found.setflags(write=False)
    return found


def bounded(name, array, least, most):
    """Raise ValueError when a value lies outside [least, most)."""
    if array.size and not least <= int(array.min()) <= int(array.max()) < most:
        raise ValueError(f"{name} must be within {least} .. {most - 1}, got {array.min()} .. {array.max()}")


cdef class NetworkTables:
    """The tables of one network version.

    Parameters
    ----------
    compiled : fastdom.network.compiled.CompiledNetwork
        Or any object with the same attributes; `confidence_permille` is optional.
    version : int
        Journal-assigned number, 1 upwards.
    policies : sequence of fastdom.policy.compiled.CompiledPolicy, optional
        The default first; without them the policies that `compiled` brings along.

    Raises
    ------
    ValueError
        An array has another type or shape than stated, there are more than 4,095 nodes, or more than four services of
        one level serve a lane.
    """

    def __cinit__(self, compiled, int version=1, policies=None):
        memset(&self.net, 0, sizeof(Network))
        self.source = compiled
        self.arrays = {}
        self.net.version = version
        sizes = {"n_services": len(compiled.service_level), "n_nodes": len(compiled.node_present)}
        for name, dtype, shape in ARRAYS:
            self.arrays[name] = checked(name, getattr(compiled, name), dtype, shape, sizes)
        if sizes["n_cum"] != sizes["n_days"] + 1:
            raise ValueError(f"delivery_cum must have n_days + 1 = {sizes['n_days'] + 1} columns, got {sizes['n_cum']}")
        present = int(self.arrays["node_present"].sum())
        if present > RANKS_MAX:
            raise ValueError(f"a network version has at most {RANKS_MAX} nodes, got {present}")
        for name, least, most in BOUNDS:
            bounded(name, self.arrays[name], least, sizes.get(most, most))
        bounded("slot_first", self.arrays["slot_first"] + self.arrays["slot_count"], 0, sizes["n_slots"] + 1)
        self._scalars(compiled, sizes)
        self._lanes(compiled, sizes)
        self._derive()
        self._point()
        self._policies(compiled.policies if policies is None else policies)
        self._postal(compiled.postal_text)

    def __dealloc__(self):
        if self.postal_open:
            interner_close(&self.net.postal)
        free(self.net.slot_hint)

    @property
    def version(self):
        return self.net.version

    def _scalars(self, compiled, sizes):
        cdef Network* net = &self.net
        net.n_nodes = sizes["n_nodes"]
        net.n_skus = sizes["n_skus"]
        net.n_services = sizes["n_services"]
        net.n_zones = sizes["n_zones"]
        net.n_postal = sizes["n_postal"]
        net.n_tiers = sizes["n_tiers"]
        net.n_tariffs = sizes["n_tariffs"]
        net.n_days = sizes["n_days"]
        net.n_tz = sizes["n_tz"]
        net.day0 = compiled.day0
        net.quote_ttl_us = compiled.quote_ttl_us
        net.confidence_permille = getattr(compiled, "confidence_permille", 0)
        net.valid_from_us = (compiled.day0 + 1) * DAY_US
        net.valid_to_us = (compiled.day0 + compiled.horizon_days) * DAY_US
        if net.n_tiers == 0:
            raise ValueError("tier_up_to_g must not be empty")
        for name in ("currency", "country"):
            text = getattr(compiled, name).encode()
            if not 2 <= len(text) <= 3:
                raise ValueError(f"{name} must be 2 or 3 letters, got {text!r}")
        for i, letter in enumerate(compiled.currency.encode()):
            net.currency[i] = letter
        for i, letter in enumerate(compiled.country.encode()):
            net.country[i] = letter

    def _lanes(self, compiled, sizes):
        """Sets of competing services and the prices they use."""
        shape = ("n_zones", "n_nodes", "n_services")
        tariff = checked("lane_tariff", compiled.lane_tariff, np.int32, shape, sizes)
        low, high = (checked(name, getattr(compiled, name), np.uint8, shape, sizes) for name in LANES[1:])
        if tariff.max(initial=-1) >= sizes["n_tariffs"]:
            raise ValueError(f"lane_tariff must be below n_tariffs = {sizes['n_tariffs']}, got {tariff.max()}")
        some = self.arrays
        some["price_tariff"], some["price_max_g"], price_of = lane_tables.prices(tariff, some["service_max_weight_g"])
        some["sets"], some["lane_set"] = lane_tables.lane_sets(tariff, low, high, some["service_level"], price_of)
        which = some["price_tariff"]
        prices = (some["tariff_cost"][which], some["tariff_step_g"][which], some["tariff_step_cost"][which])
        for i, most in enumerate(some["price_max_g"].tolist()):
            heaviest = lane_tables.price_beyond(some["tier_up_to_g"], *(column[i] for column in prices), most)
            bounded(f"tariff {which[i]} at {most} g", np.array([heaviest]), 0, MONEY_END)
        some["point_g"], exact = lane_tables.price_points(some["tier_up_to_g"], *prices, some["price_max_g"])
        some["price_cost"] = lane_tables.price_costs(
            some["point_g"], some["tier_up_to_g"], prices[0], prices[1:], some["price_max_g"]
        )
        self.net.points_up_to_g = exact
        self.net.n_prices = which.size
        self.net.n_points = some["point_g"].size
        self.net.n_sets = some["sets"].shape[0]
        some["service_key"] = np.array([name_key(name.encode()) for name in compiled.service_ids], dtype=np.uint32)

    def _derive(self):
        cdef Network* net = &self.net
        cdef Py_ssize_t lanes = <Py_ssize_t>net.n_nodes * net.n_services
        cdef Py_ssize_t i
        some = self.arrays
        by_rank = np.argsort(some["node_rank"], kind="stable").astype(np.int32)
        some["node_by_rank"] = by_rank
        some["rank_of_node"] = np.argsort(by_rank, kind="stable").astype(np.int32)
        some["pickup_service"] = lane_tables.pickup_services(some["slot_count"], some["service_level"])
        net.slot_hint = <SlotHint*>calloc(lanes + 1, sizeof(SlotHint))
        if net.slot_hint == NULL:
            raise MemoryError("no room for the hand-over hints")
        for i in range(lanes):
            net.slot_hint[i].after_us = INT64_MIN
            net.slot_hint[i].order_by_us = INT64_MIN

    def _point(self):
        """Every array pointer of `net`."""
        cdef Network* net = &self.net
        some = self.arrays
        net.node_present = <const uint8_t*>address(some["node_present"])
        net.node_type = <const int32_t*>address(some["node_type"])
        net.node_zone = <const int32_t*>address(some["node_zone"])
        net.handling_shipment = <const int64_t*>address(some["handling_shipment"])
        net.handling_unit = <const int64_t*>address(some["handling_unit"])
        net.capacity_kind = <const int32_t*>address(some["capacity_kind"])
        net.capacity_limit = <const int32_t*>address(some["capacity_limit"])
        net.node_by_rank = <const int32_t*>address(some["node_by_rank"])
        net.rank_of_node = <const int32_t*>address(some["rank_of_node"])
        net.pickup_service = <const int32_t*>address(some["pickup_service"])
        net.sku_weight_g = <const int32_t*>address(some["sku_weight_g"])
        net.zone_of_postal = <const int32_t*>address(some["zone_of_postal"])
        net.zone_tz = <const int32_t*>address(some["zone_tz"])
        net.distance_m = <const int32_t*>address(some["distance_m"])
        net.service_level = <const int32_t*>address(some["service_level"])
        net.service_max_weight_g = <const int64_t*>address(some["service_max_weight_g"])
        net.service_cod = <const uint8_t*>address(some["service_cod"])
        net.service_key = <const uint32_t*>address(some["service_key"])
        net.sets = <const LaneSet*>address(some["sets"])
        net.lane_set = <const int32_t*>address(some["lane_set"])
        net.tier_up_to_g = <const int64_t*>address(some["tier_up_to_g"])
        net.tariff_cost = <const int64_t*>address(some["tariff_cost"])
        net.tariff_step_g = <const int64_t*>address(some["tariff_step_g"])
        net.tariff_step_cost = <const int64_t*>address(some["tariff_step_cost"])
        net.price_tariff = <const int32_t*>address(some["price_tariff"])
        net.price_max_g = <const int64_t*>address(some["price_max_g"])
        net.point_g = <const int64_t*>address(some["point_g"])
        net.price_cost = <const int64_t*>address(some["price_cost"])
        net.slot_count = <const int32_t*>address(some["slot_count"])
        net.slot_first = <const int32_t*>address(some["slot_first"])
        net.slot_order_by = <const int64_t*>address(some["slot_order_by"])
        net.slot_handover = <const int64_t*>address(some["slot_handover"])
        net.slot_day = <const int32_t*>address(some["slot_day"])
        net.delivery_cum = <const int32_t*>address(some["delivery_cum"])
        net.delivery_day = <const int32_t*>address(some["delivery_day"])
        net.service_cal = <const int32_t*>address(some["service_cal"])
        net.service_window = <const int32_t*>address(some["service_window"])
        net.arrive_from = <const int64_t*>address(some["arrive_from"])
        net.arrive_by = <const int64_t*>address(some["arrive_by"])

    def _policies(self, policies):
        some = self.arrays
        self.policies = PolicyTables(
            policies,
            NetworkFacts(
                self.net.n_services, self.net.n_zones, some["node_present"], some["handling_shipment"],
                some["handling_unit"], some["capacity_kind"], some["capacity_limit"],
            ),
        )
        self.net.policies = self.policies.policies
        self.net.n_policies = self.policies.n_policies
        self.net.policy_version = self.net.policies[0].version

    def _postal(self, codes):
        """Intern the postal codes, so that their ids are their positions."""
        cdef Network* net = &self.net
        cdef Slice view
        cdef bytes code
        if len(codes) != net.n_postal:
            raise ValueError(f"postal_text must have n_postal = {net.n_postal} codes, got {len(codes)}")
        if interner_open(&net.postal, max(1, net.n_postal), max(1, net.n_postal) * (POSTAL_CODE_MAX + 1)) != 0:
            raise MemoryError("no room for the postal codes")
        self.postal_open = True
        for i, text in enumerate(codes):
            code = text.encode()
            view.data = code
            view.size = <int32_t>len(code)
            if len(code) > POSTAL_CODE_MAX or intern_add(&net.postal, view) != i:
                raise ValueError(f"postal_text[{i}] must be unique and at most {POSTAL_CODE_MAX} bytes, got {text!r}")

    # --- a face for tests and cold paths -----------------------------------------------------------------------

    @property
    def points_up_to_g(self):
        """Heaviest shipment that the price points are exact for; 2^63 - 1 = every one."""
        return self.net.points_up_to_g

    def next_slot(self, int node_i, int service_i, int64_t at_us):
        """Index of the first hand-over with order_by >= at_us, or -1."""
        self._inside(node_i, service_i)
        return slot_next(&self.net, node_i, service_i, at_us)

    def price(self, int price_i, int64_t weight_g):
        """Raw micros of one shipment of weight_g >= 1 by a price; -1 = not carried."""
        if not 0 <= price_i < self.net.n_prices:
            raise IndexError(price_i)
        return price_raw(&self.net, price_i, weight_g)

    def arrival(self, int service_i, int tz_i, int ship_day, int transit_days, int64_t not_before_us):
        """(arrive_from, arrive_by) of a hand-over on local date ship_day, or None beyond the tables."""
        cdef int64_t from_us = 0
        cdef int64_t by_us = 0
        self._inside(0, service_i)
        if not 0 <= tz_i < self.net.n_tz or transit_days < 0:
            raise IndexError((tz_i, transit_days))
        if not arrival_days(&self.net, service_i, tz_i, ship_day, transit_days, not_before_us, &from_us, &by_us):
            return None
        return from_us, by_us

    def _inside(self, node_i, service_i):
        if not (0 <= node_i < self.net.n_nodes and 0 <= service_i < self.net.n_services):
            raise IndexError((node_i, service_i))


cdef int32_t slot_search(const Network* net, int32_t node_i, int32_t service_i, int64_t at_us) noexcept nogil:
    """Binary search of the slot, noted as the hint for the next call."""
    cdef Py_ssize_t lane = <Py_ssize_t>node_i * net.n_services + service_i
    cdef int32_t first = net.slot_first[lane]
    cdef int32_t low = first
    cdef int32_t end = first + net.slot_count[lane]
    cdef int32_t high = end
    cdef int32_t middle
    cdef SlotHint* hint = &net.slot_hint[lane]
    while low < high:
        middle = low + ((high - low) >> 1)
        if net.slot_order_by[middle] < at_us:
            low = middle + 1
        else:
            high = middle
    if low == end:
        return -1
    hint.after_us = net.slot_order_by[low - 1] if low > first else INT64_MIN
    hint.order_by_us = net.slot_order_by[low]
    hint.slot = low
    return low


cdef int64_t price_raw(const Network* net, int32_t price_i, int64_t weight_g) noexcept nogil:
    cdef int32_t tariff = net.price_tariff[price_i]
    cdef int32_t low = 0
    cdef int32_t high = net.n_tiers
    cdef int32_t middle
    cdef const int64_t* cost = net.tariff_cost + <Py_ssize_t>tariff * net.n_tiers
    if weight_g > net.price_max_g[price_i]:
        return PRICE_NONE
    while low < high:
        middle = (low + high) >> 1
        if net.tier_up_to_g[middle] < weight_g:
            low = middle + 1
        else:
            high = middle
    if low < net.n_tiers:
        return cost[low]
    weight_g -= net.tier_up_to_g[net.n_tiers - 1]
    return cost[net.n_tiers - 1] + ((weight_g - 1) / net.tariff_step_g[tariff] + 1) * net.tariff_step_cost[tariff]


cdef bint arrival_on(
    const Network* net, int32_t service_i, int32_t tz_i, int32_t ship_day, int32_t transit_days, int64_t not_before_us,
    int64_t* from_us, int64_t* by_us, int32_t* date
) noexcept nogil:
    """The slot on the transit_days-th delivery day from ship_day on.

    A slot that has ended by `not_before_us`, the hand-over, moves to the next delivery day; one that has begun
    starts then.
    """
    cdef int32_t day = ship_day - net.day0
    cdef Py_ssize_t calendar = net.service_cal[service_i]
    cdef Py_ssize_t row = <Py_ssize_t>net.service_window[<Py_ssize_t>service_i * net.n_tz + tz_i] * net.n_days
    cdef int32_t ordinal
    if day < 0 or day >= net.n_days:
        return False
    ordinal = net.delivery_cum[calendar * (net.n_days + 1) + day] + transit_days
    while ordinal < net.n_days:
        day = net.delivery_day[calendar * net.n_days + ordinal]
        if day < 0:
            return False
        by_us[0] = net.arrive_by[row + day]
        if by_us[0] > not_before_us:
            date[0] = net.day0 + day
            from_us[0] = net.arrive_from[row + day]
            if from_us[0] < not_before_us:
                from_us[0] = not_before_us
            return True
        ordinal += 1
    return False


cdef bint arrival_days(
    const Network* net, int32_t service_i, int32_t tz_i, int32_t ship_day, int32_t transit_days, int64_t not_before_us,
    int64_t* from_us, int64_t* by_us
) noexcept nogil:
    cdef int32_t date
    return arrival_on(net, service_i, tz_i, ship_day, transit_days, not_before_us, from_us, by_us, &date)
