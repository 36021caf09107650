"""must_arrive_by: the latest arrival."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import Flag, Whole
from fastdom.policy.limits import HOURS_MAX
from fastdom.policy.readable import utc
from fastdom.policy.scope import Fact, Of, Scope

HOUR_US = 3_600_000_000


def allows(
    *,
    enforced: bool,
    grace_hours: int,
    within_hours: int,
    arrive_by_us: int,
    required_by_us: int,
    placed_at_us: int,
) -> bool:
    """The arrival window ends by the order's `required_by`, and within so many hours of the order.

    ``not enforced``, or ``required_by_us == 0 or arrive_by_us <= required_by_us + grace_hours * 3600000000``
    and ``within_hours == 0 or arrive_by_us <= placed_at_us + within_hours * 3600000000``
    """
    if not enforced:
        return True
    on_time = required_by_us == 0 or arrive_by_us <= required_by_us + grace_hours * HOUR_US
    return on_time and (within_hours == 0 or arrive_by_us <= placed_at_us + within_hours * HOUR_US)


def tells(
    *,
    enforced: bool,
    grace_hours: int,
    within_hours: int,
    arrive_by_us: int,
    required_by_us: int,
    placed_at_us: int,
) -> tuple[str, str]:
    """What it wants, and what there is."""
    bounds = [required_by_us + grace_hours * HOUR_US] if enforced and required_by_us else []
    if enforced and within_hours:
        bounds.append(placed_at_us + within_hours * HOUR_US)
    return f"by {utc(min(bounds))}" if bounds else "any time", utc(arrive_by_us) if arrive_by_us else "not known"


CONSTRAINT = Constraint(
    name="must_arrive_by",
    scope=Scope.SERVICE,
    standing=Standing.BY_DEFAULT,
    allows=allows,
    tells=tells,
    fields=(
        Flag("enforced", "Whether a late arrival is refused; false leaves it to the objective `lateness`.", True),
        Whole("grace_hours", "Hours by which `required_by` may be missed.", "h", 0, HOURS_MAX, 0),
        Whole("within_hours", "Hours from the order to the end of the arrival window; 0 = any.", "h", 0, HOURS_MAX, 0),
    ),
    facts=(
        Fact("arrive_by_us", Of.OFFER, "end of the arrival window; the time of being ready for a pickup"),
        Fact("required_by_us", Of.ORDER, "latest acceptable arrival; 0 = none"),
        Fact("placed_at_us", Of.ORDER, "when the order was placed, else the time of the decision"),
    ),
)
