"""Flagged listings as cards: the words that count marked where the seller wrote them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shelfguard.listing import Batch, Record, Segments
from shelfguard.policy.pack import Pack
from shelfguard.report.clauses import ClauseView, view
from shelfguard.report.findings import Finding, field_label, finding, language
from shelfguard.report.folder import Row, ScanFolder
from shelfguard.report.marks import Piece, Span, pieces
from shelfguard.report.overlay import Area, area, numbered
from shelfguard.report.pictures import PictureView, galleries
from shelfguard.report.words import Catalogue

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
class ReasonView:
    """Why one clause counts against the listing."""

    clause: ClauseView
    citation: str
    outcome: str
    probability: float | None
    stage: str
    overall: str
    """What counts where there are no findings."""
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
    pictures: Sequence[PictureView]
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


def cards(
    decisions: Sequence[Row], batch: Batch, pack: Pack, folder: ScanFolder, t: Catalogue
) -> list[Card]:
    """One card a decision; `batch` holds the listings in the same order."""
    texts, records = texts_by_row(batch.segments()), batch.records()
    pictures = galleries(decisions, records, folder, t)
    return [
        _card(row, records[i], texts[i], pictures[i], pack, t) for i, row in enumerate(decisions)
    ]


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


def _card(
    decision: Row,
    record: Record,
    texts: dict[Place, str],
    pictures: Sequence[PictureView],
    pack: Pack,
    t: Catalogue,
) -> Card:
    reasons = decision["reasons"] or ()
    spans, numbers = spans_of(reasons), numbered(reasons)
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
        pictures=pictures,
        reasons=[_reason(reason, numbers, pack, t) for reason in reasons],
        degraded=decision["degraded"] or (),
    )


def _reason(reason: Row, numbers: Mapping[Area, int], pack: Pack, t: Catalogue) -> ReasonView:
    return ReasonView(
        clause=view(pack, reason["clause"], t),
        citation=reason["citation"],
        outcome=reason["outcome"],
        probability=reason["probability"],
        stage=t.name("stage", reason["stage"] or ""),
        overall=_overall(reason["stage"], t),
        findings=[
            finding(item, numbers.get(found) if (found := area(item)) else None, t)
            for item in reason["evidence"] or ()
        ],
    )


def _overall(stage: str | None, t: Catalogue) -> str:
    if stage == "vision":
        return t("sample.overall_pictures")
    return t("sample.overall", signal=t.name("signal", "text"))


def _price(record: Record, t: Catalogue) -> str | None:
    if record["price"] is None:
        return None
    return " ".join(filter(None, (t.number(record["price"], 2), record["currency"])))
