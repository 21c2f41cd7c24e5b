"""A library that is not installed, and the extra that brings it."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from shelfguard.cli.extras import IMPORTS, extra_of
from shelfguard.cli.main import MISSING, Messages

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {
    extra: [re.split(r"[\[<>=]", requirement)[0] for requirement in requirements]
    for extra, requirements in PROJECT["optional-dependencies"].items()
    if extra != "test"
}


def modules() -> dict[str, set[str]]:
    """The top-level modules of each distribution that is installed here."""
    found = defaultdict(set)
    for module, distributions in packages_distributions().items():
        for name in distributions:
            found[re.sub(r"[-_.]+", "-", name).lower()].add(module)
    return found


def importing(package: str) -> typer.Typer:
    """A command that needs a package."""
    needing = typer.Typer(cls=Messages)

    @needing.callback()
    def options() -> None: ...

    @needing.command()
    def go() -> None:
        importlib.import_module(package)

    return needing


@pytest.mark.parametrize(
    ("package", "extra"),
    [(package, extra) for extra, packages in IMPORTS.items() for package in packages],
)
def test_a_missing_library_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = CliRunner().invoke(importing(package), ["go"])
    fix = f"Install the extra that brings it: pip install 'shelfguard[{extra}]'"
    assert result.stderr == f"shelfguard: this command needs the package {package}. {fix}\n"
    assert result.exit_code == MISSING


def test_a_library_of_no_extra_is_named_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    result = CliRunner().invoke(importing("numpy"), ["go"])
    said = "this command needs the package numpy. Install it: pip install numpy"
    assert (result.exit_code, result.stderr) == (MISSING, f"shelfguard: {said}\n")


def test_a_module_of_shelfguard_that_is_missing_is_a_fault_of_the_program() -> None:
    result = CliRunner().invoke(importing("shelfguard.missing"), ["go"])
    assert isinstance(result.exception, ModuleNotFoundError)


@pytest.mark.parametrize(
    ("command", "package"),
    [("serve", "uvicorn"), ("db upgrade", "alembic"), ("keys list", "sqlalchemy")],
)
def test_a_command_of_the_server_names_the_extra_of_the_server(
    tmp_path: Path, command: str, package: str
) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\nfrom shelfguard.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command.split()], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == MISSING
    assert f"needs the package {package}." in done.stderr
    assert "pip install 'shelfguard[serve]'" in done.stderr


def test_every_extra_of_the_project_is_known() -> None:
    assert set(IMPORTS) == set(EXTRAS)


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_library_of_an_extra_is_found_under_it(extra: str) -> None:
    installed = modules()
    assert len(IMPORTS[extra]) >= len(EXTRAS[extra])
    for library in EXTRAS[extra]:
        found = installed.get(library.lower())
        assert found is None or extra in {extra_of(module) for module in found}, library
