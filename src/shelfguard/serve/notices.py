"""What a seller is told of a decision, in the language that the client prefers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypedDict

from shelfguard.decision import Outcome
from shelfguard.policy.pack import Clause, Pack
from shelfguard.report.notices import CODE, SEVERITY
from shelfguard.report.words import LANGUAGES, catalogue
from shelfguard.serve.problems import Problem

DEFAULT = "en"

_RANGE = re.compile(
    r"(?P<tag>\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)"
    r"(?:[ \t]*;[ \t]*q=(?P<weight>0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?",
    re.IGNORECASE | re.ASCII,
)


class Notice(TypedDict):
    """One reason of a decision as its seller reads it: what is wrong, and what to do."""

    listing_id: str
    clause: str
    code: str
    severity: str
    message: str
    fix: str
    attribute: str | None
    citation: str
    quote: str | None


def notices(decision: Mapping[str, Any], pack: Pack, lang: str) -> list[Notice]:
    """A notice for each reason of a decision (DECISION_SCHEMA), in one of `LANGUAGES`.

    Nobody is told of a listing that is escalated: a notice would warn a suspect.

    Raises:
        Problem: 409, the decision cites a clause that the pack does not hold.
    """
    if decision["outcome"] == Outcome.ESCALATE:
        return []
    return [_notice(decision["listing_id"], reason, pack, lang) for reason in decision["reasons"]]


def preferred_language(accept_language: str | None) -> str:
    """The language of `LANGUAGES` that an Accept-Language header asks for most, else English.

    A range counts for its primary language, so `fr-CA` asks for French. Of two that are asked for
    alike, the first named comes first. A header that is not well formed says nothing.

    Source: RFC 9110, section 12.5.4.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip(" \t") for part in (accept_language or "").split(","))):
        match = _RANGE.fullmatch(part)
        if match is None:
            return DEFAULT
        language = match["tag"].lower().partition("-")[0]
        weights[language] = max(weights.get(language, 0.0), float(match["weight"] or 1))
    named = [language for language in weights if language in LANGUAGES]
    best = max([*named, *LANGUAGES], key=lambda each: weights.get(each, weights.get("*", 0.0)))
    return best if weights.get(best, weights.get("*")) else DEFAULT


def _notice(listing_id: str, reason: Mapping[str, Any], pack: Pack, lang: str) -> Notice:
    clause, outcome = _clause(reason["clause"], pack), Outcome(reason["outcome"])
    t = catalogue(lang)
    first = next(iter(reason["evidence"] or ()), None)
    return {
        "listing_id": listing_id,
        "clause": clause.id,
        "code": CODE[clause.kind],
        "severity": SEVERITY[outcome],
        "message": t(f"notice.{outcome}", title=t.say(clause.title), rule=t.say(clause.rule)),
        "fix": t.say(clause.fix),
        "attribute": first and first["field"],
        "citation": reason["citation"],
        "quote": first and first["quote"],
    }


def _clause(name: str, pack: Pack) -> Clause:
    clause = pack.clauses.get(name)
    if clause is None:
        detail = f"The decision cites {name}, which {pack.label} does not hold"
        raise Problem(409, "Decided under another pack", detail)
    return clause
