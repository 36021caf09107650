"""What the client was told, and nothing else: the audit's side of the books. No server counter enters it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

Place = tuple[str, str]
"""(line_id, node id)."""


class Told(Enum):
    """What the client knows of a reservation it was granted."""

    HELD = auto()
    """Never ended by the client: it runs out."""
    COMMITTED = auto()
    RELEASED = auto()
    UNSURE = auto()
    """The answer to its Commit or Release never came."""


@dataclass(slots=True)
class Claim:
    """A reservation as acknowledged.

    Attributes
    ----------
    reservation_id, order_id : str
    skus : mapping of line_id to SKU
    units : mapping of (line_id, node) to int
        Units granted there.
    expires_at_us : int
        When the hold ends, microseconds UTC.
    told : Told
    """

    reservation_id: str
    order_id: str
    skus: Mapping[str, str]
    units: Mapping[Place, int]
    expires_at_us: int
    told: Told = Told.HELD

    @property
    def nodes(self) -> set[str]:
        """Nodes it takes units from."""
        return {node for _, node in self.units}


@dataclass(slots=True)
class Record:
    """Every answer that matters.

    Attributes
    ----------
    claims : dict of reservation_id to Claim
    contradicted : set of str
        Reservation ids of second answers that differ from the first one to the same request.
    unanswered : set of str
        order_ids whose Reserve never got an answer: the server may hold a reservation for them, at most one each.
    reserved : int
        Orders that were granted a reservation.
    refusals : dict of str to int
        Orders told that they cannot have one, by the reason.
    errors : dict of str to int
        Orders that ended by an error instead, by its text.
    """

    claims: dict[str, Claim] = field(default_factory=dict)
    contradicted: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    reserved: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    _by_request: dict[str, Claim] = field(default_factory=dict)

    def granted(self, request_id: str, claim: Claim) -> Claim:
        """Note a grant; a second answer to the same request must be the first one again. Returns the first."""
        first = self._by_request.setdefault(request_id, claim)
        if first is claim:
            self.claims[claim.reservation_id] = claim
        elif (first.reservation_id, first.units) != (claim.reservation_id, claim.units):
            self.contradicted.add(claim.reservation_id)
        return first

    @property
    def refused(self) -> int:
        """Orders told that they cannot have a reservation."""
        return sum(self.refusals.values())

    @property
    def failed(self) -> int:
        """Orders that ended by an error."""
        return sum(self.errors.values())

    def refuse(self, reason: str) -> None:
        """Note why an order was refused."""
        self.refusals[reason] = self.refusals.get(reason, 0) + 1

    def error(self, text: str) -> None:
        """Note why an order failed."""
        self.errors[text] = self.errors.get(text, 0) + 1

    def busiest_node(self) -> str:
        """Return the node with most units in claims that are open, the first by id among equals; "" without any."""
        units: dict[str, int] = {}
        for claim in self.claims.values():
            if claim.told is not Told.RELEASED:
                for (_, node), quantity in claim.units.items():
                    units[node] = units.get(node, 0) + quantity
        return min(units, key=lambda node: (-units[node], node), default="")

    def last_expiry_us(self) -> int:
        """Return when the last hold that was left alone ends, microseconds UTC; 0 = there is none."""
        return max((claim.expires_at_us for claim in self.claims.values() if claim.told is Told.HELD), default=0)

    def told(self, told: Told) -> int:
        """Return how many claims ended so."""
        return sum(claim.told is told for claim in self.claims.values())

    def split(self) -> int:
        """Return how many claims ship from more than one node."""
        return sum(len(claim.nodes) > 1 for claim in self.claims.values())
