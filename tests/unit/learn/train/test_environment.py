"""What a model was trained with."""

from __future__ import annotations

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from shelfguard.learn.train.environment import commit, environment


def git(folder: Path, *command: str) -> str:
    found = shutil.which("git")
    if not found:
        pytest.skip("no git here")
    name = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    done = subprocess.run(
        [found, "-C", str(folder), *name, *command], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package in a checkout, committed."""
    folder = tmp_path / "src" / "package"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Start")
    return folder


def test_the_commit_of_a_checkout(package: Path) -> None:
    assert commit(package) == git(package, "rev-parse", "HEAD")


def test_a_changed_checkout_is_marked(package: Path) -> None:
    (package / "__init__.py").write_text("changed = True")
    assert commit(package) == git(package, "rev-parse", "HEAD") + "-dirty"


def test_a_tag_does_not_stand_in_for_the_commit(package: Path) -> None:
    git(package, "tag", "-a", "v1", "-m", "One")
    assert commit(package) == git(package, "rev-parse", "HEAD")


def test_a_package_installed_inside_somebodys_checkout_has_no_commit(package: Path) -> None:
    installed = package.parent / ".venv"
    installed.mkdir()
    (installed / "__init__.py").write_text("")
    assert commit(installed) is None


def test_outside_git_there_is_no_commit(tmp_path: Path) -> None:
    assert commit(tmp_path) is None


def test_versions_and_machine_are_named() -> None:
    found = environment()
    assert found["python"] == platform.python_version()
    assert found["numpy"]
    assert int(found["threads"]) >= 1
