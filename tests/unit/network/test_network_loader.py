"""Loading: what a folder or an upload becomes, and what its hash depends on."""

import gzip
import zlib

import pytest
from tests.unit.network.small_network import FILES, document, files

from fastdom.network import NetworkInvalid, NodeType, ServiceLevel, load, load_files, read_folder, source


def test_the_small_network_loads_sorted_by_id() -> None:
    """Rows come out in the order of their ids, with references as positions."""
    network = document()
    assert [node.id for node in network.nodes] == ["dc", "shop"]
    assert [service.id for service in network.services] == ["collect", "ground"]
    assert network.skus.ids == ("blue", "red")
    assert network.skus.weight_g.tolist() == [300, 200]
    assert network.nodes[0].type is NodeType.DC
    assert network.services[0].service_level is ServiceLevel.PICKUP
    assert network.groups == ("all", "stores")
    assert network.policies[network.default_policy_i].distance == 512
    assert network.stock.on_hand.tolist() == [3, 100]


def test_group_rows_reach_every_member() -> None:
    """A pickup row of a group gives each of its nodes the same hand-overs."""
    network = document()
    ground = [service.id for service in network.services].index("ground")
    times = {one.node_i: one.times for one in network.pickups if one.service_i == ground}
    assert times == {0: ((1020, 0b11111, 30),), 1: ((1020, 0b11111, 30),)}


def test_other_currencies_are_converted_half_up() -> None:
    """A tariff in another currency is worth its cost times the rate of the file."""
    tariffs = document({"tariffs.csv": ("10000000,USD", "10000001,USD")}).tariffs
    far = tariffs.rate_zone.index("far")
    assert tariffs.tiers[far] == ((2000, 9200001),)
    assert tariffs.step_micros[far] == 920000


@pytest.mark.parametrize("table", [name for name in FILES if name.endswith(".csv")])
def test_row_order_does_not_change_the_document(table: str) -> None:
    """The content hash is independent of the order of rows."""
    header, *rows = FILES[table].splitlines(keepends=True)
    reversed_text = "".join([header, *reversed(rows)])
    assert load_files(files(**{table[:-4]: reversed_text})).content_hash == document().content_hash


def test_column_order_does_not_change_the_document() -> None:
    """The content hash is independent of the order of columns and of line ends."""
    lines = [line.split(",") for line in FILES["skus.csv"].split()]
    swapped = "\r\n".join(",".join(reversed(cells)) for cells in lines)
    assert document(skus=swapped).content_hash == document().content_hash


CHANGES = {
    "network.toml": ("quote_ttl_s = 600", "quote_ttl_s = 601"),
    "zones.csv": ("north,North", "north,Norden"),
    "postal_codes.csv": ("52.53", "52.54"),
    "nodes.csv": ("500,900000", "501,900000"),
    "pickups.csv": ("17:00", "17:01"),
    "lanes.csv": ("near,1,2", "near,1,3"),
    "tariffs.csv": ("500000", "500001"),
    "skus.csv": ("red,200", "red,201"),
}


@pytest.mark.parametrize("file", CHANGES)
def test_every_change_of_the_network_changes_the_hash(file: str) -> None:
    """Any value of any file but the stock is part of the content hash."""
    assert document({file: CHANGES[file]}).content_hash != document().content_hash


def test_initial_stock_is_no_part_of_the_hash() -> None:
    """Two networks that differ in initial stock alone are the same version."""
    assert document({"stock.csv": ("100", "7")}).content_hash == document().content_hash


def test_arrays_of_the_document_are_read_only() -> None:
    """A document cannot be changed after loading."""
    with pytest.raises(ValueError, match="read-only"):
        document().skus.weight_g[0] = 1


def test_a_folder_gives_the_same_network_as_an_upload(tmp_path) -> None:
    """`load` and `load_files` agree, compressed tables and files of other kinds included."""
    for name, data in files().items():
        if name == "lanes.csv":
            (tmp_path / "lanes.csv.gz").write_bytes(gzip.compress(data))
        else:
            (tmp_path / name).write_bytes(data)
    (tmp_path / "README.md").write_text("notes")
    assert load(tmp_path).content_hash == document().content_hash
    assert load_files(read_folder(tmp_path)).content_hash == document().content_hash


def test_stock_and_pickups_may_be_absent() -> None:
    """Only stock.csv and pickups.csv are optional."""
    given = files()
    del given["stock.csv"], given["pickups.csv"]
    network = load_files(given)
    assert network.stock.sku_i.size == 0
    assert network.pickups == ()


def test_a_missing_folder_is_named(tmp_path) -> None:
    """A folder that does not exist, or is a file, is an error of its own."""
    with pytest.raises(FileNotFoundError, match="does not exist"):
        load(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        load(tmp_path / "file")


@pytest.mark.parametrize("name", sorted(set(FILES) - {"stock.csv", "pickups.csv"}))
def test_a_missing_file_is_named(name: str) -> None:
    """Each required file that is absent is named as missing."""
    given = files()
    del given[name]
    with pytest.raises(NetworkInvalid) as caught:
        load_files(given)
    assert f"{name}: file is missing" in str(caught.value).splitlines()


def test_an_unknown_file_is_named() -> None:
    """A table of an unknown name is a mistake, not ignored."""
    with pytest.raises(NetworkInvalid, match=r"^node\.csv: unknown file; known are network\.toml"):
        load_files({**files(), "node.csv": b""})


def test_one_table_twice_is_named() -> None:
    """A table may not be given both plain and compressed."""
    given = {**files(), "skus.csv.gz": gzip.compress(b"")}
    with pytest.raises(NetworkInvalid, match=r"skus\.csv\.gz: skus\.csv is given too"):
        load_files(given)


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"no gzip", "not gzip data"), (gzip.compress(b"sku,weight_g\n" * 99)[:-20], "gzip data ends too early")],
)
def test_broken_gzip_is_named(data: bytes, message: str) -> None:
    """A table that is not, or not wholly, gzip data is an error of that file."""
    given = files()
    del given["skus.csv"]
    with pytest.raises(NetworkInvalid, match=rf"skus\.csv\.gz: {message}"):
        load_files({**given, "skus.csv.gz": data})


def test_a_decompression_bomb_is_refused(monkeypatch) -> None:
    """An upload is bounded after decompression, without decompressing the rest."""
    monkeypatch.setattr("fastdom.network.loader.UPLOAD_BYTES_MAX", 10_000)
    given = files()
    del given["skus.csv"]
    bomb = zlib.compress(b"0" * 50_000_000, 9, wbits=zlib.MAX_WBITS | 16)
    with pytest.raises(NetworkInvalid, match=r"skus\.csv\.gz: larger than the \d+ bytes allowed"):
        load_files({**given, "skus.csv.gz": bomb})


def test_every_table_name_is_known_to_the_reader() -> None:
    """The list of tables is the same in both places that need it."""
    from fastdom.network.loader import COLUMNS

    assert set(source.TABLES) == set(COLUMNS)
