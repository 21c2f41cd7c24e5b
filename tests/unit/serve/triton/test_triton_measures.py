"""What `/metrics` says of a Triton backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.models.source import digest
from shelfguard.models.transformer import Transformer
from shelfguard.serve.measures import Measures
from shelfguard.serve.triton.backend import TritonBackend
from tests.servers.processes import free_ports
from tests.unit.models.test_transformer import CLAUSES, HEADS, write_embedding
from tests.unit.models.tiny_graph import write_graph
from tests.unit.serve.running import LISTING, running
from tests.unit.serve.triton.fake_triton import MODEL, FakeTriton

TEXTS = ["brass knuckles", "desk lamp", "silver ring"]


@pytest.fixture
def measures() -> Measures:
    return Measures()


def figure(measures: Measures, name: str, **labels: str) -> float | None:
    return measures.registry.get_sample_value(f"shelfguard_triton_{name}_total", labels)


def test_windows_are_counted_by_who_judged_them_and_calls_that_failed(
    tmp_path: Path, measures: Measures
) -> None:
    embedding, graph = write_embedding(tmp_path), tmp_path / "model.onnx"
    write_graph(graph, HEADS, CLAUSES, embedding)
    server = FakeTriton(Transformer(graph, embedding), {"1": digest(graph)})
    server.start()
    try:
        backend = TritonBackend(server.url, deadline=60.0, told=measures.judged)
        remote = backend.transformer("encoder", graph, embedding)
        remote.score(TEXTS)
        server.fails = True
        remote.score(TEXTS)
    finally:
        server.stop()
    assert figure(measures, "windows", model=MODEL, judge="triton") == len(TEXTS)
    assert figure(measures, "windows", model=MODEL, judge="local") == len(TEXTS)
    assert figure(measures, "failures", model=MODEL) == len(TEXTS)


def test_a_server_whose_triton_is_away_shows_that_it_judges_by_itself(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with running(tmp_path, backend=f"triton://127.0.0.1:{port}") as api:
        assert api.decide(LISTING).status_code == 200
        shown = api.http.get("/metrics").text
    assert f'shelfguard_triton_windows_total{{judge="local",model="{MODEL}"}}' in shown
    assert 'judge="triton"' not in shown
