"""A detector for one new clause, from its text and a handful of examples, in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from shelfguard.errors import REBUILD, DataError, ModelError, PackError
from shelfguard.learn.data.corpus import SEED, TWIN, catalog_batch, to_batch
from shelfguard.learn.registry.added import add_head, publish
from shelfguard.learn.train.clause_report import (
    ClauseReport,
    report,
    solve_thresholds,
)
from shelfguard.learn.train.student import Document, Weighting, design_matrix, read_documents
from shelfguard.models.student import Student
from shelfguard.policy.calibration import probability
from shelfguard.policy.pack import Clause, Pack
from shelfguard.policy.rows import Row, read_examples
from shelfguard.signals.fold import fold_texts
from shelfguard.signals.registry import TEXT, build_signals
from shelfguard.signals.text import STUDENT, resolve_models

Floats = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]

ROWS, VIOLATIONS, LEGAL = 10, 4, 2
"""The fewest examples, violations and legal look-alikes of a clause to learn from."""

OTHERS, CATALOG = 4000, 2000
"""How many of the pack's other examples, and of real listings, count as innocent."""

FOLDS = 10
STRENGTH = 10.0
"""The inverse of the L2 penalty, on rows whose weights add up to a few times their number."""

PROSE, LEGAL_ROWS, LEGAL_PROSE = 1.5, 0.25, 0.05
"""What the clause's own text, legal look-alikes, and their mention in it weigh in all, where all
violating rows weigh 1, and all others too. Chosen on three clauses taken out of the sample pack."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a head is fitted to; rows of one group are on one side of every fold.

    `matrix` is [rows, features], all others [rows]. A row of group "" is the clause's own text,
    which is there before any example and so on the training side of every fold.
    """

    matrix: sparse.csr_matrix
    violates: npt.NDArray[np.bool_]
    own: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.str_]
    weights: Wide

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The listings, without the clause's own text."""
        return np.flatnonzero(self.groups != "")


@dataclass(frozen=True, slots=True)
class Head:
    """A linear head: weights [features] and bias."""

    weights: Wide
    bias: float

    def score(self, matrix: sparse.csr_matrix) -> Wide:
        """Log-odds [rows]."""
        return np.asarray(matrix @ self.weights + self.bias)

    def scaled(self, slope: float, offset: float) -> Head:
        """The head whose scores are `slope` times these, and `offset`."""
        return Head(self.weights * slope, self.bias * slope + offset)


def train_clause(pack: Pack, clause: str, data: Path, say: Say) -> ClauseReport:
    """Fit, cross-validate, calibrate and pin a head for one clause of a pack.

    Raises:
        DataError: there are too few examples.
        ModelError: the pack has no student, or it judges the clause already.
        PackError: the pack has no such clause, or the clause does not read text.
    """
    started = time.perf_counter()
    student = _student(pack, clause)
    rows = read_examples(pack)
    own = _own_rows(pack, clause, rows)
    weighting = _weighting(pack, student)
    lesson = _lesson(pack, pack.clauses[clause], own, _innocent(clause, rows), data, weighting)
    say(f"{len(own)} examples, {len(lesson.rows) - len(own)} other listings")
    scores = cross_validate(lesson)
    slope, offset = platt(scores, lesson.violates[lesson.rows])
    judged = probability(slope * scores + offset)
    thresholds = solve_thresholds(pack, clause, judged, lesson.violates[lesson.rows])
    head = _fit(lesson, np.arange(len(lesson.groups))).scaled(slope, offset)
    found = report(clause, judged, lesson.violates[lesson.rows], lesson.own[lesson.rows])
    add_head(pack, clause, head.weights, head.bias, weighting)
    publish(pack, clause, thresholds, found.as_dict())
    return found.after(time.perf_counter() - started)


def _student(pack: Pack, clause: str) -> Student:
    """The pack's student, whose table of words the new head is made for."""
    if clause not in pack.clauses:
        fix = f"Write clauses/{clause}.yaml first, see docs/packs.md"
        raise PackError(f"no clause {clause}", file=pack.root, fix=fix)
    if TEXT not in pack.clauses[clause].signals:
        file, fix = pack.root / f"clauses/{clause}.yaml", f"Add '{TEXT}' to them"
        raise PackError("does not read text", file=file, field="signals", fix=fix)
    files = resolve_models(pack)
    if STUDENT not in files:
        raise ModelError("the pack has no student to add a clause to", file=pack.root, fix=REBUILD)
    student = Student.load(files[STUDENT])
    if clause in student.clauses:
        fix = "Train the student again to change it"
        raise ModelError(f"the student judges {clause} already", file=files[STUDENT], fix=fix)
    return student


def _own_rows(pack: Pack, clause: str, rows: Sequence[Row]) -> list[Row]:
    own = [row for row in rows if row.near == clause or clause in row.violates]
    violations = sum(clause in row.violates for row in own)
    legal = len(own) - violations
    if len(own) < ROWS or violations < VIOLATIONS or legal < LEGAL:
        raise DataError(
            f"{violations} violations and {legal} legal look-alikes of {clause}",
            file=pack.root / f"examples/{clause}.jsonl",
            fix=f"Write at least {ROWS} rows, {VIOLATIONS} or more that violate it and {LEGAL} or "
            f"more that do not, each with near: {clause}",
        )
    return own


def _innocent(clause: str, rows: Sequence[Row]) -> list[Row]:
    """A sample of the pack's examples for other clauses; a few may violate this one unsaid."""
    others = [row for row in rows if row.near != clause and clause not in row.violates]
    picks = np.random.default_rng(SEED).permutation(len(others))[:OTHERS]
    return [others[pick] for pick in np.sort(picks)]


def _weighting(pack: Pack, student: Student) -> Weighting:
    """The student's own, so that every added head reads one table; and all signals' features."""
    features = sorted({name for signal in build_signals(pack) for name in signal.features})
    places = {name: place for place, name in enumerate(features)}
    return Weighting(student.words.idf, student.pairs.idf, places)


def _lesson(
    pack: Pack,
    clause: Clause,
    own: Sequence[Row],
    others: Sequence[Row],
    data: Path,
    weighting: Weighting,
) -> Lesson:
    signals = build_signals(pack)
    catalog = catalog_batch(data, CATALOG, SEED, held_out=False)
    texts = [*clause.title.values(), *clause.rule.values(), *clause.decisive.values()]
    prose = [Document([text], frozenset()) for text in fold_texts([*texts, *clause.hard_negatives])]
    listings = read_documents(to_batch([*own, *others]), signals)
    documents = [*prose, *listings, *read_documents(catalog, signals)]
    violates, kinds = np.zeros(len(documents), bool), np.zeros(len(documents), int)
    violates[: len(texts)] = True
    mine = slice(len(prose), len(prose) + len(own))
    violates[mine] = [clause.id in row.violates for row in own]
    kinds[: len(prose)], kinds[mine] = 2, 1
    names = [""] * len(prose)
    names += [f"row {TWIN.sub('', row.id)}" for row in (*own, *others)]
    names += [f"catalog {number}" for number in range(len(catalog))]
    matrix = design_matrix(documents, weighting)
    return Lesson(matrix, violates, kinds == 1, np.array(names), _weights(violates, kinds))


def _weights(violates: npt.NDArray[np.bool_], kinds: npt.NDArray[np.int64]) -> Wide:
    """Weights [rows]; kinds are 0 for other listings, 1 for examples, 2 for the clause's text."""
    masses = {(1, True): 1.0, (1, False): LEGAL_ROWS, (2, True): PROSE, (2, False): LEGAL_PROSE}
    total = int((kinds == 0).sum())
    weights = np.ones(len(kinds))
    for (kind, guilty), mass in masses.items():
        rows = (kinds == kind) & (violates == guilty)
        weights[rows] = mass * total / max(1, rows.sum())
    return weights


def _fit(lesson: Lesson, rows: npt.NDArray[np.int64]) -> Head:
    """Fit to some rows, and to the features that these have: most of a table stands empty."""
    matrix = lesson.matrix[rows]
    used = np.unique(matrix.indices)
    model = LogisticRegression(C=STRENGTH, max_iter=300)
    model.fit(matrix[:, used], lesson.violates[rows], sample_weight=lesson.weights[rows])
    weights = np.zeros(matrix.shape[1])
    weights[used] = model.coef_[0]
    return Head(weights, float(model.intercept_[0]))


def cross_validate(lesson: Lesson) -> Wide:
    """Scores of the listings, each by a head that has not seen its group."""
    rows = lesson.rows
    text = np.flatnonzero(lesson.groups == "")
    scores = np.empty(len(rows))
    for train, test in _folds(lesson):
        head = _fit(lesson, np.concatenate([text, rows[train]]))
        scores[test] = head.score(lesson.matrix[rows[test]])
    return scores


def _folds(lesson: Lesson) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Examples and other listings are each dealt evenly over the folds, group by group."""
    rows = lesson.rows
    groups, own = lesson.groups[rows], lesson.own[rows]
    fold = np.empty(len(rows), np.int64)
    for mine in (True, False):
        members = np.flatnonzero(own == mine)
        folds = min(FOLDS, len(set(groups[members])))
        dealt = GroupKFold(folds).split(members, groups=groups[members])
        for number, (_, test) in enumerate(dealt):
            fold[members[test]] = number
    return [(np.flatnonzero(fold != n), np.flatnonzero(fold == n)) for n in range(fold.max() + 1)]


def platt(scores: Wide, violates: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """(slope, offset) that make scores [rows] log-odds, with Platt's smoothed targets.

    Without smoothing, a few violations that all score above the rest would ask for an endless
    slope. Platt, "Probabilistic outputs for support vector machines" (1999), section 2.2.
    """
    found, others = int(violates.sum()), int((~violates).sum())
    target = np.where(violates, (found + 1) / (found + 2), 1 / (others + 2))
    both = np.concatenate([scores, scores])[:, None]
    truth = np.repeat([1, 0], len(scores))
    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(both, truth, sample_weight=np.concatenate([target, 1 - target]))
    return float(model.coef_[0, 0]), float(model.intercept_[0])
