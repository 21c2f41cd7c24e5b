"""issues.jsonl: what each seller must know and do, one line per listing and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shelfguard.decision import Outcome
from shelfguard.errors import RunError
from shelfguard.policy.pack import Clause, Pack
from shelfguard.report.folder import ScanFolder
from shelfguard.report.words import LANGUAGES, catalogue

SEVERITY = {
    Outcome.WARN: "info",
    Outcome.REQUEST_EVIDENCE: "warning",
    Outcome.REVIEW: "warning",
    Outcome.BLOCK: "error",
    Outcome.ESCALATE: "error",
}

CODE = {
    "prohibited": "PROHIBITED_PRODUCT",
    "restricted": "RESTRICTED_PRODUCT",
    "evidence": "EVIDENCE_REQUIRED",
    "labelling": "LABELLING_REQUIRED",
    "claim": "CLAIM_NOT_ALLOWED",
}
"""What kind of rule is broken, by clause class."""


def write_notices(out: Path, pack: Pack) -> int:
    """Write `issues.jsonl` into a scan's folder and return the number of its lines.

    Raises:
        RunError: the folder holds no finished scan, or one made with another pack.
    """
    lines = 0
    with (out / "issues.jsonl").open("w", encoding="utf-8") as file:
        for decision in ScanFolder.open(out).flagged():
            for reason in decision["reasons"] or ():
                notice = _notice(decision["listing_id"], reason, _clause(out, pack, reason))
                file.write(json.dumps(notice, ensure_ascii=False) + "\n")
                lines += 1
    return lines


def _clause(out: Path, pack: Pack, reason: dict[str, Any]) -> Clause:
    clause = pack.clauses.get(reason["clause"])
    if clause is None:
        raise RunError(
            f"cites {reason['clause']}, which {pack.label} does not hold",
            file=out / "decisions.parquet",
            fix="Use the pack of this scan",
        )
    return clause


def _notice(listing_id: str, reason: dict[str, Any], clause: Clause) -> dict[str, Any]:
    outcome = Outcome(reason["outcome"])
    first = next(iter(reason["evidence"] or ()), None)
    return {
        "listing_id": listing_id,
        "clause": clause.id,
        "code": CODE[clause.kind],
        "severity": SEVERITY[outcome],
        "attribute": first and first["field"],
        "message": {lang: _message(outcome, clause, lang) for lang in LANGUAGES},
        "fix": {lang: catalogue(lang).say(clause.fix) for lang in LANGUAGES},
        "citation": reason["citation"],
        "quote": first and first["quote"],
    }


def _message(outcome: Outcome, clause: Clause, lang: str) -> str:
    t = catalogue(lang)
    return t(f"notice.{outcome}", title=t.say(clause.title), rule=t.say(clause.rule))
