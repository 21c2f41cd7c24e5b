"""An empty store of MLflow for each test: its tables are made once, which takes seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the tables of this MLflow and nothing in them."""
    client = pytest.importorskip("mlflow").MlflowClient
    file = tmp_path_factory.mktemp("tables") / "mlflow.db"
    client(f"sqlite:///{file}").search_registered_models()
    return file


@pytest.fixture
def store(tables: Path, tmp_path: Path) -> str:
    """The address of an empty store in the test's folder."""
    return f"sqlite:///{shutil.copy(tables, tmp_path / 'mlflow.db')}"
