"""A finished scan's folder, written as the runner writes it, from a few plain listings."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.decision import DECISION_SCHEMA, Outcome
from shelfguard.listing import Batch, Record
from shelfguard.policy.calibration import FILE, Calibration, Threshold, Thresholds
from shelfguard.policy.pack import Citation, Clause, Manifest, Pack

WHEN = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SHA = "5c" * 32


def clause(name: str, **changes: Any) -> Clause:
    fields: dict[str, Any] = {
        "id": name,
        "title": {"en": f"Title of {name}", "fr": f"Titre de {name}"},
        "rule": {"en": "It must not be sold.", "fr": "Il ne doit pas être vendu."},
        "cite": [Citation(instrument="Sample Act", provision="s 1", url="https://example.org/a")],
        "checked": "primary",
        "class": "prohibited",
        "markets": ["CA"],
        "signals": ["lexicon", "text"],
        "decisive": {"en": "What it is made for.", "fr": "Ce à quoi il sert."},
        "fix": {"en": "Remove the listing.", "fr": "Retirez l’annonce."},
        "action": Outcome.BLOCK,
        "reviewed": date(2026, 11, 1),
    }
    return Clause.model_validate(fields | changes)


def pack(root: Path, *clauses: Clause) -> Pack:
    manifest = Manifest(
        id="sample",
        version="1.0.0",
        title={"en": "Sample pack", "fr": "Politique d’exemple"},
        jurisdictions=["CA"],
        languages=["en", "fr"],
        review_every_days=90,
        signals=["lexicon", "text"],
        required=["text"],
    )
    held = clauses or (clause("CA-WPN-003"), clause("CA-HLT-001", checked="recall"))
    return Pack(root, manifest, {c.id: c for c in held}, [], SHA)


def calibrate(
    pack: Pack, clause: str, review: float | None = None, unsupported: str | None = None
) -> Path:
    """Solve one clause's thresholds, as far as the data supports them."""
    solved = Thresholds(
        act=Threshold(threshold=None, goal={}, supported=not unsupported, reason=unsupported),
        review=Threshold(threshold=review, goal={}, supported=True),
    )
    path = pack.root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Calibration(clauses={clause: solved}).model_dump_json(), encoding="utf-8")
    return path


def span(listing: Record, field: str, quote: str, **changes: Any) -> dict[str, Any]:
    """Evidence that quotes a title or description in its first language."""
    lang, text = next(iter(listing[field].items()))
    start = text.index(quote)
    found = {"kind": "span", "signal": "lexicon", "field": field, "lang": lang, "quote": quote}
    return {**found, "start": start, "end": start + len(quote), **changes}


def reason(clause: str, *evidence: dict[str, Any], **changes: Any) -> dict[str, Any]:
    plain = {
        "clause": clause,
        "citation": "Sample Act, s 1",
        "outcome": "block",
        "probability": 0.93,
        "raw": 2.1,
        "stage": "rules",
    }
    return {**plain, "evidence": list(evidence), **changes}


def store(out: Path, data: bytes, uri: str = "https://shop.example/a.jpg") -> dict[str, Any]:
    """Keep a picture's bytes as a scan does; gives what the decision says of it."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = out / "pictures" / sha256[:2] / sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"uri": uri, "sha256": sha256, "failure": None}


def failed(why: str, uri: str = "https://shop.example/b.jpg") -> dict[str, Any]:
    """A picture that was not to be had."""
    return {"uri": uri, "sha256": None, "failure": why}


def region(picture: dict[str, Any], place: int = 0, **changes: Any) -> dict[str, Any]:
    """Evidence on a part of a picture, or on the whole of it without a box."""
    found = {"kind": "region", "signal": "text_lines", "field": f"images[{place}]"}
    return {**found, "picture": picture["sha256"], **changes}


def decision(listing: Record, row: int, *reasons: dict[str, Any], **changes: Any) -> dict[str, Any]:
    worst = max((Outcome(r["outcome"]) for r in reasons), key=lambda o: o.severity, default="allow")
    plain = {
        "id": f"d-{row}",
        "listing_id": listing["id"],
        "content_hash": "0" * 64,
        "source_uri": "catalog.csv",
        "source_row": row,
        "pack": f"sample@1.0.0+{SHA[:12]}",
        "models": "ab" * 32,
        "outcome": str(worst),
        "reasons": list(reasons),
        "stage": reasons[0]["stage"] if reasons else "student",
        "cost": 30.0,
        "mode": "shadow",
        "degraded": [],
        "decided_at": WHEN,
        "ms": 0.03,
    }
    return {**plain, **changes}


def write_folder(
    out: Path,
    cases: list[tuple[Record, list[dict[str, Any]]]],
    quarantined: list[dict[str, Any]] | None = None,
    pictures: Mapping[str, list[dict[str, Any]]] | None = None,
    **changes: Any,
) -> Path:
    """Write every file of a scan of these listings with their reasons; `changes` go to run.json.

    `pictures` are those looked at, by listing (see `store` and `failed`).
    """
    out.mkdir(parents=True, exist_ok=True)
    seen = pictures or {}
    rows = [
        decision(listing, i, *reasons, pictures=seen.get(listing["id"], []))
        for i, (listing, reasons) in enumerate(cases, 1)
    ]
    _write(out, rows, [listing for listing, reasons in cases if reasons])
    bad = quarantined or []
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in bad)
    (out / "quarantine.jsonl").write_text(lines, encoding="utf-8")
    run = _run(rows, len(bad)) | changes
    (out / "run.json").write_text(json.dumps(run), encoding="utf-8")
    return out


def write_unchecked(out: Path, listing: Record, what: str = "text: failed") -> Path:
    """A scan in which a required signal failed on the only listing."""
    write_folder(out, [(listing, [reason("", outcome="review")])])
    row = decision(listing, 1, outcome="review", degraded=[what])
    _write(out, [row], [listing])
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    run["counts"] |= {"clauses": {}, "degraded": {what: 1}}
    (out / "run.json").write_text(json.dumps(run), encoding="utf-8")
    return out


def _write(out: Path, rows: list[dict[str, Any]], flagged: list[Record]) -> None:
    pq.write_table(pa.Table.from_pylist(rows, DECISION_SCHEMA), out / "decisions.parquet")
    pq.write_table(Batch.from_records(flagged).table, out / "flagged.parquet")


def _run(rows: list[dict[str, Any]], quarantined: int) -> dict[str, Any]:
    clauses: dict[str, Counter[str]] = {}
    for found in (found for row in rows for found in row["reasons"]):
        clauses.setdefault(found["clause"], Counter())[found["outcome"]] += 1
    outcomes = Counter(row["outcome"] for row in rows)
    return {
        "shelfguard": "0.1.0",
        "pack": {"label": f"sample@1.0.0+{SHA[:12]}", "root": "sample", "sha256": SHA},
        "models": [{"name": "student", "sha256": "ab" * 32}],
        "feed": {"uri": "data/catalog.csv", "format": "csv", "bytes": 1234},
        "options": {"market": "CA", "mode": "shadow"},
        "counts": {
            "read": len(rows) + quarantined,
            "decided": len(rows),
            "quarantined": quarantined,
            "warnings": {"seller is missing": 2} if rows else {},
            "outcomes": {outcome.value: outcomes[outcome] for outcome in Outcome},
            "clauses": clauses,
            "degraded": {},
        },
        "stages": {
            "rules": {"rows": len(rows), "seconds": 0.4},
            "student": {"rows": len(rows), "seconds": 0.9},
        },
        "seconds": 1.5,
        "started_at": "2026-11-22T09:30:00+00:00",
        "finished_at": "2026-11-22T09:30:02+00:00",
        "workers": 2,
        "rows_per_second": 20000.0,
    }
