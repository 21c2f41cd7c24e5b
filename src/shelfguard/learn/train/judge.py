"""Train a small instruct model as a clause judge: a policy and a listing in, a verdict out.

LoRA (Hu et al., 2021), or QLoRA (Dettmers et al., 2023) on a base in four bits. The verdict is
one token, whose probability is P(violates); a violation may be followed by a quote.
"""

from __future__ import annotations

import hashlib
import json
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from peft import get_peft_model_state_dict, set_peft_model_state_dict
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from shelfguard.errors import DataError
from shelfguard.learn.evaluate.measures import average_precision
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.judge_data import (
    Known,
    Material,
    Mix,
    Pair,
    balanced_pairs,
    groups,
    known_rows,
    pack_student,
)
from shelfguard.learn.train.judge_model import (
    SMOLLM2,
    SMOLLM2_SHA256,
    Adapter,
    add_adapter,
    base_folder,
    load_base,
    logits,
    pack,
)
from shelfguard.learn.train.judge_prompt import Prompts, policy_text
from shelfguard.learn.train.judge_scorer import JudgeFile, judged, load, save
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.trainer import Job
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack

__all__ = ["JudgeSettings", "load", "train"]

CHECKPOINT = "judge.pt"
LOWEST_RATE = 0.1


class JudgeSettings(Settings):
    """What makes a judge.

    A step learns from `groups` groups of `listings` each, of which half violate their clause and
    `easy` have nothing to do with it. The rate rises for `warm_up` steps, then falls to a tenth.
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
    quote_weight: float = Field(0.3, ge=0)
    policy_tokens: int = Field(80, ge=8)
    listing_tokens: int = Field(96, ge=8)
    held_out: int = Field(150, ge=2)
    evaluate_every: int = Field(50, ge=1)
    checkpoint_every: int = Field(50, ge=1)

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
    pack = load_pack(settings.pack)
    known = known_rows(job.dataset.train, [c for c in job.dataset.clauses if c in pack.clauses])
    if not known:
        raise DataError("no clause has both violating and legal rows to train on")
    file = settings.file(pack, [each.clause for each in known])
    folder = base_folder(settings.base, settings.base_sha256)
    torch.manual_seed(job.seed)
    adapter = Adapter(settings.rank, settings.alpha, settings.dropout)
    base = load_base(folder, four_bits=settings.four_bits)
    model = add_adapter(base, adapter, settings.base)
    lesson = Lesson(settings, model, file.prompts(folder), Material(job.dataset.train, pack))
    exam = Exam.draw(job, pack, list(file.policies), settings.held_out)
    follow(job, lesson, exam, known)
    save(model, file, pack_student(pack), job.folder)


def follow(job: Job, lesson: Lesson, exam: Exam, known: Sequence[Known]) -> None:
    """All steps from the last checkpoint on, with an examination every so often."""
    settings, watch = lesson.settings, job.watch
    checkpoint = Checkpoint(job.checkpoints / CHECKPOINT, _name(job))
    first = lesson.restore(checkpoint)
    mix = Mix(settings.listings, settings.easy)
    drawn = islice(groups(known, mix, job.seed), first * settings.groups, None)
    for step in range(first, settings.steps):
        if step % settings.evaluate_every == 0:
            watch.log(exam.sit(lesson), step)
        watch.log(lesson.learn(list(islice(drawn, settings.groups)), step), step)
        watch.advance(step + 1, settings.steps)
        if (step + 1) % settings.checkpoint_every == 0:
            lesson.keep(checkpoint, step + 1)
    watch.log(exam.sit(lesson), settings.steps)


def _name(job: Job) -> str:
    """What a checkpoint must agree on."""
    named = json.dumps([dict(job.settings), job.seed, job.dataset.id], sort_keys=True)
    return hashlib.sha256(named.encode()).hexdigest()


class Lesson:
    """The model as it learns."""

    def __init__(self, settings: JudgeSettings, model: Any, prompts: Prompts, material: Material):
        self.settings, self.model, self.prompts = settings, model, prompts
        self._material = material
        self._trained = [p for p in model.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(self._trained, lr=settings.rate, weight_decay=0.01)

    def learn(self, drawn: Sequence[Sequence[Pair]], step: int) -> dict[str, float]:
        """One step over some groups, their gradients added up."""
        began = time.perf_counter()
        self.model.train()
        losses = [self._backward(pairs, len(drawn)) for pairs in drawn]
        torch.nn.utils.clip_grad_norm_(self._trained, 1.0)
        for group in self._optimizer.param_groups:
            group["lr"] = self.settings.rate_at(step)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        loss, verdict = np.mean(losses, axis=0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds = time.perf_counter() - began
        return {"loss": loss, "verdict_loss": verdict, "step_seconds": seconds, "peak_mib": peak}

    def _backward(self, pairs: Sequence[Pair], parts: int) -> tuple[float, float]:
        """(loss, log loss of the verdict alone) of one group."""
        prompts, texts = self.prompts, self._material.texts
        answers = [self._answer(pair) for pair in pairs]
        listings = [prompts.listing(texts[pair.row]) for pair in pairs]
        seen = [[*a, *b[:-1]] for a, b in zip(listings, answers, strict=True)]
        packed = pack(prompts.policy(pairs[0].clause), seen)
        places, weights = [], []
        for start, listing, answer in zip(packed.starts, listings, answers, strict=True):
            first = start + len(listing) - 1
            places += range(first, first + len(answer))
            rest = len(answer) - 1
            weights += [1.0, *([self.settings.quote_weight / rest] * rest)]
        after = logits(self.model, packed, places)
        wanted = torch.tensor([token for answer in answers for token in answer])
        each = functional.cross_entropy(after, wanted, reduction="none")
        loss = (each * torch.tensor(weights)).sum() / len(pairs)
        (loss / parts).backward()
        verdicts = np.flatnonzero(np.array(weights) == 1.0)
        return loss.item(), self._verdict_loss(after[verdicts].detach(), wanted[verdicts])

    def _verdict_loss(self, after: Tensor, wanted: Tensor) -> float:
        margin = after[:, self.prompts.yes] - after[:, self.prompts.no]
        violates = (wanted == self.prompts.yes).float()
        return functional.binary_cross_entropy_with_logits(margin, violates).item()

    def _answer(self, pair: Pair) -> list[int]:
        quote = self._material.quote(pair) if pair.violates else None
        return self.prompts.answer(violates=pair.violates, quote=quote)

    def keep(self, checkpoint: Checkpoint, step: int) -> None:
        """Write a checkpoint after so many steps."""
        adapter = get_peft_model_state_dict(self.model)
        optimizer = self._optimizer.state_dict()
        checkpoint.save({"step": step, "adapter": adapter, "optimizer": optimizer})

    def restore(self, checkpoint: Checkpoint) -> int:
        """How many steps were done before, with the model as it was then."""
        state = checkpoint.load()
        if state is None:
            return 0
        set_peft_model_state_dict(self.model, state["adapter"])
        self._optimizer.load_state_dict(state["optimizer"])
        return int(state["step"])


@dataclass(frozen=True, slots=True)
class Exam:
    """Fixed held-out questions, half of them violations, the others written near the clause."""

    texts: list[str]
    clauses: list[str]
    truth: list[bool]

    @classmethod
    def draw(cls, job: Job, pack: Pack, clauses: Sequence[str], pairs: int) -> Exam:
        """Questions about the calibration part."""
        part = job.dataset.calibration
        asked = balanced_pairs(known_rows(part, clauses), pairs, job.seed)
        texts = Material(part, pack).texts
        return cls(
            [texts[pair.row] for pair in asked],
            [pair.clause for pair in asked],
            [pair.violates for pair in asked],
        )

    def sit(self, lesson: Lesson) -> dict[str, float]:
        """Average precision, accuracy at one half, and log loss; nothing without questions."""
        if not self.truth:
            return {}
        lesson.model.eval()
        chances = judged(lesson.model, lesson.prompts, self.texts, self.clauses)
        truth = np.array(self.truth)
        right = np.where(truth, chances, 1 - chances).clip(1e-6)
        return {
            "held_out_average_precision": average_precision(truth.astype(np.int8), chances),
            "held_out_accuracy": float(((chances >= 0.5) == truth).mean()),
            "held_out_log_loss": float(-np.log(right).mean()),
        }
