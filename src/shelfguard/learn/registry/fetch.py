"""From what `--model` says to one model folder, pinned by digest."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelfguard.errors import ModelError
from shelfguard.learn.registry.folder import checked_record
from shelfguard.models.source import DEFAULT_CACHE

URI = re.compile(r"mlflow:models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<version>\d+))")
SCHEME = "mlflow:"
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PinnedModel:
    """Which models decide: what was asked for, and what that was at the time.

    `version` is `NAME/NUMBER`, None for a folder; `digest` is that of the model's record.
    """

    source: str
    version: str | None
    digest: str
    folder: Path

    def to_json(self) -> dict[str, Any]:
        """What a scan records: never an alias without what it stood for."""
        return {"source": self.source, "version": self.version, "digest": self.digest}


def fetch(uri: str, *, registry: str | None = None, cache: Path | None = None) -> Path:
    """The local folder of `mlflow:models:/NAME@ALIAS` or `mlflow:models:/NAME/VERSION`.

    Downloaded once, kept by digest and record (two trainings can end in the same files), and
    checked file by file each time.

    Raises:
        ModelError: the version cannot be had, or a file is not the one recorded.
    """
    return _pin_version(uri, registry, _room(cache)).folder


def pin(source: str, *, registry: str | None = None, cache: Path | None = None) -> PinnedModel:
    """What a source names now: a registered version (`mlflow:models:/...`) or a model folder.

    Raises:
        ModelError: there is no such model, or a file is not the one recorded.
    """
    if source.startswith(SCHEME):
        return _pin_version(source, registry, _room(cache))
    folder = Path(source).resolve()
    return PinnedModel(str(folder), None, checked_record(folder).digest, folder)


def pinned(recorded: Mapping[str, Any], *, cache: Path | None = None) -> PinnedModel:
    """The very models that a scan recorded, wherever their alias points by now.

    Raises:
        ModelError: they are gone, or are others by now.
    """
    source, version, digest = (recorded[name] for name in ("source", "version", "digest"))
    kept = _room(cache) / digest
    folders = [Path(source)] if version is None else sorted(kept.glob("*/"))
    if not (folder := next((folder for folder in folders if folder.is_dir()), None)):
        number = f" ({version})" if version else ""
        problem = f"the recorded model {digest[:12]}{number} is not here"
        fix = "Fetch that version again: shelfguard scan --model mlflow:models:/NAME/VERSION"
        raise ModelError(problem, file=Path(source) if version is None else kept, fix=fix)
    _check(folder, digest)
    return PinnedModel(source, version, digest, folder)


def _room(cache: Path | None) -> Path:
    return (cache or DEFAULT_CACHE) / "models"


def _pin_version(uri: str, registry: str | None, room: Path) -> PinnedModel:
    from shelfguard.learn.registry.registry import Registry

    if not (parts := URI.fullmatch(uri)):
        fix = "Use mlflow:models:/NAME@ALIAS or mlflow:models:/NAME/VERSION"
        raise ModelError("not a registered model", field=uri, fix=fix)
    store = Registry(registry)
    version = store.asked_version(parts["name"], parts["alias"] or parts["version"])
    if not (DIGEST.fullmatch(version.digest) and DIGEST.fullmatch(version.record)):
        fix = "Register a cascade: shelfguard model register FOLDER"
        raise ModelError(f"{version} was not registered by Shelfguard", field=uri, fix=fix)
    folder = room / version.digest / version.record
    if not folder.is_dir():
        room.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=room) as fresh:
            downloaded = store.download(version, Path(fresh))
            _check(downloaded, version.digest)
            _keep(downloaded, folder)
    _check(folder, version.digest)
    return PinnedModel(uri, str(version), version.digest, folder)


def _keep(downloaded: Path, folder: Path) -> None:
    """Show a checked download under its digest; another process may have been faster."""
    folder.parent.mkdir(exist_ok=True)
    try:
        downloaded.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _check(folder: Path, digest: str) -> None:
    record = checked_record(folder)
    if record.digest != digest:
        problem = f"expected the model {digest}, found {record.digest}"
        raise ModelError(problem, file=folder, fix="Remove this folder and fetch it again")
