"""minimum_shipment: parcels too small to be worth it are not made."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import Flag, Money, Whole
from fastdom.policy.limits import UNITS_MAX
from fastdom.policy.scope import Fact, Of, Scope


def allows(
    *,
    min_value_micros: int,
    min_units: int,
    only_when_split: bool,
    shipments: int,
    units: int,
    order_units: int,
    order_value_micros: int,
) -> bool:
    """A shipment has at least so many units and its share of the order value; the only one of a plan may be exempt.

    ``value = order_value_micros * units // order_units``;
    ``units >= min_units and (order_value_micros == 0 or value >= min_value_micros)``
    """
    if only_when_split and shipments == 1:
        return True
    worth = order_value_micros == 0 or order_value_micros * units // order_units >= min_value_micros
    return units >= min_units and worth


def tells(
    *,
    min_value_micros: int,
    min_units: int,
    only_when_split: bool,
    shipments: int,
    units: int,
    order_units: int,
    order_value_micros: int,
) -> tuple[str, str]:
    """What it wants, and what there is."""
    worth = order_value_micros * units // order_units if order_units else 0
    expected = f"at least {min_units} units" + (", unless it is the only shipment" if only_when_split else "")
    actual = f"{units} units, shipments: {shipments}"
    if min_value_micros and order_value_micros:
        return f"{expected}, worth {min_value_micros / 1e6:.2f}", f"{actual}, worth {worth / 1e6:.2f}"
    return expected, actual


CONSTRAINT = Constraint(
    name="minimum_shipment",
    scope=Scope.SHIPMENT,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(
        Money("min_value_micros", "Least share, by units, of the order's value, if given.", default=0),
        Whole("min_units", "Least units.", "units", 0, UNITS_MAX, 0),
        Flag("only_when_split", "Whether the only shipment of a plan is exempt.", True),
    ),
    facts=(
        Fact("shipments", Of.PLAN, "shipments of the plan"),
        Fact("units", Of.SHIPMENT, "units in the shipment"),
        Fact("order_units", Of.ORDER, "units of the order"),
        Fact("order_value_micros", Of.ORDER, "worth of the order; 0 = not given"),
    ),
)
