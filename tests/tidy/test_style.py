"""Style rules that matter, where no linter knows them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("src", "server", "clients", "proto", "tests", "bench", "docs")
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
NATIVE = sorted(path for part in ("src", "server") for path in (ROOT / part).rglob("*.pyx"))
DECLARING = sorted(path for part in ("src", "server") for path in (ROOT / part).rglob("*.p[yx][xd]"))

# Names that say nothing about what is inside.
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}

# Sleeps of tests, with their reason.
SLEEPS = {
    ("test_client_transport.py", "time.sleep(wait_s)"): "the client's own wait between two attempts",
    ("test_background.py", "asyncio.sleep(3600)"): "a task that its cancellation ends, at once",
}

MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:root|home|Users|work|tmp|mnt)/\w")
# Text is about the project and stays true: not about who asked for it or when it was written.
PASSING = re.compile(r"\b(?:TODO|FIXME|XXX|as requested|as you asked|you asked|for now)\b")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _texts() -> dict[str, str]:
    """Text files of the repository by name; generated code, the licence and this file left out."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode or not (ROOT / ".git").exists():  # an unpacked sdist
        paths = [path for part in PARTS for path in (ROOT / part).rglob("*.*")] + list(ROOT.glob("*.*"))
    else:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    skipped = re.compile(r"_pb2(_grpc)?\.pyi?$|\.(gz|so|pyc)$|/LICENSE$|/tidy/test_style\.py$")
    return {_name(path): path.read_text() for path in paths if path.is_file() and not skipped.search(str(path))}


TEXTS = _texts()


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a Python file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _is_sleep(node: ast.AST) -> bool:
    """Whether a node calls `sleep` with anything but 0, which only yields to the event loop."""
    if not isinstance(node, ast.Call) or "sleep" not in (getattr(node.func, "attr", ""), getattr(node.func, "id", "")):
        return False
    return not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_tests_state_facts(path: Path) -> None:
    """The docstring of every test file and every test begins with one whole sentence that says what is so."""
    told = {"the file": ast.get_docstring(ast.parse(path.read_text()))}
    told |= {test.name: ast.get_docstring(test) for test in _functions(path) if test.name.startswith("test_")}
    sentence = re.compile(r"(?!Tests? (?:that|if)|Checks? (?:that|if)|Should ).+(\n.+)?[.:](\n\n|$)")
    assert {name: text for name, text in told.items() if not text or not sentence.match(text)} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=_name)
def test_tests_do_not_sleep(path: Path) -> None:
    """No test waits for time to pass, but for those listed with their reason; to yield to the loop is no sleep."""
    tree = ast.parse(path.read_text())
    sleeping = [(path.name, ast.unparse(node)) for node in ast.walk(tree) if _is_sleep(node)]
    assert [sleep for sleep in sleeping if sleep not in SLEEPS] == []


def test_listed_sleeps_are_there() -> None:
    """Every sleep with a reason is still in its test."""
    for name, call in SLEEPS:
        (path,) = (path for path in TESTS if path.name == name)
        assert call in {ast.unparse(node) for node in ast.walk(ast.parse(path.read_text())) if _is_sleep(node)}


def test_every_file_is_about_the_project() -> None:
    """No text names a folder of one machine, and none is a note that passes."""
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in TEXTS.items()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line) or PASSING.search(line)
    ]
    assert found == []


def test_names_are_nouns_of_the_trade() -> None:
    """No folder and no file has a name that says nothing about what is inside."""
    assert [name for name in TEXTS if VAGUE & {part.split(".")[0] for part in Path(name).parts}] == []


@pytest.mark.parametrize("path", NATIVE, ids=_name)
def test_native_modules_declare_their_faces(path: Path) -> None:
    """A native module has a .pxd for Cython or a .pyi for Python; with something for Python it has the .pyi."""
    stub = path.with_suffix(".pyi").exists()
    assert stub or path.with_suffix(".pxd").exists()
    assert stub or not re.search(r"^(def|cpdef|class) ", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", DECLARING, ids=_name)
def test_native_functions_say_whether_they_fail(path: Path) -> None:
    """A function without the GIL is `noexcept` or names its error value: else each call takes the GIL to look."""
    assert re.findall(r"^cdef (?!extern)[^#\n]*\) nogil.*$", path.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("path", DECLARING, ids=_name)
def test_native_variables_have_a_line_each(path: Path) -> None:
    """One declaration stands on one line of `cdef`."""
    assert re.findall(r"^\s*cdef [^(:#\[\n]*,.*$", path.read_text(), re.MULTILINE) == []
