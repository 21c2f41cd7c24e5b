"""Scores from a server, and from this process whenever the server will not do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError, ServeError
from shelfguard.models.embedding import Embedding, Floats
from shelfguard.models.source import digest
from shelfguard.models.transformer import Transformer
from shelfguard.serve.triton.backend import TritonBackend
from shelfguard.serve.triton.breaker import FAILURES
from shelfguard.serve.triton.transformer import TritonTransformer
from tests.unit.models.test_transformer import CLAUSES, HEADS, write_embedding
from tests.unit.models.tiny_graph import write_graph
from tests.unit.serve.triton.fake_triton import WORKERS, FakeTriton, Held
from tests.waiting import wait_until

TEXTS = [f"brass knuckles number {number}" for number in range(20)]
LONG = "silver ring\n" + "wool socks " * 300
PATIENT = 60.0


@pytest.fixture
def embedding(tmp_path: Path) -> Embedding:
    return write_embedding(tmp_path)


@pytest.fixture
def graph(tmp_path: Path, embedding: Embedding) -> Path:
    write_graph(tmp_path / "model.onnx", HEADS, CLAUSES, embedding)
    return tmp_path / "model.onnx"


@pytest.fixture
def local(graph: Path, embedding: Embedding) -> Transformer:
    return Transformer(graph, embedding)


@pytest.fixture
def server(local: Transformer, graph: Path) -> Iterator[FakeTriton]:
    fake = FakeTriton(local, {"1": digest(graph)})
    fake.start()
    yield fake
    fake.stop()


def connect(
    server: FakeTriton, local: Transformer, graph: Path, deadline: float = PATIENT
) -> TritonTransformer:
    backend = TritonBackend(server.url, deadline=deadline, pause=0.01)
    return backend.transformer("encoder", graph, local.embedding)


@pytest.fixture
def remote(server: FakeTriton, local: Transformer, graph: Path) -> TritonTransformer:
    return connect(server, local, graph)


def scores_are_right(remote: TritonTransformer, local: Transformer, texts: list[str]) -> bool:
    return remote.score(texts).tobytes() == local.score(texts).tobytes()


def comes_back(remote: TritonTransformer, local: Transformer) -> None:
    """Wait until the server is used again."""
    before = remote.counts["triton"]

    def served() -> bool:
        assert scores_are_right(remote, local, ["ring"])
        return remote.counts["triton"] > before

    wait_until(served)


def test_the_server_judges_every_window(remote: TritonTransformer, local: Transformer) -> None:
    texts = ["", *TEXTS, LONG]
    windows = sum(1 for text in texts for _ in local.embedding.windows(text))
    assert windows > len(texts)
    assert scores_are_right(remote, local, texts)
    assert remote.counts == {"triton": windows}


def test_no_texts_have_no_scores(remote: TritonTransformer) -> None:
    assert remote.score([]).shape == (0, len(CLAUSES))


def test_several_windows_are_on_their_way_at_once(
    server: FakeTriton, remote: TritonTransformer, local: Transformer
) -> None:
    together = threading.Barrier(WORKERS, timeout=PATIENT)

    def answer(embedded: Floats) -> Floats:
        together.wait()
        return server.judge(embedded)

    server.answer = answer
    assert scores_are_right(remote, local, TEXTS[:WORKERS])
    assert remote.counts == {"triton": WORKERS}


def test_of_several_versions_the_one_with_the_pack_s_digest_is_asked(
    server: FakeTriton, local: Transformer, graph: Path
) -> None:
    server.digests = {"7": "0" * 64, "8": digest(graph)}
    assert scores_are_right(remote := connect(server, local, graph), local, TEXTS)
    assert remote.counts == {"triton": len(TEXTS)}


def test_a_server_with_another_model_is_refused(
    server: FakeTriton, local: Transformer, graph: Path
) -> None:
    server.digests = {"1": "0" * 64}
    with pytest.raises(ModelError, match=r"serves another shelfguard-encoder .* model export"):
        connect(server, local, graph)


def test_a_server_without_the_model_is_refused(
    server: FakeTriton, local: Transformer, graph: Path
) -> None:
    server.name = "another"
    with pytest.raises(ModelError, match="does not serve shelfguard-encoder"):
        connect(server, local, graph)


def test_a_server_whose_scores_differ_in_their_last_bit_is_refused(
    server: FakeTriton, local: Transformer, graph: Path
) -> None:
    server.answer = lambda embedded: np.nextafter(server.judge(embedded), np.float32(np.inf))
    with pytest.raises(ModelError, match="gives other scores than this machine"):
        connect(server, local, graph)


def test_a_server_that_fails_is_left_alone_and_made_up_for(
    server: FakeTriton,
    remote: TritonTransformer,
    local: Transformer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.fails = True
    assert scores_are_right(remote, local, TEXTS)
    assert remote.counts["local"] == len(TEXTS)
    assert remote.counts["failed"] >= FAILURES
    assert "shelfguard-encoder is judged here, because 127.0.0.1" in caplog.text
    assert "knuckles" not in caplog.text


def test_a_server_that_works_again_is_used_again(
    server: FakeTriton,
    remote: TritonTransformer,
    local: Transformer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    server.fails = True
    assert scores_are_right(remote, local, TEXTS)
    server.fails = False
    comes_back(remote, local)
    assert f"is judged by 127.0.0.1:{server.port} again" in caplog.text


def test_a_server_that_comes_back_with_another_model_is_not_used(
    server: FakeTriton,
    remote: TritonTransformer,
    local: Transformer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    server.fails = True
    assert scores_are_right(remote, local, TEXTS)
    server.fails, server.digests = False, {"2": "0" * 64}
    remote.counts.clear()
    wait_until(lambda: scores_are_right(remote, local, ["ring"]) and "another" in caplog.text)
    assert set(remote.counts) == {"local"}


def test_a_model_that_was_exchanged_meanwhile_is_not_used(
    server: FakeTriton, remote: TritonTransformer, local: Transformer
) -> None:
    server.digests = {"1": "0" * 64}
    server.answer = lambda embedded: server.judge(embedded) + 1
    assert scores_are_right(remote, local, TEXTS)
    assert remote.counts["local"] == len(TEXTS)


def test_a_server_that_is_down_at_the_start_is_used_once_it_is_up(
    server: FakeTriton, local: Transformer, graph: Path
) -> None:
    server.stop()
    remote = connect(server, local, graph)
    assert scores_are_right(remote, local, TEXTS)
    assert remote.counts == {"local": len(TEXTS)}
    server.start()
    comes_back(remote, local)


def test_a_model_that_is_not_ready_yet_is_waited_for(
    server: FakeTriton, local: Transformer, graph: Path
) -> None:
    server.ready = False
    remote = connect(server, local, graph)
    assert scores_are_right(remote, local, ["ring"])
    server.ready = True
    comes_back(remote, local)


def test_an_answer_that_does_not_come_in_time_is_made_up_for(
    server: FakeTriton, local: Transformer, graph: Path
) -> None:
    remote = connect(server, local, graph, deadline=0.5)
    held = server.answer = Held(server.judge)
    try:
        assert scores_are_right(remote, local, TEXTS)
        assert remote.counts["local"] == len(TEXTS)
    finally:
        held.release()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(np.zeros(3, np.float32), id="too many"),
        pytest.param(np.zeros(0, np.float32), id="none"),
        pytest.param(np.zeros(7, np.int8), id="no floats"),
        pytest.param(np.array([np.nan, 0], np.float32), id="not a number"),
    ],
)
def test_an_answer_that_cannot_be_is_made_up_for(
    server: FakeTriton, remote: TritonTransformer, local: Transformer, answer: Floats
) -> None:
    server.answer = lambda embedded: answer
    assert scores_are_right(remote, local, TEXTS)
    assert remote.counts["local"] == len(TEXTS)


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8001",
        "http://localhost:8001",
        "triton://localhost",
        "triton://:8001",
        "triton://localhost:grpc",
        "triton://localhost:8001/encoder",
        "triton://localhost:8001?deadline=1",
    ],
)
def test_what_names_no_server_is_refused(url: str) -> None:
    with pytest.raises(ServeError, match=r"no Triton server\. Name host and gRPC port"):
        TritonBackend(url)
