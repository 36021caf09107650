"""What the README and the other pages say is so: commands run, snippets run, named files and targets exist."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "src/fastdom/_native/README.md"])
ADDRESS = "127.0.0.1:7443"


def _blocks(language: str) -> list[str]:
    """Code blocks of the README in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


# Commands of the README without their comments.
COMMANDS = [shlex.split(line, comments=True) for block in _blocks("console") for line in block.splitlines()]
SERVE = [words for words in COMMANDS if "serve" in words]
MAKE = [words for words in COMMANDS if words[0] == "make"]
CALLS = [words for words in COMMANDS if words not in SERVE and words not in MAKE]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the checkout to the README's commands; what they write stays in it."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "src").symlink_to(ROOT / "src")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    return folder


@pytest.fixture(scope="module")
def address(checkout: Path) -> Iterator[str]:
    """Where the README's server listens, started by the README's command but for the port."""
    (words,) = SERVE
    assert words[-1] == ADDRESS
    with subprocess.Popen([*words[:-1], "127.0.0.1:0"], cwd=checkout, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        said = re.match(r"fastdom serving on (127\.0\.0\.1:\d+) ", line)
        try:
            assert said, line
            yield said[1]
        finally:
            process.terminate()


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_commands_of_the_readme_run(checkout: Path, address: str, words: list[str]) -> None:
    """Each command of the README does its work, against the README's server."""
    environment = os.environ | {"FASTDOM_SERVER": address}
    done = subprocess.run(words, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("snippet", _blocks("python"))
def test_snippets_of_the_readme_run(checkout: Path, address: str, snippet: str) -> None:
    """Each Python snippet of the README runs by itself, against the README's server."""
    assert ADDRESS in snippet
    program = [sys.executable, "-c", snippet.replace(ADDRESS, address)]
    done = subprocess.run(program, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_demo_of_the_readme_runs(checkout: Path) -> None:
    """`make demo` sets everything up and runs `fastdom demo`, which ends well on a small sale."""
    alone = {
        name: value for name, value in os.environ.items() if not name.startswith("MAKE")
    }  # of the make that runs the tests
    dry = ["make", "--dry-run", "--no-print-directory", "demo"]
    planned = subprocess.run(dry, cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    command = planned.stdout.splitlines()[-1]
    assert command.endswith("bin/fastdom demo")
    program = [*shlex.split(command), "--orders", "200", "--concurrency", "8"]
    done = subprocess.run(program, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_ci_runs_the_test_command() -> None:
    """CI runs `make test`, the README's command, and nothing else."""
    assert ["make", "test"] in MAKE
    assert [line for line in (ROOT / ".ci/run").read_text().splitlines() if "make" in line] == ["exec make test"]
    assert os.access(ROOT / ".ci/run", os.X_OK)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_targets_exist(page: Path) -> None:
    """A target of make that a page names is one that `make help` lists."""
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link of a page to a file of the repository finds it."""
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()) if "://" not in link]
    assert [link for link in links if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name != "adr"], ids=lambda page: str(page.relative_to(ROOT))
)
def test_named_sources_exist(page: Path) -> None:
    """A source file or folder that a page names in code is there, by its whole path or the end of it.

    Records of decisions tell what was; they are left out.
    """
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))
    named = {word for span in spans for word in re.findall(r"^[\w./-]+(?:\.(?:py|pyx|pxd|pyi|h|proto)|/)$", span)}
    assert [name for name in sorted(named) if not _is_there(name)] == []


def _is_there(name: str) -> bool:
    """Whether some file or folder of the repository has a path that ends in `name`."""
    ending = "/" + name.strip("/")
    return any(f"/{known}".endswith(ending) for known in KNOWN)


def _known() -> set[str]:
    """Every file and folder of the repository's parts, by its path in it."""
    parts = [ROOT / part for part in ("src", "server", "clients", "proto", "tests", "bench", "docs")]
    files = [path.relative_to(ROOT) for part in parts for path in part.rglob("*") if "__pycache__" not in path.parts]
    return {str(path) for file in files for path in (file, *file.parents)} | {path.name for path in ROOT.glob("*.*")}


KNOWN = _known()
