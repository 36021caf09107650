"""Tables that quotes read instead of the raw lanes: sets of competing services, and one price grid for all weights."""

from typing import Any

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

LEVELS = 4
PICKUP = 4
SET_SERVICES = 4
POINTS_MAX = 64
PRICES_MAX = 65_534
SET_FIELDS = 1 + 4 * SET_SERVICES
CELLS_AT_ONCE = 1 << 19  # lanes looked at in one step: bounds the memory at about 100 MB
EVERY_WEIGHT = np.iinfo(np.int64).max
PRICE_NONE = -1


def prices(lane_tariff: I32, service_max_weight_g: I64) -> tuple[I32, I64, I32]:
    """Return every distinct (tariff, heaviest shipment) in use.

    Parameters
    ----------
    lane_tariff : int32[n_zones, n_nodes, n_services]
    service_max_weight_g : int64[n_services]

    Returns
    -------
    tariff : int32[n_prices]
    max_g : int64[n_prices]
    price_of : int32[n_services, n_tariffs]
        Index of the price; -1 = not in use.
    """
    n_services = lane_tariff.shape[2]
    used = [np.unique(lane_tariff[:, :, service]) for service in range(n_services)]
    pairs = sorted(
        {(int(tariff), int(service_max_weight_g[i])) for i, some in enumerate(used) for tariff in some if tariff >= 0}
    )
    if len(pairs) > PRICES_MAX:
        raise ValueError(f"lanes use {len(pairs)} tariffs, at most {PRICES_MAX} are possible")
    n_tariffs = int(lane_tariff.max(initial=-1)) + 1
    price_of = np.full((n_services, max(n_tariffs, 1)), -1, dtype=np.int32)
    place = {pair: position for position, pair in enumerate(pairs)}
    for service, some in enumerate(used):
        for tariff in some[some >= 0]:
            price_of[service, tariff] = place[int(tariff), int(service_max_weight_g[service])]
    tariff_of = np.array([pair[0] for pair in pairs], dtype=np.int32)
    return tariff_of, np.array([pair[1] for pair in pairs], dtype=np.int64), price_of


def price_points(tier_up_to_g: I64, cost: I64, step_g: I64, step_cost: I64, max_g: I64) -> tuple[I64, int]:
    """Return the weights after which any price changes, and the heaviest shipment they are exact for.

    Parameters
    ----------
    tier_up_to_g : int64[n_tiers]
    cost : int64[n_prices, n_tiers]
    step_g, step_cost, max_g : int64[n_prices]

    Notes
    -----
    There are at most POINTS_MAX; when more would be needed the heaviest are left out, and quotes of heavier orders
    make a grid of their own.
    """
    top = int(tier_up_to_g[-1])
    points = {int(weight) for weight in max_g}
    changes = ((cost[:, 1:] != cost[:, :-1]) & (max_g[:, None] > tier_up_to_g[None, :-1])).any(axis=0)
    points.update(int(weight) for weight in tier_up_to_g[:-1][changes])
    beyond = (max_g > top) & (step_cost != 0)
    for step, heaviest in {(int(s), int(m)) for s, m in zip(step_g[beyond], max_g[beyond], strict=True)}:
        points.update(range(top, min(heaviest, top + step * POINTS_MAX), step))
    rising = sorted(points)
    kept = rising[:POINTS_MAX]
    return np.array(kept, dtype=np.int64), EVERY_WEIGHT if len(rising) <= POINTS_MAX else kept[-1]


def price_costs(points: I64, tier_up_to_g: I64, cost: I64, steps: tuple[I64, I64], max_g: I64) -> I64:
    """Return int64[n_prices, n_points] micros, PRICE_NONE beyond a price's heaviest; steps is (step_g, step_cost)."""
    tier = np.minimum(np.searchsorted(tier_up_to_g, points), tier_up_to_g.size - 1)
    step_g, step_cost = steps
    over = np.maximum(points - int(tier_up_to_g[-1]), 0)
    table = cost[:, tier] + -(-over[None, :] // step_g[:, None]) * step_cost[:, None]
    table[points[None, :] > max_g[:, None]] = PRICE_NONE
    return np.ascontiguousarray(table, dtype=np.int64)


def price_beyond(tier_up_to_g: I64, cost: I64, step_g: int, step_cost: int, weight_g: int) -> int:
    """Return the micros of a shipment beyond the last tier, in unbounded integers; up to it, of the last tier."""
    over = max(0, weight_g - int(tier_up_to_g[-1]))
    return int(cost[-1]) + -(-over // int(step_g)) * int(step_cost)


def lane_sets(
    lane_tariff: I32, transit_min: npt.NDArray[Any], transit_max: npt.NDArray[Any], service_level: I32, price_of: I32
) -> tuple[I32, I32]:
    """Return the distinct sets of services that compete on a lane, and the set of every lane and level.

    Returns
    -------
    sets : int32[n_sets, SET_FIELDS]
        n, then service, price, transit_min and transit_max of SET_SERVICES places each, -1 in empty ones. Row 0 is
        the empty set.
    lane_set : int32[n_zones, LEVELS, n_nodes]

    Raises
    ------
    ValueError
        When more than SET_SERVICES services of one level serve a lane.
    """
    n_zones, n_nodes, _ = lane_tariff.shape
    sets = {_empty_set().tobytes(): 0}
    lane_set = np.zeros((n_zones, LEVELS, n_nodes), dtype=np.int32)
    step = max(1, CELLS_AT_ONCE // max(n_nodes, 1))
    for level in range(1, LEVELS + 1):
        services = np.flatnonzero(service_level == level)
        if level == PICKUP or services.size == 0 or n_nodes == 0:
            continue
        for zone in range(0, n_zones, step):
            cells = (slice(zone, zone + step), slice(None), services)
            rows = _set_rows(services, lane_tariff[cells], transit_min[cells], transit_max[cells], price_of)
            packed = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.dtype.itemsize * SET_FIELDS))).reshape(-1)
            distinct, which = np.unique(packed, return_inverse=True)
            numbers = np.array([sets.setdefault(one.tobytes(), len(sets)) for one in distinct], dtype=np.int32)
            lane_set[zone : zone + step, level - 1, :] = numbers[which.reshape(-1)].reshape(-1, n_nodes)
    table = np.frombuffer(b"".join(sets), dtype=np.int32).reshape(-1, SET_FIELDS)
    return table, lane_set


def _empty_set() -> I32:
    row = np.full(SET_FIELDS, -1, dtype=np.int32)
    row[0] = 0
    return row


def _set_rows(
    services: npt.NDArray[np.int64],
    tariff: I32,
    transit_min: npt.NDArray[Any],
    transit_max: npt.NDArray[Any],
    price_of: I32,
) -> I32:
    """Return int32[lanes, SET_FIELDS], the services that serve a lane first, by index."""
    flat = tariff.reshape(-1, services.size)
    served = flat >= 0
    count = served.sum(axis=1)
    if count.size and count.max() > SET_SERVICES:
        raise ValueError(f"at most {SET_SERVICES} carrier services of one level may serve a lane, got {count.max()}")
    places = np.argsort(~served, axis=1, kind="stable")[:, :SET_SERVICES]
    rows = np.full((flat.shape[0], SET_FIELDS), -1, dtype=np.int32)
    rows[:, 0] = count
    price = np.where(served, price_of[services[None, :], np.maximum(flat, 0)], -1)
    columns = (np.broadcast_to(services, flat.shape), price, transit_min, transit_max)
    for field, values in enumerate(columns):
        chosen = np.take_along_axis(values.reshape(flat.shape), places, axis=1).astype(np.int32)
        kept = np.take_along_axis(served, places, axis=1)
        first = 1 + field * SET_SERVICES
        rows[:, first : first + places.shape[1]] = np.where(kept, chosen, -1)
    return rows


def pickup_services(slot_count: I32, service_level: I32) -> I32:
    """Return for every node its first PICKUP service with ready times; -1 = none. int32[n_nodes]."""
    offered = (slot_count > 0) & (service_level == PICKUP)[None, :]
    return np.where(offered.any(axis=1), offered.argmax(axis=1), -1).astype(np.int32)
