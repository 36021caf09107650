"""The demo network: what it promises to contain, and that its tables come from their generator."""

import gzip
from collections import Counter

import pytest

from fastdom.demo import make_network
from fastdom.network import NetworkDocument, NodeType, ServiceLevel, load


@pytest.fixture(scope="module")
def demo() -> NetworkDocument:
    """The shipped network."""
    return load(make_network.FOLDER)


def test_the_brand_has_its_nodes_and_channels(demo: NetworkDocument) -> None:
    """3 distribution centres, 20 stores, 5 channels, 2,000 SKUs with weights, in rupees."""
    assert Counter(node.type for node in demo.nodes) == {NodeType.DC: 3, NodeType.STORE: 20}
    assert len(demo.channels) == 5
    assert len(demo.skus.ids) == 2_000
    assert demo.skus.weight_g.min() >= 10
    assert demo.currency == "INR"


def test_every_listed_pin_resolves(demo: NetworkDocument) -> None:
    """All 19,307 PIN codes have a zone, and a point inside India or its islands."""
    codes = demo.postal_codes
    assert len(codes.codes) == 19_307
    assert int(codes.suspect.sum()) == 2_802
    assert codes.zone_i.min() >= 0
    assert codes.zone_i.max() < len(demo.zones) <= 500
    assert codes.lat_e7.min() > 60_000_000
    assert codes.lat_e7.max() < 370_000_000
    assert codes.lng_e7.min() > 680_000_000
    assert codes.lng_e7.max() < 980_000_000


def test_every_suspect_pin_takes_good_neighbours(demo: NetworkDocument) -> None:
    """A suspect PIN is where the good ones with its 3 digits, else its 2 digits, else its district are on average."""
    codes = demo.postal_codes
    points = list(zip(codes.lat_e7.tolist(), codes.lng_e7.tolist(), strict=True))
    spelled = [
        ("".join(filter(str.isalnum, state.lower())), "".join(filter(str.isalnum, district.lower())))
        for state, district in zip(codes.state, codes.district, strict=True)
    ]
    good: dict[object, list[tuple[int, int]]] = {}
    for row, code in enumerate(codes.codes):
        if not codes.suspect[row]:
            for key in (code[:3], code[:2], spelled[row]):
                good.setdefault(key, []).append(points[row])
    for row, code in enumerate(codes.codes):
        if codes.suspect[row]:
            near = good.get(code[:3]) or good.get(code[:2]) or good[spelled[row]]
            for axis in (0, 1):
                assert abs(points[row][axis] - sum(point[axis] for point in near) / len(near)) <= 0.5


def test_every_zone_is_reached_from_every_distribution_centre(demo: NetworkDocument) -> None:
    """Standard delivery goes everywhere; express leaves out the far ends; same day stays in the metros."""
    level = [demo.services[service].service_level for service in demo.lanes.service_i.tolist()]
    lanes = list(zip(demo.lanes.origin_i.tolist(), demo.lanes.destination_i.tolist(), level, strict=True))
    reach = {one: {(origin, end) for origin, end, served in lanes if served == one} for one in ServiceLevel}
    for node in demo.nodes:
        origin = int(demo.postal_codes.zone_i[node.postal_i])
        standard, express = ({end for start, end in reach[one] if start == origin} for one in (1, 2))
        assert len(standard) == len(demo.zones)
        assert len(express) == len(demo.zones) - 2
        if node.type is NodeType.STORE:
            assert (origin, origin) in reach[ServiceLevel.PICKUP]
    assert len({end for _, end in reach[ServiceLevel.SAME_DAY]}) < 20


def test_stock_is_deep_at_centres_shallow_at_stores_and_scarce_where_hot(demo: NetworkDocument) -> None:
    """Stores hold a part of the range in small numbers; hot SKUs are nearly out everywhere."""
    centres = {row for row, node in enumerate(demo.nodes) if node.type is NodeType.DC}
    hot = {row for row, category in enumerate(demo.skus.category) if category == "flash-sale"}
    rows = list(zip(demo.stock.sku_i.tolist(), demo.stock.node_i.tolist(), demo.stock.on_hand.tolist(), strict=True))
    deep = [units for sku, node, units in rows if node in centres and sku not in hot]
    shallow = [units for sku, node, units in rows if node not in centres and sku not in hot]
    assert len(hot) == 12
    assert sum(deep) / len(deep) > 10 * sum(shallow) / len(shallow)
    assert len(shallow) < 0.5 * 20 * len(demo.skus.ids)
    assert all(sum(units for sku, _, units in rows if sku == one) < 250 for one in hot)


def test_the_tables_are_what_the_generator_makes() -> None:
    """The shipped tables are byte for byte those of `python -m fastdom.demo.make_network`."""
    made = make_network.make_tables(make_network.read_pins(make_network.FOLDER / "postal_codes.csv.gz"))
    for name, data in made.items():
        packed = make_network.FOLDER / f"{name}.gz"
        shipped = gzip.decompress(packed.read_bytes()) if packed.exists() else (make_network.FOLDER / name).read_bytes()
        assert shipped == data, name


def test_the_generator_writes_where_it_is_told(tmp_path, monkeypatch) -> None:
    """With --out the tables go to another folder, together with which network.toml loads."""
    monkeypatch.setattr("sys.argv", ["make_network", "--out", str(tmp_path)])
    make_network.main()
    (tmp_path / "network.toml").write_bytes((make_network.FOLDER / "network.toml").read_bytes())
    assert load(tmp_path).content_hash == load(make_network.FOLDER).content_hash
