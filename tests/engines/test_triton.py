"""Decisions with the transformers on a real Triton server."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.engine import Engine
from shelfguard.errors import ModelError
from shelfguard.feeds import read_feed
from shelfguard.models.embedding import MAX_TOKENS
from shelfguard.models.transformer import Transformer
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.serve.triton.backend import TritonBackend
from shelfguard.serve.triton.export import export
from shelfguard.serve.triton.model_config import Scheduling
from shelfguard.serve.triton.server import ServedModel, TritonServer, UnavailableError
from shelfguard.serve.triton.transformer import TritonTransformer
from shelfguard.signals.text import TRANSFORMERS
from tests.servers.triton import IS_INSTALLED, START, Triton
from tests.unit.serve.triton.changed_pack import changed_pack
from tests.waiting import wait_until

CATALOG = Path(__file__).parents[2] / "examples" / "catalog.csv"
PACK = load_pack("ca-marketplace")

pytestmark = pytest.mark.skipif(
    not IS_INSTALLED, reason="no Triton server here: make triton sets one up"
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    export(PACK, folder, Scheduling(instances=2, queue_delay=100))
    return folder


@pytest.fixture(scope="module")
def server(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Triton]:
    with Triton(repository / "python", tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def local() -> Engine:
    return Engine.from_pack(PACK)


def engine_on(server: Triton, pack: Pack = PACK) -> Engine:
    """An engine that gives a busy machine time to answer."""
    return Engine.from_pack(pack, backend=TritonBackend(server.url, deadline=START, pause=0.2))


def decide(engine: Engine) -> pa.Table:
    tables = [engine.run(chunk.batch).table for chunk in read_feed(CATALOG)]
    return pa.concat_tables(tables).drop_columns(list(VOLATILE_COLUMNS))


def transformer(engine: Engine, stage: str) -> Transformer:
    assert engine.text
    return engine.text.transformers[stage]


def counts(engine: Engine, stage: str) -> Counter[str]:
    found = transformer(engine, stage)
    assert isinstance(found, TritonTransformer)
    return found.counts


@pytest.mark.parametrize("stage", TRANSFORMERS)
def test_scores_of_windows_of_every_length_are_the_same_bits(
    server: Triton, local: Engine, stage: str
) -> None:
    remote = engine_on(server)
    texts = ["steel " * words for words in range(MAX_TOKENS)]
    windows = [w for text in texts for w in transformer(local, stage).embedding.windows(text)]
    assert {len(window) for window in windows} >= set(range(6, MAX_TOKENS + 1))
    here, there = transformer(local, stage).score(texts), transformer(remote, stage).score(texts)
    assert here.tobytes() == there.tobytes()
    assert counts(remote, stage) == {"triton": len(windows)}


def test_decisions_are_those_of_the_local_engine(server: Triton, local: Engine) -> None:
    remote = engine_on(server)
    assert decide(remote).equals(decide(local))
    for stage in TRANSFORMERS:
        assert set(counts(remote, stage)) == {"triton"}


def test_a_pack_whose_model_the_server_does_not_have_is_refused(
    server: Triton, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"serves another shelfguard-encoder .*model export"):
        engine_on(server, changed_pack(PACK, tmp_path))


def test_a_request_that_is_meant_for_another_graph_is_turned_away(
    server: Triton, local: Engine
) -> None:
    client = TritonServer(server.url.removeprefix("triton://"), START)
    window = next(transformer(local, "encoder").embedding.windows("desk lamp"))
    answer = client.judge(ServedModel("shelfguard-encoder", "1", "0" * 64), window)
    with pytest.raises(UnavailableError, match="meant for another graph"):
        answer()


def test_a_changed_model_and_the_one_before_it_are_both_served(
    repository: Path, local: Engine, tmp_path: Path
) -> None:
    shutil.copytree(repository, tmp_path / "repository")
    changed = changed_pack(PACK, tmp_path)
    export(changed, tmp_path / "repository")
    with Triton(tmp_path / "repository/python", tmp_path) as server:
        for pack in (PACK, changed):
            remote = engine_on(server, pack)
            expected = transformer(local, "encoder").score(["brass knuckles"])
            scored = transformer(remote, "encoder").score(["brass knuckles"])
            assert scored.tobytes() == expected.tobytes()
            assert counts(remote, "encoder") == {"triton": 1}


class KillsInTheMiddle(list[str]):
    """Texts, of which the fourth comes as the server dies."""

    def __init__(self, texts: list[str], server: Triton) -> None:
        super().__init__(texts)
        self._server = server

    def __iter__(self) -> Iterator[str]:
        for number, text in enumerate(super().__iter__()):
            if number == 3:
                self._server.kill()
            yield text


def test_a_server_that_dies_is_made_up_for_and_used_again_when_it_is_back(
    repository: Path, local: Engine, tmp_path: Path
) -> None:
    expected = decide(local)
    with Triton(repository / "python", tmp_path) as server:
        remote = engine_on(server)
        assert decide(remote).equals(expected)
        texts = [f"brass knuckles number {number}" for number in range(20)]
        scores = transformer(remote, "encoder").score(KillsInTheMiddle(texts, server))
        assert scores.tobytes() == transformer(local, "encoder").score(texts).tobytes()
        assert counts(remote, "encoder")["failed"] >= 3
        assert decide(remote).equals(expected)

        server.start()
        wait_until(lambda: served_again(remote), START)
        assert decide(remote).equals(expected)


def served_again(engine: Engine) -> bool:
    """Whether the server judges another text."""
    before = counts(engine, "encoder")["triton"]
    transformer(engine, "encoder").score(["desk lamp"])
    return counts(engine, "encoder")["triton"] > before


def test_a_graph_that_was_changed_on_the_server_is_not_loaded(
    repository: Path, tmp_path: Path
) -> None:
    shutil.copytree(repository / "python", tmp_path / "models")
    with (tmp_path / "models/shelfguard-screener/1/model.onnx").open("ab") as stream:
        stream.write(b"more")
    with (
        pytest.raises(RuntimeError, match="not the graph that was exported"),
        Triton(tmp_path / "models", tmp_path),
    ):
        pass


def test_of_the_form_for_onnx_runtime_only_that_backend_is_missing_here(
    repository: Path, tmp_path: Path
) -> None:
    problem = "unable to find backend library for backend 'onnxruntime'"
    with (
        pytest.raises(RuntimeError, match=problem),
        Triton(repository / "onnxruntime", tmp_path),
    ):
        pass
