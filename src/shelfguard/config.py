"""Settings: the only place that reads or writes the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from shelfguard.errors import ShelfguardError

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


QUIET_CLIENTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}

QUIET_ENGINES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
}

RAY_ADDRESS = "RAY_ADDRESS"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may tune without touching a command line."""

    chunk_rows: int = 4096
    tracking_uri: str = "sqlite:///mlflow.db"

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment.

        `SHELFGUARD_CHUNK_ROWS`: listings decided and committed together. `MLFLOW_TRACKING_URI`:
        where training is logged.
        """
        text = os.environ.get("SHELFGUARD_CHUNK_ROWS", str(cls().chunk_rows))
        if not text.isascii() or not text.isdigit() or int(text) == 0:
            raise ShelfguardError(
                f"'{text}' is not a number of rows",
                field="SHELFGUARD_CHUNK_ROWS",
                fix="Set it to a whole number above 0, or leave it unset.",
            )
        tracking_uri = os.environ.get("MLFLOW_TRACKING_URI") or cls().tracking_uri
        return cls(int(text), tracking_uri)


def one_core_a_worker() -> None:
    """Keep numeric libraries to one thread; call before they are first imported.

    More speed comes from more workers, and one worker then is one core: no oversubscription.
    """
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, "1")


def quiet_clients() -> None:
    """Keep clients of model stores from phoning home and chatting; call before their import.

    Whoever set one of these variables keeps what they set.
    """
    for name, value in QUIET_CLIENTS.items():
        os.environ.setdefault(name, value)


def quiet_engines() -> None:
    """Keep engines that spread a scan from phoning home and chatting; call before their import."""
    for name, value in QUIET_ENGINES.items():
        os.environ.setdefault(name, value)


def worker_environment() -> dict[str, str]:
    """What the environment of a worker on another machine must hold to be as one here."""
    return dict.fromkeys(THREAD_VARIABLES, "1") | QUIET_ENGINES


def keep_measures_in(folder: Path) -> None:
    """Name the folder in which processes of one server share what they count."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def spark_on_this_python() -> None:
    """Have Spark's workers run the interpreter that runs now; call before Spark starts here.

    Whoever set `PYSPARK_PYTHON` keeps what they set.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)


def has_ray_cluster() -> bool:
    """Whether the environment names a Ray cluster to work on: `RAY_ADDRESS`."""
    return bool(os.environ.get(RAY_ADDRESS))
