"""Why one listing was decided as it was, in words, with quotes in their context."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from shelfguard.decision import Outcome
from shelfguard.errors import RunError
from shelfguard.listing import Batch
from shelfguard.policy.calibration import Thresholds, read_calibration
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import IMAGE, Pack
from shelfguard.report.cards import Place, texts_by_row
from shelfguard.report.clauses import is_judged
from shelfguard.report.findings import field_label, is_absent, note
from shelfguard.report.folder import Row, ScanFolder
from shelfguard.report.marks import pieces
from shelfguard.report.pictures import places
from shelfguard.report.prose import prose
from shelfguard.report.sensitivity import withholds
from shelfguard.report.words import Catalogue, catalogue

CONTEXT = 120
"""Characters of a text to show around a quote."""

NEAREST_AMONG = 20_000
"""Identifiers compared with one that was not found."""

COPIED = (
    "kind",
    "signal",
    "field",
    "lang",
    "start",
    "end",
    "quote",
    "picture",
    "box",
    "bank",
    "entry",
    "distance",
)
"""What an explanation takes over from evidence as it is."""


@dataclass(frozen=True)
class Found:
    """A decision, its place in flagged.parquet, and how many decisions share its id."""

    decision: Row
    position: int
    same_id: int


def explain(out: Path, listing_id: str, lang: str = "en") -> str:
    """The explanation as text for a terminal.

    Raises:
        RunError: no scan in the folder, or no such listing in it; names the nearest.
        PackError: the pack of the scan, or its calibration, cannot be loaded.
    """
    return prose(explanation(out, listing_id, lang), catalogue(lang))


def explanation(out: Path, listing_id: str, lang: str = "en") -> Row:
    """The explanation as plain values, fit for JSON."""
    folder = ScanFolder.open(out)
    found = _find(folder, listing_id)
    pack = load_pack(folder.run["pack"]["root"])
    flagged = found.decision["outcome"] != Outcome.ALLOW
    listing = folder.listing(found.position, listing_id) if flagged else None
    return {
        **explained(found.decision, listing, pack, lang),
        "same_id": found.same_id,
        "pack_changed": pack.sha256 != folder.run["pack"]["sha256"],
        "checked": checked(pack, pictures=folder.looked_at_pictures),
    }


def explained(decision: Row, listing: Batch | None, pack: Pack, lang: str) -> Row:
    """What one decision says, with quotes in their context where its listing is given."""
    t, calibration = catalogue(lang), read_calibration(pack)
    goals = calibration.clauses if calibration else {}
    texts = texts_by_row(listing.segments()).get(0, {}) if listing else {}
    images = (listing.records()[0]["images"] or []) if listing else []
    copied = ("listing_id", "content_hash", "outcome", "mode", "stage", "pack", "models")
    return {
        **{name: decision[name] for name in copied},
        "decision": decision["id"],
        "source": {"uri": decision["source_uri"], "row": decision["source_row"]},
        "degraded": list(decision["degraded"] or ()),
        "pictures": _pictures(decision.get("pictures") or (), images),
        "pictures_withheld": withholds(decision),
        "reasons": [
            _reason(reason, goals.get(reason["clause"]), texts, pack, t)
            for reason in decision["reasons"] or ()
        ],
    }


def _find(folder: ScanFolder, listing_id: str) -> Found:
    first, flagged, same_id = None, 0, 0
    for batch in folder.decisions():
        open_case = pc.not_equal(batch.column("outcome"), Outcome.ALLOW.value)
        here = pc.indices_nonzero(pc.equal(batch.column("listing_id"), listing_id)).to_pylist()
        if here and first is None:
            before = pc.sum(open_case.slice(0, here[0])).as_py() or 0
            first = (batch.slice(here[0], 1).to_pylist()[0], flagged + before)
        same_id += len(here)
        flagged += pc.sum(open_case).as_py() or 0
    if first is None:
        raise _unknown(folder, listing_id)
    return Found(*first, same_id)


def _unknown(folder: ScanFolder, listing_id: str) -> RunError:
    nearest = difflib.get_close_matches(listing_id, _candidates(folder, listing_id))
    hint = f"Nearest: {', '.join(nearest)}" if nearest else "Look it up in decisions.parquet"
    return RunError(f"no listing '{listing_id}' in this scan", file=folder.root, fix=hint)


def _candidates(folder: ScanFolder, listing_id: str) -> list[str]:
    """Identifiers that share a beginning with this one, then others, up to a limit."""
    start = listing_id[: max(1, len(listing_id) // 2)]
    alike: list[str] = []
    others: list[str] = []
    for batch in folder.decisions(["listing_id"]):
        ids = batch.column("listing_id")
        shared = pc.starts_with(ids, start, ignore_case=True)
        if len(alike) < NEAREST_AMONG:
            alike += ids.filter(shared).to_pylist()
        if len(others) < NEAREST_AMONG:
            others += ids.filter(pc.invert(shared)).to_pylist()
    return [*alike, *others][:NEAREST_AMONG]


def _pictures(seen: Sequence[Row], images: Sequence[Row]) -> list[Row]:
    """The pictures that were looked at, each with its place in the listing."""
    at = places(seen, [image["uri"] for image in images])
    return [{"place": place, **picture} for place, picture in zip(at, seen, strict=True)]


def checked(pack: Pack, *, pictures: bool) -> Row:
    """The clauses and signals that a pack's decisions rest on, and the clauses that none judges."""
    silent = sorted(c.id for c in pack.clauses.values() if not is_judged(c, pictures=pictures))
    return {
        "clauses": len(pack.clauses) - len(silent),
        "signals": [*pack.manifest.signals, *([IMAGE] if pictures else [])],
        "not_evaluated": silent,
    }


def _reason(
    reason: Row, goals: Thresholds | None, texts: dict[Place, str], pack: Pack, t: Catalogue
) -> Row:
    clause = pack.clauses.get(reason["clause"])
    return {
        **{k: reason[k] for k in ("clause", "citation", "outcome", "probability", "stage")},
        "title": t.say(clause.title) if clause else t("clauses.unknown"),
        "rule": t.say(clause.rule) if clause else None,
        "sources": [str(source) for source in clause.cite] if clause else [],
        "fix": t.say(clause.fix) if clause else None,
        **_goals(goals),
        "evidence": [_evidence(item, texts, t) for item in reason["evidence"] or ()],
    }


def _goals(goals: Thresholds | None) -> Row:
    """The numbers that the clause's goals came to, and why it may not act alone."""
    if goals is None:
        return {"thresholds": {"act": None, "review": None}, "unsupported": None}
    return {
        "thresholds": {"act": goals.act.threshold, "review": goals.review.threshold},
        "unsupported": None if goals.act.supported else goals.act.reason,
    }


def _evidence(item: Row, texts: dict[Place, str], t: Catalogue) -> Row:
    text = texts.get((item["field"], item["lang"]))
    in_context = item["start"] is not None and text is not None
    mask = item.get("mask")
    return {
        **{name: item.get(name) for name in COPIED},
        "mask_size": mask["size"] if mask else None,
        "absent": is_absent(item),
        "note": note(item, t),
        "label": field_label(item["field"], t),
        "context": _context(text or "", item) if in_context else None,
    }


def _context(text: str, item: Row) -> str:
    """The text around the quote, which stands between >> and <<."""
    shown = {"text": "{}", "mark": ">>{}<<", "hidden": "[{}]", "gap": "{}"}
    cut = pieces(text, [(item["start"], item["end"])], room=CONTEXT)
    return " ".join("".join(shown[p.kind].format(p.text) for p in cut).split())
