"""Load a network: folder or uploaded files in, a checked immutable document out, or every problem at once."""

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from fastdom.network import carriage, goods, limits, places, sites
from fastdom.network.canonical import content_hash
from fastdom.network.document import NetworkDocument, Node, PostalCodes, Tariffs
from fastdom.network.problems import Problems
from fastdom.network.source import (
    FOLDER_BYTES_MAX,
    STRUCTURE,
    UPLOAD_BYTES_MAX,
    read_folder,
    unpack,
)
from fastdom.network.structure import Structure, read_structure
from fastdom.network.table import Table, read_table
from fastdom.network.tiers import weight_grid

COLUMNS = {
    "zones": places.ZONE_COLUMNS,
    "postal_codes": places.POSTAL_COLUMNS,
    "nodes": sites.NODE_COLUMNS,
    "skus": goods.SKU_COLUMNS,
    "stock": goods.STOCK_COLUMNS,
    "pickups": carriage.PICKUP_COLUMNS,
    "tariffs": carriage.TARIFF_COLUMNS,
    "lanes": carriage.LANE_COLUMNS,
}


def load(folder: str | Path) -> NetworkDocument:
    """Load a network folder.

    Raises
    ------
    NetworkInvalid
        With every problem found, each naming file, line and field.
    FileNotFoundError, NotADirectoryError
        When there is no such folder.
    """
    return _load(read_folder(folder), FOLDER_BYTES_MAX)


def load_files(files: Mapping[str, bytes]) -> NetworkDocument:
    """Load a network from uploaded files: name -> bytes, `.gz` allowed for tables.

    Raises
    ------
    NetworkInvalid
        With every problem found; also when the files exceed `UPLOAD_BYTES_MAX` after decompression.
    """
    return _load(files, UPLOAD_BYTES_MAX)


def _load(files: Mapping[str, bytes], total_max: int) -> NetworkDocument:
    problems = Problems()
    found = unpack(files, problems, total_max)
    structure = read_structure(*found[STRUCTURE], problems) if STRUCTURE in found else None
    tables = {
        name: read_table(*found.get(name, (f"{name}.csv", ",".join(columns[0]).encode())), *columns, problems)
        for name, columns in COLUMNS.items()
    }
    if structure is None:
        problems.raise_if_any()
        raise AssertionError("a structure that cannot be read is a problem")
    document = _document(structure, tables, found.keys(), problems)
    problems.raise_if_any()
    _freeze(document)
    return dataclasses.replace(document, content_hash=content_hash(document))


def _document(
    structure: Structure, tables: Mapping[str, Table], present: Iterable[str], problems: Problems
) -> NetworkDocument:
    """Read the tables in the order of their references; a missing file is named once, not again as empty."""
    missing = {name for name in COLUMNS if name not in set(present)}
    quiet = Problems()
    tables = {
        name: dataclasses.replace(table, problems=quiet if name in missing else problems)
        for name, table in tables.items()
    }
    zones = places.read_zones(tables["zones"], structure.time_zone)
    postal_codes = places.read_postal_codes(tables["postal_codes"], zones)
    nodes = sites.read_nodes(tables["nodes"], postal_codes, structure.calendars, structure.time_zone)
    skus = goods.read_skus(tables["skus"])
    rates = {rate.currency: rate.rate_micros for rate in structure.rates}
    tariffs = carriage.read_tariffs(tables["tariffs"], structure.services, rates, structure.currency)
    lanes = carriage.read_lanes(tables["lanes"], zones, structure.services, tariffs)
    _check_tiers(tariffs, problems)
    _check_size(len(structure.services), nodes, postal_codes, len(zones), problems)
    fields = {field.name: getattr(structure, field.name) for field in dataclasses.fields(structure)}
    return NetworkDocument(
        **fields,
        zones=zones,
        postal_codes=postal_codes,
        nodes=nodes,
        groups=tuple(sorted({group for node in nodes for group in node.groups})),
        pickups=carriage.read_pickups(tables["pickups"], nodes, structure.services),
        skus=skus,
        tariffs=tariffs,
        lanes=lanes,
        stock=goods.read_stock(tables["stock"], skus, nodes),
        content_hash="",
    )


def _check_tiers(tariffs: Tariffs, problems: Problems) -> None:
    if all(tariffs.tiers):
        try:
            weight_grid(tariffs)
        except ValueError as error:
            problems.add("tariffs.csv", 0, "up_to_g", str(error))


def _check_size(
    n_services: int, nodes: tuple[Node, ...], postal_codes: PostalCodes, n_zones: int, problems: Problems
) -> None:
    """Refuse a network whose compiled tables would not fit in memory."""
    if len(nodes) * len(postal_codes.codes) > limits.DISTANCE_CELLS_MAX:
        problems.add("postal_codes.csv", 0, "", f"nodes x postal codes must be at most {limits.DISTANCE_CELLS_MAX}")
    if len(nodes) * n_zones * n_services > limits.LANE_CELLS_MAX:
        problems.add("zones.csv", 0, "", f"nodes x zones x services must be at most {limits.LANE_CELLS_MAX}")


def _freeze(document: NetworkDocument) -> None:
    """Make every array of the document read-only."""
    for name in ("postal_codes", "skus", "tariffs", "lanes", "stock"):
        part = getattr(document, name)
        for field in dataclasses.fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
