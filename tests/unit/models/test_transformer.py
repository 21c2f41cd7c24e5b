"""Transformers on ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from shelfguard.errors import ModelError
from shelfguard.models.embedding import Embedding
from shelfguard.models.transformer import Transformer
from tests.unit.models.tiny_graph import write_graph, write_pieces, write_vectors

CLAUSES = ["CA-WPN-001", "CA-HLT-002"]
HEADS = np.random.default_rng(0).normal(size=(32, len(CLAUSES))).astype(np.float32)


def write_embedding(folder: Path, seed: int = 0) -> Embedding:
    pieces = write_pieces(folder / "pieces.model")
    write_vectors(folder / "vectors.npy", len(pieces), seed)
    return Embedding(folder / "pieces.model", folder / "vectors.npy")


@pytest.fixture
def embedding(tmp_path: Path) -> Embedding:
    return write_embedding(tmp_path)


@pytest.fixture
def model(tmp_path: Path, embedding: Embedding) -> Transformer:
    write_graph(tmp_path / "model.onnx", HEADS, CLAUSES, embedding)
    return Transformer(tmp_path / "model.onnx", embedding)


def test_the_graph_names_its_clauses(model: Transformer) -> None:
    assert model.clauses == tuple(CLAUSES)


def test_a_graph_for_texts_of_another_length_is_refused(
    tmp_path: Path, embedding: Embedding
) -> None:
    write_graph(tmp_path / "model.onnx", HEADS, CLAUSES, embedding, tokens=128)
    with pytest.raises(ModelError, match="was made for tokens 128, not 192"):
        Transformer(tmp_path / "model.onnx", embedding)


def test_a_graph_for_another_embedding_is_refused(tmp_path: Path, embedding: Embedding) -> None:
    write_graph(tmp_path / "model.onnx", HEADS, CLAUSES, embedding)
    with pytest.raises(ModelError, match="was made for embedding"):
        Transformer(tmp_path / "model.onnx", write_embedding(tmp_path, seed=1))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path, embedding: Embedding) -> None:
    (tmp_path / "model.onnx").write_bytes(b"none")
    with pytest.raises(ModelError, match="no model"):
        Transformer(tmp_path / "model.onnx", embedding)


def test_a_score_is_what_the_graph_makes_of_the_tokens(
    model: Transformer, embedding: Embedding
) -> None:
    scores: npt.NDArray[np.float32] = model.score(["brass knuckles", "desk lamp"])
    assert scores.shape == (2, 2)
    assert scores.dtype == np.float32
    expected = (embedding.read("brass knuckles") @ HEADS).mean(axis=0)
    np.testing.assert_allclose(scores[0], expected, rtol=1e-4, atol=1e-5)


def test_a_score_does_not_depend_on_the_texts_beside_it(model: Transformer) -> None:
    texts = ["brass knuckles", "", "wool socks " * 30, "ring"]
    together = model.score(texts)
    alone = np.concatenate([model.score([text]) for text in texts])
    assert together.tobytes() == alone.tobytes()


def test_no_texts_have_no_scores(model: Transformer) -> None:
    assert model.score([]).shape == (0, len(CLAUSES))


def test_a_long_text_counts_as_its_worst_window(model: Transformer, embedding: Embedding) -> None:
    text = "silver ring\n" + "wool socks " * 300 + "brass knuckles " * 60
    windows = [window @ HEADS for window in embedding.windows(text)]
    assert len(windows) > 2
    worst = np.max([window.mean(axis=0) for window in windows], axis=0)
    np.testing.assert_allclose(model.score([text])[0], worst, rtol=1e-4, atol=1e-5)
