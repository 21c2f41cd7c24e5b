"""Teachers: models, a pack's whole cascade and its phrases, asked for every clause of a listing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfguard.errors import ModelError
from shelfguard.learn.data.dataset import Floats, Part
from shelfguard.learn.model import FILE, Scorer, load_scorer, read_record
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived, find_hits
from shelfguard.signals.lexicon import Lexicon
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import STUDENT, TextModel

RULES = "rules:"
"""Before a pack's name: its decisive phrases alone are the teacher."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """Who is asked, under which digest answers are kept, and how much the answers weigh."""

    name: str
    digest: str
    scorer: Scorer
    weight: float = 1.0


def load_teachers(weights: Mapping[str, float], seen: Part) -> list[Teacher]:
    """The teachers of a recipe, by source.

    A source is a model folder, a pack (its last stage reads every listing), or `rules:PACK`.
    `seen` are rows to train on: they say how often each phrase is right.

    Raises:
        ModelError: a weight is not above 0, or a teacher cannot be loaded.
        PackError: there is no such pack.
    """
    if not weights:
        raise ModelError("no teacher", field="teachers", fix="Name a model folder or a pack")
    for source, weight in weights.items():
        if not weight > 0:
            raise ModelError(f"a weight of {weight}", field=source, fix="Give one above 0")
    return [_load(source, weight, seen) for source, weight in weights.items()]


def _load(source: str, weight: float, seen: Part) -> Teacher:
    if source.startswith(RULES):
        rules = Rules.measured(load_pack(source.removeprefix(RULES)), seen)
        return Teacher(source, rules.digest, rules, weight)
    if (Path(source) / FILE).is_file():
        digest = read_record(Path(source)).digest
        return Teacher(source, digest, load_scorer(Path(source)), weight)
    pack = load_pack(source)
    return Teacher(source, pack_digest(pack), LastStage.of_pack(pack), weight)


def pack_digest(pack: Pack) -> str:
    """Of all that a pack's probabilities depend on: models, calibration and phrases."""
    models = sorted(f"{model.name} {model.sha256}" for model in pack.manifest.models)
    file = pack.calibration_file
    # As it lies on disk: read into a record, it would change with every field that is added.
    solved = file.read_text("utf-8") if file.is_file() else ""
    return _digest(*models, solved, *_phrases(pack))


def _phrases(pack: Pack) -> list[str]:
    words = [f"{e.clause}\t{e.lang}\t{e.phrase}\t{e.weak}" for e in pack.lexicon]
    contexts = [f"{c.clause}\t{c.lang}\t{c.phrase}" for c in pack.contexts]
    return sorted(words) + sorted(contexts)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class LastStage:
    """A pack's student and last transformer, calibrated together, on every listing."""

    def __init__(self, pack: Pack, text: TextModel) -> None:
        self._text, self._signals = text, build_signals(pack)
        self.clauses = list(text.clauses)

    @classmethod
    def of_pack(cls, pack: Pack) -> LastStage:
        """The models that a pack pins.

        Raises:
            ModelError: it pins none, or they are not the ones that it names.
        """
        if (text := TextModel.from_pack(pack)) is None:
            raise ModelError("has no models to learn from", file=pack.root)
        return cls(pack, text)

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses]; never NaN."""
        text, derived = self._text, Derived(batch)
        student = text.first_look(derived, find_hits(self._signals, derived)).scores
        last = text.stages[-1]
        if last == STUDENT:
            return text.probability(STUDENT, student)
        scores = text.transformer_scores(last, derived, np.arange(len(batch)))
        return text.probability(last, student, scores)


class Rules:
    """A pack's decisive phrases as weak labels: they speak where they are found, else not."""

    def __init__(self, pack: Pack, precision: Mapping[str, float]) -> None:
        self._lexicon, self._precision = Lexicon.from_pack(pack), dict(precision)
        self._phrases = _phrases(pack)
        self.clauses = list(precision)

    @classmethod
    def measured(cls, pack: Pack, seen: Part) -> Rules:
        """Rules whose probability is how often they are right on rows with known answers.

        Laplace's rule of succession keeps a phrase that was never seen at a half.
        """
        clauses = sorted({entry.clause for entry in pack.lexicon if not entry.weak})
        rules = cls(pack, dict.fromkeys(clauses, 0.5))
        found = ~np.isnan(rules.probabilities(seen.batch))
        for column, clause in enumerate(clauses):
            if clause in seen.clauses:
                truth = seen.targets[found[:, column], seen.clauses.index(clause)]
                truth = truth[~np.isnan(truth)]
                rules._precision[clause] = float((truth.sum() + 1) / (len(truth) + 2))
        return rules

    @property
    def digest(self) -> str:
        """Of the phrases and of what they were found to be worth."""
        worth = [f"{clause} {value}" for clause, value in sorted(self._precision.items())]
        return _digest(self._lexicon.version, *self._phrases, *worth)

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses], NaN where no phrase was found."""
        out = np.full((len(batch), len(self.clauses)), np.nan, np.float32)
        columns = {f"{self._lexicon.name}:{name}": n for n, name in enumerate(self.clauses)}
        for hit in self._lexicon.run(Derived(batch)):
            if hit.feature in columns:
                column = columns[hit.feature]
                out[hit.row, column] = self._precision[self.clauses[column]]
        return out
