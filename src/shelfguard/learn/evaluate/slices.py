"""Where a model is worse: figures by language, category, price, seller, length, clause, kind."""

from __future__ import annotations

import re
from bisect import bisect_right as bisect
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import NormalDist
from typing import Any

import numpy as np

from shelfguard.learn.evaluate.measures import flagged_share, gain, pooled_precision, recall_at
from shelfguard.learn.evaluate.resampling import (
    Draws,
    Estimate,
    Measure,
    bootstrap,
    draws,
    estimate,
)
from shelfguard.learn.evaluate.significance import false_discoveries
from shelfguard.learn.evaluate.subject import Flags, Subject
from shelfguard.listing import Record

LEAST_ROWS = 20
"""Rarer values of a dimension are told together, as `other`."""

LEAST_VIOLATIONS = 10
"""With fewer violations than this, in the slice or beside it, nothing is tested."""

FALSE_DISCOVERY_RATE = 0.05
OTHER, UNKNOWN = "other", "unknown"

PRICE_LIMITS = (10, 30, 100, 300)
PRICES = ("under 10", "10 to 30", "30 to 100", "100 to 300", "300 and more")
LENGTH_LIMITS = (10, 30, 60)
LENGTHS = ("under 10 words", "10 to 29 words", "30 to 59 words", "60 words and more")

SINCE = re.compile(r"^(?:seller[_ ]since|member[_ ]since)$", re.IGNORECASE)
"""The attribute in which some feeds tell since when a seller sells, as an ISO date."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One value of one dimension. `worse`: its recall is, beyond chance, below the rest's."""

    dimension: str
    value: str
    rows: int
    violations: int
    average_precision: Estimate
    recall: Estimate
    innocent_flagged: Estimate
    behind: Estimate
    """Recall of the rest less recall here."""
    p_value: float | None
    worse: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def slices(subject: Subject) -> list[Slice]:
    """All slices; multiple testing is controlled over all of them (Benjamini-Hochberg, 1995)."""
    found = [_measured(subject, *place) for place in [*_of_rows(subject), *_of_families(subject)]]
    tested = [one for one in found if one.p_value is not None]
    false = false_discoveries([one.p_value or 0.0 for one in tested], FALSE_DISCOVERY_RATE)
    marked = {id(one) for one, is_worse in zip(tested, false, strict=True) if is_worse}
    return [_marked(one, worse=id(one) in marked) for one in found]


def _marked(one: Slice, *, worse: bool) -> Slice:
    return Slice(**{**{name: getattr(one, name) for name in Slice.__slots__}, "worse": worse})


def _of_rows(subject: Subject) -> Iterator[tuple[str, str, Flags]]:
    """(dimension, value, pairs [rows, clauses])"""
    records = subject.part.batch.records()
    shape = subject.truth.shape
    columns: dict[str, list[str]] = {
        "language": [str(lang) for lang in subject.part.column("lang")],
        "kind": subject.kinds.tolist(),
        **{name: [value(record) for record in records] for name, value in DIMENSIONS.items()},
        "seller age": [
            seller_age(record, as_of)
            for record, as_of in zip(records, subject.part.column("as_of"), strict=True)
        ],
    }
    for name, values in columns.items():
        counts = Counter(values)
        kept = [value if counts[value] >= LEAST_ROWS else OTHER for value in values]
        if len(set(kept)) < 2:
            continue
        held = np.array(kept, object)
        for value in sorted(set(kept)):
            yield name, value, np.broadcast_to((held == value)[:, None], shape)


def _of_families(subject: Subject) -> Iterator[tuple[str, str, Flags]]:
    families = np.array([clause.rpartition("-")[0] for clause in subject.part.clauses], object)
    for family in sorted(set(families)):
        yield "clause family", family, np.broadcast_to(families == family, subject.truth.shape)


def _measured(subject: Subject, dimension: str, value: str, pairs: Flags) -> Slice:
    inside = np.where(pairs, subject.truth, np.nan)
    outside = np.where(pairs, np.nan, subject.truth)
    here, rest = recall_at(inside, subject.found), recall_at(outside, subject.found)
    drawn = draws(gain(rest, here), subject.resamples)
    violations = [int((side == 1).sum()) for side in (inside, outside)]
    innocent = np.where(subject.innocent & pairs.any(axis=1), 0.0, np.nan)[:, None]
    return Slice(
        dimension,
        value,
        int(pairs.any(axis=1).sum()),
        violations[0],
        average_precision=_estimate(subject, pooled_precision(inside, subject.scores)),
        recall=_estimate(subject, here),
        innocent_flagged=_estimate(subject, flagged_share(innocent, subject.found & pairs)),
        behind=estimate(drawn),
        p_value=_p_value(drawn) if min(violations) >= LEAST_VIOLATIONS else None,
    )


def _estimate(subject: Subject, measure: Measure) -> Estimate:
    return bootstrap(measure, subject.resamples)


def _p_value(drawn: Draws) -> float | None:
    """One-sided, by the bootstrap's standard error; None where nothing varies."""
    spread = float(np.nanstd(drawn[1:]))
    if not spread or np.isnan(drawn[0]):
        return None
    return 1 - NormalDist().cdf(float(drawn[0]) / spread)


def category(record: Record) -> str:
    """The top level of a listing's category."""
    path = (record.get("category") or {}).get("path") or ""
    return str(re.split(r"\s*[>/|]\s*", path)[0].strip().casefold() or UNKNOWN)


def price_band(record: Record) -> str:
    """A listing's price in bands that grow threefold or so."""
    price = record.get("price")
    if price is None:
        return UNKNOWN
    return PRICES[bisect(PRICE_LIMITS, price)]


def text_length(record: Record) -> str:
    """How many words title and description have together."""
    texts = [*record["title"].values(), *(record.get("description") or {}).values()]
    words = sum(len(text.split()) for text in texts)
    return LENGTHS[bisect(LENGTH_LIMITS, words)]


def seller_age(record: Record, as_of: datetime | None) -> str:
    """How long the seller had been selling when the row was seen, where the feed tells."""
    attributes: dict[str, str] = record.get("attributes") or {}
    since = next((value for name, value in attributes.items() if SINCE.match(name)), None)
    try:
        began = datetime.fromisoformat(since or "")
    except ValueError:
        return UNKNOWN
    if as_of is None:
        return UNKNOWN
    days = (as_of.date() - began.date()).days
    if days < 90:
        return "under 90 days"
    return "under 2 years" if days < 730 else "2 years or more"


DIMENSIONS: dict[str, Callable[[Record], str]] = {
    "category": category,
    "price": price_band,
    "text length": text_length,
}
