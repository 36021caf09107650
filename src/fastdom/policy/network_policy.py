"""The policies of network.toml as policy documents: what the registry starts with."""

import json
from typing import Any

from fastdom.network.document import Policy as NetworkPolicy
from fastdom.policy.document import Policy
from fastdom.policy.reading import read_policy


def policy_of_network(one: NetworkPolicy, currency: str) -> Policy:
    """Return a policy of network.toml as a document that decides alike.

    Parameters
    ----------
    one : fastdom.network.document.Policy
    currency : str
        The network's accounting currency.

    Raises
    ------
    PolicyInvalid
        When no weight is above 0.

    Notes
    -----
    Weights become thousandths, the nearest where 1/1024 steps fall between two.
    """
    weights = {name: (getattr(one, name) * 1000 + 512) // 1024 for name in ("shipping", "handling")}
    objectives: dict[str, Any] = {name: {"weight": _decimal(milli)} for name, milli in weights.items()}
    for name, field, amount in (
        ("split_penalty", "per_shipment_micros", one.split_penalty_micros),
        ("distance", "micros_per_km_unit", one.distance_micros_per_km_unit),
    ):
        if amount:
            weight = (getattr(one, name) * 1000 + 512) // 1024
            objectives[name] = {"weight": _decimal(weight), field: amount}
    document = {"format": 1, "name": one.name, "currency": currency, "objectives": objectives}
    return read_policy(json.dumps(document).encode(), f"policy {one.name}.json")


def _decimal(milli: int) -> int | float:
    return milli // 1000 if milli % 1000 == 0 else milli / 1000
