"""The classical recipes: TF-IDF with logistic regression, and fastText."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.augment import Style, augmented
from shelfguard.learn.train.held_out import held_out_figures
from shelfguard.learn.train.parts import training_rows
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.texts import plain_texts
from shelfguard.learn.train.tfidf import STRENGTH, Tfidf
from shelfguard.learn.train.trainer import Job
from shelfguard.listing import Batch

Floats = npt.NDArray[np.float32]

FASTTEXT_FILE = "model.fasttext"


class TfidfSettings(Settings):
    """`strength` is the inverse of the L2 penalty."""

    strength: float = Field(STRENGTH, gt=0)
    style: Style = Style()


class FastTextSettings(Settings):
    """fastText's own names; benchmarks/README.md says how the defaults were found."""

    dim: int = Field(100, ge=1)
    epoch: int = Field(150, ge=1)
    lr: float = Field(1.0, gt=0)
    minn: int = Field(3, ge=0)
    maxn: int = Field(5, ge=0)
    wordNgrams: int = Field(1, ge=1)  # noqa: N815 (fastText's spelling)
    bucket: int = Field(200_000, ge=1)
    style: Style = Style()


@dataclass(frozen=True, slots=True)
class TextScorer:
    """A Scorer over plain texts."""

    clauses: list[str]
    score: Callable[[Sequence[str]], Floats]

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses]."""
        if not len(batch):
            return np.empty((0, len(self.clauses)), np.float32)
        return self.score(plain_texts(batch))


def train_tfidf(job: Job) -> None:
    """Write terms and weights; the same seed and rows give the same bytes.

    Raises:
        DataError: a setting is unknown or does not fit, or there is nothing to learn from.
    """
    settings = read_settings(TfidfSettings, job.settings)
    part = augmented(training_rows(job.dataset), settings.style, job.seed)
    job.watch.say(f"{len(part)} rows, {len(part.clauses)} clauses")
    model = Tfidf.fit(plain_texts(part.batch), part.targets, part.weights, settings.strength)
    model.save(job.folder)
    scorer = TextScorer(part.clauses, Tfidf.load(job.folder).probabilities)
    job.watch.log(held_out_figures(scorer, job.dataset.calibration), 0)


def load_tfidf(folder: Path, record: ModelRecord) -> TextScorer:
    """The model of a folder.

    Raises:
        ModelError: a file is missing or is not what it should be.
    """
    return TextScorer(record.clauses, Tfidf.load(folder).probabilities)


def train_fasttext(job: Job) -> None:
    """Write fastText's binary file. No weights, rounded targets, and no two runs alike.

    Raises:
        DataError: a setting is unknown or does not fit, or there is nothing to learn from.
    """
    from shelfguard.learn.train.fast_text import FastText

    settings = read_settings(FastTextSettings, job.settings)
    part = augmented(training_rows(job.dataset), settings.style, job.seed)
    job.watch.say(f"{len(part)} rows, {len(part.clauses)} clauses")
    own = settings.model_dump(exclude={"style"})
    seed = {"seed": job.seed}
    model = FastText.fit(plain_texts(part.batch), part.targets, part.clauses, **own, **seed)
    model.save(job.folder / FASTTEXT_FILE)
    scorer = TextScorer(part.clauses, model.probabilities)
    job.watch.log(held_out_figures(scorer, job.dataset.calibration), 0)


def load_fasttext(folder: Path, record: ModelRecord) -> TextScorer:
    """The model of a folder.

    Raises:
        ModelError: the file is no fastText model.
    """
    from shelfguard.learn.train.fast_text import FastText

    model = FastText.load(folder / FASTTEXT_FILE, record.clauses)
    return TextScorer(record.clauses, model.probabilities)
