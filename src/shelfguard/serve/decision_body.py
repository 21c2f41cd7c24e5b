"""What a client gets: a decision, as DECISION_SCHEMA has it in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shelfguard.decision import Mode, Outcome

Sha256 = str


class Body(BaseModel):
    """Something whose every field is named here."""

    model_config = ConfigDict(extra="forbid")


class MaskBody(Body):
    """COCO's uncompressed run lengths: `size` is height and width."""

    size: list[int]
    counts: list[int]


class EvidenceBody(Body):
    """One thing that a reader can check against the listing."""

    kind: Literal["span", "attribute", "region", "mask", "match"]
    signal: str
    field: str = Field(description="A text, an attribute or a picture of the listing")
    lang: str | None
    start: int | None = Field(description="Offset of the quote in the text as it was sent")
    end: int | None
    quote: str | None
    note: str | None
    weight: float | None
    picture: Sha256 | None
    box: list[float] | None = Field(
        description="Left, top, right, bottom, in shares of the picture"
    )
    mask: MaskBody | None
    bank: str | None
    entry: int | None
    distance: int | None


class ReasonBody(Body):
    """Why one clause counts against a listing; its probability is null where no model knows."""

    clause: str
    citation: str
    outcome: Outcome
    probability: float | None
    raw: float | None
    stage: str
    evidence: list[EvidenceBody]


class PictureBody(Body):
    """A picture that the decision rests on, or why it was not to be had."""

    uri: str
    sha256: Sha256 | None
    failure: str | None


class DecisionBody(Body):
    """One decision. Everything but `decided_at` and `ms` is the same for the same listing."""

    id: str
    listing_id: str
    content_hash: Sha256
    source_uri: str | None
    source_row: int | None
    pack: str = Field(
        description="id@version+digest", examples=["ca-marketplace@0.1.0+6a8e3c48437d"]
    )
    models: Sha256
    outcome: Outcome
    reasons: list[ReasonBody]
    stage: str = Field(description="The stage that settled it")
    cost: float = Field(description="Microseconds of one core, as priced in the pack")
    mode: Mode
    degraded: list[str] = Field(description="What did not run or could not judge, and why")
    pictures: list[PictureBody]
    decided_at: datetime
    ms: float
    notices: list[NoticeBody] | None = Field(
        default=None, description="What to tell the seller; there if Accept-Language was sent"
    )


class NoticeBody(Body):
    """One reason as the seller reads it, in the language asked for."""

    listing_id: str
    clause: str
    code: str
    severity: str
    message: str
    fix: str
    attribute: str | None
    citation: str
    quote: str | None


class NoticesBody(Body):
    """What the seller is told of a decision: nothing, where it is escalated."""

    lang: Literal["en", "fr"]
    notices: list[NoticeBody]


class DecisionsBody(Body):
    """Decisions in the order of the listings."""

    decisions: list[DecisionBody]


DecisionBody.model_rebuild()
