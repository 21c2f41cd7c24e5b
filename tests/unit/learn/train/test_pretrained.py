"""The pretrained model's vocabulary, cut and read as a tokenizer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from shelfguard.learn.train.pretrained import (
    SPECIAL,
    Pretrained,
    is_latin,
    make_tokenizer,
    trim_vocabulary,
    use_vocabulary,
)
from shelfguard.models.embedding import BLOCK, restore

SPACE = "\u2581"
LETTERS = [SPACE, *"abcdefghijklmnopqrstuvwxyz\u00e9"]
WORDS = [f"{SPACE}brass", f"{SPACE}ring", f"{SPACE}bague", f"{SPACE}\u043d\u043e\u0436"]
PIECES = [*LETTERS, *WORDS]
SCORES = [*([-9.0] * len(LETTERS)), -1.0, -2.0, -3.0, -1.5]


@pytest.fixture(scope="module")
def tokenizer() -> SentencePieceProcessor:
    return make_tokenizer(PIECES, SCORES)


@pytest.fixture(scope="module")
def model() -> Pretrained:
    names = [*SPECIAL, *PIECES, "<mask>"]
    scores = np.array([0.0] * 4 + SCORES + [0.0], np.float32)
    vectors = np.zeros((len(names), 1), BLOCK)
    vectors["scale"] = np.arange(len(names))[:, None]
    return Pretrained({"other": np.ones(3, np.float32)}, vectors, names, scores)


def test_special_tokens_come_first_in_the_models_order(tokenizer: SentencePieceProcessor) -> None:
    assert [tokenizer.id_to_piece(n) for n in range(4)] == list(SPECIAL)
    assert (tokenizer.bos_id(), tokenizer.pad_id()) == (0, 1)
    assert (tokenizer.eos_id(), tokenizer.unk_id()) == (2, 3)


def test_a_word_is_its_likeliest_pieces(tokenizer: SentencePieceProcessor) -> None:
    assert tokenizer.encode("brass ring", out_type=str) == [f"{SPACE}brass", f"{SPACE}ring"]
    assert tokenizer.encode("brass") == [4 + PIECES.index(f"{SPACE}brass")]


@settings(max_examples=40)
@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz\u00e9", min_size=1), max_size=6))
def test_letters_of_the_vocabulary_survive(
    tokenizer: SentencePieceProcessor, words: list[str]
) -> None:
    text = " ".join(words)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize(
    "piece", ["abc", f"{SPACE}\u00e9t\u00e9", "\u0153", "5", "-", "\u00b0", "$"]
)
def test_latin_pieces(piece: str) -> None:
    assert is_latin(piece)


@pytest.mark.parametrize(
    "piece", ["\u043d\u043e\u0436", "\u03b1", "\u5200", "\u0651", "\u2764", "a\u0436"]
)
def test_other_scripts_are_not_latin(piece: str) -> None:
    assert not is_latin(piece)


def test_a_full_trim_keeps_all_latin_pieces_in_order(model: Pretrained) -> None:
    kept = trim_vocabulary(model, ["ring"], len(model.pieces)).pieces
    assert kept == [*SPECIAL, *LETTERS, *WORDS[:3]]


def test_a_trim_keeps_letters_and_the_most_used_words(model: Pretrained) -> None:
    size = 4 + len(LETTERS) + 1
    trimmed = trim_vocabulary(model, ["bague bague", "Bague ring"], size)
    assert trimmed.pieces == [*SPECIAL, *LETTERS, f"{SPACE}bague"]
    assert len(trimmed.scores) == size


def test_the_rows_of_the_embedding_follow_the_kept_pieces(model: Pretrained) -> None:
    trimmed = trim_vocabulary(model, ["bague"], 4 + len(LETTERS) + 1)
    rows = restore(trimmed.vectors)
    assert len(rows) == len(trimmed.pieces)
    assert [model.pieces[int(number / -8)] for number in rows[:, 0]] == trimmed.pieces
    assert trimmed.tensors["other"] is model.tensors["other"]


def test_a_vocabulary_once_made_is_found_again(model: Pretrained) -> None:
    trimmed = trim_vocabulary(model, ["bague"], 4 + len(LETTERS) + 1)
    again = use_vocabulary(model, make_tokenizer(trimmed.pieces[4:], trimmed.scores[4:]))
    assert again.pieces == trimmed.pieces
    assert again.vectors.tobytes() == trimmed.vectors.tobytes()
