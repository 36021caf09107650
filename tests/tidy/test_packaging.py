"""The distribution: what an sdist and a wheel hold, what they need, and that the installed wheel does its work.

The wheel is built from the sdist of a copy of the checkout, without the network and without optimization (the files are
the same), and installed into an environment of its own that borrows this one's dependencies.
"""

import ast
import importlib.metadata
import os
import re
import shutil
import site
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
HOMES = ("src", "server", "clients", "proto")
MADE = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "*.so", "__pycache__", "local")
# Modules whose distribution cannot be told from the installed files: `google` is shared by several.
SHARED_NAMES = {"google.protobuf": "protobuf", "google.rpc": "googleapis-common-protos"}

SMOKE = """
from importlib.resources import files

import fastdom
from fastdom.engine.engine import Engine
from fastdom.types import Destination, Order, OrderLine, PostalAddress, ReserveRequest

order = Order("A-1", "own-site", (OrderLine("1", "APP-0006", 1),), Destination(PostalAddress("560001", "IN")))
with Engine.open("data", network=files("fastdom.demo") / "network") as engine:
    result = engine.face.reserve(ReserveRequest("request-1", order), engine.now_us())
    engine.wait_durable(result.seq)
print(fastdom.__file__, result.reservation.reservation_id)
"""


def _run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command that must succeed; its output, or both streams in the failure."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FASTDOM_"))}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-8000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module's builds go."""
    return tmp_path_factory.mktemp("packaging")


@pytest.fixture(scope="module")
def sdist(place: Path) -> Path:
    """The unpacked sdist of a copy of the checkout that holds nothing built."""
    checkout = place / "checkout"
    shutil.copytree(ROOT, checkout, ignore=MADE)
    for name in (".gitignore", ".protolint.yaml"):
        shutil.copy2(ROOT / name, checkout / name)
    shutil.copytree(ROOT / ".ci", checkout / ".ci")
    # packing needs no module translated
    _run(
        sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", place, cwd=checkout, FASTDOM_ONLY="none"
    )
    (archive,) = place.glob("fastdom-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(place / "sdist", filter="data")
    (folder,) = (place / "sdist").iterdir()
    return folder


@pytest.fixture(scope="module")
def wheel(place: Path, sdist: Path) -> Path:
    """The wheel built from the sdist."""
    out = place / "wheel"
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, cwd=sdist, CFLAGS="-O0 -w")
    (path,) = out.glob("fastdom-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(place: Path, wheel: Path) -> Path:
    """The scripts' folder of an environment with the wheel installed and nothing of the checkout."""
    environment = place / "environment"
    _run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=place)
    python = environment / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=place)
    (packages,) = environment.glob("lib/python*/site-packages")
    # a line of a .pth is a folder: the .pth files inside it, such as the checkout's, stay without effect
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return environment / "bin"


def _files(folder: Path) -> Iterator[PurePosixPath]:
    """Files under a folder, by their path in it."""
    return (PurePosixPath(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _tracked() -> set[str]:
    """Files of the repository that are here; without a repository (in an unpacked sdist) those of the folders."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and (ROOT / ".git").exists():
        return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    return {str(PurePosixPath(home) / name) for home in HOMES for name in _files(ROOT / home) if name.suffix != ".so"}


def test_sdist_holds_the_repository(sdist: Path) -> None:
    """Every file of the repository is in the sdist, and nothing built is."""
    held = {str(name) for name in _files(sdist)}
    assert _tracked() - held == set()
    assert not [name for name in held if name.endswith((".so", ".c", ".pyc"))]


def test_wheel_holds_the_packages(sdist: Path, wheel: Path) -> None:
    """A wheel holds the Python, stubs, declarations and data of the packages, a library per module, and no more."""
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    sources = {
        str(name)
        for home in HOMES
        for name in _files(sdist / home)
        if name.parts[0].startswith("fastdom")
        and not name.parts[0].endswith(".egg-info")
        and (name.suffix == ".py" or any(name.match(pattern) for pattern in patterns))
    }
    listed = re.findall(r'"(fastdom[\w.]+)", "([\w./]+)"', (sdist / "setup.py").read_text())
    native = {name.replace(".", "/") for name, source in listed if (sdist / source).exists()}
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    built = {name for name in held if name.endswith(".so")}
    assert held - built == sources
    assert {name.split(".")[0] for name in built} == native


@pytest.mark.parametrize("package", ["fastdom", "fastdom_api", "fastdom_client", "fastdom_server"])
def test_packages_are_typed(wheel: Path, package: str) -> None:
    """Each package tells type checkers that it is typed."""
    with zipfile.ZipFile(wheel) as packed:
        assert f"{package}/py.typed" in packed.namelist()


def test_installed_wheel_has_its_commands(installed: Path, place: Path) -> None:
    """The commands of an installed wheel run, and tell the project's version."""
    version = PROJECT["project"]["version"]
    assert version in _run(installed / "fastdom", "--version", cwd=place)
    assert "--data" in _run(installed / "fastdom-server", "--help", cwd=place)
    data = _run(installed / "python", "-c", "import fastdom.demo as d; print(*d.__path__)", cwd=place).strip()
    _run(installed / "fastdom", "network", "check", f"{data}/network", cwd=place)


def test_installed_wheel_reserves(installed: Path, place: Path) -> None:
    """The engine of an installed wheel opens a folder with the network it ships and reserves from its stock."""
    file, reservation = _run(installed / "python", "-c", SMOKE, cwd=place).split()
    assert Path(file).is_relative_to(installed.parent)
    assert len(reservation) == 32


def test_installed_wheel_sells(installed: Path, place: Path) -> None:
    """An installed wheel runs the demo, with its crash and its audit, away from the checkout."""
    sold = _run(installed / "fastdom", "demo", "--orders", "100", "--concurrency", "4", cwd=place)
    assert "clean" in sold


def _third_party(path: Path) -> set[str]:
    """Distributions that a Python file imports, by what is installed here."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    found = set()
    for name in names:
        top = name.split(".")[0]
        if top in sys.stdlib_module_names or top.startswith("fastdom"):
            continue
        shared = {owner for prefix, owner in SHARED_NAMES.items() if name.startswith(prefix)}
        found |= shared or set(OWNERS.get(top, [top]))
    return {_plain(name) for name in found}


def _plain(requirement: str) -> str:
    """Name of a requirement, spelled the one way."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~\[;]", requirement)[0]).lower()


OWNERS = importlib.metadata.packages_distributions()
DECLARED = {_plain(name) for name in PROJECT["project"]["dependencies"]}
OPTIONAL = {_plain(name) for names in PROJECT["project"]["optional-dependencies"].values() for name in names}


def test_packages_import_what_is_declared() -> None:
    """What the packages import is in `dependencies`, and everything there is imported or named here with its use."""
    files = [path for home in HOMES for path in (ROOT / home).glob("fastdom*/**/*.py")]
    imported = set().union(*map(_third_party, files))
    assert imported - DECLARED == set()
    assert DECLARED - imported == {"tzdata"}  # zoneinfo reads it where the system has no time zones


def test_tests_and_benchmarks_import_what_is_declared() -> None:
    """What tests, benchmarks and the generator import is in `dependencies` or an extra."""
    files = [path for home in ("tests", "bench", "proto") for path in (ROOT / home).rglob("*.py")]
    own = {_plain(name) for path in files for name in path.relative_to(ROOT).with_suffix("").parts}
    assert set().union(*map(_third_party, files)) - DECLARED - OPTIONAL - own == set()
