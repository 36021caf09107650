"""Bytes of a network folder or of an upload, decompressed, within limits."""

import zlib
from collections.abc import Mapping
from pathlib import Path

from fastdom.network.limits import FILE_BYTES_MAX, UPLOAD_BYTES_MAX
from fastdom.network.problems import Problems

STRUCTURE = "network.toml"
TABLES = ("nodes", "pickups", "zones", "postal_codes", "lanes", "tariffs", "skus", "stock")
OPTIONAL_TABLES = ("pickups", "stock")
NAMES = frozenset([STRUCTURE, *(f"{table}.csv" for table in TABLES), *(f"{table}.csv.gz" for table in TABLES)])


def read_folder(folder: str | Path) -> dict[str, bytes]:
    """Return the network files of a folder as stored (compressed ones stay compressed).

    Files of other kinds (a README, a licence) are left alone; a `.csv` or `.toml` file of an unknown name is
    returned too, so that `load_files` can name it as a mistake.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        When the folder does not exist.
    """
    root = Path(folder)
    if not root.exists():
        raise FileNotFoundError(f"network folder {root} does not exist")
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is not a folder; a network is a folder with {STRUCTURE} and its tables")
    wanted = (".csv", ".csv.gz", ".toml")
    return {
        path.name: path.read_bytes() for path in sorted(root.iterdir()) if path.is_file() and path.name.endswith(wanted)
    }


def unpack(files: Mapping[str, bytes], problems: Problems, total_max: int) -> dict[str, tuple[str, bytes]]:
    """Return table name (or `network.toml`) -> (file name, decompressed bytes).

    Parameters
    ----------
    files : mapping of str to bytes
        File name -> content; names ending in `.gz` are decompressed.
    total_max : int
        Most bytes of all files together after decompression.
    """
    found: dict[str, tuple[str, bytes]] = {}
    left = total_max
    for name in sorted(files):
        if name not in NAMES:
            problems.add(name, 0, "", f"unknown file; known are {STRUCTURE} and {', '.join(TABLES)} as .csv or .csv.gz")
            continue
        key = name.split(".")[0] if name != STRUCTURE else STRUCTURE
        if key in found:
            problems.add(name, 0, "", f"{found[key][0]} is given too; keep one of the two")
            continue
        data = _plain(name, files[name], min(left, FILE_BYTES_MAX), problems)
        left -= len(data)
        found[key] = (name, data)
    for key in (STRUCTURE, *TABLES):
        if key not in found and key not in OPTIONAL_TABLES:
            problems.add(key if key == STRUCTURE else f"{key}.csv", 0, "", "file is missing")
    return found


def _plain(name: str, data: bytes, bytes_max: int, problems: Problems) -> bytes:
    """Return the bytes of one file, decompressed when it is a `.gz`; empty when it is too large or broken."""
    if name.endswith(".gz"):
        try:
            reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            data = reader.decompress(data, bytes_max + 1)
            if not reader.eof and len(data) <= bytes_max:
                problems.add(name, 0, "", "gzip data ends too early")
                return b""
        except zlib.error as error:
            problems.add(name, 0, "", f"not gzip data ({error})")
            return b""
    if len(data) > bytes_max:
        problems.add(name, 0, "", f"larger than the {bytes_max} bytes allowed after decompression")
        return b""
    return data


FOLDER_BYTES_MAX = FILE_BYTES_MAX * len(TABLES)
__all__ = ["FOLDER_BYTES_MAX", "NAMES", "STRUCTURE", "TABLES", "UPLOAD_BYTES_MAX", "read_folder", "unpack"]
