"""The mistakes of a model, one a row of the report's error browser."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from shelfguard.learn.evaluate.subject import Subject
from shelfguard.policy.pack import Pack
from shelfguard.signals.lexicon import Lexicon

MOST = 1500
"""Of each sort of mistake; the page says when there are more."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A violation that was not found, or a clause that was found and does not apply.

    `evidence` holds the quotes that a decision rests on, and for a missed violation the
    phrases of its clause's lexicon that stand in the listing.
    """

    id: str
    clause: str
    title: str
    description: str
    probability: float | None
    limit: float | None
    kind: str
    lang: str
    source: str
    evidence: list[str]


def mistakes(subject: Subject, pack: Pack | None) -> dict[str, Any]:
    """False negatives and false positives, the gravest first."""
    scores = np.nan_to_num(subject.scores)
    missed = (subject.truth == 1) & ~subject.found
    wrong = (subject.truth == 0) & subject.found
    quoted, phrases = _quotes(subject), _phrases(subject, pack, missed.any(axis=1))
    return {
        "false_negatives": {
            "count": int(missed.sum()),
            "shown": _listed(subject, missed, np.argsort(scores, axis=None), phrases),
        },
        "false_positives": {
            "count": int(wrong.sum()),
            "shown": _listed(subject, wrong, np.argsort(-scores, axis=None), quoted),
        },
    }


Evidence = dict[tuple[int, str], list[str]]


def _listed(subject: Subject, chosen: Any, order: Any, evidence: Evidence) -> list[dict[str, Any]]:
    flat = chosen.ravel()
    places = [place for place in order.tolist() if flat[place]][:MOST]
    pairs = [divmod(place, chosen.shape[1]) for place in places]
    rows = sorted({row for row, _ in pairs})
    records = dict(zip(rows, subject.part.batch.take(rows).records(), strict=True))
    known = dict(zip(rows, subject.part.rows.take(rows).to_pylist(), strict=True)) if rows else {}
    return [
        asdict(_mistake(subject, records[row], known[row], (row, column), evidence))
        for row, column in pairs
    ]


def _mistake(
    subject: Subject,
    record: dict[str, Any],
    known: dict[str, Any],
    place: tuple[int, int],
    evidence: Evidence,
) -> Mistake:
    row, column = place
    clause = subject.part.clauses[column]
    limit = float(subject.limits.values[column])
    score = float(subject.scores[place])
    return Mistake(
        record["id"],
        clause,
        " / ".join(record["title"].values()),
        " / ".join((record["description"] or {}).values()),
        None if np.isnan(score) else score,
        limit if np.isfinite(limit) else None,
        known["kind"],
        known["lang"],
        known["source"],
        evidence.get((row, clause), []),
    )


def _quotes(subject: Subject) -> Evidence:
    """What each decision quotes, by row and clause."""
    found: Evidence = {}
    if subject.judgement.decisions is None:
        return found
    reasons = subject.judgement.decisions.table.column("reasons").to_pylist()
    for row, given in enumerate(reasons):
        for reason in given or ():
            quotes = [piece["quote"] for piece in reason["evidence"] or () if piece["quote"]]
            found[row, reason["clause"]] = list(dict.fromkeys(quotes))
    return found


def _phrases(subject: Subject, pack: Pack | None, wanted: Any) -> Evidence:
    """The lexicon's phrases in the wanted rows, by row and clause."""
    found: Evidence = defaultdict(list)
    rows = np.flatnonzero(wanted).tolist()
    if pack is None or not rows:
        return found
    records = subject.part.batch.take(rows).records()
    texts = [
        " \n".join([*record["title"].values(), *(record["description"] or {}).values()])
        for record in records
    ]
    for row, matches in zip(rows, Lexicon.from_pack(pack).matches(texts), strict=True):
        for clause, phrase in sorted(matches):
            found[row, clause].append(phrase)
    return found
