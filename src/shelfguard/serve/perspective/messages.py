"""The messages of `comments:analyze`, v1alpha1, as Google's discovery document has them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Message(BaseModel):
    """Names in lowerCamelCase; in requests as they are here, too, as in all of Google's APIs."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="forbid"
    )


class Comment(Message):
    """What is to be scored."""

    text: str = ""
    type: Literal["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"] = "PLAIN_TEXT"


class AttributeParameters(Message):
    """How one attribute is to be scored: with `scoreThreshold`, only from that value on."""

    score_type: Literal["SCORE_TYPE_UNSPECIFIED", "PROBABILITY"] = "PROBABILITY"
    score_threshold: Annotated[float, Field(ge=0, le=1)] = 0.0


class AnalyzeRequest(Message):
    """`context`, `sessionId` and `communityId` are taken and change nothing."""

    comment: Comment = Comment()
    requested_attributes: Annotated[dict[str, AttributeParameters], Field(max_length=200)] = {}
    languages: Annotated[list[str], Field(max_length=20)] = []
    context: dict[str, Any] | None = None
    do_not_store: bool = False
    span_annotations: bool = False
    drop_unsupported_attributes: bool = False
    client_token: str | None = None
    session_id: str | None = None
    community_id: str | None = None


class Score(Message):
    """A probability between 0 and 1."""

    value: float
    type: Literal["PROBABILITY"] = "PROBABILITY"


class SpanScore(Message):
    """The score of a stretch of the text, in characters."""

    begin: int
    end: int
    score: Score


class AttributeScores(Message):
    """What came out for one attribute."""

    span_scores: list[SpanScore]
    summary_score: Score


class ErrorBody(BaseModel):
    """What is wrong, under Google's name for it."""

    code: int
    message: str
    status: str
    details: list[dict[str, Any]] = []


class Refusal(BaseModel):
    """Any answer that is no scores."""

    error: ErrorBody


class AnalyzeResponse(Message):
    """A score for each requested attribute that reached its threshold."""

    attribute_scores: dict[str, AttributeScores]
    languages: list[str]
    detected_languages: list[str]
    client_token: str | None = None
