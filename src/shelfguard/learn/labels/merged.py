"""Merged labels, to ask how sure they are, whom to believe and where annotators differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.learn.data.dataset import TARGET_SCHEMA
from shelfguard.learn.labels.agreement import (
    Estimate,
    PairAgreement,
    krippendorff_alpha,
    pair_agreements,
)
from shelfguard.learn.labels.label import Answer, Source

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

PEOPLE = (Source.REVIEW, Source.AUDIT, Source.AUTHOR)

ANSWERS = (Answer.OK, Answer.VIOLATES, Answer.UNSURE)
OK, VIOLATES, UNSURE = range(3)
"""Answers by number, as arrays hold them."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How one annotator answers. `checked` answers were on questions that people answered too.

    `sensitivity` is P(says violates | violates) and `specificity` P(says ok | ok) where it
    says one of the two: the whole confusion matrix. NaN where there was nobody to compare with.
    """

    annotator: str
    source: Source
    answers: int
    unsure: int
    checked: int
    sensitivity: float
    specificity: float

    @property
    def informedness(self) -> float:
        """1 for an annotator who is always right, 0 for one who guesses (Youden, 1950)."""
        return self.sensitivity + self.specificity - 1

    def as_dict(self) -> dict[str, Any]:
        shown = {"annotator": self.annotator, "source": self.source.value}
        counts = {name: getattr(self, name) for name in ("answers", "unsure", "checked")}
        names = ("sensitivity", "specificity", "informedness")
        shares = {name: getattr(self, name) for name in names}
        known = {name: None if np.isnan(x) else round(x, 4) for name, x in shares.items()}
        return {**shown, **counts, **known}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A question that annotators answered differently, and where the merge came out."""

    content_hash: str
    clause: str
    probability: float
    answers: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True)
class Votes:
    """Labels as numbers, one entry an answer; `questions` are (listing, clause) pairs."""

    pairs: list[tuple[str, str]]
    annotators: list[tuple[str, Source]]
    question: Numbers
    listing: Numbers
    annotator: Numbers
    answer: Numbers

    @cached_property
    def names(self) -> list[str]:
        """A name of each annotator; one who labels under two sources is two annotators."""
        named = [name for name, _ in self.annotators]
        return [n if named.count(n) == 1 else f"{n} ({s.value})" for n, s in self.annotators]

    @cached_property
    def by_people(self) -> Flags:
        """Which annotators are people."""
        return np.array([source in PEOPLE for _, source in self.annotators], bool)

    @cached_property
    def sure(self) -> Flags:
        """Which answers are not `unsure`."""
        return np.asarray(self.answer != UNSURE, bool)

    @cached_property
    def leading(self) -> Flags:
        """Which sure answers the truth is learned from: people's, or all where people gave none."""
        by_people = self.sure & self.by_people[self.annotator]
        return np.asarray(by_people if by_people.any() else self.sure)

    @cached_property
    def checked(self) -> Flags:
        """Which answers are on a question with a leading answer."""
        return np.isin(self.question, self.question[self.leading])


@dataclass(frozen=True)
class Merged:
    """The merged labels, to ask how sure they are and whom to believe.

    `confusion` is P(answer | truth) [annotators, answer, truth] with ok before violates, NaN
    for a single annotator.
    """

    votes: Votes
    probabilities: Doubles
    confusion: Doubles

    @property
    def targets(self) -> pa.Table:
        """P(violates) of every question that somebody answered, as TARGET_SCHEMA has it."""
        hashes, clauses = zip(*self.votes.pairs, strict=True)
        counts = np.bincount(self.votes.question, minlength=len(self.votes.pairs))
        columns = [list(hashes), list(clauses), self.probabilities, counts.astype(np.int32)]
        return pa.table(columns, schema=TARGET_SCHEMA)

    def quality(self) -> list[Quality]:
        """One entry an annotator, the most informed first."""
        votes = self.votes
        found = []
        for number, (name, (_, source)) in enumerate(
            zip(votes.names, votes.annotators, strict=True)
        ):
            own = votes.annotator == number
            answers, unsure = int(own.sum()), int((own & ~votes.sure).sum())
            checked = int((own & votes.checked).sum())
            specificity, sensitivity = self.confusion[number].diagonal().tolist()
            counts = (answers, unsure, checked)
            found.append(Quality(name, source, *counts, sensitivity, specificity))
        return sorted(found, key=lambda q: (-q.informedness, q.annotator))

    def disagreements(self) -> list[Disagreement]:
        """The questions with unlike answers, the least settled first."""
        votes = self.votes
        said: dict[int, dict[str, str]] = {}
        rows = zip(
            *(x.tolist() for x in (votes.question, votes.annotator, votes.answer)), strict=True
        )
        for question, annotator, answer in rows:
            said.setdefault(question, {})[votes.names[annotator]] = ANSWERS[answer].value
        found = [
            Disagreement(*votes.pairs[question], float(self.probabilities[question]), answers)
            for question, answers in said.items()
            if len(set(answers.values())) > 1
        ]
        return sorted(found, key=lambda d: (abs(d.probability - 0.5), d.content_hash, d.clause))

    def alpha(self, *, people_only: bool = False) -> Estimate:
        """Krippendorff's alpha over all three answers."""
        votes = self.votes
        kept = votes.by_people[votes.annotator] if people_only else np.ones(len(votes.answer), bool)
        return krippendorff_alpha(votes.question[kept], votes.listing[kept], votes.answer[kept])

    def pairs(self) -> list[PairAgreement]:
        """Cohen's kappa of each two annotators who share a question."""
        votes = self.votes
        return pair_agreements(
            votes.names, votes.annotator, votes.question, votes.listing, votes.answer
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything but the targets, ready for JSON."""
        return {
            "questions": len(self.votes.pairs),
            "labels": len(self.votes.answer),
            "unsettled": int(np.sum((self.probabilities > 0.1) & (self.probabilities < 0.9))),
            "alpha": self.alpha().as_dict(),
            "alpha_people": self.alpha(people_only=True).as_dict(),
            "annotators": [quality.as_dict() for quality in self.quality()],
            "pairs": [pair.as_dict() for pair in self.pairs()],
            "disagreements": [each.as_dict() for each in self.disagreements()],
        }
