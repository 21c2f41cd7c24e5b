"""Distil teachers into a student or a small transformer, and show what it loses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa

from shelfguard.errors import ModelError
from shelfguard.learn.compress.lesson import (
    Distillation,
    Lesson,
    Positive,
    Share,
    prepare,
    read_settings,
)
from shelfguard.learn.compress.recall_loss import RecallLoss, recall_loss
from shelfguard.learn.compress.rough import roughened
from shelfguard.learn.data.dataset import Floats
from shelfguard.learn.train.student import STRENGTH, read_documents, train
from shelfguard.learn.train.trainer import Job
from shelfguard.listing import Batch
from shelfguard.models.source import resolve
from shelfguard.models.student import NEAR, Student
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived
from shelfguard.signals.registry import build_signals

STUDENT, TRANSFORMER = "student.npz", "transformer.onnx"
PIECES, VECTORS = "pieces.model", "vectors.npy"
LOSS = "recall-loss.json"


class StudentSettings(Distillation):
    """`pack` has the rule signals; `rough_share` of the written rows are learned twice."""

    pack: str = "ca-marketplace"
    strength: Positive = STRENGTH
    rough_share: Share = 1.0


def train_student(job: Job) -> RecallLoss:
    """A student on soft targets, and what it loses on the calibration rows."""
    settings = read_settings(StudentSettings, job.settings)
    lesson = prepare(settings, job)
    pack = load_pack(settings.pack)
    student = _fit_student(lesson, pack, settings, job)
    student.save(job.folder / STUDENT)
    kept = Student.load(job.folder / STUDENT)
    return _told(lesson, student_log_odds(kept, lesson.checked.batch, pack), job)


def train_transformer(job: Job) -> RecallLoss:
    """A transformer of a few layers on soft targets, and what it loses.

    Writes the graph in 8 bits, with the pack's word pieces and vectors beside it. The network in
    32-bit floats goes to the checkpoints, for `shelfguard model quantize`.
    """
    from shelfguard.learn.compress.distil_network import TransformerSettings, fit_network
    from shelfguard.learn.compress.export import export, export_float32
    from shelfguard.learn.train.transformer import read_texts
    from shelfguard.models.embedding import Embedding
    from shelfguard.models.transformer import Transformer

    settings = read_settings(TransformerSettings, job.settings)
    lesson = prepare(settings, job)
    pieces, vectors = _word_pieces(load_pack(settings.pack), job.folder)
    network = fit_network(lesson, settings, pieces, job)
    embedding = Embedding(pieces, vectors)
    clauses = lesson.part.clauses
    export(network, clauses, embedding, job.folder / TRANSFORMER)
    export_float32(network, clauses, embedding, job.checkpoints / "float32.onnx")
    for file in (pieces, vectors):
        shutil.copy(file, job.checkpoints)
    texts = read_texts(lesson.checked.batch)
    scores = Transformer(job.folder / TRANSFORMER, embedding).score(texts)
    return _told(lesson, scores, job)


def student_log_odds(student: Student, batch: Batch, pack: Pack) -> Floats:
    """Raw log-odds [listings, clauses] of a student, seen through the pack's signals."""
    derived = Derived(batch)
    hits = {(hit.row, hit.feature) for s in build_signals(pack) for hit in s.run(derived)}
    segments = derived.segments
    order = np.argsort(segments.rows, kind="stable")
    texts = [derived.folded[i] for i in order]
    return student.score(texts, segments.rows[order], sorted(hits), len(batch))[:, :-1]


def _fit_student(lesson: Lesson, pack: Pack, settings: StudentSettings, job: Job) -> Student:
    targets = np.column_stack([lesson.targets, lesson.near()])
    batch = lesson.part.batch
    again = roughened(lesson.part, settings.rough_share, job.seed)
    changed = np.flatnonzero(np.array(batch.content_hashes()) != np.array(again.content_hashes()))
    both = Batch(pa.concat_tables([batch.table, again.take(changed.tolist()).table]))
    job.watch.say(f"reading {len(both)} listings")
    documents = read_documents(both, build_signals(pack))
    job.watch.say(f"fitting {targets.shape[1]} heads")
    names = [*lesson.part.clauses, NEAR]
    return train(documents, np.vstack([targets, targets[changed]]), names, settings.strength)


def _word_pieces(pack: Pack, folder: Path) -> tuple[Path, Path]:
    """The pack's word pieces and vectors, copied into a folder.

    Raises:
        ModelError: the pack has none.
    """
    files = {model.name: model for model in pack.manifest.models}
    found = []
    for name, file in (("pieces", PIECES), ("vectors", VECTORS)):
        if name not in files:
            raise ModelError(f"has no model '{name}'", file=pack.root, fix="Name another pack")
        source = resolve(files[name].source, files[name].sha256, root=pack.root)
        found.append(Path(shutil.copy(source, folder / file)))
    return found[0], found[1]


def _told(lesson: Lesson, scores: Floats, job: Job) -> RecallLoss:
    """The loss on the calibration rows, written beside the model and logged."""
    truth = (lesson.checked.targets >= 0.5).astype(np.float32)
    loss = recall_loss(lesson.taught, scores, truth, lesson.checked.clauses)
    (job.folder / LOSS).write_text(json.dumps(loss.as_dict(), indent=1) + "\n", "utf-8")
    job.watch.log(loss.metrics(), step=0)
    return loss
