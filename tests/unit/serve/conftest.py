"""One running server for all tests that do not change it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.serve.running import Api, running


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("api")) as found:
        yield found
