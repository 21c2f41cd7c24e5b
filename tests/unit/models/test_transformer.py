"""Transformers on ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from shelfguard.errors import ModelError
from shelfguard.models.transformer import MAX_TOKENS, PREFIX, Transformer, token_ids
from tests.unit.models.tiny_graph import write_graph, write_pieces

CLAUSES = ["CA-WPN-001", "CA-HLT-002"]
Tiny = tuple[Transformer, SentencePieceProcessor, npt.NDArray[np.float32]]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    folder = tmp_path_factory.mktemp("model")
    pieces = write_pieces(folder / "pieces.model")
    rng = np.random.default_rng(0)
    table = rng.normal(size=(len(pieces), len(CLAUSES))).astype(np.float32)
    write_graph(folder / "model.onnx", table, CLAUSES, folder / "pieces.model")
    return Transformer(folder / "model.onnx", folder / "pieces.model"), pieces, table


def test_the_graph_names_its_clauses(tiny: Tiny) -> None:
    assert tiny[0].clauses == tuple(CLAUSES)


def test_a_graph_for_texts_of_another_length_is_refused(tmp_path: Path) -> None:
    write_pieces(tmp_path / "pieces.model")
    graph = tmp_path / "model.onnx"
    pieces = tmp_path / "pieces.model"
    write_graph(graph, np.zeros((40, 2), np.float32), CLAUSES, pieces, tokens=128)
    with pytest.raises(ModelError, match="was made for tokens 128, not 192"):
        Transformer(graph, tmp_path / "pieces.model")


def test_a_graph_for_other_word_pieces_is_refused(tmp_path: Path) -> None:
    write_pieces(tmp_path / "pieces.model")
    graph = tmp_path / "model.onnx"
    write_graph(graph, np.zeros((40, 2), np.float32), CLAUSES, tmp_path / "pieces.model")
    write_pieces(tmp_path / "pieces.model", ["quite other words", "in every sentence"] * 30)
    with pytest.raises(ModelError, match="was made for pieces"):
        Transformer(graph, tmp_path / "pieces.model")


@pytest.mark.parametrize("broken", ["model.onnx", "pieces.model"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, broken: str) -> None:
    write_pieces(tmp_path / "pieces.model")
    graph = tmp_path / "model.onnx"
    write_graph(graph, np.zeros((40, 2), np.float32), CLAUSES, tmp_path / "pieces.model")
    (tmp_path / broken).write_bytes(b"none")
    with pytest.raises(ModelError, match="no model"):
        Transformer(graph, tmp_path / "pieces.model")


def test_a_score_is_what_the_graph_makes_of_the_tokens(tiny: Tiny) -> None:
    model, pieces, table = tiny
    scores = model.score(["brass knuckles", "desk lamp"])
    assert scores.shape == (2, 2)
    assert scores.dtype == np.float32
    expected = table[token_ids(pieces, "brass knuckles")].mean(axis=0)
    np.testing.assert_allclose(scores[0], expected, rtol=1e-5)


def test_a_score_does_not_depend_on_the_texts_beside_it(tiny: Tiny) -> None:
    texts = ["brass knuckles", "", "wool socks " * 30, "ring"]
    together = tiny[0].score(texts)
    alone = np.concatenate([tiny[0].score([text]) for text in texts])
    assert together.tobytes() == alone.tobytes()


def test_no_texts_have_no_scores(tiny: Tiny) -> None:
    assert tiny[0].score([]).shape == (0, len(CLAUSES))


@settings(max_examples=50)
@given(st.text(max_size=400))
def test_token_ids_are_a_prefixed_text_between_its_marks(tiny: Tiny, text: str) -> None:
    pieces = tiny[1]
    ids = token_ids(pieces, text)
    assert (ids[0], ids[-1]) == (pieces.bos_id(), pieces.eos_id())
    assert 2 <= len(ids) <= MAX_TOKENS
    assert ids[1:-1] == pieces.encode(PREFIX + text)[: MAX_TOKENS - 2]
    assert all(0 <= number < len(pieces) for number in ids)


def test_a_long_text_is_cut_and_still_ends_with_the_end_mark(tiny: Tiny) -> None:
    ids = token_ids(tiny[1], "brass ring " * 200)
    assert len(ids) == MAX_TOKENS
    assert ids[-1] == tiny[1].eos_id()
    assert ids == token_ids(tiny[1], "brass ring " * 300)
