"""The shape of a policy pack, as its files are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shelfguard.decision import Outcome

ClauseId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}-[A-Z]{3}-\d{3}$")]
Words = dict[str, str]
"""One text per language tag, e.g. {"en": ..., "fr": ...}."""


class Strict(BaseModel):
    """A record whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(Strict):
    """The instrument and provision that a clause rests on."""

    instrument: str
    provision: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.instrument, self.provision)))


class PrecisionGoal(Strict):
    """Act alone only where at least this share of such decisions is right."""

    precision: float = Field(gt=0, lt=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)


class RecallGoal(Strict):
    """Send to a person at least this share of the violations."""

    recall: float = Field(gt=0, lt=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)


class Goals(Strict):
    """What the thresholds of a clause must achieve; the calibrator finds the numbers."""

    act: PrecisionGoal = PrecisionGoal(precision=0.98)
    review: RecallGoal = RecallGoal(recall=0.8)


Market = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
"""An ISO 3166 code of a country or of a part of one."""


class Clause(Strict):
    """One rule that a listing can break."""

    id: ClauseId
    tier: Literal["core", "extended"] = "core"
    title: Words
    rule: Words
    cite: list[Citation]
    checked: Literal["primary", "mixed", "secondary", "recall", "house"]
    kind: Literal["prohibited", "restricted", "evidence", "labelling", "claim"] = Field(
        alias="class"
    )
    markets: list[Market]
    signals: list[Literal["lexicon", "attributes", "contact", "text", "image"]]
    decisive: Words
    hard_negatives: list[str] = []
    fix: Words
    goals: Goals = Goals()
    action: Outcome
    reviewed: date
    dsa: dict[str, str] = {}

    @property
    def citation(self) -> str:
        """The first citation, as one line."""
        return str(self.cite[0]) if self.cite else "House rule"


MODEL_FILES = {
    "student": "student.npz",
    "added": "added.npz",
    "screener": "screener.onnx",
    "encoder": "encoder.onnx",
    "pieces": "pieces.model",
    "vectors": "vectors.npy",
}
"""The files of a text model, by the name under which the engine asks for each."""

CALIBRATION = "calibration.json"
"""What the calibrator writes beside the models."""


class ModelFile(Strict):
    """A weight file that the pack needs, pinned."""

    name: str
    source: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


Share = Annotated[float, Field(gt=0, lt=1)]


class FlagBudget(Strict):
    """How much of the innocent catalog may be sent to a person."""

    ordinary: Share = 0.03
    look_alike: Share = 0.12
    confidence: Share = 0.9


class DetectorUse(Strict):
    """On which pictures of which listings a detector is asked."""

    pictures: Literal["all", "main"] = "all"
    when: Literal["always", "doubt"] = "always"
    """`doubt`: only where text leaves a listing open, or its category is one of `categories`."""
    categories: list[str] = []
    """Parts of category paths, in lower case."""


DetectorName = Literal[
    "hash", "quality", "codes", "text", "nudity", "framing", "labels", "objects", "body_parts"
]
"""What can be asked of a picture (`shelfguard.images.detectors`)."""


class PictureUse(Strict):
    """What a pack asks of pictures, where a scan looks at them."""

    detectors: dict[DetectorName, DetectorUse]
    most: Annotated[int, Field(gt=0)] = 8
    """Of one listing, so many pictures are looked at."""
    unread: Literal["review", "note"] = "review"
    """What follows where a picture cannot be read: a person looks, or it is only noted."""
    models: list[ModelFile] = []
    rules: dict[
        Literal["gtin-differs", "nudity", "unnamed-object", "repeated-picture"], ClauseId
    ] = {}
    """Findings that no model weighs, and the clause under which a person looks at them."""
    names: dict[str, list[str]] = {}
    """The words for each kind of object: one that is shown and not named is unnamed."""


class Manifest(Strict):
    """`pack.yaml`: what the pack is, what it needs and what it promises."""

    id: str
    version: str
    title: Words
    status: Literal["draft", "reviewed"] = "draft"
    jurisdictions: list[str]
    languages: list[str]
    review_every_days: Annotated[int, Field(gt=0, le=3650)]
    signals: list[str]
    required: list[str]
    budget: FlagBudget = FlagBudget()
    costs: dict[str, float] = {}
    models: list[ModelFile] = []
    pictures: PictureUse | None = None


IMAGE = "image"
"""The signal of pictures. A pack that requires it lets nothing pass in a scan without them."""

LEXICONS = "lexicons"
"""The folder of a pack's phrases."""

ANY_LANGUAGE = "mul"
"""The language of names that are the same in all of them (ISO 639-2, "multiple languages")."""


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One phrase of a clause's lexicon. A weak one is a feature, never decisive alone."""

    clause: str
    lang: str
    phrase: str
    file: Path
    line: int
    weak: bool = False


@dataclass(frozen=True, slots=True)
class NegativeContext:
    """Words of an innocent neighbour, which cancel a phrase close by.

    Clause None: they cancel the phrases of every clause.
    """

    clause: str | None
    lang: str
    phrase: str
    file: Path
    line: int


@dataclass(frozen=True)
class Pack:
    """A loaded pack. `sha256` covers every file but `cases/` and `examples/`.

    `models` is the folder of models that came from elsewhere, None for the pack's own.
    """

    root: Path
    manifest: Manifest
    clauses: dict[str, Clause]
    lexicon: list[LexiconEntry]
    sha256: str
    contexts: list[NegativeContext] = field(default_factory=list)
    models: Path | None = None

    @property
    def models_root(self) -> Path:
        """What the manifest's `file:` sources of models are relative to."""
        return self.models or self.root

    @property
    def calibration_file(self) -> Path:
        """Where the calibration of the models lies, if there is one."""
        return (self.models or self.root / "models") / CALIBRATION

    @property
    def label(self) -> str:
        """`id@version+sha`, as decisions record it."""
        return f"{self.manifest.id}@{self.manifest.version}+{self.sha256[:12]}"

    @property
    def unseen(self) -> frozenset[str]:
        """The clauses that rest on signals which this pack does not run, such as pictures."""
        run = set(self.manifest.signals)
        return frozenset(n for n, clause in self.clauses.items() if run.isdisjoint(clause.signals))
