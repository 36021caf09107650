"""Postal codes: the point each one resolves to."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.network.small_network import document

from fastdom.network.places import centre

HEADER = "postal_code,zone,lat,lng,district,state,suspect\n"
GOOD = (
    "10115,north,52.5,13.4,Mitte,Berlin,0\n"
    "10117,north,52.7,13.0,Mitte,Berlin,0\n"
    "10999,north,50.0,10.0,Kreuz Berg,Berlin,0\n"
    "99999,west,40.71,-74.00,Mitte,New York,0\n"
)


def point(rows: str, code: str) -> tuple[int, int]:
    """Return the resolved point of a code, 1e-7 degrees."""
    codes = document(postal_codes=HEADER + GOOD + rows).postal_codes
    row = codes.codes.index(code)
    return int(codes.lat_e7[row]), int(codes.lng_e7[row])


def test_a_listed_code_resolves_to_its_point() -> None:
    """A good code has its own coordinates, to 1e-7 degrees."""
    assert point("", "10115") == (525_000_000, 134_000_000)


def test_a_suspect_code_takes_the_centre_of_its_three_digits() -> None:
    """Good codes with the same first three characters decide, and its own coordinates do not count."""
    assert point("10119,north,1,1,,,1\n", "10119") == (526_000_000, 132_000_000)


def test_a_suspect_code_falls_back_to_two_digits() -> None:
    """Without good codes of the same three characters, those of the same two decide."""
    lat = round((525_000_000 + 527_000_000 + 500_000_000) / 3)
    lng = round((134_000_000 + 130_000_000 + 100_000_000) / 3)
    assert point("10500,north,,,,,1\n", "10500") == (lat, lng)


def test_a_suspect_code_falls_back_to_its_district() -> None:
    """Without good neighbours by digits, those of the same district and state decide, however it is spelled."""
    assert point("77777,north,,,Kreuzberg,BERLIN,1\n", "77777") == (500_000_000, 100_000_000)


def test_districts_of_one_name_in_two_states_stay_apart() -> None:
    """The district of another state is another district."""
    assert point("77777,north,,,mitte,new york,1\n", "77777") == (407_100_000, -740_000_000)


def test_suspect_codes_never_resolve_each_other() -> None:
    """Only good points go into a centre."""
    assert point("10118,north,10,10,,,1\n10119,north,20,20,,,1\n", "10119") == (526_000_000, 132_000_000)


def test_a_centre_across_the_date_line_stays_there() -> None:
    """Longitudes either side of 180 degrees average to the date line, not to Greenwich."""
    lat, lng = centre(np.array([-170_000_000, -190_000_000]), np.array([1_790_000_000, -1_770_000_000]))
    assert (lat, lng) == (-180_000_000, -1_790_000_000)


@given(st.lists(st.tuples(st.integers(-(9 * 10**8), 9 * 10**8), st.integers(-(17 * 10**7), 17 * 10**7)), min_size=1))
def test_a_centre_is_the_mean_rounded_half_up(points: list[tuple[int, int]]) -> None:
    """The centre is the exact mean of each coordinate, rounded half up."""
    lat, lng = centre(np.array([one[0] for one in points]), np.array([one[1] for one in points]))
    count = len(points)
    assert lat == (2 * sum(one[0] for one in points) + count) // (2 * count)
    assert lng == (2 * sum(one[1] for one in points) + count) // (2 * count)
