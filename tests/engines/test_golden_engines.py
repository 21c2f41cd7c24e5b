"""The 500 listings of `tests/golden` give the recorded decisions on every engine, to the byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from shelfguard.policy.load import load_pack
from shelfguard.serve.triton.export import export
from shelfguard.serve.triton.names import MODEL_NAME
from shelfguard.signals.text import TRANSFORMERS
from tests.golden.decided import assert_recorded, bodies, scanned, told
from tests.servers.ray_serve import deployed, ray_serve
from tests.servers.triton import IS_INSTALLED, Triton
from tests.slow import slow
from tests.unit.serve.running import running

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.*"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

LONG = {"x-deadline-ms": "600000"}
SPREAD = ("--workers", "2")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough of them that several workers have some."""
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", "37")


def answered(http: httpx.Client) -> list[bytes]:
    """The decisions of one request of all listings."""
    listings = {"listings": bodies()}
    answer = http.post("/v1/decisions", json=listings, headers=LONG, timeout=600)
    assert answer.status_code == 200, answer.text
    return told(answer.content)


def test_ray_data(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs the extra 'ray'")
    assert_recorded(scanned(tmp_path / "out", "--engine", "ray", *SPREAD))


@slow
@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
def test_spark(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="needs the extra 'spark'")
    assert_recorded(scanned(tmp_path / "out", "--engine", "spark", *SPREAD))


@slow
def test_ray_serve() -> None:
    pytest.importorskip("ray", reason="needs the extra 'ray'")
    with ray_serve() as address, deployed(address, "golden", {}) as http:
        assert_recorded(answered(http))


@slow
@pytest.mark.skipif(not IS_INSTALLED, reason="no Triton server here: make triton sets one up")
def test_triton(tmp_path: Path) -> None:
    pytest.importorskip("grpc", reason="needs the extra 'triton'")
    export(load_pack("ca-marketplace"), tmp_path / "repository")
    with (
        Triton(tmp_path / "repository/python", tmp_path) as triton,
        running(tmp_path, backend=triton.url) as api,
    ):
        before = triton.judged()
        assert_recorded(answered(api.http))
        more = triton.judged() - before
    assert {MODEL_NAME.format(stage=stage) for stage in TRANSFORMERS} == set(more)
