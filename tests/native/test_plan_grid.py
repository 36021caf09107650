"""The weight grid at its size: every one of its 64 tiers counts."""

import pytest
from tests.reference.plan import PlanInput, brute_force

from fastdom._native import plan


@pytest.mark.parametrize("n_tiers", [60, 61, 64])
def test_an_empty_place_carries_nothing_in_any_tier(n_tiers: int) -> None:
    """Where carrier services have their own costs, a row with places to spare costs what its services do, to the end of
    the grid."""
    light, heavy = (7, 7, 7), (591,) * (n_tiers - 3)
    problem = {
        "weight_g": (996, 1784, 332),
        "units": (3, 2, 1),
        "cover": (7, 4, 5),
        "fixed": ((2,), (1,), (22,)),
        "unit_cost": ((0,), (0,), (0,)),
        "row_i": (0, 1, 2),
        "units_left": (2**31 - 1,) * 3,
        "breakpoints_g": tuple(3112 - 10 * (n_tiers - 1 - i) for i in range(n_tiers)),
        "step_g": 0,
        "tariff_cost": (light + heavy, light + (-1,) * (n_tiers - 3)),
        "tariff_step_cost": (-1, -1),
        "rows": ((0, 0), (1,), (1, 0)),
        "place_fixed": (((0,), (1,)), ((0,),), ((0,), (0,))),
        "place_unit": (((0,), (0,)), ((0,),), ((0,), (0,))),
    }
    best = brute_force(PlanInput(**problem))  # type: ignore[arg-type]
    assert best is not None
    assert plan.solve(problem).cost == best.cost
