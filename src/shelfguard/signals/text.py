"""The text model's two stages over a batch: the student on all, the encoder on the open."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shelfguard.errors import PackError
from shelfguard.models.source import resolve
from shelfguard.models.student import Floats, Student
from shelfguard.policy.calibration import LogOdds, read_calibration
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.markup import shown_text

if TYPE_CHECKING:
    from shelfguard.models.encoder import Encoder

Rows = npt.NDArray[np.int64]

MAX_CHARACTERS = 2000
"""The encoder reads no further in a field: past it, no token would fit anyway."""

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})

READING_ORDER = {"title": 0, "description": 2, "bullets": 2}
"""What is cut first when a listing is too long for the encoder: its description."""


def student_scores(student: Student, derived: Derived, hits: Iterable[Hit]) -> Floats:
    """Log-odds [listings, clauses] of the student over all text and other signals' hits."""
    segments = derived.segments
    order = np.argsort(segments.rows, kind="stable")
    folded = derived.folded
    found = sorted({(hit.row, hit.feature) for hit in hits})
    texts = [folded[i] for i in order]
    return student.score(texts, segments.rows[order], found, count=len(derived.batch))


def encoder_texts(derived: Derived, rows: Rows) -> list[str]:
    """Each listing as the encoder reads it: a line a field, the description last."""
    lines: dict[int, list[tuple[int, str]]] = {int(row): [] for row in rows}
    segments = derived.segments
    for i in np.flatnonzero(np.isin(segments.rows, rows)):
        name, _, attribute = segments.fields[i].partition(".")
        text = readable(segments.texts[i], derived.folded[i])[:MAX_CHARACTERS]
        if name == "attributes":
            text = f"{attribute.replace('_', ' ')}: {text}"
        lines[int(segments.rows[i])].append((READING_ORDER.get(name, 1), text))
    return ["\n".join(text for _, text in sorted(lines[int(r)], key=itemgetter(0))) for r in rows]


def readable(text: str, folded: str) -> str:
    """The text as shown, case and accents kept; the folded text where folding undid a disguise."""
    shown = shown_text(text)
    return shown if _letters(shown) == _letters(folded) else folded


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LIGATURES)
    return "".join(filter(str.isalnum, plain))


class TextModel:
    """Student and encoder of a pack, calibrated, as a two-stage cascade."""

    def __init__(
        self, student: Student, encoder: Encoder | None, stages: dict[str, LogOdds], open_at: float
    ) -> None:
        self.student, self.encoder = student, encoder
        self._stages, self._open_at = stages, open_at
        self.clauses = student.clauses

    @classmethod
    def from_pack(cls, pack: Pack) -> TextModel | None:
        """The text model that the pack's manifest pins; None where it names none.

        Raises:
            ModelError: a file is missing, or is not the one that its digest names.
            PackError: there are models but no calibration.
        """
        files = {
            model.name: resolve(model.source, model.sha256, root=pack.root)
            for model in pack.manifest.models
        }
        if "student" not in files:
            return None
        calibration = read_calibration(pack)
        if calibration is None:
            raise PackError("models without a calibration", file=pack.root, fix="Run make model")
        encoder = None
        if "encoder" in files:
            from shelfguard.models.encoder import Encoder

            encoder = Encoder(files["encoder"], files["pieces"])
        student = Student.load(files["student"])
        return cls(student, encoder, calibration.stages, calibration.open_at)

    def judge_all(self, derived: Derived, hits: Iterable[Hit]) -> tuple[Floats, Floats]:
        """The student's raw log-odds and calibrated probabilities, both [listings, clauses]."""
        raw = student_scores(self.student, derived, hits)
        return raw, self._probability("student", raw, np.zeros_like(raw))

    def open_rows(self, probabilities: Floats) -> Rows:
        """The listings that the student leaves open."""
        if self.encoder is None:
            return np.empty(0, np.int64)
        return np.flatnonzero((probabilities >= self._open_at).any(axis=1))

    def judge_open(self, derived: Derived, rows: Rows, raw: Floats) -> Floats:
        """Calibrated probabilities [rows, clauses] of both models together."""
        if self.encoder is None:
            raise ValueError("the pack has no encoder")
        return self._probability(
            "encoder", raw[rows], self.encoder.score(encoder_texts(derived, rows))
        )

    def _probability(self, stage: str, student: Floats, encoder: Floats) -> Floats:
        by = self._stages.get(stage, LogOdds())
        logits = by.student * student + by.encoder * encoder + by.offset
        return np.round(1 / (1 + np.exp(-logits)), 5).astype(np.float32)
