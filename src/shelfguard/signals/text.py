"""The text model's stages over a batch: the student on all, transformers on what is open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from shelfguard.errors import REBUILD, ModelError, PackError
from shelfguard.models.source import resolve
from shelfguard.models.student import NEAR, Reading, Student
from shelfguard.models.table import Floats
from shelfguard.models.words import WORD
from shelfguard.policy.calibration import Calibration, LogOdds, probability, read_calibration
from shelfguard.policy.pack import MODEL_FILES, Pack
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.markup import shown_text

if TYPE_CHECKING:
    from shelfguard.models.transformer import Backend, Transformer

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MAX_CHARACTERS = 2000
"""A transformer reads no further in a field, which bounds its windows; the student reads it all."""

WORST_CLAUSE_SHARE = 0.5
"""Chosen on held-out rows; design/log.md has the alternatives."""

LEAST = -50.0

STUDENT = "student"
ADDED = "added"
"""The model of clauses that were added after the student was trained: a student without NEAR."""

TRANSFORMERS = ("screener", "encoder")
"""The stages after the student, cheapest first; a pack may have any of them."""

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o"})
MARKS = str.maketrans("™℠", "  ")
"""Signs that decomposition would make letters of."""

JUMBLED = re.compile(r"[a-zà-ÿ][A-ZÀ-Þ]+[a-zà-ÿ]+[A-ZÀ-Þ]")
"""Capitals scattered over a word, which word pieces cannot read; names have one inside at most."""

READING_ORDER = {"title": 0, "description": 2, "bullets": 2}
"""What later windows hold when a listing is too long for one: its description."""


def transformer_texts(derived: Derived, rows: Rows) -> list[str]:
    """Each listing as transformers read it: a line a field, the description last."""
    lines: dict[int, list[tuple[int, str]]] = {int(row): [] for row in rows}
    segments = derived.segments
    for i in np.flatnonzero(np.isin(segments.rows, rows)):
        field, _, attribute = segments.fields[i].partition(".")
        name = field.partition("[")[0]
        text = readable(segments.texts[i], derived.folded[i])[:MAX_CHARACTERS]
        if name == "attributes":
            text = f"{attribute.replace('_', ' ')}: {text}"
        lines[int(segments.rows[i])].append((READING_ORDER.get(name, 1), text))
    return ["\n".join(text for _, text in sorted(lines[int(r)], key=itemgetter(0))) for r in rows]


def readable(text: str, folded: str) -> str:
    """The text as shown, case and accents kept; the folded text where folding undid a disguise.

    Of a long text the beginning: twice what a transformer reads, since markup takes room.
    """
    shown, plain = shown_text(text[: 2 * MAX_CHARACTERS]), folded[: 2 * MAX_CHARACTERS]
    ours, theirs = _words(shown), _words(plain)
    if len(text) > 2 * MAX_CHARACTERS:  # the last word may be cut, and markup takes room
        length = max(min(len(ours), len(theirs)) - 1, 0)
        ours, theirs = ours[:length], theirs[:length]
    return shown if ours == theirs and not JUMBLED.search(shown) else folded


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.translate(MARKS)).casefold().translate(LIGATURES)
    return WORD.findall("".join(char for char in plain if not unicodedata.combining(char)))


def resolve_models(pack: Pack) -> dict[str, Path]:
    """The pack's model files by name, each with the digest that the manifest pins.

    Raises:
        ModelError: a file is missing, or is not the one that its digest names.
    """
    return {
        model.name: resolve(model.source, model.sha256, root=pack.models_root)
        for model in pack.manifest.models
    }


class FirstLook(NamedTuple):
    """What the student makes of listings.

    `scores` are log-odds [listings, clauses]. `openness` [listings] orders listings by how much
    they need a closer look: how near they are to any clause, and how much the student holds
    against them under the worst one. `rarity` [listings] tells how unlike what it learned from
    their words are.
    """

    scores: Floats
    openness: Floats
    rarity: Floats


class TextModel:
    """Student and transformers of a pack, calibrated, as a cascade of stages."""

    def __init__(
        self,
        student: Student,
        transformers: Mapping[str, Transformer],
        calibration: Calibration,
        added: Student | None = None,
    ) -> None:
        self.student, self.transformers, self.added = student, transformers, added
        self._open_at = calibration.open_at
        limit = calibration.unfamiliar_at
        self._unfamiliar_at = np.inf if limit is None else limit
        self.clauses = student.clauses[:-1]
        heads = [model.clauses for model in transformers.values()]
        if student.clauses[-1] != NEAR or any(clauses != self.clauses for clauses in heads):
            raise ModelError("the text models do not have the same clauses", fix=REBUILD)
        if twice := set(self.clauses).intersection(self.added_clauses):
            fix = f"Remove models/{MODEL_FILES[ADDED]}, and calibrate again"
            raise ModelError(f"two models judge {min(twice)}", fix=fix)
        self._scalings = {
            stage: calibration.stages.get(stage, LogOdds()).scaling(self.clauses)
            for stage in self.stages
        }

    @property
    def added_clauses(self) -> tuple[str, ...]:
        """The clauses that no transformer reads for: the added model alone judges them."""
        return self.added.clauses if self.added else ()

    @property
    def stages(self) -> tuple[str, ...]:
        """The student, then its transformers, cheapest first."""
        return (STUDENT, *self.transformers)

    @classmethod
    def from_pack(cls, pack: Pack, backend: Backend | None = None) -> TextModel | None:
        """The text model that the pack's manifest pins; None where it names none.

        The calibration must be that of these very models. Transformers run on the backend, if any.

        Raises:
            ModelError: a file is missing, or is not the one that its digest names.
            PackError: there are models but no calibration.
        """
        if not any(model.name == STUDENT for model in pack.manifest.models):
            return None
        files = resolve_models(pack)
        calibration = read_calibration(pack)
        if calibration is None:
            raise PackError("models without a calibration", file=pack.root, fix=REBUILD)
        pinned = {model.name: model.sha256 for model in pack.manifest.models}
        if calibration.models != pinned:
            raise ModelError(
                "the calibration is of other models", file=pack.calibration_file, fix=REBUILD
            )
        return cls.load(files, calibration, backend)

    @classmethod
    def load(
        cls, files: Mapping[str, Path], calibration: Calibration, backend: Backend | None = None
    ) -> TextModel:
        """The models in these files under a calibration of the caller's."""
        stages = [stage for stage in TRANSFORMERS if stage in files]
        transformers = _transformers(files, stages, backend) if stages else {}
        added = Student.load(files[ADDED]) if ADDED in files else None
        return cls(Student.load(files[STUDENT]), transformers, calibration, added)

    def first_look(self, derived: Derived, hits: Iterable[Hit]) -> FirstLook:
        """What the student makes of every listing, from its text and other signals' hits."""
        scores, rarity = read_by(self.student, derived, hits)
        clauses, near = scores[:, :-1], scores[:, -1]
        openness = near + WORST_CLAUSE_SHARE * clauses.max(axis=1, initial=LEAST)
        return FirstLook(clauses, openness, rarity)

    def unfamiliar(self, rarity: Floats) -> Flags:
        """Which listings are unlike anything that the models learned from."""
        return np.asarray(rarity > self._unfamiliar_at)

    def added_scores(self, derived: Derived, hits: Iterable[Hit]) -> Floats:
        """Log-odds [listings, added clauses], calibrated as they are stored."""
        if self.added is None:
            return np.empty((len(derived.batch), 0), np.float32)
        return read_by(self.added, derived, hits).scores

    def transformer_scores(self, stage: str, derived: Derived, rows: Rows) -> Floats:
        """Raw log-odds [rows, clauses] of a stage's transformer."""
        return self.transformers[stage].score(transformer_texts(derived, rows))

    def stays_open(self, stage: str, openness: Floats, flagged: Flags) -> Flags:
        """Which listings [listings] a stage leaves to the next one: the open and the flagged.

        Where one is flagged, a later stage has the last word. The openness after a transformer
        is the highest probability of a listing.
        """
        if stage == self.stages[-1]:
            return np.zeros(len(openness), bool)
        return (openness >= self._open_at.get(stage, -np.inf)) | flagged

    def probability(self, stage: str, student: Floats, transformer: Floats | float = 0.0) -> Floats:
        """Calibrated probabilities [listings, clauses] after a stage."""
        return probability(self._scalings[stage].log_odds(student, transformer))


def read_by(student: Student, derived: Derived, hits: Iterable[Hit]) -> Reading:
    """What a student makes of listings, from their texts and other signals' hits."""
    segments, folded = derived.segments, derived.folded
    order = np.argsort(segments.rows, kind="stable")
    found = sorted({(hit.row, hit.feature) for hit in hits})
    texts = [folded[i] for i in order.tolist()]
    return student.read(texts, segments.rows[order], found, len(derived.batch))


def _transformers(
    files: Mapping[str, Path], stages: Iterable[str], backend: Backend | None
) -> dict[str, Transformer]:
    from shelfguard.models.embedding import Embedding
    from shelfguard.models.transformer import Transformer

    for name in ("pieces", "vectors"):
        if name not in files:
            raise ModelError(f"the transformers have no model '{name}' beside them", fix=REBUILD)
    embedding = Embedding(files["pieces"], files["vectors"])
    if backend:
        return {stage: backend.transformer(stage, files[stage], embedding) for stage in stages}
    return {stage: Transformer(files[stage], embedding) for stage in stages}
