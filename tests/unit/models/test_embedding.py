"""Word pieces and their vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from shelfguard.errors import ModelError
from shelfguard.models.embedding import (
    BLOCK,
    MAX_TOKENS,
    OVERLAP,
    PREFIX,
    Embedding,
    restore,
    token_ids,
    window_ids,
)
from tests.unit.models.tiny_graph import write_pieces, write_vectors


def test_numbers_are_four_bits_times_their_scale() -> None:
    block = np.zeros(2, BLOCK)
    block["scale"] = [0.5, 2]
    block["values"][0, :2] = [0x0F, 0xF0]
    numbers = restore(block)
    assert numbers.shape == (64,)
    assert (numbers[0], numbers[1], numbers[16], numbers[17]) == (3.5, -4, -4, 3.5)
    assert set(numbers[32:]) == {-16}


def test_a_text_is_the_vectors_of_its_pieces(tmp_path: Path) -> None:
    pieces = write_pieces(tmp_path / "pieces.model")
    vectors = write_vectors(tmp_path / "vectors.npy", len(pieces))
    read = Embedding(tmp_path / "pieces.model", tmp_path / "vectors.npy").read("brass ring")
    assert np.array_equal(read, restore(vectors)[token_ids(pieces, "brass ring")])


def test_the_digest_tells_other_vectors(tmp_path: Path) -> None:
    count = len(write_pieces(tmp_path / "pieces.model"))
    digests = set()
    for seed in (0, 1):
        write_vectors(tmp_path / "vectors.npy", count, seed)
        digests.add(Embedding(tmp_path / "pieces.model", tmp_path / "vectors.npy").digest)
    assert len(digests) == 2


@pytest.mark.parametrize("broken", ["pieces.model", "vectors.npy"])
def test_a_file_of_another_make_is_refused(tmp_path: Path, broken: str) -> None:
    count = len(write_pieces(tmp_path / "pieces.model"))
    write_vectors(tmp_path / "vectors.npy", count)
    (tmp_path / broken).write_bytes(b"none")
    with pytest.raises(ModelError, match=r"no word pieces|no vectors"):
        Embedding(tmp_path / "pieces.model", tmp_path / "vectors.npy")


def test_vectors_of_another_vocabulary_are_refused(tmp_path: Path) -> None:
    count = len(write_pieces(tmp_path / "pieces.model"))
    write_vectors(tmp_path / "vectors.npy", count - 1)
    with pytest.raises(ModelError, match="does not fit the word pieces"):
        Embedding(tmp_path / "pieces.model", tmp_path / "vectors.npy")


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> SentencePieceProcessor:
    return write_pieces(tmp_path_factory.mktemp("pieces") / "pieces.model")


@settings(max_examples=50)
@given(st.text(max_size=400))
def test_token_ids_are_a_prefixed_text_between_its_marks(
    pieces: SentencePieceProcessor, text: str
) -> None:
    ids = token_ids(pieces, text)
    assert (ids[0], ids[-1]) == (pieces.bos_id(), pieces.eos_id())
    assert 2 <= len(ids) <= MAX_TOKENS
    assert ids[1:-1] == pieces.encode(PREFIX + text)[: MAX_TOKENS - 2]


def test_a_long_text_is_cut_and_still_ends_with_the_end_mark(
    pieces: SentencePieceProcessor,
) -> None:
    ids = token_ids(pieces, "brass ring " * 200)
    assert len(ids) == MAX_TOKENS
    assert ids[-1] == pieces.eos_id()
    assert ids == token_ids(pieces, "brass ring " * 300)


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["brass", "ring", "desk lamp", "wool"]), max_size=600))
def test_windows_cover_a_text_and_overlap(pieces: SentencePieceProcessor, words: list[str]) -> None:
    text = "silver ring\n" + " ".join(words)
    first, *others = [window[1:-1] for window in window_ids(pieces, text)]
    opening = pieces.encode(f"{PREFIX}silver ring")
    read = list(first)
    for window in others:
        assert window[: len(opening)] == opening
        new = window[len(opening) :]
        assert new[:OVERLAP] == read[-OVERLAP:]
        read += new[OVERLAP:]
    assert read == pieces.encode(PREFIX + text)


def test_a_text_that_fits_has_one_window(pieces: SentencePieceProcessor) -> None:
    assert list(window_ids(pieces, "brass ring")) == [token_ids(pieces, "brass ring")]


def test_no_window_is_longer_than_a_transformer_reads(pieces: SentencePieceProcessor) -> None:
    title = "a very long first line of a brass ring " * 20
    windows = list(window_ids(pieces, f"{title}\n{'wool ' * 900}"))
    assert max(map(len, windows)) == MAX_TOKENS
