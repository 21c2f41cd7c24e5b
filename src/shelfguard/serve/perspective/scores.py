"""From a comment to the listing that is judged, and from its probabilities to scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shelfguard.decision import Decisions
from shelfguard.feeds.language import detect_language, language_tag
from shelfguard.listing import Record
from shelfguard.serve.perspective.errors import InvalidArgument
from shelfguard.serve.perspective.messages import (
    AnalyzeRequest,
    AnalyzeResponse,
    AttributeScores,
    Score,
    SpanScore,
)

CLAUSES = {
    "TOXICITY": "MKT-OFF-001",
    "INSULT": "MKT-OFF-001",
    "PROFANITY": "MKT-OFF-001",
    "THREAT": "MKT-OFF-001",
    "IDENTITY_ATTACK": "MKT-OFF-001",
    "SEXUALLY_EXPLICIT": "MKT-ADT-001",
    "SPAM": "MKT-SPM-001",
}
"""The house rule that fits an attribute of Google's; the others have none."""

MAX_BYTES = 20_480
"""The longest comment, as Google has it."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a comment, by clause: probabilities, None where unknown, and evidence.

    `spans` are characters of the comment.
    """

    probabilities: Mapping[str, float | None]
    spans: Mapping[str, Sequence[Span]]

    @classmethod
    def of(cls, decisions: Decisions, row: int = 0) -> Analysis:
        """From the decision about the listing that `listing_of` made of the comment."""
        values = (None if math.isnan(p) else float(p) for p in decisions.probabilities[row])
        reasons = decisions.table.column("reasons")[row].as_py()
        spans = {reason["clause"]: list(_spans(reason["evidence"])) for reason in reasons}
        return cls(dict(zip(decisions.clauses, values, strict=True)), spans)


def languages_of(request: AnalyzeRequest) -> list[str]:
    """The languages that the request names, else the one that its text seems to be in."""
    named = [tag for tag in map(language_tag, request.languages) if tag]
    return named or [detect_language(request.comment.text)]


def listing_of(text: str, languages: Sequence[str]) -> Record:
    """The listing that has the comment for its description, and nothing else."""
    return {"id": "comment", "title": {}, "description": {languages[0]: text}}


def check(request: AnalyzeRequest) -> None:
    """Refuse what cannot be scored.

    Raises:
        InvalidArgument: no text, too much of it, or no attribute.
    """
    text = request.comment.text
    if not text.strip():
        raise InvalidArgument("Comment must be non-empty.", {"errorType": "COMMENT_EMPTY"})
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        message = f"Comment text is longer than {MAX_BYTES} bytes."
        raise InvalidArgument(message, {"errorType": "COMMENT_TOO_LONG"})
    if not request.requested_attributes:
        raise InvalidArgument("At least one attribute must be requested.")


def response_of(
    request: AnalyzeRequest, languages: Sequence[str], analysis: Analysis
) -> AnalyzeResponse:
    """The scores that were asked for. One that is not known is an error, and never 0.

    Raises:
        InvalidArgument: an attribute does not exist, or has no score for this text and the request
            does not say to leave such out (`dropUnsupportedAttributes`).
    """
    scores = {}
    for name, asked in request.requested_attributes.items():
        clause = _clause(name, analysis)
        value = analysis.probabilities[clause]
        if value is None and not request.drop_unsupported_attributes:
            raise _unknown(name, languages)
        if value is not None and value >= asked.score_threshold:
            scores[name] = _scores(value, _marked(request, analysis, clause))
    return AnalyzeResponse(
        attribute_scores=scores,
        languages=list(languages),
        detected_languages=[] if request.languages else list(languages),
        client_token=request.client_token,
    )


def _spans(evidence: Sequence[Mapping[str, object]]) -> Iterator[Span]:
    for piece in evidence:
        start, end = piece["start"], piece["end"]
        if piece["kind"] == "span" and isinstance(start, int) and isinstance(end, int):
            yield start, end


def _clause(name: str, analysis: Analysis) -> str:
    """The clause behind an attribute: of Google's, or a clause's id with `-` or `_`."""
    clause = CLAUSES.get(name, name.replace("_", "-"))
    if clause not in analysis.probabilities:
        raise InvalidArgument(f"Unknown requested attribute: {name[:100]}")
    return clause


def _unknown(name: str, languages: Sequence[str]) -> InvalidArgument:
    return InvalidArgument(
        f"Attribute {name} has no score for this text (languages: {', '.join(languages)})",
        {
            "errorType": "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
            "languageNotSupportedByAttributeError": {
                "detectedLanguages": list(languages),
                "attribute": name,
            },
        },
    )


def _marked(request: AnalyzeRequest, analysis: Analysis, clause: str) -> Sequence[Span]:
    """The spans to score: the evidence, where spans were asked for and there is any."""
    found = analysis.spans.get(clause) if request.span_annotations else None
    return found or [(0, len(request.comment.text))]


def _scores(value: float, spans: Sequence[Span]) -> AttributeScores:
    score = Score(value=value)
    marked = [SpanScore(begin=begin, end=end, score=score) for begin, end in spans]
    return AttributeScores(span_scores=marked, summary_score=score)
