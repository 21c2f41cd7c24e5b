"""Train a small instruct model as a clause judge: a policy and a listing in, a verdict out.

LoRA (Hu et al., 2021), or QLoRA (Dettmers et al., 2023) on a base in four bits. The verdict is
one token, whose probability is P(violates); a violation may be followed by a quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Self

import numpy as np
import torch
from pydantic import Field, model_validator

from shelfguard.errors import DataError
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.judge_data import (
    Known,
    Material,
    Mix,
    balanced_pairs,
    groups,
    known_rows,
    pack_student,
)
from shelfguard.learn.train.judge_lesson import Exam, Lesson
from shelfguard.learn.train.judge_model import (
    SMOLLM2,
    SMOLLM2_SHA256,
    Adapter,
    add_adapter,
    base_folder,
    load_base,
)
from shelfguard.learn.train.judge_prompt import policy_text
from shelfguard.learn.train.judge_scorer import JudgeFile, load, save
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.trainer import Job
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived
from shelfguard.signals.text import transformer_texts

__all__ = ["JudgeSettings", "load", "train"]

CHECKPOINT = "judge.pt"
LOWEST_RATE = 0.1


class JudgeSettings(Settings):
    """What makes a judge.

    A step learns from `groups` groups of `listings` each, of which half violate their clause and
    `easy` are any others. The rate rises for `warm_up` steps, then falls to a tenth. What follows
    the verdict counts `rest_weight`.
    """

    pack: str = "ca-marketplace"
    base: str = SMOLLM2
    base_sha256: str = SMOLLM2_SHA256
    four_bits: bool = False
    rank: int = Field(8, ge=1)
    alpha: int = Field(16, ge=1)
    dropout: float = Field(0.05, ge=0, lt=1)
    steps: int = Field(400, ge=1)
    groups: int = Field(4, ge=1)
    listings: int = Field(6, ge=2)
    easy: int = Field(1, ge=0)
    rate: float = Field(5e-4, gt=0)
    warm_up: int = Field(20, ge=1)
    rest_weight: float = Field(0.3, ge=0)
    policy_tokens: int = Field(80, ge=8)
    listing_tokens: int = Field(96, ge=8)
    held_out: int = Field(150, ge=2)
    evaluate_every: int = Field(50, ge=1)
    checkpoint_every: int = Field(50, ge=1)

    @model_validator(mode="after")
    def _leaves_room_for_easy_rows(self) -> Self:
        if self.easy > self.listings - self.listings // 2:
            raise ValueError("at most half of the listings may be easy")
        return self

    def rate_at(self, step: int) -> float:
        """The learning rate of a step."""
        if step < self.warm_up:
            return self.rate * (step + 1) / self.warm_up
        left = (self.steps - step) / max(1, self.steps - self.warm_up)
        return self.rate * max(LOWEST_RATE, left)

    def file(self, pack: Pack, clauses: Sequence[str]) -> JudgeFile:
        """What the trained judge needs to know of these settings."""
        return JudgeFile(
            base=self.base,
            base_sha256=self.base_sha256,
            four_bits=self.four_bits,
            policy_tokens=self.policy_tokens,
            listing_tokens=self.listing_tokens,
            policies={clause: policy_text(pack.clauses[clause]) for clause in clauses},
        )


def train(job: Job) -> None:
    """Write the adapter and what it needs to judge; a checkpoint goes on where it stopped.

    Raises:
        DataError: a setting does not fit, or the dataset has nothing to learn from.
        ModelError: the base model cannot be had, or a checkpoint is of another run.
    """
    settings = read_settings(JudgeSettings, job.settings)
    pack, training = load_pack(settings.pack), job.dataset.train
    known = known_rows(training, [c for c in job.dataset.clauses if c in pack.clauses])
    if not known:
        raise DataError("no clause has both violating and legal rows to train on")
    file = settings.file(pack, [each.clause for each in known])
    folder = base_folder(settings.base, settings.base_sha256)
    torch.manual_seed(job.seed)
    adapter = Adapter(settings.rank, settings.alpha, settings.dropout)
    base = load_base(folder, four_bits=settings.four_bits)
    model, prompts = add_adapter(base, adapter), file.prompts(folder)
    material = Material(training, pack)
    lesson = Lesson(model, prompts, material, settings.rate_at, settings.rest_weight)
    follow(job, settings, lesson, known)
    save(model, file, pack_student(pack), job.folder)


def follow(job: Job, settings: JudgeSettings, lesson: Lesson, known: Sequence[Known]) -> None:
    """All steps from the last checkpoint on, with an examination every so often."""
    watch, exam = job.watch, _exam(job, known, settings.held_out)
    checkpoint = Checkpoint.of(job, CHECKPOINT)
    first = lesson.restore(checkpoint)
    mix = Mix(settings.listings, settings.easy)
    drawn = islice(groups(known, mix, job.seed), first * settings.groups, None)
    for step in range(first, settings.steps):
        if step % settings.evaluate_every == 0:
            watch.log(exam.sit(lesson.model, lesson.prompts), step)
        watch.log(lesson.learn(list(islice(drawn, settings.groups)), step), step)
        watch.advance(step + 1, settings.steps)
        if (step + 1) % settings.checkpoint_every == 0:
            lesson.keep(checkpoint, step + 1)
    watch.log(exam.sit(lesson.model, lesson.prompts), settings.steps)


def _exam(job: Job, known: Sequence[Known], pairs: int) -> Exam:
    """Questions about the calibration part, of the clauses that are learned."""
    part = job.dataset.calibration
    asked = balanced_pairs(known_rows(part, [each.clause for each in known]), pairs, job.seed)
    rows = np.array([pair.row for pair in asked], np.int64)
    texts = dict(zip(rows.tolist(), transformer_texts(Derived(part.batch), rows), strict=True))
    return Exam.of(asked, texts)
