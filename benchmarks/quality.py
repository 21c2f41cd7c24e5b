"""Average precision and recall on the pack's cases, which nothing was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score

from shelfguard.engine import Engine
from shelfguard.learn.data.corpus import labels, learned_clauses
from shelfguard.learn.evaluate.peers import FastText, TfidfRegression
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.policy.rows import Row, read_cases, read_examples
from shelfguard.signals.base import Derived, find_hits

Floats = npt.NDArray[np.float32]


def train_peers(folder: Path) -> tuple[FastText, TfidfRegression]:
    """Train both peers on the pack's examples and save them as `fasttext.bin` and `tfidf`."""
    pack = load_pack("ca-marketplace")
    rows = read_examples(pack)
    clauses = learned_clauses(pack, rows)
    words = FastText.train(rows, clauses)
    words.model.save(folder / "fasttext.bin")
    regression = TfidfRegression.train(rows, clauses)
    (folder / "tfidf").mkdir(exist_ok=True)
    regression.model.save(folder / "tfidf")
    return words, regression


def compare(words: FastText, regression: TfidfRegression) -> dict[str, float]:
    """Average precision of scan and peers; recall of the cascade and of the encoder on all."""
    pack = load_pack("ca-marketplace")
    clauses = learned_clauses(pack, read_examples(pack))
    engine, cases = Engine.from_pack(pack), read_cases(pack)
    columns = [engine.clauses.index(clause) for clause in clauses]
    truth = labels(cases, clauses)
    cascade, encoder = _cascade(engine, cases)[:, columns], _encoder(engine, cases)[:, columns]
    lowest = np.minimum(engine.thresholds.act, engine.thresholds.review)[columns]
    scores = {
        "scan": cascade,
        "encoder_on_all": encoder,
        "fasttext": words.scores(cases),
        "tfidf": regression.scores(cases),
    }
    lines = {f"average_precision_{name}": _precision(truth, s) for name, s in scores.items()}
    flags = {f"violating_over_ordinary_{name}": _flags(cases, s) for name, s in scores.items()}
    recall = {
        "recall_scan": _recall(truth, cascade, lowest),
        "recall_encoder_on_all": _recall(truth, encoder, lowest),
    }
    return {"cases": len(cases), **lines, **flags, **recall}


def _cascade(engine: Engine, rows: Sequence[Row]) -> Floats:
    batch = Batch.from_records(row.record() for row in rows)
    return np.nan_to_num(engine.run(batch).probabilities)


def _encoder(engine: Engine, rows: Sequence[Row]) -> Floats:
    """Probabilities where no listing is settled before the encoder."""
    derived = Derived(Batch.from_records(row.record() for row in rows))
    found = np.zeros((len(rows), len(engine.clauses)), np.float32)
    if engine.text:
        student = engine.text.first_look(derived, find_hits(engine.signals, derived)).scores
        encoder = engine.text.transformer_scores("encoder", derived, np.arange(len(rows)))
        found[:, engine.columns] = engine.text.probability("encoder", student, encoder)
    return found


def _precision(truth: Floats, scores: Floats) -> float:
    """Mean over clauses of average precision."""
    used = np.flatnonzero(truth.any(axis=0))
    return float(np.mean([average_precision_score(truth[:, c], scores[:, c]) for c in used]))


def _flags(rows: Sequence[Row], scores: Floats) -> float:
    """Average precision of the highest score, violating rows against ordinary ones."""
    kept = [i for i, row in enumerate(rows) if row.violates or row.kind == "benign"]
    violating = [bool(rows[i].violates) for i in kept]
    return float(average_precision_score(violating, scores[kept].max(axis=1)))


def _recall(truth: Floats, scores: Floats, lowest: Floats) -> float:
    return float((scores >= lowest)[truth == 1].mean())
