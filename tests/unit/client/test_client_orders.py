"""Builders of orders, times and names."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from fastdom_api.v1.order_pb2 import OrderLine
from fastdom_api.v1.types_pb2 import (
    PAYMENT_METHOD_COLLECT_ON_DELIVERY,
    SERVICE_LEVEL_SAME_DAY,
    PolicyRef,
    ServiceLevel,
)
from fastdom_client import line, order
from fastdom_client.orders import policy_ref
from fastdom_client.values import duration, enum_value, timestamp


def test_lines_are_numbered() -> None:
    """Lines without an id get their place; a third part pins the line to a node; given ids stay."""
    made = order("web", [("A", 2), ("B", 1, "BLR-1"), line("C", 3, line_id="mine"), OrderLine(sku="D", quantity=4)])
    assert [(item.line_id, item.sku, item.quantity, item.node_id) for item in made.lines] == [
        ("1", "A", 2, ""),
        ("2", "B", 1, "BLR-1"),
        ("mine", "C", 3, ""),
        ("4", "D", 4, ""),
    ]


def test_given_lines_are_not_changed() -> None:
    """Numbering leaves the caller's message as it was."""
    given = OrderLine(sku="D", quantity=4)
    order("web", [given])
    assert given.line_id == ""


def test_destination() -> None:
    """pin and country make an address, pickup a node, neither leaves the destination absent."""
    assert order("web", [], pin="560001", country="IN").destination.address.postal_code == "560001"
    assert order("web", [], pickup="BLR-1").destination.pickup_node_id == "BLR-1"
    assert not order("web", []).HasField("destination")


def test_two_destinations_are_refused() -> None:
    """An order cannot go to a pin and to a pickup node."""
    with pytest.raises(ValueError, match="not to both"):
        order("web", [], pin="560001", pickup="BLR-1")


def test_names_may_be_short() -> None:
    """Enum values are given by full name, by short name in any case, or by number."""
    made = order("web", [], service_level="same-day", payment="PAYMENT_METHOD_COLLECT_ON_DELIVERY")
    assert made.service_level == SERVICE_LEVEL_SAME_DAY
    assert made.payment == PAYMENT_METHOD_COLLECT_ON_DELIVERY
    assert enum_value("level", ServiceLevel, "SERVICE_LEVEL_", 3) == SERVICE_LEVEL_SAME_DAY


def test_unknown_names_list_the_known() -> None:
    """A wrong name is a ValueError that lists the right ones."""
    with pytest.raises(ValueError, match="STANDARD, EXPRESS, SAME_DAY, PICKUP"):
        order("web", [], service_level="overnight")


def test_times_are_utc_microseconds() -> None:
    """A time of any zone is the same instant in UTC."""
    at = datetime(2025, 11, 28, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    made = timestamp("at", at)
    assert made is not None
    assert made.ToDatetime(UTC) == at


def test_times_without_zone_are_refused() -> None:
    """A naive datetime is a ValueError."""
    with pytest.raises(ValueError, match="no time zone"):
        order("web", [], placed_at=datetime(2025, 11, 28))


def test_messages_pass_through() -> None:
    """Timestamps, Durations and PolicyRefs are taken as they are, None stays None."""
    at, span, policy = Timestamp(seconds=5), Duration(seconds=6), PolicyRef(name="p")
    assert (timestamp("at", at), duration("ttl", span), policy_ref(policy)) == (at, span, policy)
    assert (timestamp("at", None), duration("ttl", None), policy_ref(None)) == (None, None, None)


def test_durations() -> None:
    """Seconds and timedeltas become Durations of whole microseconds."""
    assert duration("ttl", 1.5) == Duration(seconds=1, nanos=500_000_000)
    assert duration("ttl", timedelta(minutes=10)) == Duration(seconds=600)


def test_policies_by_name() -> None:
    """name@version is both parts; a version that is no number is a ValueError."""
    assert policy_ref("cheapest") == PolicyRef(name="cheapest")
    assert policy_ref("cheapest@3") == PolicyRef(name="cheapest", version=3)
    with pytest.raises(ValueError, match="must be a number"):
        policy_ref("cheapest@new")
