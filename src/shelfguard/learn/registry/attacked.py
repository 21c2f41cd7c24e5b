"""The attack suite over a pack's cases, as the gates ask for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shelfguard.engine import Engine
from shelfguard.learn.data.corpus import written_part
from shelfguard.learn.data.dataset import Split
from shelfguard.learn.evaluate.attacks.recall import attack_recall
from shelfguard.learn.evaluate.attacks.suite import ATTACKS
from shelfguard.learn.evaluate.scorers import PackScorer, aligned
from shelfguard.learn.evaluate.subject import Limits, Subject, judge, narrowed
from shelfguard.learn.registry.compare import AttackRecall, Tell
from shelfguard.policy.rows import Row


def attack_cases(engine: Engine, rows: Sequence[Row], tell: Tell) -> AttackRecall | None:
    """Recall over all attacks at the engine's own thresholds; None where no case violates."""
    if not any(row.violates for row in rows):
        return None
    clauses = list(engine.clauses)
    part = written_part(rows, clauses, Split.TEST)
    scorer = PackScorer(engine)
    lowest = np.minimum(engine.thresholds.act, engine.thresholds.review).astype(np.float32)
    limits = Limits(aligned(lowest, scorer.clauses, clauses), "the model's own thresholds")
    subject = narrowed(Subject(part, judge(scorer, part.batch, clauses), limits))
    found = attack_recall(subject, scorer, ATTACKS, engine.pack, tell)
    if found is None or found["share_of_clean"] is None:
        return None
    clean = float(subject.found[subject.truth == 1].mean())
    return AttackRecall(clean=clean, attacked=clean * found["share_of_clean"].value)
