"""How much of what a model finds it still finds under attack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np

from shelfguard.learn.evaluate.attacks.attack import Attack
from shelfguard.learn.evaluate.attacks.suite import HELD_OUT
from shelfguard.learn.evaluate.attacks.telling import telling_words
from shelfguard.learn.evaluate.measures import Floats, gain, ratio
from shelfguard.learn.evaluate.resampling import (
    Draws,
    Estimate,
    Resamples,
    draws,
    estimate,
)
from shelfguard.learn.evaluate.subject import Flags, Subject, judge
from shelfguard.learn.model import Scorer
from shelfguard.listing import Batch, Record
from shelfguard.policy.pack import Pack

BAR = 0.85
"""What is asked of attacked recall as a share of clean recall."""

EXAMPLES = 5
SHOWN = 160
"""Characters of an excerpt."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Escape:
    """A violation that was found, and is not under an attack."""

    id: str
    clause: str
    clean: str
    attacked: str
    probability: float
    attacked_probability: float


@dataclass(frozen=True, slots=True)
class AttackRecall:
    """One attack, over the violating listings that it changes.

    `kept`: of the violations found clean, the share still found. `share_of_clean`: attacked
    recall over clean recall, in which violations found only under attack count too.
    """

    name: str
    about: str
    changed: int
    violations: int
    clean: Estimate
    attacked: Estimate
    lost: Estimate
    kept: Estimate
    share_of_clean: Estimate
    escapes: list[Escape] = field(default_factory=list)


class _Measured(NamedTuple):
    recall: AttackRecall
    drawn: dict[str, Draws]


def attack_recall(
    subject: Subject,
    scorer: Scorer,
    suite: Sequence[Attack],
    pack: Pack | None,
    say: Progress,
) -> dict[str, Any] | None:
    """Recall under each attack and over all; None where no listing violates.

    The overall share is the mean over attacks, the held-out one aside, of attacked recall as a
    share of clean recall: the number that a release gate asks for.
    """
    rows = np.flatnonzero((subject.truth == 1).any(axis=1))
    if not len(rows):
        return None
    everything = subject.part.batch.records()
    target = _Target(subject.take(rows), scorer, [everything[row] for row in rows])
    words = telling_words(target.records, everything, pack)
    measured = []
    for number, attack in enumerate(suite, 1):
        say(f"attack {number} of {len(suite)}: {attack.name}")
        measured.append(_attacked(target, attack, words))
    overall = _overall(measured, "share_of_clean")
    return {
        "bar": BAR,
        "share_of_clean": overall,
        "kept": _overall(measured, "kept"),
        "holds": bool(overall and overall.value >= BAR),
        "attacks": {one.recall.name: asdict(one.recall) for one in measured},
    }


def _overall(measured: Sequence[_Measured], figure: str) -> Estimate | None:
    """The mean over the attacks that changed anything, the held-out one aside."""
    used = [one for one in measured if one.recall.changed and one.recall.name != HELD_OUT]
    return estimate(np.mean([one.drawn[figure] for one in used], axis=0)) if used else None


@dataclass(frozen=True, slots=True)
class _Target:
    """The violating listings."""

    subject: Subject
    scorer: Scorer
    records: list[Record]

    @property
    def resamples(self) -> Resamples:
        return self.subject.resamples


def _attacked(target: _Target, attack: Attack, words: Sequence[frozenset[str]]) -> _Measured:
    records = [attack(record, own) for record, own in zip(target.records, words, strict=True)]
    pairs = zip(records, target.records, strict=True)
    changed = np.array([new != old for new, old in pairs])
    subject, scores = target.subject, target.subject.scores.copy()
    places = np.flatnonzero(changed)
    if len(places):
        batch = Batch.from_records(records[place] for place in places)
        scores[places] = judge(target.scorer, batch, subject.part.clauses).scores
    violations = (subject.truth == 1) & changed[:, None]
    found = scores >= subject.limits.values
    drawn = _drawn(violations, subject.found, found, target.resamples)
    escapes = _escapes(target, records, scores, violations & subject.found & ~found)
    recall = AttackRecall(
        attack.name,
        attack.about,
        int(changed.sum()),
        int(violations.sum()),
        **{name: estimate(values) for name, values in drawn.items()},
        escapes=escapes,
    )
    return _Measured(recall, drawn)


def _drawn(
    violations: Flags, clean: Flags, attacked: Flags, resamples: Resamples
) -> dict[str, Draws]:
    """The figures of one attack, each with its resamples; all are paired."""
    total, was, now, both = (
        (violations & flags).sum(axis=1).astype(np.float64)
        for flags in (np.True_, clean, attacked, clean & attacked)
    )
    before, after = ratio(was, total), ratio(now, total)
    return {
        "clean": draws(before, resamples),
        "attacked": draws(after, resamples),
        "lost": draws(gain(before, after), resamples),
        "kept": draws(ratio(both, was), resamples),
        "share_of_clean": draws(ratio(now, was), resamples),
    }


def _escapes(
    target: _Target, records: Sequence[Record], scores: Floats, escaped: Flags
) -> list[Escape]:
    """The examples that fell furthest."""
    fall = np.where(escaped, target.subject.scores - np.nan_to_num(scores), -np.inf)
    order = np.argsort(-fall, axis=None, kind="stable")[: min(EXAMPLES, int(escaped.sum()))]
    found = []
    for row, clause in zip(*np.unravel_index(order, fall.shape), strict=True):
        old, new = target.records[row], records[row]
        found.append(
            Escape(
                old["id"],
                target.subject.part.clauses[clause],
                *excerpts(old, new),
                float(target.subject.scores[row, clause]),
                float(scores[row, clause]),
            )
        )
    return found


def excerpts(old: Record, new: Record) -> tuple[str, str]:
    """Where two listings first differ: the title whole, of another text a stretch."""
    for before, after in zip(_texts(old), _texts(new), strict=False):
        if before != after:
            same = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
            start = max(sum(1 for _ in same) - SHOWN // 4, 0)
            return before[start : start + SHOWN], after[start : start + SHOWN]
    return "", ""


def _texts(record: Record) -> list[str]:
    described = (record.get("description") or {}).values()
    attributes = (record.get("attributes") or {}).values()
    return [" / ".join(record["title"].values()), " / ".join(described), " / ".join(attributes)]
