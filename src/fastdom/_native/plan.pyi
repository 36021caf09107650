from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

class PlanPart(NamedTuple):
    """One shipment: candidate index, its blocks, winning tariff (65535: none) and cost vector without split penalty."""

    candidate_i: int
    blocks: tuple[int, ...]
    tariff_i: int
    weight_g: int
    units: int
    cost: tuple[int, ...]

class PlanResult(NamedTuple):
    """A plan as Python values; the fields mean what plan.pxd says.

    status: 0 planned, 1 infeasible, 2 not found, 3 bad input. optimality: 0 proven, 1 bound, 2 heuristic.
    """

    status: int
    optimality: int
    cost: tuple[int, ...]
    lower_bound: tuple[int, ...]
    parts: tuple[PlanPart, ...]
    uncovered: tuple[int, ...]
    evaluations: int
    bad_field: int

@final
class PlanProblem:
    """One routing problem in the kernel's arrays, made once from Python sequences.

    Parameters
    ----------
    weight_g, units
        [n_blocks] grams and units of each block, 0 .. 2**40 and 0 .. 2**31 - 1.
    cover
        [n_candidates] bit i: block i alone is available at the candidate. Candidates are sorted by external node id.
    fixed, unit_cost
        [n_candidates][n_cost] micros per shipment and per unit, already weighted, 0 .. 2**50.
    row_i
        [n_candidates] tariff row, -1: no tariff (pickup).
    units_left
        [n_candidates] capacity in units, 2**31 - 1: no limit.
    breakpoints_g, step_g
        Weight grid: tier t holds up to breakpoints_g[t]; each step_g beyond the last adds tariff_step_cost; 0: nothing
        heavier is carried.
    tariff_cost, tariff_step_cost
        [n_tariffs][n_tiers] and [n_tariffs] raw micros, -1: not carried.
    rows
        [n_rows] at most four tariffs that compete; ties go to the first.
    groups
        For each SKU that several blocks need: units by block, and units available at each candidate.
    split_penalty
        [n_cost] micros per shipment beyond the first; its length sets the number of cost components, 1 .. 4.
    shipping_objective, shipping_weight
        Component the tariff belongs to, and its weight in 1/1024.
    max_shipments
        0: no bound.
    allow_partial
        Plan what can be served and report the rest.
    effort_max
        Evaluations after which a search stops; 0: no limit.
    block_cost
        [n_candidates][n_blocks][n_cost] micros added when the candidate ships the block, already weighted, 0 .. 2**50;
        nested sequences or an int64 array. None: none.
    place_fixed, place_unit
        [n_rows][places of the row][n_cost] micros a shipment and micros a unit added when the tariff in that place
        carries it, already weighted, 0 .. 2**50; the place with the least whole cost vector wins, ties go to the first.
        Both or none.
    min_units, min_exempt_single
        A shipment of fewer units may not leave, 0: none; a plan of one shipment may be exempt.

    Raises
    ------
    ValueError
        When lengths disagree or a row names an unknown tariff; the message names the field.
    OverflowError
        When a number does not fit its integer type.
    """

    def __init__(
        self,
        *,
        weight_g: Sequence[int],
        units: Sequence[int],
        cover: Sequence[int],
        fixed: Sequence[Sequence[int]],
        unit_cost: Sequence[Sequence[int]],
        row_i: Sequence[int],
        units_left: Sequence[int],
        breakpoints_g: Sequence[int],
        step_g: int,
        tariff_cost: Sequence[Sequence[int]],
        tariff_step_cost: Sequence[int],
        rows: Sequence[Sequence[int]],
        groups: Sequence[tuple[Mapping[int, int], Sequence[int]]] = ...,
        split_penalty: Sequence[int] = ...,
        shipping_objective: int = ...,
        shipping_weight: int = ...,
        max_shipments: int = ...,
        allow_partial: bool = ...,
        effort_max: int = ...,
        block_cost: Sequence[Sequence[Sequence[int]]] | NDArray[np.int64] | None = ...,
        place_fixed: Sequence[Sequence[Sequence[int]]] | None = ...,
        place_unit: Sequence[Sequence[Sequence[int]]] | None = ...,
        min_units: int = ...,
        min_exempt_single: bool = ...,
    ) -> None: ...

@final
class PlanScratch:
    """Working memory of one caller (one thread at a time), and the face of the kernel."""

    def __init__(self) -> None: ...
    def solve(self, problem: PlanProblem) -> PlanResult:
        """Plan one problem. A problem outside the limits gives status 3 and the bad_field."""

    def measure(self, problems: Sequence[PlanProblem], passes: int) -> NDArray[np.int64]:
        """Nanoseconds of each call, kernel only: array [passes, problems]. For benchmarks."""

def solve(problem: PlanProblem | Mapping[str, Any], scratch: PlanScratch | None = None) -> PlanResult:
    """Plan one problem given as a PlanProblem or as a mapping of its fields."""

def split_sizes(quantity: int, available: Sequence[int], blocks_max: int) -> tuple[int, ...]:
    """Sizes of the blocks of a line that may be split; their sum is the quantity.

    Parameters
    ----------
    quantity
        Units of the line, at least 1.
    available
        [n_candidates] units of the SKU that each candidate may ship, at most its capacity in units.
    blocks_max
        1 .. 1000. A quantity up to it becomes single units, when a candidate has only a part of the line.

    Raises
    ------
    ValueError
        When quantity or blocks_max is outside its limits.
    """
