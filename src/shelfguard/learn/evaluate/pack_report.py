"""Measure a pack on its unit cases, beside peers trained on all of its examples.

`python -m shelfguard.learn.evaluate.pack_report` writes `metrics.json` and `report.html`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shelfguard.decision import Outcome
from shelfguard.engine import Engine
from shelfguard.feeds import read_feed
from shelfguard.learn.command import parser, run, say
from shelfguard.learn.data.corpus import CATALOGS, labels, learned_clauses, to_batch
from shelfguard.learn.evaluate.measures import (
    Floats,
    Labels,
    every_clause_precision,
    gain,
    mean_clause_precision,
    pooled_precision,
    recall_at_false_positives,
)
from shelfguard.learn.evaluate.page import render
from shelfguard.learn.evaluate.peers import FastText, TfidfRegression
from shelfguard.learn.evaluate.resampling import Estimate, Resamples, bootstrap, draws, estimates
from shelfguard.policy.cases import run_cases
from shelfguard.policy.interval import Share
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import KINDS, Row, read_cases, read_examples

OURS = "Shelfguard"


@dataclass(frozen=True, slots=True)
class Subject:
    """Cases with their labels, and what each system says of them, [cases, clauses]."""

    rows: list[Row]
    clauses: list[str]
    truth: Labels
    scores: dict[str, Floats]


def main() -> None:
    """Evaluate and write the report. The gates are those of `shelfguard pack test`."""
    options = _options()
    pack = load_pack(options.pack)
    engine = Engine.from_pack(pack)
    cases = read_cases(pack)
    say(f"training the peers on the examples of {pack.label}")
    subject = gather(pack, engine, cases)
    say("resampling")
    result = {
        "pack": pack.label,
        "models": engine.models,
        "cases": len(cases),
        "decisions": decisions(engine, cases),
        "rough": decisions(engine, [terse(row) for row in cases]),
        "ranking": ranking(subject),
        "languages": {lang: ranking(subject, lang) for lang in sorted({row.lang for row in cases})},
        "gains": gains(subject),
        "clauses": by_clause(subject),
        "catalogs": real_catalogs(engine, options.data),
    }
    write(result, pack, options.out)
    say(f"wrote {options.out / 'report.html'}")


def gather(pack: Pack, engine: Engine, cases: list[Row]) -> Subject:
    """Train the peers on the pack's examples and score the cases with every system."""
    examples = read_examples(pack)
    clauses = learned_clauses(pack, examples)
    columns = [engine.clauses.index(clause) for clause in clauses]
    ours = np.nan_to_num(engine.run(to_batch(cases)).probabilities)[:, columns]
    peers = [peer.train(examples, clauses) for peer in (TfidfRegression, FastText)]
    scores = {OURS: ours} | {peer.name: peer.scores(cases) for peer in peers}
    return Subject(cases, clauses, labels(cases, clauses).astype(np.int8), scores)


def decisions(engine: Engine, rows: Sequence[Row]) -> dict[str, dict[str, dict[str, Any]]]:
    """The share of each kind decided under the right clause, or flagged, by language."""
    result = run_cases(engine, rows, engine.pack.unseen)
    langs = [None, *engine.pack.manifest.languages]
    return {
        kind: {lang or "all": result.share(kind, lang).as_dict() for lang in langs}
        for kind in KINDS
    }


def terse(row: Row) -> Row:
    """The case in the register of a bare catalog: a lower-case title and nothing else."""
    stripped = {"title": row.title.lower(), "description": None, "brand": None}
    return row.model_copy(update={**stripped, "category": None, "attributes": {}})


def ranking(subject: Subject, lang: str | None = None) -> dict[str, dict[str, Estimate]]:
    """How well each system ranks violations first."""
    rows = [number for number, row in enumerate(subject.rows) if lang in (None, row.lang)]
    truth, resamples = subject.truth[rows], Resamples.of_rows(len(rows))
    return {
        name: {
            "average_precision": bootstrap(pooled_precision(truth, scores[rows]), resamples),
            "clause_precision": bootstrap(mean_clause_precision(truth, scores[rows]), resamples),
            "recall_at_1": bootstrap(
                recall_at_false_positives(truth, scores[rows], 0.01), resamples
            ),
        }
        for name, scores in subject.scores.items()
    }


def gains(subject: Subject) -> dict[str, Estimate]:
    """Our average precision less each peer's, on the same resamples."""
    resamples = Resamples.of_rows(len(subject.rows))
    ours = pooled_precision(subject.truth, subject.scores[OURS])
    return {
        name: bootstrap(gain(ours, pooled_precision(subject.truth, scores)), resamples)
        for name, scores in subject.scores.items()
        if name != OURS
    }


def by_clause(subject: Subject) -> dict[str, dict[str, Estimate]]:
    """Average precision of each clause that a case violates."""
    resamples = Resamples.of_rows(len(subject.rows))
    every = {
        name: estimates(draws(every_clause_precision(subject.truth, scores), resamples))
        for name, scores in subject.scores.items()
    }
    return {
        clause: {name: found[column] for name, found in every.items()}
        for column, clause in enumerate(subject.clauses)
        if subject.truth[:, column].any()
    }


def real_catalogs(engine: Engine, data: Path) -> dict[str, dict[str, Any]]:
    """The share flagged of each real catalog by file name; part was trained on as innocent."""
    found = {}
    for name in CATALOGS:
        if not (data / name).is_file():
            continue
        flagged = total = 0
        for chunk in read_feed(data / name):
            outcomes = engine.run(chunk.batch).table.column("outcome").to_pylist()
            flagged += sum(outcome != Outcome.ALLOW for outcome in outcomes)
            total += len(outcomes)
        found[Path(name).name] = Share(flagged, total).as_dict()
    return found


def write(result: dict[str, Any], pack: Pack, out: Path) -> None:
    """Write `metrics.json` and `report.html`; `result` is what `main` gathers, by section."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "metrics.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    page = render("pack.html.j2", result=result, pack=pack)
    (out / "report.html").write_text(page, "utf-8")


def _options() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--out", type=Path, default=Path("out/evaluation"))
    return options.parse_args()


if __name__ == "__main__":
    run(main)
