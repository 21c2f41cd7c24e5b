"""Flagged listings as cards: the words that count marked where the seller wrote them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shelfguard.listing import Batch, Record, Segments
from shelfguard.policy.pack import Pack
from shelfguard.report.clauses import ClauseView, view
from shelfguard.report.folder import Row
from shelfguard.report.marks import Piece, Span, pieces
from shelfguard.report.words import Catalogue

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
PROSE = ("title", "description")
UNMARKED_FACTS = 6
"""Attributes without findings shown on a card."""

Place = tuple[str, str]
"""(field, lang) of one text of a listing."""


@dataclass(frozen=True)
class Text:
    """One text of the listing; `lang` is empty where unknown, as HTML has it."""

    field: str
    label: str
    lang: str
    pieces: Sequence[Piece]
    marked: bool


@dataclass(frozen=True)
class Finding:
    """One piece of evidence in words. Quote None: the field is missing."""

    where: str
    lang: str
    quote: Sequence[Piece] | None
    note: str


@dataclass(frozen=True)
class ReasonView:
    """Why one clause counts against the listing."""

    clause: ClauseView
    citation: str
    outcome: str
    probability: float | None
    stage: str
    signal: str
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Card:
    """One flagged listing, ready to be laid out."""

    listing_id: str
    outcome: str
    stage: str
    row: int | None
    seller: str | None
    price: str | None
    texts: Sequence[Text]
    reasons: Sequence[ReasonView]
    degraded: Sequence[str]

    @property
    def titles(self) -> list[Text]:
        return [text for text in self.texts if text.field == "title"]

    @property
    def descriptions(self) -> list[Text]:
        return [text for text in self.texts if text.field == "description"]

    @property
    def facts(self) -> list[Text]:
        """All other texts with findings, and the first few without."""
        others = [text for text in self.texts if text.field not in PROSE]
        quiet = [text for text in others if not text.marked][:UNMARKED_FACTS]
        return [text for text in others if text.marked or text in quiet]

    @property
    def left_out(self) -> int:
        others = sum(text.field not in PROSE for text in self.texts)
        return others - len(self.facts)


def cards(decisions: Sequence[Row], batch: Batch, pack: Pack, t: Catalogue) -> list[Card]:
    """One card a decision; `batch` holds the listings in the same order."""
    texts = texts_by_row(batch.segments())
    records = batch.records()
    return [_card(row, records[i], texts[i], pack, t) for i, row in enumerate(decisions)]


def texts_by_row(segments: Segments) -> dict[int, dict[Place, str]]:
    """Each listing's texts, in the order in which models read them."""
    rows: dict[int, dict[Place, str]] = defaultdict(dict)
    columns = (segments.rows.tolist(), segments.fields, segments.langs, segments.texts)
    for row, field, lang, text in zip(*columns, strict=True):
        rows[row][field, lang] = text
    return rows


def spans_of(reasons: Iterable[dict[str, Any]]) -> dict[Place, list[Span]]:
    """Where the reasons' spans lie, by text."""
    spans: dict[Place, list[Span]] = defaultdict(list)
    for reason in reasons:
        for item in reason["evidence"] or ():
            if item["start"] is not None and item["end"] is not None:
                spans[item["field"], item["lang"]].append((item["start"], item["end"]))
    return spans


def field_label(field: str, t: Catalogue) -> str:
    """`bullets[1]` as "Bullet 2"; an attribute goes by its own name."""
    column, _, attribute = field.partition(".")
    if column == "attributes" and attribute:
        return attribute
    name, _, index = column.partition("[")
    label = t.name("field", name)
    return f"{label} {int(index.rstrip(']')) + 1}" if index else label


def language(tag: str | None) -> str:
    """A tag fit for an HTML `lang` attribute; empty for an unknown language."""
    known = tag and tag != "und" and LANGUAGE_TAG.fullmatch(tag)
    return tag if known and tag else ""


def _card(
    decision: dict[str, Any], record: Record, texts: dict[Place, str], pack: Pack, t: Catalogue
) -> Card:
    spans = spans_of(decision["reasons"] or ())
    return Card(
        listing_id=decision["listing_id"],
        outcome=decision["outcome"],
        stage=t.name("stage", decision["stage"] or ""),
        row=decision["source_row"],
        seller=(record["seller"] or {}).get("id"),
        price=_price(record, t),
        texts=[
            Text(field, field_label(field, t), language(lang), pieces(text, at), bool(at))
            for (field, lang), text in texts.items()
            for at in [spans.get((field, lang), [])]
        ],
        reasons=[_reason(reason, pack, t) for reason in decision["reasons"] or ()],
        degraded=decision["degraded"] or (),
    )


def _reason(reason: dict[str, Any], pack: Pack, t: Catalogue) -> ReasonView:
    evidence = reason["evidence"] or ()
    return ReasonView(
        clause=view(pack, reason["clause"], t),
        citation=reason["citation"],
        outcome=reason["outcome"],
        probability=reason["probability"],
        stage=t.name("stage", reason["stage"] or ""),
        signal=t.name("signal", "text"),
        findings=[_finding(item, t) for item in evidence],
    )


def _finding(item: dict[str, Any], t: Catalogue) -> Finding:
    quote = None if item["quote"] is None else pieces(item["quote"], room=160)
    return Finding(field_label(item["field"], t), language(item["lang"]), quote, note(item))


def note(item: dict[str, Any]) -> str:
    """What the evidence's note adds to its quote; empty where it repeats it."""
    said = item["note"] or ""
    return "" if said.casefold() == (item["quote"] or "").casefold() else said


def _price(record: Record, t: Catalogue) -> str | None:
    if record["price"] is None:
        return None
    return " ".join(filter(None, (t.number(record["price"], 2), record["currency"])))
