"""Dates from the compiled tables equal the rules walked step by step."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import promise
from tests.unit.network.small_network import TOML, document

from fastdom.network import CompiledNetwork, NetworkDocument, compile_network
from fastdom.promise import dates

DAY_US = 86_400_000_000
DC, SHOP, COLLECT, GROUND, NORTH, WEST = 0, 1, 0, 1, 0, 1
# Weeks around which clocks change, years end, leap days and runs of holidays fall.
STARTS = ["2026-03-25", "2026-10-20", "2027-12-20", "2028-02-24", "2026-03-05", "2026-10-28", "2026-04-01"]
HALF_HOURS = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(0, 1440, 30)]


def compiled(network: NetworkDocument, now_us: int, horizon_days: int = 90) -> CompiledNetwork:
    """Return the tables of a small network, dense ids in document order."""
    nodes = {node.id: row for row, node in enumerate(network.nodes)}
    skus = {sku: row for row, sku in enumerate(network.skus.ids)}
    return compile_network(network, nodes, skus, now_us, horizon_days)


@st.composite
def networks(draw: st.DrawFn) -> NetworkDocument:
    """A small network with drawn hours, cutoff, lead, pickups, closed days and time zones."""
    zone = draw(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]))
    opens, cutoff, closes = sorted(draw(st.tuples(*[st.sampled_from(range(0, 1441, 30))] * 3)))
    closes = max(closes, opens + 30) if opens < 1440 else 1440
    opens = min(opens, 1410)
    cutoff = min(max(cutoff, opens), closes)
    lead = draw(st.sampled_from([0, 1, 45, 600, 3000]))
    times = " ".join(draw(st.lists(st.sampled_from(HALF_HOURS), min_size=1, max_size=3)))
    extra = draw(st.sampled_from(HALF_HOURS))
    before = draw(st.sampled_from([0, 30, 90, 1500]))
    weekdays = draw(st.sampled_from(["MON-SUN", "MON-FRI", "TUE THU", "SUN"]))
    carrier = draw(st.sampled_from(["MON-SUN", "MON-SAT", "WED", "SAT-TUE"]))
    start = dt.date.fromisoformat(draw(st.sampled_from(STARTS)))
    closed = [start + dt.timedelta(days=day) for day in draw(st.lists(st.integers(0, 20), max_size=8))]
    hours = f'pick_from = "{_hhmm(opens)}"\npick_to = "{_hhmm(closes)}"\nclosed = [{", ".join(map(str, closed))}]'
    toml = {
        'pick_from = "08:00"\npick_to = "18:00"': hours,
        'weekdays = "MON-FRI"\n': f'weekdays = "{draw(st.sampled_from(["MON-FRI", "MON-SUN", "WED SAT"]))}"\n',
        'calendar]\nweekdays = "MON-SAT"': f'calendar]\nweekdays = "{carrier}"',
        'delivery_from = "09:00"\ndelivery_to = "18:00"': draw(
            st.sampled_from(
                ['delivery_from = "09:00"\ndelivery_to = "18:00"', 'delivery_from = "00:00"\ndelivery_to = "24:00"']
            )
        ),
    }
    text = TOML
    for old, new in toml.items():
        text = text.replace(old, new, 1)
    nodes = (
        "node_id,type,postal_code,calendar,cutoff,pick_lead_minutes,groups,time_zone\n"
        f"dc,DC,10115,dc,{_hhmm(cutoff)},{lead},all,{zone}\n"
        f"shop,STORE,10117,shop,19:00,{min(lead, 600)},all,{zone}\n"
    )
    pickups = (
        "node_id,node_group,carrier_service,pickup_times,weekdays,cutoff_minutes\n"
        f",all,ground,{times},{weekdays},{before}\n"
        f"dc,,ground,{extra},,0\n"
        "shop,,collect,,,\n"
    )
    return document({"network.toml": (TOML, text)}, nodes=nodes, pickups=pickups)


def _hhmm(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@settings(max_examples=60, deadline=None)
@given(networks(), st.sampled_from(STARTS), st.lists(st.integers(0, 14 * 48), min_size=1, max_size=6), st.booleans())
def test_hand_overs_and_arrivals_equal_the_rules(
    network: NetworkDocument, start: str, halves: list[int], late: bool
) -> None:
    """The first hand-over, its capacity day and every arrival are those of the rules, to the microsecond."""
    start_us = promise.to_us(dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC))
    tables = compiled(network, start_us)
    for half in halves:
        placed_us = start_us + half * 1_800_000_000 - (1 if late else 0)
        for node_i, service_i in ((DC, GROUND), (SHOP, GROUND), (SHOP, COLLECT)):
            found = dates.next_hand_over(tables, node_i, service_i, placed_us)
            if found is None:
                assert not could_be_made(network, node_i, service_i, placed_us, tables)
                continue
            assert (found.handover_us, found.day) == promise.next_hand_over(network, node_i, service_i, placed_us)
            for zone_i, transit in ((NORTH, 0), (WEST, 0), (NORTH, 1), (WEST, 6)):
                window = dates.arrival_slot(tables, service_i, zone_i, found, transit)
                assert window is not None
                assert (window.from_us, window.by_us) == promise.arrival(
                    network, service_i, zone_i, found.handover_us, found.day, transit
                )


def could_be_made(
    network: NetworkDocument, node_i: int, service_i: int, placed_us: int, tables: CompiledNetwork
) -> bool:
    """Return whether the rules know a hand-over within the horizon."""
    try:
        _, day = promise.next_hand_over(network, node_i, service_i, placed_us)
    except AssertionError:
        return False
    return day <= tables.day0 + tables.horizon_days


@settings(max_examples=25, deadline=None)
@given(networks(), st.sampled_from(STARTS), st.integers(0, 10 * 48))
def test_order_by_is_the_last_microsecond_that_makes_it(network: NetworkDocument, start: str, half: int) -> None:
    """An order one microsecond after order_by makes a later hand-over; one at order_by still makes this one."""
    start_us = promise.to_us(dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC))
    tables = compiled(network, start_us)
    placed_us = start_us + half * 1_800_000_000
    found = dates.next_hand_over(tables, DC, GROUND, placed_us)
    if found is not None:
        assert found.order_by_us == promise.order_by(network, DC, GROUND, placed_us)


def at(text: str) -> int:
    """Return UTC microseconds of a moment with its offset."""
    return promise.to_us(dt.datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("placed", "order_by", "handover"),
    [
        # Monday; cutoff 16:00, two hours to pick, ready by 16:30 for the pickup at 17:00: order by 14:30
        ("2026-06-01T09:00+02:00", "2026-06-01T14:30+02:00", "2026-06-01T17:00+02:00"),
        # a microsecond matters: 14:30 still makes it, just after does not
        ("2026-06-01T14:30+02:00", "2026-06-01T14:30+02:00", "2026-06-01T17:00+02:00"),
        ("2026-06-01T14:30:00.000001+02:00", "2026-06-02T14:30+02:00", "2026-06-02T17:00+02:00"),
        # Thursday evening before Good Friday and Easter Monday: Tuesday
        ("2026-04-02T18:00+02:00", "2026-04-07T14:30+02:00", "2026-04-07T17:00+02:00"),
        # the clocks go forward on Sunday 29 March: still 14:30 on the wall
        ("2026-03-28T12:00+01:00", "2026-03-30T14:30+02:00", "2026-03-30T17:00+02:00"),
        # Christmas 2026 to the weekend: the next working day is Monday 28 December
        ("2026-12-24T15:00+01:00", "2026-12-28T14:30+01:00", "2026-12-28T17:00+01:00"),
    ],
)
def test_hand_overs_worked_by_hand(placed: str, order_by: str, handover: str) -> None:
    """Cutoffs, holidays in sequence, year ends and clock changes give the dates written here."""
    tables = compiled(document(), at(placed))
    found = dates.next_hand_over(tables, DC, GROUND, at(placed))
    assert found is not None
    assert (found.order_by_us, found.handover_us) == (at(order_by), at(handover))


@pytest.mark.parametrize(
    ("day", "transit", "by"),
    [
        ("2026-06-01", 0, "2026-06-01T18:00+02:00"),
        ("2026-06-01", 1, "2026-06-02T18:00+02:00"),
        ("2026-06-06", 1, "2026-06-08T18:00+02:00"),  # Saturday is a delivery day, Sunday is not
        ("2026-06-07", 0, "2026-06-08T18:00+02:00"),  # handed over on Sunday: counts from Monday
        ("2026-06-07", 1, "2026-06-09T18:00+02:00"),
        ("2026-04-30", 1, "2026-05-02T18:00+02:00"),  # 1 May is closed
        ("2026-04-30", 2, "2026-05-03T18:00+02:00"),  # Sunday 3 May is open by date
        ("2026-12-25", 1, "2026-12-28T18:00+01:00"),  # closed every 26 December, then Sunday
    ],
)
def test_arrivals_worked_by_hand(day: str, transit: int, by: str) -> None:
    """Transit counts delivery days from the first one that is not before the hand-over."""
    date = promise.to_day(dt.date.fromisoformat(day))
    tables = compiled(document(), date * DAY_US)
    noon = dates.HandOver(0, at(f"{day}T12:00+02:00"), date)
    window = dates.arrival_slot(tables, GROUND, NORTH, noon, transit)
    assert window is not None
    assert window.by_us == at(by)


def test_a_slot_under_way_starts_at_the_hand_over() -> None:
    """Same-day delivery never starts before the shipment is handed over."""
    date = promise.to_day(dt.date(2026, 6, 1))
    tables = compiled(document(), date * DAY_US)
    window = dates.arrival_slot(tables, GROUND, NORTH, dates.HandOver(0, at("2026-06-01T12:00+02:00"), date), 0)
    assert window == dates.Window(at("2026-06-01T12:00+02:00"), at("2026-06-01T18:00+02:00"))


def test_a_slot_that_is_over_gives_way_to_the_next_delivery_day() -> None:
    """A hand-over at or after the end of the day's slot arrives on the next delivery day."""
    date = promise.to_day(dt.date(2026, 6, 1))
    tables = compiled(document(), date * DAY_US)
    window = dates.arrival_slot(tables, GROUND, NORTH, dates.HandOver(0, at("2026-06-01T18:00+02:00"), date), 0)
    assert window == dates.Window(at("2026-06-02T09:00+02:00"), at("2026-06-02T18:00+02:00"))


def test_a_full_day_gives_way_to_the_next_hand_over() -> None:
    """Days without capacity are skipped; the hand-over found lies on another local date."""
    placed = at("2026-06-01T09:00+02:00")
    tables = compiled(document(), placed)
    monday = promise.to_day(dt.date(2026, 6, 1))
    found = dates.next_hand_over(tables, DC, GROUND, placed, skip_days=frozenset([monday]))
    assert found is not None
    assert found.handover_us == at("2026-06-02T17:00+02:00")


def test_a_window_spans_the_shortest_to_the_longest_transit() -> None:
    """The arrival window of a lane runs from its minimum to its maximum transit."""
    placed = at("2026-06-01T09:00+02:00")
    tables = compiled(document(), placed)
    found = dates.next_hand_over(tables, DC, GROUND, placed)
    assert found is not None
    window = dates.arrival_window(tables, DC, GROUND, NORTH, found)
    assert window == dates.Window(at("2026-06-02T09:00+02:00"), at("2026-06-03T18:00+02:00"))
    assert dates.arrival_window(tables, DC, COLLECT, WEST, found) is None


def test_beyond_the_horizon_there_is_no_date() -> None:
    """An order after the last hand-over of the tables has none, and a transit beyond them no arrival."""
    placed = at("2026-06-01T09:00+02:00")
    tables = compiled(document(), placed)
    assert dates.next_hand_over(tables, DC, GROUND, placed + 100 * DAY_US) is None
    last = dates.HandOver(0, placed, tables.day0 + tables.n_days - 1)
    assert dates.arrival_slot(tables, GROUND, NORTH, last, 60) is None


def test_a_service_that_never_calls_has_no_hand_over() -> None:
    """Without pickups of a service at a node nothing can be promised with it."""
    placed = at("2026-06-01T09:00+02:00")
    assert dates.next_hand_over(compiled(document(), placed), DC, COLLECT, placed) is None
