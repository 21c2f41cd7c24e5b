"""Evidence for a flagged clause: quotes and attributes that a reader can check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from shelfguard.decision import Evidence
from shelfguard.models.student import Contribution, Student
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.fold import fold

if TYPE_CHECKING:
    from shelfguard.signals.picture_text import TextsRead

MAX_QUOTES = 4
NOTABLE_SHARE = 0.3
"""A stretch of words is quoted from this share of the heaviest one's weight upwards."""


class Witness:
    """Gathers the evidence of one listing, folding each of its texts once."""

    def __init__(
        self, derived: Derived, row: int, hits: Sequence[Hit], read: TextsRead | None = None
    ) -> None:
        segments = derived.segments
        self._row, self._hits, self._read = row, hits, read
        self._segments = {
            int(i): (segments.fields[i], segments.langs[i], segments.texts[i])
            for i in (segments.rows == row).nonzero()[0]
        }
        self._folded = {i: fold(text) for i, (_, _, text) in self._segments.items()}

    def evidence(self, clause: str, student: Student | None) -> list[Evidence]:
        """What speaks for a clause, signal findings first.

        The same place is quoted once. A span that does not stand in the source is left out.
        """
        found = [*self._from_hits(clause, student), *self._from_words(clause, student)]
        quotes: dict[tuple[object, ...], Evidence] = {}
        for piece in found:
            quotes.setdefault((piece.field, piece.lang, piece.start, piece.end), piece)
        texts = {(field, lang): text for field, lang, text in self._segments.values()}
        return [piece for piece in quotes.values() if is_true(piece, texts)]

    def _from_hits(self, clause: str, student: Student | None) -> Iterator[Evidence]:
        for hit in self._hits:
            weight = _feature_weight(student, hit.feature, clause)
            named = hit.feature in (f"lexicon:{clause}", f"lexicon-weak:{clause}")
            if weight < 0 or (weight == 0 and not named):
                continue
            signal, _, note = hit.feature.partition(":")
            if hit.segment is None:
                yield Evidence(
                    "attribute", signal, hit.field, quote=hit.value, note=hit.note or note
                )
            else:
                yield self._span(signal, hit.segment, hit.start, hit.end, hit.note or note)

    def _from_words(self, clause: str, student: Student | None) -> Iterator[Evidence]:
        if student is None or clause not in student.clauses:
            return
        column = student.clauses.index(clause)
        norm = student.norm([folded.text for folded in self._folded.values()])
        phrases = [
            (phrase, i)
            for i, folded in self._folded.items()
            for phrase in _phrases(student.contributions(folded.text, column, norm))
        ]
        phrases.sort(key=lambda pair: -pair[0].weight)
        for phrase, i in phrases[:MAX_QUOTES]:
            if phrase.weight >= NOTABLE_SHARE * phrases[0][0].weight:
                yield self._span("text", i, phrase.start, phrase.end, None, phrase.weight)

    def _span(
        self,
        signal: str,
        segment: int,
        start: int,
        end: int,
        note: str | None,
        weight: float | None = None,
    ) -> Evidence:
        """The source text behind folded offsets, such as those of a hit."""
        field, lang, text = self._segments[segment]
        first, last = self._folded[segment].source_span(start, end)
        rounded = None if weight is None else round(weight, 4)
        span = Evidence("span", signal, field, lang, first, last, text[first:last], note, rounded)
        read = self._read.get(self._row, field) if self._read else None
        if read is None:
            return span
        box = read.box(first, last).shares()
        return replace(span, kind="region", picture=read.picture, box=box)


def _feature_weight(student: Student | None, feature: str, clause: str) -> float:
    """What a finding adds to the clause's log-odds; 0 where the model does not weigh it."""
    if student is None or clause not in student.clauses or feature not in student.features:
        return 0.0
    return float(student.features[feature][student.clauses.index(clause)])


def _phrases(words: Iterable[Contribution]) -> Iterator[Contribution]:
    """Neighbouring words that all add to the clause, as one stretch each."""
    for adds, run in groupby(words, key=lambda word: word.weight > 0):
        if adds:
            stretch = list(run)
            yield Contribution(
                stretch[0].start, stretch[-1].end, sum(word.weight for word in stretch)
            )


def is_true(evidence: Evidence, texts: Mapping[tuple[str, str | None], str]) -> bool:
    """Whether a quote stands in the listing, or its picture, at the offsets that it states.

    `texts` holds the source by (field, lang). What has no offsets has nothing to check here.
    """
    if evidence.start is None:
        return True
    text = texts.get((evidence.field, evidence.lang))
    return text is not None and text[evidence.start : evidence.end] == evidence.quote
