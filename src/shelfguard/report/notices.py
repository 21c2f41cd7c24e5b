"""issues.jsonl: what each seller must know and do, one line per listing and reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shelfguard.decision import Outcome
from shelfguard.durable import replacing
from shelfguard.errors import RunError
from shelfguard.policy.pack import Clause, Pack
from shelfguard.report.folder import ScanFolder
from shelfguard.report.words import LANGUAGES, catalogue

SEVERITY = {
    Outcome.WARN: "info",
    Outcome.REQUEST_EVIDENCE: "warning",
    Outcome.REVIEW: "warning",
    Outcome.BLOCK: "error",
}

COLUMNS = (
    "listing_id",
    "outcome",
    *(f"reasons.list.element.{name}" for name in ("clause", "citation", "outcome")),
    *(f"reasons.list.element.evidence.list.element.{name}" for name in ("field", "quote")),
)

CODE = {
    "prohibited": "PROHIBITED_PRODUCT",
    "restricted": "RESTRICTED_PRODUCT",
    "evidence": "EVIDENCE_REQUIRED",
    "labelling": "LABELLING_REQUIRED",
    "claim": "CLAIM_NOT_ALLOWED",
}
"""What kind of rule is broken, by clause class."""


def write_notices(out: Path, pack: Pack) -> None:
    """Write `issues.jsonl` into a scan's folder.

    Nobody is told of a listing that is escalated: a notice would warn a suspect.

    Raises:
        RunError: the folder holds no finished scan, or one made with another pack.
    """
    shared: dict[tuple[str, str], dict[str, Any]] = {}
    folder = ScanFolder.open(out)
    with replacing(out / "issues.jsonl") as path, path.open("w", encoding="utf-8") as file:
        for listing_id, reason in _told(folder):
            key = reason["clause"], reason["outcome"]
            if key not in shared:
                shared[key] = _shared(_clause(out, pack, reason), Outcome(reason["outcome"]))
            notice = _notice(listing_id, reason, shared[key])
            file.write(json.dumps(notice, ensure_ascii=False) + "\n")


def _told(folder: ScanFolder) -> Iterator[tuple[str, dict[str, Any]]]:
    """The listing and reason of everything that a seller is told."""
    for decision in folder.flagged(COLUMNS):
        if decision["outcome"] != Outcome.ESCALATE:
            for reason in decision["reasons"] or ():
                yield decision["listing_id"], reason


def _clause(out: Path, pack: Pack, reason: dict[str, Any]) -> Clause:
    clause = pack.clauses.get(reason["clause"])
    if clause is None:
        raise RunError(
            f"cites {reason['clause']}, which {pack.label} does not hold",
            file=out / "decisions.parquet",
            fix="Use the pack of this scan",
        )
    return clause


def _shared(clause: Clause, outcome: Outcome) -> dict[str, Any]:
    """What all notices under a clause with the same outcome have in common."""
    return {
        "clause": clause.id,
        "code": CODE[clause.kind],
        "severity": SEVERITY[outcome],
        "message": {lang: _message(outcome, clause, lang) for lang in LANGUAGES},
        "fix": {lang: catalogue(lang).say(clause.fix) for lang in LANGUAGES},
    }


def _notice(listing_id: str, reason: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    first = next(iter(reason["evidence"] or ()), None)
    return {
        "listing_id": listing_id,
        **shared,
        "attribute": first and first["field"],
        "citation": reason["citation"],
        "quote": first and first["quote"],
    }


def _message(outcome: Outcome, clause: Clause, lang: str) -> str:
    t = catalogue(lang)
    return t(f"notice.{outcome}", title=t.say(clause.title), rule=t.say(clause.rule))
