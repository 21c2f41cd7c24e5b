"""Where model files come from. Every file is checked against its pinned digest."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import re
import tempfile
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path, PurePosixPath
from typing import Any

from shelfguard.config import quiet_clients
from shelfguard.errors import ModelError

HF = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)/(?P<file>[^@]+)@(?P<revision>[^@]+)")
MLFLOW = re.compile(r"(models|runs):/[^/]+(/[^/]+)+")

DEFAULT_CACHE = Path.home() / ".cache" / "shelfguard"

FORMS = (
    "file:PATH, pkg:PACKAGE/PATH, hf:ORG/REPO/FILE@REVISION, "
    "mlflow:models:/NAME@ALIAS/FILE or mlflow:runs:/ID/FILE"
)


def resolve(source: str, sha256: str, *, root: Path, cache: Path | None = None) -> Path:
    """The local file that `source` names, after its digest was verified.

    `file:` is relative to the pack folder `root`, `pkg:` lies inside an installed package
    (which is not imported), `hf:` and `mlflow:` are downloaded once into `cache`, by digest.

    Raises:
        ModelError: the file cannot be had, or is not the one that `sha256` names.
    """
    scheme, _, rest = source.partition(":")
    if scheme in DOWNLOADS:
        return _download(source, rest, sha256, cache or DEFAULT_CACHE)
    if scheme not in ("file", "pkg") or not rest:
        raise ModelError("not a model source", field=source, fix=f"Use {FORMS}")
    path = _inside(root, rest, source) if scheme == "file" else _in_package(rest, source)
    verify(path, sha256)
    return path


def is_local(source: str) -> bool:
    """Whether `resolve` needs no network for this source."""
    return source.partition(":")[0] not in DOWNLOADS


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify(path: Path, sha256: str) -> None:
    """Check a file's SHA-256.

    Raises:
        ModelError: the file cannot be read or has another digest.
    """
    try:
        found = digest(path)
    except OSError as error:
        fix = "Restore the file, or correct its source in pack.yaml"
        raise ModelError(f"cannot be read: {error.strerror}", file=path, fix=fix) from error
    if found != sha256:
        problem = f"expected SHA-256 {sha256}, found {found}"
        fix = "Restore the file, or pin the new digest in pack.yaml if the change is meant"
        raise ModelError(problem, file=path, fix=fix)


def _inside(folder: Path, relative: str, source: str) -> Path:
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ModelError(f"leads outside {folder}", field=source, fix="Use a path inside it")
    return path


def _in_package(rest: str, source: str) -> Path:
    package, _, relative = rest.partition("/")
    spec = _find_spec(package)
    if not spec or not spec.submodule_search_locations or not relative:
        fix = f"Install it: pip install {package}"
        raise ModelError(f"package '{package}' is not installed", field=source, fix=fix)
    paths = [_inside(Path(f), relative, source) for f in spec.submodule_search_locations]
    return next((path for path in paths if path.is_file()), paths[0])


def _find_spec(package: str) -> ModuleSpec | None:
    if not package.isidentifier():  # a dotted name would import its parents
        return None
    try:
        return importlib.util.find_spec(package)
    except ValueError:  # what runs now, `__main__`, has none
        return None


def _download(source: str, rest: str, sha256: str, cache: Path) -> Path:
    """A download, kept under its digest, so that a file is fetched once and never mistaken."""
    scheme = source.partition(":")[0]
    pattern, library, fetch = DOWNLOADS[scheme]
    if not (parts := pattern.fullmatch(rest)):
        raise ModelError("not a model source", field=source, fix=f"Use {FORMS}")
    name = PurePosixPath(parts.groupdict().get("file") or rest).name
    kept = cache / sha256 / name
    if not kept.exists():
        _fetch_into(kept, source, sha256, lambda to: fetch(_library(library, source), parts, to))
    verify(kept, sha256)
    return kept


def _fetch_into(kept: Path, source: str, sha256: str, fetch: Callable[[Path], str]) -> None:
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            fetched = Path(fetch(Path(folder))).resolve()
            verify(fetched, sha256)
            fetched.replace(kept)
    except ModelError:
        raise
    except Exception as error:  # client libraries raise what they like
        cause = " ".join(str(error).split()).rstrip(".")
        problem = f"download failed: {type(error).__name__}: {cause}"
        fix = f"Check the address and the network, or put the file at {kept}"
        raise ModelError(problem, field=source, fix=fix) from error


def _library(name: str, source: str) -> Any:
    quiet_clients()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        package = name.partition(".")[0]
        fix = f"Install it: pip install {package}"
        raise ModelError(f"needs the package {package}", field=source, fix=fix) from error


def _from_hub(hub: Any, parts: re.Match[str], folder: Path) -> str:
    file = hub.hf_hub_download(
        parts["repo"], parts["file"], revision=parts["revision"], local_dir=folder
    )
    return str(file)


def _from_mlflow(artifacts: Any, parts: re.Match[str], folder: Path) -> str:
    return str(artifacts.download_artifacts(artifact_uri=parts[0], dst_path=str(folder)))


DOWNLOADS: dict[str, tuple[re.Pattern[str], str, Callable[[Any, re.Match[str], Path], str]]] = {
    "hf": (HF, "huggingface_hub", _from_hub),
    "mlflow": (MLFLOW, "mlflow.artifacts", _from_mlflow),
}
"""Scheme: form, the library that fetches it, and how."""
