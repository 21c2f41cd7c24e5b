"""What a reload changes, and what it leaves as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shelfguard.policy.pack import Pack
from tests.unit.learn.registry.cascades import make_cascade, make_pack
from tests.unit.serve.running import Api, running


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """A pack without models."""
    return make_pack(tmp_path / "pack")


@pytest.fixture
def api(tmp_path: Path, pack: Pack) -> Iterator[Api]:
    """Serves that pack with models of another source."""
    models = make_cascade(tmp_path / "models")
    with running(tmp_path, pack=str(pack.root), model=str(models)) as found:
        yield found


def reload(api: Api, **changes: str | None) -> dict[str, Any]:
    answer = api.http.post("/v1/admin/reload", json=changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_it_does_not_name_stays(api: Api, pack: Pack) -> None:
    found = reload(api)
    assert found["now"] == found["before"] != pack.label


def test_no_model_returns_to_those_of_the_pack_and_stays_there(api: Api, pack: Pack) -> None:
    assert reload(api, model=None)["now"] == pack.label
    assert reload(api)["now"] == pack.label


def test_a_server_of_one_process_says_that_one_decides_so(api: Api) -> None:
    assert reload(api)["processes"] == 1
