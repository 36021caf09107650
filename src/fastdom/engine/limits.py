"""Every limit of the engine, in one place, with its reason.

A limit costs address space, not memory: tables are mapped once at their maximum and use memory as they fill.
"""

from dataclasses import asdict, dataclass, fields

MINUTE_US = 60_000_000
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Maximum sizes of the engine's tables.

    Attributes
    ----------
    skus_max : int
        SKUs ever seen; their dense ids are never reused.
    nodes_max : int
        Nodes ever seen; routing considers all of them for every order, so this is also a bound on time.
    channels_max, tenants_max : int
        Sales channels and tenants ever seen.
    positions_max : int
        SKU x node pairs ever stocked, 48 bytes each.
    reservations_max : int
        Reservations kept: open ones, and final ones until their window has passed.
    reservation_bytes_max : int
        Bytes of their records: about 400 for an order of two lines.
    request_ids_max : int
        Request ids remembered, 64 bytes each besides their answers.
    answer_bytes_max : int
        Bytes of the recorded answers: about 150 for an order of two lines. Address space only; not a policy.
    exceptions_max : int
        Exception records kept; the oldest make room.
    fulfilment_log_max : int
        Fulfilments kept for stock counts that say which ones they include.
    request_window_us : int
        How long request ids and final reservations are kept, unless their number runs out first; never under 60 s.
    reroute_attempts_max : int
        Re-routes by request that may move units of one reservation: an order that every node hands on is a person's.
        Moves off an OFFLINE node do not count, whoever they concern had no say in it.
    reroute_exclusion_us : int
        How long a node that failed a reservation gets none of its units: a day, by when a count or a shift has changed.
    """

    skus_max: int = 4_000_000
    nodes_max: int = 4_095
    channels_max: int = 1_024
    tenants_max: int = 1_024
    positions_max: int = 20_000_000
    reservations_max: int = 20_000_000
    reservation_bytes_max: int = 64 << 30
    request_ids_max: int = 20_000_000
    answer_bytes_max: int = 32 << 30
    exceptions_max: int = 1_000_000
    fulfilment_log_max: int = 4_000_000
    request_window_us: int = DAY_US
    reroute_attempts_max: int = 3
    reroute_exclusion_us: int = DAY_US

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            low, high = RANGES.get(item.name, (1, 2_000_000_000))
            if not isinstance(value, int) or not low <= value <= high:
                raise ValueError(f"{item.name}: must be {low} .. {high}, got {value!r}")

    def as_dict(self) -> dict[str, int]:
        """Name to value, as the native engine takes them."""
        return asdict(self)


RANGES = {
    "skus_max": (1, 66_000_000),
    "nodes_max": (1, 4_095),
    "channels_max": (1, 65_536),
    "tenants_max": (1, 65_536),
    "positions_max": (1, 500_000_000),
    "reservation_bytes_max": (1 << 20, 128 << 30),
    "answer_bytes_max": (1 << 20, 32 << 30),
    "request_window_us": (MINUTE_US, 365 * DAY_US),
    "reroute_attempts_max": (0, 1_000),
    "reroute_exclusion_us": (0, 365 * DAY_US),
}
"""Allowed values where they differ from 1 .. 2,000,000,000: the names of 66 million SKUs fit 32-bit offsets, 4,095
nodes the kernel's packed tie-break, the byte limits what 32-bit offsets of 64 and 16 bytes reach. A thousand moves fill
a record."""
