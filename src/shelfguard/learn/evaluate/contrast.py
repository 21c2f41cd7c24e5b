"""Contrast pairs: a violating listing beside a legal one that differs in little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from shelfguard.learn.data.corpus import TWIN
from shelfguard.learn.evaluate.measures import ratio
from shelfguard.learn.evaluate.resampling import bootstrap
from shelfguard.learn.evaluate.subject import Subject

LEAST_SIMILARITY = 0.1
"""Of the TF-IDF vectors of character n-grams; below it two listings have little in common."""


class ContrastPair(NamedTuple):
    """Row numbers of a violation and its legal look-alike, and the clause's number."""

    violating: int
    legal: int
    clause: int


def contrast(subject: Subject) -> dict[str, Any]:
    """The share of pairs in which the violating listing scores higher, by how they were paired."""
    return {
        "twins": _ranked_right(subject, list(twins(subject))),
        "look_alikes": _ranked_right(subject, list(look_alikes(subject))),
    }


def twins(subject: Subject) -> Iterator[ContrastPair]:
    """Listings written as a pair, `X.a` and `X.b`, of which one violates a clause."""
    by_stem: defaultdict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(subject.part.batch.ids()):
        if TWIN.search(name):
            by_stem[TWIN.sub("", name)].append(row)
    for rows in by_stem.values():
        for one in rows:
            for clause in np.flatnonzero(subject.truth[one] == 1):
                for other in rows:
                    if subject.truth[other, clause] == 0:
                        yield ContrastPair(one, other, int(clause))


def look_alikes(subject: Subject) -> Iterator[ContrastPair]:
    """Each innocent row written near a clause, with the violation of it that is most alike."""
    texts = [_text(record) for record in subject.part.batch.records()]
    if not any(map(str.strip, texts)):
        return
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit_transform(texts)
    columns = {clause: number for number, clause in enumerate(subject.part.clauses)}
    for row, near in enumerate(subject.part.column("near")):
        clause = columns.get(near)
        if clause is None or subject.truth[row, clause] != 0:
            continue
        violations = np.flatnonzero(subject.truth[:, clause] == 1)
        if not len(violations):
            continue
        similar = (vectors[violations] @ vectors[row].T).toarray().ravel()
        if similar.max() >= LEAST_SIMILARITY:
            yield ContrastPair(int(violations[similar.argmax()]), row, clause)


def _ranked_right(subject: Subject, pairs: list[ContrastPair]) -> dict[str, Any] | None:
    """None without pairs. A tie is half right; a pair stands in the violating row's group."""
    if not pairs:
        return None
    scores = np.where(np.isnan(subject.scores), -np.inf, subject.scores)
    right, count = np.zeros(len(scores)), np.zeros(len(scores))
    for violating, legal, clause in pairs:
        higher, lower = scores[violating, clause], scores[legal, clause]
        right[violating] += 0.5 * (higher == lower) + (higher > lower)
        count[violating] += 1
    share = bootstrap(ratio(right, count), subject.resamples)
    return {"pairs": len(pairs), "right": float(right.sum()), "share": share}


def _text(record: dict[str, Any]) -> str:
    parts = [*record["title"].values(), *(record.get("description") or {}).values()]
    return " ".join(parts)
