"""Distances: the textbook haversine, computed the same on every machine."""

import math

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from fastdom.network.distance import EARTH_RADIUS_M, distances_m, unit_vectors

LAT = st.integers(-900_000_000, 900_000_000)
LNG = st.integers(-1_800_000_000, 1_800_000_000)


def haversine_m(lat1: int, lng1: int, lat2: int, lng2: int) -> float:
    """Return the distance by the textbook formula, with the library's functions."""
    phi1, phi2 = math.radians(lat1 / 1e7), math.radians(lat2 / 1e7)
    half_phi, half_lambda = (phi2 - phi1) / 2, math.radians((lng2 - lng1) / 1e7) / 2
    a = math.sin(half_phi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, a)))


def metres(lat1: int, lng1: int, lat2: int, lng2: int) -> int:
    """Return the distance under test."""
    return int(distances_m((np.array([lat1]), np.array([lng1])), (np.array([lat2]), np.array([lng2])))[0, 0])


@given(LAT, LNG, LAT, LNG)
@example(0, 0, 0, 1_800_000_000)
@example(900_000_000, 0, -900_000_000, 0)
@example(0, 0, 0, 1)
@example(450_000_000, 450_000_000, -450_000_000, -1_350_000_000)
def test_a_distance_is_the_haversine_rounded_to_metres(lat1: int, lng1: int, lat2: int, lng2: int) -> None:
    """It lies within rounding of the textbook formula, within a metre more near the antipode."""
    exact = haversine_m(lat1, lng1, lat2, lng2)
    allowed = 0.501 if exact < 19_000_000 else 1.5
    assert abs(metres(lat1, lng1, lat2, lng2) - exact) <= allowed


@given(LAT, LNG)
def test_a_place_is_nowhere_but_at_itself(lat: int, lng: int) -> None:
    """The distance of a point to itself is 0."""
    assert metres(lat, lng, lat, lng) == 0


@given(LAT, LNG, LAT, LNG)
def test_there_and_back_are_equal(lat1: int, lng1: int, lat2: int, lng2: int) -> None:
    """Distance is symmetric, bit for bit."""
    assert metres(lat1, lng1, lat2, lng2) == metres(lat2, lng2, lat1, lng1)


@given(st.lists(st.tuples(LAT, LNG), min_size=1, max_size=40), st.integers(1, 64))
def test_a_matrix_is_its_single_distances(points: list[tuple[int, int]], width: int) -> None:
    """Blocks do not change a value: a matrix equals its cells computed one by one."""
    lat, lng = np.array([one[0] for one in points]), np.array([one[1] for one in points])
    grown = (np.tile(lat, width), np.tile(lng, width))
    matrix = distances_m((lat, lng), grown)
    for row, one in enumerate(points[:5]):
        for column, other in enumerate(points[:5]):
            assert matrix[row, column] == matrix[row, column + len(points) * (width - 1)] == metres(*one, *other)


def test_unit_vectors_of_the_axes_are_exact() -> None:
    """At multiples of 90 degrees the reduction leaves no rounding at all."""
    vectors = unit_vectors(np.array([0, 0, 0, 900_000_000]), np.array([0, 900_000_000, -900_000_000, 0]))
    assert vectors.T.tolist() == [[1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]]


def test_known_bits_do_not_change() -> None:
    """Distances of four Indian cities, to the metre, on every machine."""
    lat = np.array([286_139_000, 190_760_000, 129_716_000, 225_726_000])
    lng = np.array([772_090_000, 728_777_000, 775_946_000, 883_639_000])
    assert distances_m((lat, lng), (lat, lng)).tolist() == [
        [0, 1_148_096, 1_739_805, 1_303_835],
        [1_148_096, 0, 845_320, 1_654_841],
        [1_739_805, 845_320, 0, 1_560_699],
        [1_303_835, 1_654_841, 1_560_699, 0],
    ]
