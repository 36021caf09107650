"""Imports of the native modules run one way, downwards (import-linter reads only Python)."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOMES = (ROOT / "src", ROOT / "server")
IMPORT = re.compile(r"^([ \t]*)(?:from[ \t]+([\w.]+)[ \t]+c?import[ \t]+(\w*)|c?import[ \t]+([\w.]+))", re.MULTILINE)
QUOTED = re.compile(r'"""[\s\S]*?"""')
# Built module -> its .pyx, in the order of setup.py.
LISTED = dict(re.findall(r'\("(fastdom[\w.]+)", "([\w./]+)"\)', (ROOT / "setup.py").read_text()))
# What a native module may name besides the project: C, Python itself and the memory of arrays.
OUTSIDE = {"libc", "posix", "cpython", "cython", "numpy", "dataclasses", "threading", "typing"}


def _dotted(path: Path) -> str:
    """Dotted name of a native source, without its suffix."""
    home = next(home for home in HOMES if path.is_relative_to(home))
    return ".".join(path.relative_to(home).with_suffix("").parts)


def _sources() -> dict[str, list[Path]]:
    """Native module -> its .pyx and .pxd."""
    found: dict[str, list[Path]] = {}
    for home in HOMES:
        for path in sorted([*home.rglob("*.pyx"), *home.rglob("*.pxd")]):
            if path.stem != "__init__":
                found.setdefault(_dotted(path), []).append(path)
    return found


SOURCES = _sources()


def _is_module(name: str) -> bool:
    """Whether a dotted name is a module or package of the project."""
    places = [home.joinpath(*name.split(".")) for home in HOMES]
    return any(place.is_dir() or any(place.parent.glob(f"{place.name}.p*")) for place in places)


def _imported(module: str, *, on_load: bool = False) -> set[str]:
    """Dotted names that the sources of `module` import, by `cimport` or `import`; `module` itself left out.

    With `on_load` an import inside a function does not count.
    """
    found = set()
    for path in SOURCES[module]:
        for indent, package, name, whole in IMPORT.findall(QUOTED.sub("", path.read_text())):
            if not (on_load and indent):
                child = f"{package}.{name}"
                found.add(child if package and _is_module(child) else package or whole)
    return found - {module}


def _our_own(module: str, *, on_load: bool = False) -> set[str]:
    """What `module` imports of the project."""
    return {name for name in _imported(module, on_load=on_load) if name.split(".")[0].startswith("fastdom")}


def _needs(module: str) -> set[str]:
    """Built modules needed to load `module`, named by it or by a .pxd it includes that has no .pyx."""
    found: set[str] = set()
    ahead = [module]
    while ahead:
        for name in (_our_own(ahead.pop(), on_load=True) & SOURCES.keys()) - found:
            found.add(name)
            if name not in LISTED:
                ahead.append(name)
    return (found & LISTED.keys()) - {module}


def _layers() -> list[list[str]]:
    """Layers of the core from the contract of import-linter, the highest first, below the server."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [["fastdom_server"], *([name.strip() for name in layer.split("|")] for layer in layers)]


def _place(module: str) -> tuple[int, str]:
    """Number of the layer a module belongs to, 0 the highest, and the package of that layer which holds it."""
    for layer_i, names in enumerate(_layers()):
        for name in names:
            if module == name or module.startswith(f"{name}."):
                return layer_i, name
    raise AssertionError(f"{module} stands in no layer of pyproject.toml")


@pytest.mark.parametrize("module", SOURCES)
def test_native_modules_import_downwards(module: str) -> None:
    """A native module imports from its own package and from lower layers, from no package beside or above its own."""
    layer_i, package = _place(module)
    places = {name: _place(name) for name in _our_own(module)}
    assert {name for name, (other_i, other) in places.items() if other_i <= layer_i and other != package} == set()


@pytest.mark.parametrize("module", SOURCES)
def test_native_modules_need_only_c_and_arrays(module: str) -> None:
    """A native module knows C, Python, numpy and the project: neither gRPC nor protobuf nor LMDB."""
    assert {name.split(".")[0] for name in _imported(module) - _our_own(module)} <= OUTSIDE


def test_native_modules_are_listed_in_order() -> None:
    """The list of setup.py names a native module after all that it needs, so none needs itself by way of others."""
    order = list(LISTED)
    late = {name: {needed for needed in _needs(name) if order.index(needed) > i} for i, name in enumerate(order)}
    assert {name: needed for name, needed in late.items() if needed} == {}


def test_every_native_module_is_built() -> None:
    """Every .pyx has one line in setup.py, and every line its .pyx."""
    assert all(_dotted(ROOT / path) == name for name, path in LISTED.items())
    assert len(LISTED) == (ROOT / "setup.py").read_text().count('.pyx")')
    assert LISTED.keys() == {m for m, paths in SOURCES.items() if any(path.suffix == ".pyx" for path in paths)}
