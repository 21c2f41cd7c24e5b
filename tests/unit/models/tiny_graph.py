"""A tiny transformer on disk, written without the `onnx` package, which scans do not need."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sentencepiece

from shelfguard.models.embedding import BLOCK, MAX_TOKENS, Blocks, Embedding
from shelfguard.models.transformer import requirements

FLOAT, INT64 = 1, 7
INT, INTS = 2, 7
CORPUS = ["brass knuckles ring lamp sock", "fine silver ring and a desk lamp", "wool socks"] * 20


def varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def field(number: int, value: int | str | bytes) -> bytes:
    """One protobuf field: a number as varint, anything else with its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def node(kind: str, inputs: list[str], output: str, *attributes: bytes) -> bytes:
    parts = [*(field(1, name) for name in inputs), field(2, output), field(4, kind)]
    return b"".join([*parts, *(field(5, attribute) for attribute in attributes)])


def value(name: str, kind: int, *sizes: str) -> bytes:
    shape = b"".join(field(1, field(2, size)) for size in sizes)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def tensor(name: str, values: npt.NDArray[np.float32]) -> bytes:
    sizes = b"".join(field(1, size) for size in values.shape)
    return sizes + field(2, FLOAT) + field(8, name) + field(9, values.astype("<f4").tobytes())


def write_graph(
    path: Path,
    heads: npt.NDArray[np.float32],
    clauses: list[str],
    embedding: Embedding,
    tokens: int = MAX_TOKENS,
) -> None:
    """A graph whose logits are the mean of the embedded tokens times `heads` [width, clauses]."""
    axes = field(1, "axes") + field(8, 1) + field(20, INTS)
    flat = field(1, "keepdims") + field(3, 0) + field(20, INT)
    graph = b"".join(
        [
            field(1, node("MatMul", ["embedded", "heads"], "rows")),
            field(1, node("ReduceMean", ["rows"], "logits", axes, flat)),
            field(2, "tiny"),
            field(5, tensor("heads", heads)),
            field(11, value("embedded", FLOAT, "texts", "tokens", "width")),
            field(11, value("attention_mask", INT64, "texts", "tokens")),
            field(12, value("logits", FLOAT, "texts", "clauses")),
        ]
    )
    properties = requirements(embedding) | {"clauses": ",".join(clauses), "tokens": str(tokens)}
    named = [field(14, field(1, name) + field(2, what)) for name, what in properties.items()]
    model = field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 17))
    path.write_bytes(b"".join([model, *named]))


def write_vectors(path: Path, pieces: int, seed: int = 0) -> Blocks:
    """Random vectors, 32 wide."""
    rng = np.random.default_rng(seed)
    vectors = np.zeros((pieces, 1), BLOCK)
    vectors["scale"] = rng.random((pieces, 1))
    vectors["values"] = rng.integers(0, 256, (pieces, 1, 16))
    np.save(path, vectors)
    return vectors


def write_pieces(path: Path, corpus: list[str] = CORPUS) -> sentencepiece.SentencePieceProcessor:
    """A unigram tokenizer of a few pieces, with the special tokens in E5's order."""
    stream = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus),
        model_writer=stream,
        vocab_size=40,
        hard_vocab_limit=False,
        bos_id=0,
        pad_id=1,
        eos_id=2,
        unk_id=3,
        minloglevel=2,
    )
    path.write_bytes(stream.getvalue())
    return sentencepiece.SentencePieceProcessor(model_file=str(path))
