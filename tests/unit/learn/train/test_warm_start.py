"""Going on from a trained transformer."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from shelfguard.errors import ModelError
from shelfguard.learn.train.network import Depth, Network, from_pretrained
from shelfguard.learn.train.transformer import read_pieces
from shelfguard.learn.train.warm_start import start_from
from shelfguard.models.embedding import Embedding, token_ids
from shelfguard.models.source import digest
from shelfguard.models.transformer import Transformer
from shelfguard.policy.load import load_pack
from shelfguard.signals.text import resolve_models

PACK = "ca-marketplace"
TEXT = "Brass knuckles paperweight\nSolid metal, four finger holes."


@pytest.fixture(scope="module")
def screener() -> Transformer:
    return Transformer(files()["screener"], embedding())


def files() -> dict[str, Path]:
    return resolve_models(load_pack(PACK))


def embedding() -> Embedding:
    return Embedding(files()["pieces"], files()["vectors"])


def network(clauses: int, layers: int = 2) -> Network:
    torch.manual_seed(0)
    return Network(20_000, clauses, Depth(layers, 0))


def test_a_network_goes_on_where_the_shipped_one_stands(screener: Transformer) -> None:
    pretrained, tokenizer, own = read_pieces(files()["pieces"].parent)
    learner = from_pretrained(pretrained, len(screener.clauses), Depth(2, 0))
    start_from(learner, PACK, screener.clauses, own)
    ids = torch.tensor([token_ids(tokenizer, TEXT)])
    with torch.no_grad():
        ours = learner.eval()(ids, torch.ones(ids.shape)).numpy()
    # The graph rounds texts to 8 bits as it multiplies; the network does not.
    np.testing.assert_allclose(ours, screener.score([TEXT]), atol=1.0)
    assert ours.argmax() == screener.score([TEXT]).argmax()


def test_a_model_folder_is_gone_on_from_as_a_pack_is(screener: Transformer, tmp_path: Path) -> None:
    shutil.copy(files()["screener"], tmp_path / "encoder.onnx")
    by_folder, by_pack = network(len(screener.clauses)), network(len(screener.clauses))
    digests = {
        start_from(by_folder, str(tmp_path), screener.clauses, embedding()),
        start_from(by_pack, PACK, screener.clauses, embedding()),
    }
    assert digests == {digest(files()["screener"])}
    assert torch.equal(by_folder.topic.weight, by_pack.topic.weight)
    assert not torch.equal(by_folder.topic.weight, network(len(screener.clauses)).topic.weight)


def test_other_clauses_or_layers_cannot_be_gone_on_from(screener: Transformer) -> None:
    fewer = screener.clauses[:-1]
    with pytest.raises(ModelError, match="trained for other clauses"):
        start_from(network(len(fewer)), PACK, fewer, embedding())
    with pytest.raises(ModelError, match="no transformer of 3 layers"):
        start_from(network(len(screener.clauses), 3), PACK, screener.clauses, embedding())


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"\xff\xff none")
    with pytest.raises(ModelError, match="no model"):
        start_from(network(2), str(tmp_path), ["A", "B"], embedding())
