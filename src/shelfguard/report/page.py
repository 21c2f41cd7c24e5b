"""report.html: one self-contained page that tells what a scan found and on what grounds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment

from shelfguard.decision import Outcome
from shelfguard.durable import replacing
from shelfguard.policy.calibration import read_calibration
from shelfguard.policy.pack import Pack
from shelfguard.report import charts, clauses
from shelfguard.report.cards import cards
from shelfguard.report.folder import ScanFolder
from shelfguard.report.marks import visible
from shelfguard.report.tally import Tally, tally
from shelfguard.report.template import environment, source
from shelfguard.report.words import Catalogue, catalogue

SCRIPTS = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "draw.js")
QUARANTINE_SHOWN = 20


def write_report(out: Path, pack: Pack, lang: str) -> Path:
    """Write `report.html` into a scan's folder.

    Raises:
        RunError: the folder does not hold a finished scan, or its files disagree.
        PackError: the pack's calibration cannot be read.
    """
    folder, t = ScanFolder.open(out), catalogue(lang)
    page = _environment().get_template("report.html.j2").render(_context(folder, pack, t))
    path = out / "report.html"
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def _context(folder: ScanFolder, pack: Pack, t: Catalogue) -> dict[str, Any]:
    seen = tally(folder)
    groups = _groups(folder, seen, pack, t)
    shown = [picture for group in groups for card in group["cards"] for picture in card.pictures]
    return {
        "t": t,
        "run": folder.run,
        "pack": pack,
        "Outcome": Outcome,
        "flags": charts.FLAGS,
        "seen": seen,
        **_assets(bool(shown)),
        **_headline(folder),
        **_charts(folder, seen, t),
        **_clauses(folder, pack, t),
        "groups": groups,
        "pictures": bool(shown),
        "blurs": any(view.thumbnail and view.thumbnail.blurred for view in shown),
        "quarantine": folder.quarantine(QUARANTINE_SHOWN),
    }


def _headline(folder: ScanFolder) -> dict[str, Any]:
    counts = folder.counts
    outcomes = counts["outcomes"]
    return {
        "feed": folder.run["feed"]["uri"].rstrip("/").rpartition("/")[2],
        "counts": counts,
        "flagged": sum(n for outcome, n in outcomes.items() if outcome != Outcome.ALLOW),
        "balanced": counts["read"] == counts["decided"] + counts["quarantined"]
        and counts["decided"] == sum(outcomes.values()),
    }


def _charts(folder: ScanFolder, seen: Tally, t: Catalogue) -> dict[str, Any]:
    stages = folder.run["stages"]
    settled = {stage: seen.stages[stage] for stage in {**stages, **seen.stages} if stage}
    settlers = {stage: float(n) for stage, n in settled.items() if n}
    seconds = {stage: stages[stage]["seconds"] for stage in stages}
    return {
        "settled": settled,
        "outcome_chart": charts.outcome_chart(folder.counts["outcomes"], t),
        "clause_chart": charts.clause_chart(folder.counts["clauses"], t),
        "probability_chart": charts.probability_chart(seen.bins, t),
        "settled_chart": charts.stage_chart("settled", settlers, t("axis.listings"), t, 0),
        "seconds_chart": charts.stage_chart("seconds", seconds, t("axis.seconds"), t, 2),
    }


def _clauses(folder: ScanFolder, pack: Pack, t: Catalogue) -> dict[str, Any]:
    counted = folder.counts["clauses"]
    rows = [clauses.view(pack, clause, t, counted[clause]) for clause in counted]
    calibration = read_calibration(pack)
    unsupported = clauses.unsupported(calibration) if calibration else []
    silent = [c for c in pack.clauses.values() if not sum(counted.get(c.id, {}).values())]
    pictures = folder.looked_at_pictures
    judged = [c for c in silent if clauses.is_judged(c, pictures=pictures)]
    return {
        "clause_rows": sorted((r for r in rows if r.total), key=lambda r: (-r.total, r.id)),
        "quiet": [clauses.view(pack, c.id, t) for c in judged],
        "unjudged": [clauses.view(pack, c.id, t) for c in silent if c not in judged],
        "unverified": [
            clauses.view(pack, c.id, t) for c in pack.clauses.values() if c.checked == "recall"
        ],
        "may_not_act": sum(which == "act" for _, which, _ in unsupported),
        "calibrated": bool(calibration and calibration.clauses),
        "unsupported": [
            (clauses.view(pack, clause, t), which, reason) for clause, which, reason in unsupported
        ],
    }


def _groups(folder: ScanFolder, seen: Tally, pack: Pack, t: Catalogue) -> list[dict[str, Any]]:
    """The sample by clause; listings are read in file order and put back in sample order."""
    positions = sorted(pick.position for pick in seen.sample)
    decisions, batch = folder.flagged_at(positions), folder.listings(positions)
    folder.expect_ids(batch, [decision["listing_id"] for decision in decisions])
    made = dict(zip(positions, cards(decisions, batch, pack, folder, t), strict=True))
    return [
        {
            "clause": clauses.view(pack, clause, t),
            "flagged": seen.clauses[clause],
            "cards": [made[pick.position] for pick in picks],
        }
        for clause, picks in groupby(seen.sample, key=lambda pick: pick.clause)
    ]


@cache
def _assets(pictures: bool) -> dict[str, Any]:
    """Style and scripts to inline, and the policy that lets a browser run these alone."""
    style = _static("report.css") + (_static("pictures.css") if pictures else "")
    scripts = [_static(name).partition("//# sourceMappingURL=")[0] for name in SCRIPTS]
    policy = (
        f"default-src 'none'; style-src {source(style)}; "
        f"script-src {' '.join(map(source, scripts))}; base-uri 'none'; form-action 'none'"
        + ("; img-src data:" if pictures else "")
    )
    return {"style": style, "scripts": scripts, "csp": policy}


def _moment(iso: str) -> str:
    return datetime.fromisoformat(iso).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _static(name: str) -> str:
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return environment(__package__, {"visible": visible, "link": clauses.link, "moment": _moment})
