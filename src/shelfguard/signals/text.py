"""The text model's two stages over a batch: the student on all, the encoder on the open."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shelfguard.errors import REBUILD, ModelError, PackError
from shelfguard.models.source import resolve
from shelfguard.models.student import NEAR, Student
from shelfguard.models.table import Floats
from shelfguard.models.words import WORD
from shelfguard.policy.calibration import FILE, Calibration, LogOdds, read_calibration
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.markup import shown_text

if TYPE_CHECKING:
    from shelfguard.models.encoder import Encoder

Rows = npt.NDArray[np.int64]

MAX_CHARACTERS = 2000
"""The encoder reads no further in a field: past it, no token would fit anyway."""

WORST_CLAUSE_SHARE = 0.5
"""Chosen on held-out rows; design/log.md has the alternatives."""

LEAST = -50.0

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})

READING_ORDER = {"title": 0, "description": 2, "bullets": 2}
"""What is cut first when a listing is too long for the encoder: its description."""


def encoder_texts(derived: Derived, rows: Rows) -> list[str]:
    """Each listing as the encoder reads it: a line a field, the description last."""
    lines: dict[int, list[tuple[int, str]]] = {int(row): [] for row in rows}
    segments = derived.segments
    for i in np.flatnonzero(np.isin(segments.rows, rows)):
        field, _, attribute = segments.fields[i].partition(".")
        name = field.partition("[")[0]
        text = readable(segments.texts[i][: 2 * MAX_CHARACTERS], derived.folded[i])
        text = text[:MAX_CHARACTERS]
        if name == "attributes":
            text = f"{attribute.replace('_', ' ')}: {text}"
        lines[int(segments.rows[i])].append((READING_ORDER.get(name, 1), text))
    return ["\n".join(text for _, text in sorted(lines[int(r)], key=itemgetter(0))) for r in rows]


def readable(text: str, folded: str) -> str:
    """The text as shown, case and accents kept; the folded text where folding undid a disguise."""
    shown = shown_text(text)
    return shown if _words(shown) == _words(folded) else folded


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LIGATURES)
    return WORD.findall("".join(char for char in plain if not unicodedata.combining(char)))


def resolve_models(pack: Pack) -> dict[str, Path]:
    """The pack's model files by name, each with the digest that the manifest pins.

    Raises:
        ModelError: a file is missing, or is not the one that its digest names.
    """
    return {
        model.name: resolve(model.source, model.sha256, root=pack.root)
        for model in pack.manifest.models
    }


class TextModel:
    """Student and encoder of a pack, calibrated, as a two-stage cascade."""

    def __init__(self, student: Student, encoder: Encoder | None, calibration: Calibration) -> None:
        self.student, self.encoder = student, encoder
        self._stages, self._open_at = calibration.stages, calibration.open_at
        self.clauses = student.clauses[:-1]
        if student.clauses[-1] != NEAR or (encoder and encoder.clauses != self.clauses):
            raise ModelError("student and encoder do not have the same clauses", fix=REBUILD)

    @classmethod
    def from_pack(cls, pack: Pack) -> TextModel | None:
        """The text model that the pack's manifest pins; None where it names none.

        The calibration must be that of these very models.

        Raises:
            ModelError: a file is missing, or is not the one that its digest names.
            PackError: there are models but no calibration.
        """
        if not any(model.name == "student" for model in pack.manifest.models):
            return None
        files = resolve_models(pack)
        calibration = read_calibration(pack)
        if calibration is None:
            raise PackError("models without a calibration", file=pack.root, fix=REBUILD)
        pinned = {model.name: model.sha256 for model in pack.manifest.models}
        if calibration.models != pinned:
            raise ModelError(
                "the calibration is of other models", file=pack.root / FILE, fix=REBUILD
            )
        return cls.load(files, calibration)

    @classmethod
    def load(cls, files: Mapping[str, Path], calibration: Calibration) -> TextModel:
        """The models in these files under a calibration of the caller's."""
        encoder = None
        if "encoder" in files:
            from shelfguard.models.encoder import Encoder

            encoder = Encoder(files["encoder"], files["pieces"])
        return cls(Student.load(files["student"]), encoder, calibration)

    def student_scores(self, derived: Derived, hits: Iterable[Hit]) -> tuple[Floats, Floats]:
        """(log-odds [listings, clauses] from text and other signals' hits, openness [listings]).

        Openness orders listings by how much they need the encoder: how near they are to any
        clause, and how much the student holds against them under the worst one.
        """
        segments, folded = derived.segments, derived.folded
        order = np.argsort(segments.rows, kind="stable")
        found = sorted({(hit.row, hit.feature) for hit in hits})
        texts = [folded[i] for i in order]
        scores = self.student.score(texts, segments.rows[order], found, len(derived.batch))
        clauses, near = scores[:, :-1], scores[:, -1]
        return clauses, near + WORST_CLAUSE_SHARE * clauses.max(axis=1, initial=LEAST)

    def encoder_scores(self, derived: Derived, rows: Rows) -> Floats:
        """Raw log-odds [rows, clauses] of the encoder; zero where the pack has none."""
        if self.encoder is None:
            return np.zeros((len(rows), len(self.clauses)), np.float32)
        return self.encoder.score(encoder_texts(derived, rows))

    def open_rows(self, openness: Floats, suspected: Rows) -> Rows:
        """The listings that the student leaves to the encoder, the suspected among them."""
        if self.encoder is None:
            return np.empty(0, np.int64)
        return np.union1d(np.flatnonzero(openness >= self._open_at), suspected)

    def probability(self, stage: str, student: Floats, encoder: Floats | float) -> Floats:
        """Calibrated probabilities after a stage, rounded so that machines agree."""
        by = self._stages.get(stage, LogOdds())
        logits = by.combine(self.clauses, student, encoder)
        return np.round(1 / (1 + np.exp(-np.clip(logits, -50, 50))), 5).astype(np.float32)
