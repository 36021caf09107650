"""Network versions: stored by content, activated by the journal, compiled for the engine."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastdom._native.engine import NativeEngine
from fastdom._native.network import NetworkTables
from fastdom.engine.errors import CannotStart, NetworkRefused, NetworkShrinks
from fastdom.journal import Journal
from fastdom.network import NetworkDocument, compile_network, load_files, read_folder
from fastdom.network.compiled import CompiledNetwork

SKUS, NODES, CHANNELS, TENANTS, SERVICES = 0, 1, 2, 3, 4
SHOWN_MAX = 20

NO_REQUEST = (b"", b"")
"""Id and fingerprint where no caller's request is to be remembered."""

NAMES_AT_ONCE = 50_000
"""Names interned between two waits for the disk: at most 3 MB of the journal buffer."""


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """The files of a network as one document, the same bytes for the same files."""
    head = json.dumps([[name, len(files[name])] for name in sorted(files)]).encode()
    return len(head).to_bytes(4, "little") + head + b"".join(files[name] for name in sorted(files))


def fingerprint_of(files: Mapping[str, bytes], expected_version: int) -> bytes:
    """128 bits of the body of a request to load these files: what a repeat of its id is compared by."""
    found = hashlib.blake2b(expected_version.to_bytes(8, "little", signed=True), digest_size=16)
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            found.update(len(part).to_bytes(8, "little"))
            found.update(part)
    return found.digest()


def unpack_files(document: bytes) -> dict[str, bytes]:
    """The files of `pack_files`."""
    at = 4 + int.from_bytes(document[:4], "little")
    files = {}
    for name, size in json.loads(document[4:at]):
        files[name] = document[at : at + size]
        at += size
    return files


def setting_of(content_hash: str) -> str:
    """Name of the folder's setting that says where a version's files are."""
    return f"network:{content_hash}"


def stored_document(journal: Journal, content_hash: str) -> NetworkDocument:
    """The network version with this content hash, from the folder. Raises CannotStart when it is not there."""
    key = journal.get_setting(setting_of(content_hash))
    blob = journal.get_blob(bytes.fromhex(key)) if key else None
    if blob is None:
        raise CannotStart(f"{journal.folder}: the active network version {content_hash[:12]} is not in the folder")
    return load_files(unpack_files(bytes(blob)))


def read_network(source: Path | Mapping[str, bytes]) -> tuple[NetworkDocument, dict[str, bytes]]:
    """Load and check a folder or an upload; the document and its files. Raises NetworkInvalid."""
    files = dict(source) if isinstance(source, Mapping) else read_folder(source)
    return load_files(files), files


def index_of(native: NativeEngine, table: int) -> dict[str, int]:
    """External id to dense id."""
    return {name.decode(): i for i, name in enumerate(native.names(table))}


def tables_for(native: NativeEngine, document: NetworkDocument, version: int, now_us: int) -> NetworkTables:
    """Compile a document whose names are interned, to decide by its own policies."""
    return own_policies(prepare(native, document, now_us), version)


@dataclass(frozen=True, slots=True)
class PreparedNetwork:
    """A network version ready to decide on but for the policies.

    Attributes
    ----------
    document : NetworkDocument
    compiled : CompiledNetwork
        With the document's own policies.
    node_index, service_index : mapping of str to int
        External id to the dense id it was compiled with.
    """

    document: NetworkDocument
    compiled: CompiledNetwork
    node_index: Mapping[str, int]
    service_index: Mapping[str, int]


def prepare(native: NativeEngine, document: NetworkDocument, now_us: int) -> PreparedNetwork:
    """Compile a document whose names are interned."""
    nodes, services = index_of(native, NODES), index_of(native, SERVICES)
    compiled = compile_network(document, nodes, index_of(native, SKUS), now_us, service_index=services)
    return PreparedNetwork(document, compiled, nodes, services)


def own_policies(prepared: PreparedNetwork, version: int) -> NetworkTables:
    """Tables that decide by the document's own policies."""
    return NetworkTables(prepared.compiled, version)


def refuse_shrinking(native: NativeEngine, document: NetworkDocument) -> None:
    """Raise NetworkShrinks when a node or SKU with stock or holds is missing from the document."""
    used_skus, used_nodes = native.in_use()
    for kind, table, used, kept in (
        ("nodes", NODES, used_nodes, {node.id for node in document.nodes}),
        ("SKUs", SKUS, used_skus, set(document.skus.ids)),
    ):
        names = native.names(table)
        lost = sorted({names[i].decode() for i in used} - kept)
        if lost:
            raise NetworkShrinks(kind, lost[:SHOWN_MAX], len(lost))


def refuse_stock(native: NativeEngine, document: NetworkDocument, positions_max: int) -> None:
    """Raise NetworkRefused when a first network brings more rows of stock than there may be positions besides those."""
    rows, used = len(document.stock.on_hand), native.stats()["positions"]
    if rows > positions_max - used:
        raise NetworkRefused(
            f"initial stock: {rows} rows, but the limit positions_max is {positions_max} and {used} positions are used"
        )


def activate(
    native: NativeEngine,
    journal: Journal,
    document: NetworkDocument,
    files: Mapping[str, bytes],
    now_us: int,
    settle: Callable[[], None] = lambda: None,
    request: tuple[bytes, bytes] = NO_REQUEST,
    decide: Callable[[PreparedNetwork, int], NetworkTables] = own_policies,
    events: Sequence[bytes] = (),
) -> int:
    """Make a document the active version: store it, intern its names, compile, journal, decide with it.

    Parameters
    ----------
    settle : callable
        Waits until what was journalled is on disk: names may be more than the journal buffer holds.
    request
        Id and fingerprint of the request that asked for it, to be remembered with it.
    decide : callable
        Makes the tables of the prepared document and its version, with the policies to decide by.
    events
        What happens to policies in the same step (fastdom.policy.encode_event).

    Returns
    -------
    int
        The version number, 1 upwards.

    Raises
    ------
    NetworkShrinks
    NetworkRefused
        More SKUs, nodes or channels than the engine's limits allow.
    """
    refuse_shrinking(native, document)
    names = {
        CHANNELS: [channel.id.encode() for channel in document.channels],
        SERVICES: [service.id.encode() for service in document.services],
        NODES: [node.id.encode() for node in document.nodes],
        SKUS: [sku.encode() for sku in document.skus.ids],
    }
    try:
        for table, wanted in names.items():
            native.check_room(table, sum(native.find(table, name) < 0 for name in wanted))
    except ValueError as error:
        raise NetworkRefused(str(error)) from error
    key = journal.put_blob(pack_files(files))
    journal.put_setting(setting_of(document.content_hash), key.hex())
    for table, wanted in names.items():
        for at in range(0, len(wanted), NAMES_AT_ONCE):
            native.intern(table, wanted[at : at + NAMES_AT_ONCE], now_us)
            settle()
    version = native.network_version + 1
    tables = decide(prepare(native, document, now_us), version)
    native.propose_network(tables)
    try:
        refuse_shrinking(native, document)
        native.activate_network(tables, version, bytes.fromhex(document.content_hash), now_us, *request, events=events)
    except BaseException:
        native.withdraw_network()
        raise
    set_channels(native, document)
    native.raise_overruns(now_us)
    return version


def set_channels(native: NativeEngine, document: NetworkDocument) -> None:
    """Default hold time of each channel."""
    for channel in document.channels:
        native.set_channel_ttl(channel.id.encode(), channel.default_ttl_s * 1_000_000)
