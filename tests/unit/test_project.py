"""What the project promises about itself: a light import, a small install, true documents."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from tests.extras import skips_without

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = {
    "ahocorasick_rs",
    "altair",
    "fasttext",
    "jinja2",
    "lxml",
    "numpy",
    "onnxruntime",
    "phonenumbers",
    "pint",
    "pyarrow",
    "pydantic",
    "rich",
    "sentencepiece",
    "torch",
    "typer",
}
BASE_LIMIT = 450_000_000


def pinned(lock: str) -> dict[str, str]:
    """Name to version of every pin in a lock file."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s\\]+)", text, re.MULTILINE))


def makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def tracked(*patterns: str) -> list[Path]:
    """Files under version control; tests of them skip outside a checkout."""
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def installed_bytes(found: Distribution) -> int:
    """Size as recorded by the wheel, else on disk (compiled bytecode has no record)."""
    total = 0
    for file in found.files or ():
        path = Path(str(found.locate_file(file)))
        total += file.size or (path.stat().st_size if path.is_file() else 0)
    return total


def normal(requirement: str) -> str:
    """The distribution name of a requirement such as `onnx>=1.2`."""
    return re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = "import sys, shelfguard; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


def test_the_base_install_has_no_torch() -> None:
    assert not [name for name in pinned("base.txt") if name.startswith(("torch", "nvidia"))]


def test_the_base_install_is_small() -> None:
    # setuptools builds the package and examples train it: neither is part of an install.
    names = [name for name in pinned("base.txt") if name != "setuptools"]
    libraries = sum(installed_bytes(distribution(name)) for name in names)
    shipped = [path for path in tracked("src") if "examples" not in path.parts]
    package = sum(path.stat().st_size for path in shipped)
    assert libraries + package < BASE_LIMIT, f"{libraries / 1e6:.0f} + {package / 1e6:.0f} MB"


@pytest.mark.parametrize("lock", ["base.txt", "test.txt"])
def test_every_pin_has_a_hash_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    pins = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert re.findall(r"https?://|file://|--index|--find-links", text) == []


def test_the_test_lock_extends_the_base_lock() -> None:
    assert pinned("base.txt").items() <= pinned("test.txt").items()


def test_every_dependency_is_pinned_and_explained() -> None:
    direct = {normal(line) for line in PROJECT["dependencies"]}
    extras = {normal(line) for lines in PROJECT["optional-dependencies"].values() for line in lines}
    rows = (ROOT / "design/dependencies.md").read_text(encoding="utf-8")
    explained = {name.lower() for name in re.findall(r"^\| `([\w.-]+)`", rows, re.MULTILINE)}
    assert direct <= pinned("base.txt").keys()
    assert direct | extras <= explained


def test_the_versions_in_the_dependency_table_are_those_of_the_lock() -> None:
    rows = (ROOT / "design/dependencies.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `([\w.-]+)` \| ([\w.]+) \|", rows, re.MULTILINE))
    lock = pinned("test.txt")
    assert {n: v for n, v in table.items() if lock.get(n.lower(), v) != v} == {}


@pytest.mark.parametrize(
    ("package", "runs"),
    [
        ('"torch"', True),
        ('"crowdkit.metrics.data"', True),
        ('"tokenizers"', True),  # no extra names it
        ("package_of_this_case", True),
        ('"zxingcpp"', False),
    ],
)
def test_make_test_learn_runs_what_skips_without_its_extra(
    tmp_path: Path, package: str, runs: bool
) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(f"import torch; pytest.importorskip({package})", encoding="utf-8")
    assert skips_without("learn", file) is runs
    assert "--needing learn" in makefile()


def test_every_command_in_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:sh|bash|console|shell)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines()]
    unknown = [line for line in lines if line and not line.startswith("#") and not known(line)]
    assert unknown == []


def known(line: str) -> bool:
    """Whether a shown command names a make target, a shelfguard command or a common tool."""
    command, _, rest = line.removeprefix(".venv/bin/").partition(" ")
    if command == "make":
        targets = re.findall(r"^([a-z-]+):", makefile(), re.MULTILINE)
        return all(word in targets for word in rest.partition("#")[0].split() if "=" not in word)
    if command == "shelfguard":
        words = re.match(r"(?:[a-z]+ ?)*", rest)
        return helps(words[0].split()[:2] if words else [])
    return command in {"git", "cd", "curl", "python", "python3", "pip"}


def helps(words: list[str]) -> bool:
    """Whether `shelfguard WORDS --help` works."""
    script = [sys.executable, "-m", "shelfguard", *words, "--help"]
    return subprocess.run(script, capture_output=True).returncode == 0


def test_no_tracked_file_names_a_home_folder() -> None:
    home = re.compile(rb"(?<![\w./])/(?:home|Users|root)/\w+")
    named = [path for path in tracked() if home.search(path.read_bytes())]
    assert [path.relative_to(ROOT).as_posix() for path in named] == []
