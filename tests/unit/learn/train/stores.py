"""An MLflow store in an SQLite file, shared by a module's tests: making one takes seconds."""

from __future__ import annotations

import pytest

quiet = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")
"""MLflow's own mapping of its tables asks SQLAlchemy for something that is deprecated."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'mlflow.db'}"
