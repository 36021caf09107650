"""What gathering, pricing and explaining an order have in common: units that routing may take, costs of a distance."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.quote_scratch cimport Place


cdef enum CapacityKind:
    CAPACITY_NONE = 0
    CAPACITY_SHIPMENTS = 1
    CAPACITY_UNITS = 2


cdef inline int64_t routable_units(const Place* p, int32_t free, int32_t reserve) noexcept nogil:
    """Units of a position that routing may take; below 0 when even the reserve is short."""
    return <int64_t>free - (reserve & p.stage.reserve_mask) - p.stage.reserve_extra


cdef inline int64_t distance_raw(int64_t distance_m, int64_t micros_per_km) noexcept nogil:
    """floor(distance * rate / 1000), at most 2^50 micros: carrying one unit."""
    cdef int64_t most = <int64_t>1 << 50
    cdef int64_t raw
    if distance_m <= 0 or micros_per_km <= 0:
        return 0
    if micros_per_km < (<int64_t>1 << 37):
        raw = distance_m * micros_per_km / 1000
    elif micros_per_km > most / (distance_m / 1000 + 1):
        return most
    else:
        raw = micros_per_km * (distance_m / 1000) + micros_per_km * (distance_m % 1000) / 1000
    return raw if raw < most else most
