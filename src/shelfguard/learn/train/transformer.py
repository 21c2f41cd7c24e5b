"""From a dataset's rows to what a transformer learns from: texts, word pieces, a task."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sentencepiece import SentencePieceProcessor

from shelfguard.errors import ModelError
from shelfguard.learn.data.dataset import UNSURE, Part
from shelfguard.learn.train.fine_tune import UNKNOWN_TOPIC, Task
from shelfguard.learn.train.parts import is_catalog
from shelfguard.learn.train.pretrained import (
    Pretrained,
    make_tokenizer,
    read_e5,
    trim_vocabulary,
    use_vocabulary,
)
from shelfguard.listing import Batch
from shelfguard.models.embedding import Embedding, Floats
from shelfguard.policy.load import load_pack
from shelfguard.signals.base import Derived
from shelfguard.signals.text import resolve_models, transformer_texts

PIECES, VECTORS = "pieces.model", "vectors.npy"


def read_texts(batch: Batch) -> list[str]:
    """Each listing as transformers read it."""
    return list(transformer_texts(Derived(batch), np.arange(len(batch))))


def read_task(part: Part, catalog_weight: float) -> Task:
    """The targets of a part; a row's topic is what it was written near, or violates most."""
    places = {clause: number for number, clause in enumerate(part.clauses)}
    columns = part.column("near"), part.targets, part.column("complete")
    topics = [
        places.get(near, _topic(row, complete=complete))
        for near, row, complete in zip(*columns, strict=True)
    ]
    weights = part.weights / part.weights.mean() * np.where(is_catalog(part), catalog_weight, 1.0)
    return Task(part.targets, np.array(topics, np.int64), weights.astype(np.float32))


def _topic(targets: Floats, *, complete: bool) -> int:
    if (targets > UNSURE).any():
        return int(np.nanargmax(targets))
    return len(targets) if complete else UNKNOWN_TOPIC


def write_pieces(folder: Path, texts: Sequence[str], size: int) -> None:
    """Write the pretrained word pieces that these texts need, and their vectors."""
    kept = trim_vocabulary(read_e5(), texts, size)
    tokenizer = make_tokenizer(kept.pieces[4:], kept.scores[4:])
    (folder / PIECES).write_bytes(tokenizer.serialized_model_proto())
    np.save(folder / VECTORS, kept.vectors)


def copy_pieces(source: str, folder: Path) -> None:
    """Copy the word pieces and vectors of a folder, or of a pack by its name.

    Raises:
        ModelError: there are none.
        PackError: there is no such folder or pack.
    """
    files = {"pieces": Path(source) / PIECES, "vectors": Path(source) / VECTORS}
    if not all(file.is_file() for file in files.values()):
        files = resolve_models(load_pack(source))
    for name, target in (("pieces", PIECES), ("vectors", VECTORS)):
        if name not in files:
            fix = "Leave 'pieces' out of the settings to build them"
            raise ModelError(f"{source} has no model '{name}'", field="pieces", fix=fix)
        if files[name].resolve() != (folder / target).resolve():
            shutil.copyfile(files[name], folder / target)


def read_pieces(folder: Path) -> tuple[Pretrained, SentencePieceProcessor, Embedding]:
    """The pretrained model with the word pieces of a folder, their tokenizer and embedding."""
    tokenizer = SentencePieceProcessor(model_file=str(folder / PIECES))
    embedding = Embedding(folder / PIECES, folder / VECTORS)
    return use_vocabulary(read_e5(), tokenizer), tokenizer, embedding
