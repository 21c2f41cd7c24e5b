"""What trimming the word pieces to English and French saves, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sentencepiece import SentencePieceProcessor

from shelfguard.learn.train.pretrained import make_tokenizer, read_e5
from shelfguard.models.embedding import BLOCK


@dataclass(frozen=True, slots=True)
class Coverage:
    """How one vocabulary reads the texts of one language: its pieces a text, and unknown ones."""

    pieces_a_text: float
    unknown: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary: `bytes` are those of its pieces and their 4-bit vectors."""

    name: str
    pieces: int
    bytes: int
    coverage: dict[str, Coverage]


def vocabularies(pieces: Path, texts: Mapping[str, Sequence[str]]) -> list[Vocabulary]:
    """The full vocabulary of multilingual E5, and a model's, on texts by language."""
    full = read_e5()
    everything = make_tokenizer(full.pieces[4:-1], full.scores[4:-1])
    vector = full.vectors.shape[1] * BLOCK.itemsize
    own = SentencePieceProcessor(model_file=str(pieces))
    return [
        _vocabulary("multilingual", everything, vector, texts),
        _vocabulary("trimmed", own, vector, texts),
    ]


def _vocabulary(
    name: str,
    tokenizer: SentencePieceProcessor,
    vector: int,
    texts: Mapping[str, Sequence[str]],
) -> Vocabulary:
    count = tokenizer.get_piece_size()
    size = len(tokenizer.serialized_model_proto()) + count * vector
    coverage = {lang: _coverage(tokenizer, some) for lang, some in texts.items() if some}
    return Vocabulary(name, count, size, coverage)


def _coverage(tokenizer: SentencePieceProcessor, texts: Sequence[str]) -> Coverage:
    ids = [number for text in tokenizer.encode(list(texts)) for number in text]
    unknown = sum(number == tokenizer.unk_id() for number in ids)
    return Coverage(len(ids) / len(texts), unknown / max(len(ids), 1))
