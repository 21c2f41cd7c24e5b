"""What a model was trained with: versions, machine, threads and commit."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import shelfguard

LIBRARIES = (
    "bitsandbytes",
    "fasttext-numpy2",
    "mlflow",
    "numpy",
    "onnx",
    "onnxruntime",
    "peft",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "sentencepiece",
    "torch",
    "transformers",
)


def environment() -> dict[str, str]:
    """Versions of Python and of the libraries that are here, the platform, and the cores."""
    found = {name: known for name in LIBRARIES if (known := _version(name))}
    return {
        "shelfguard": shelfguard.__version__,
        "python": platform.python_version(),
        **found,
        "platform": platform.platform(),
        "threads": str(len(os.sched_getaffinity(0))),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def commit(package: Path | None = None) -> str | None:
    """The commit of the checkout that this package lies in, `-dirty` where it was changed.

    None for an installed package, even one that lies in a folder inside somebody's checkout.
    """
    folder, git = package or Path(shelfguard.__file__).parent, shutil.which("git")
    if not git or _answer(git, folder, "ls-files", "__init__.py") != "__init__.py":
        return None
    return _answer(git, folder, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")


def _answer(git: str, folder: Path, *question: str) -> str | None:
    done = subprocess.run(  # noqa: S603 (fixed arguments)
        [git, "-C", str(folder), *question], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or None if done.returncode == 0 else None
