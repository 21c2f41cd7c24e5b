"""The MLflow Model Registry: one registered model a pack, one version a cascade.

A version's files are artifacts of a run, so `mlflow:models:/PACK@champion/student.npz` is a
model source like any other. MLflow 3 also has "logged models" with ids of their own; these
versions are of the older, plain kind, which every server knows.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from shelfguard.config import quiet_clients
from shelfguard.errors import ModelError
from shelfguard.learn.model import FILE, ModelRecord
from shelfguard.learn.registry.folder import checked_record, copy_model
from shelfguard.learn.registry.metrics import figures

DEFAULT_URI = "sqlite:///mlflow.db"
CHAMPION, CHALLENGER = "champion", "challenger"
EXPERIMENT, ARTIFACTS = "registry", "model"
SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a pack's models.

    `digest` is over all files; `record` over `model.json`, which also says what they came from.
    """

    name: str
    number: int
    digest: str
    record: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.name}/{self.number}"

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "version": self.number, "digest": self.digest}


class Registry:
    """A registry by its URI: `sqlite:///FILE` or a server's address.

    Without a URI: the one that MLflow was told (`MLFLOW_TRACKING_URI`), else a file here.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.mlflow = _mlflow()
        told = self.mlflow.tracking.get_tracking_uri
        self.uri = uri or (told() if self.mlflow.tracking.is_tracking_uri_set() else DEFAULT_URI)

    @cached_property
    def client(self) -> Any:
        """MLflow's client, after a first question showed that somebody answers."""
        client = self.mlflow.MlflowClient(self.uri, self.uri)
        with self._problems():
            client.search_registered_models(max_results=1)
        return client

    def register(self, folder: Path, alias: str | None = CHALLENGER) -> Version:
        """Upload a cascade as the next version of its pack; the same model is not added twice.

        Raises:
            ModelError: it is not a sound cascade, or the registry does not answer.
        """
        record = checked_record(folder)
        name = record.pack.partition("@")[0]
        sha256 = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
        with self._problems():
            version = self._find(name, sha256) or self._add(name, folder, record, sha256)
            if alias:
                self.client.set_registered_model_alias(name, alias, str(version.number))
        return version

    def version(self, name: str, reference: str) -> Version | None:
        """The version of this number or alias; None where there is none."""
        with self._problems():
            try:
                if reference.isdigit():
                    found = self.client.get_model_version(name, reference)
                else:
                    found = self.client.get_model_version_by_alias(name, reference)
            except self.mlflow.MlflowException as error:
                if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                    return None
                raise
        return _version(found)

    def asked_version(self, name: str, reference: str) -> Version:
        """The version of this number or alias.

        Raises:
            ModelError: there is none.
        """
        if found := self.version(name, reference):
            return found
        problem = f"no version '{reference}' of '{name}' in {self.uri}"
        raise ModelError(problem, fix="See what there is: shelfguard model history")

    def move(self, alias: str, version: Version) -> None:
        """Point an alias at a version."""
        with self._problems():
            self.client.set_registered_model_alias(version.name, alias, str(version.number))

    def clear(self, alias: str, name: str) -> None:
        """Take an alias away."""
        with self._problems():
            self.client.delete_registered_model_alias(name, alias)

    def download(self, version: Version, room: Path) -> Path:
        """Put a version's files, unchecked, into a folder inside this one."""
        download = self.mlflow.artifacts.download_artifacts
        stores = {"tracking_uri": self.uri, "registry_uri": self.uri}
        with self._problems():
            source = self.client.get_model_version_download_uri(version.name, str(version.number))
            return Path(download(artifact_uri=source, dst_path=str(room / ARTIFACTS), **stores))

    def _find(self, name: str, sha256: str) -> Version | None:
        same = f"name = '{name}' and tags.record = '{sha256}'"
        found = self.client.search_model_versions(same)
        return _version(found[0]) if found else None

    def _add(self, name: str, folder: Path, record: ModelRecord, sha256: str) -> Version:
        run = self.client.create_run(self._experiment(), run_name=record.name, tags=_tags(record))
        with tempfile.TemporaryDirectory() as room:
            copy_model(folder, record, Path(room))
            self.client.log_artifacts(run.info.run_id, room, ARTIFACTS)
        for figure in figures(record.metrics):
            self.client.log_metric(run.info.run_id, figure.key, figure.value)
        self.client.set_terminated(run.info.run_id)
        if not self.client.search_registered_models(f"name = '{name}'"):
            self.client.create_registered_model(name)
        source = f"{run.info.artifact_uri}/{ARTIFACTS}"
        tags = {**_tags(record), "record": sha256}
        return _version(self.client.create_model_version(name, source, run.info.run_id, tags))

    def _experiment(self) -> str:
        """The experiment of all registered runs; beside an SQLite file lie its artifacts."""
        if found := self.client.get_experiment_by_name(EXPERIMENT):
            return str(found.experiment_id)
        beside = None
        if self.uri.startswith(SQLITE):
            beside = (Path(self.uri.removeprefix(SQLITE)).resolve().parent / "mlartifacts").as_uri()
        return str(self.client.create_experiment(EXPERIMENT, artifact_location=beside))

    @contextmanager
    def _problems(self) -> Iterator[None]:
        try:
            yield
        except (self.mlflow.MlflowException, OSError) as error:
            cause = str(error).strip().partition("\n")[0].rstrip(".")
            fix = "Check the address (--registry or MLFLOW_TRACKING_URI) and that it answers"
            raise ModelError(f"the registry says: {cause}", field=self.uri, fix=fix) from error


def _mlflow() -> Any:
    quiet_clients()
    try:
        import mlflow
    except ModuleNotFoundError as error:
        fix = "Install it: pip install shelfguard[learn]"
        raise ModelError("a model registry needs the package mlflow", fix=fix) from error
    return mlflow


def _tags(record: ModelRecord) -> dict[str, str]:
    return {
        "digest": record.digest,
        "dataset": record.dataset,
        "pack": record.pack,
        "seed": str(record.seed),
        "smoke": str(record.smoke).lower(),
        "commit": record.commit or "unknown",
    }


def _version(found: Any) -> Version:
    tags = found.tags
    return Version(found.name, int(found.version), tags.get("digest", ""), tags.get("record", ""))
