"""Carrier services spread to the engine's dense ids."""

from collections.abc import Iterable

import numpy as np
import pytest
from tests.unit.network.small_network import document as small

from fastdom.network import compile_network

NOW_US = 1_800_000_000_000_000


def ids(names: Iterable[str]) -> dict[str, int]:
    """Dense ids in order."""
    return {name: i for i, name in enumerate(names)}


def test_every_axis_of_services_follows_the_dense_ids() -> None:
    """A service keeps its lanes, hand-overs and windows under whatever dense id the engine gave it."""
    document = small()
    nodes, skus = ids(node.id for node in document.nodes), ids(document.skus.ids)
    plain = compile_network(document, nodes, skus, NOW_US)
    index = ids(["gone", *reversed(plain.service_ids), "new"])
    dense = compile_network(document, nodes, skus, NOW_US, service_index=index)
    assert dense.n_services == len(index)
    assert [dense.service_ids[index[name]] for name in index] == list(index)
    for name in plain.service_ids:
        old, new = plain.service_ids.index(name), index[name]
        assert dense.service_level[new] == plain.service_level[old]
        assert np.array_equal(dense.lane_tariff[..., new], plain.lane_tariff[..., old])
        assert np.array_equal(dense.slot_first[:, new], plain.slot_first[:, old])
        assert np.array_equal(dense.service_window[new], plain.service_window[old])


def test_an_absent_service_serves_nothing() -> None:
    """A dense id that the document does not name has no level, no lane and no hand-over."""
    document = small()
    nodes, skus = ids(node.id for node in document.nodes), ids(document.skus.ids)
    index = ids(["gone", *(service.id for service in document.services)])
    dense = compile_network(document, nodes, skus, NOW_US, service_index=index)
    assert dense.service_level[0] == 0
    assert (dense.lane_tariff[..., 0] == -1).all()
    assert not dense.slot_count[:, 0].any()


def test_a_service_without_a_dense_id_is_refused() -> None:
    """Every service of the document must have been interned."""
    document = small()
    nodes, skus = ids(node.id for node in document.nodes), ids(document.skus.ids)
    with pytest.raises(KeyError):
        compile_network(document, nodes, skus, NOW_US, service_index={})
