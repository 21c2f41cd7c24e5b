"""Training runs in MLflow: an SQLite file by default, any server by its URI."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from shelfguard.config import Settings, quiet_clients
from shelfguard.errors import ModelError

EXPERIMENT, ARTIFACTS = "training", "model"
SQLITE = "sqlite:///"
DIGEST_LENGTH = 36
"""MLflow keeps no longer digests of datasets; the whole id is a tag."""


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """A run as MLflow remembers it."""

    id: str
    name: str
    kind: str
    dataset: str
    status: str
    started: datetime
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class Registered:
    """A version in the model registry."""

    name: str
    version: int
    aliases: list[str]
    dataset: str
    created: datetime


class Tracking:
    """The runs of one tracking store: `sqlite:///FILE` or a server's address.

    Without a URI: that of the settings (`MLFLOW_TRACKING_URI`), else `mlflow.db` here.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.uri = uri or Settings.from_environment().tracking_uri
        self._mlflow = _mlflow()

    def start(self, name: str, tags: Mapping[str, str], params: Mapping[str, Any]) -> str:
        """Open a run; returns its id.

        Raises:
            ModelError: the store does not answer.
        """
        with self._problems():
            if file := _sqlite_file(self.uri):  # MLflow retries for minutes where there is none
                file.parent.mkdir(parents=True, exist_ok=True)
            run = self._client.create_run(self._experiment(), run_name=name, tags=dict(tags))
            for key, value in params.items():
                self._client.log_param(run.info.run_id, key, value)
        return str(run.info.run_id)

    def resume(self, run_id: str) -> None:
        """Open a run again that was interrupted.

        Raises:
            ModelError: the store does not answer, or does not know the run.
        """
        with self._problems():
            self._client.update_run(run_id, "RUNNING")

    def use_dataset(self, run_id: str, dataset_id: str, name: str, folder: Path) -> None:
        """Name the dataset that the run learns from."""
        entities = self._mlflow.entities
        used = entities.Dataset(name, dataset_id[:DIGEST_LENGTH], "local", str(folder))
        tag = entities.InputTag("mlflow.data.context", "training")
        with self._problems():
            self._client.log_inputs(run_id, [entities.DatasetInput(used, [tag])])

    def log(self, run_id: str, metrics: Mapping[str, float], step: int = 0) -> None:
        """A point of each curve."""
        now = int(time.time() * 1000)
        points = [
            self._mlflow.entities.Metric(name, float(value), now, step)
            for name, value in metrics.items()
        ]
        with self._problems():
            self._client.log_batch(run_id, points)

    def finish(self, run_id: str, folder: Path, files: Sequence[str]) -> None:
        """Keep the model's files with the run, and close it."""
        with self._problems():
            for name in files:
                parent = (Path(ARTIFACTS) / name).parent.as_posix()
                self._client.log_artifact(run_id, str(folder / name), parent)
            self._client.set_terminated(run_id, "FINISHED")

    def fail(self, run_id: str) -> None:
        """Close a run that came to nothing."""
        with self._problems():
            self._client.set_terminated(run_id, "FAILED")

    def runs(self, limit: int) -> list[TrainingRun]:
        """The newest training runs; none where there is no store yet."""
        if not self._exists():
            return []
        with self._problems():
            experiment = self._client.get_experiment_by_name(EXPERIMENT)
            if experiment is None:
                return []
            found = self._client.search_runs([experiment.experiment_id], max_results=limit)
        return [_run(run) for run in found]

    def registered(self, limit: int) -> list[Registered]:
        """The newest versions in the registry; none where there is no store yet."""
        if not self._exists():
            return []
        with self._problems():
            order = ["last_updated_timestamp DESC"]
            found = self._client.search_model_versions(max_results=limit, order_by=order)
            names = {version.name for version in found}
            aliases = {name: self._client.get_registered_model(name).aliases for name in names}
        return [_registered(version, aliases[version.name]) for version in found]

    @cached_property
    def _client(self) -> Any:
        return self._mlflow.MlflowClient(self.uri, self.uri)

    def _exists(self) -> bool:
        """Whether there is anything to ask: a question would make an SQLite file."""
        file = _sqlite_file(self.uri)
        return file is None or file.is_file()

    def _experiment(self) -> str:
        """The experiment of all training runs; beside an SQLite file lie its artifacts."""
        if found := self._client.get_experiment_by_name(EXPERIMENT):
            return str(found.experiment_id)
        file = _sqlite_file(self.uri)
        beside = (file.resolve().parent / "mlartifacts").as_uri() if file else None
        return str(self._client.create_experiment(EXPERIMENT, artifact_location=beside))

    @contextmanager
    def _problems(self) -> Iterator[None]:
        try:
            yield
        except (self._mlflow.MlflowException, OSError) as error:
            cause = str(error).strip().partition("\n")[0].rstrip(".")
            fix = "Check the address (--tracking or MLFLOW_TRACKING_URI) and that it answers"
            raise ModelError(f"MLflow says: {cause}", field=self.uri, fix=fix) from error


def _mlflow() -> Any:
    quiet_clients()
    try:
        import mlflow
    except ModuleNotFoundError as error:
        fix = "Install it: pip install shelfguard[learn]"
        raise ModelError("runs are kept by the package mlflow", fix=fix) from error
    return mlflow


def _sqlite_file(uri: str) -> Path | None:
    return Path(uri.removeprefix(SQLITE)) if uri.startswith(SQLITE) else None


def _run(run: Any) -> TrainingRun:
    tags = run.data.tags
    return TrainingRun(
        id=run.info.run_id,
        name=run.info.run_name,
        kind=tags.get("kind", ""),
        dataset=tags.get("dataset", ""),
        status=run.info.status.lower(),
        started=_moment(run.info.start_time),
        metrics=dict(run.data.metrics),
    )


def _registered(version: Any, aliases: Mapping[str, str]) -> Registered:
    number = int(version.version)
    return Registered(
        name=version.name,
        version=number,
        aliases=sorted(name for name, at in aliases.items() if int(at) == number),
        dataset=version.tags.get("dataset", ""),
        created=_moment(version.creation_timestamp),
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
