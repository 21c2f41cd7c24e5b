"""Evaluate a model on the test rows of a dataset, written and real ones apart.

`metrics.json` holds what `evaluate` returns. Keys are stable; an estimate is a list `[value, low,
high]` with a 95 % interval, and what cannot be measured is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelfguard.errors import DataError
from shelfguard.learn.command import say
from shelfguard.learn.data.dataset import Dataset, Origin, Part, Split
from shelfguard.learn.evaluate import compare
from shelfguard.learn.evaluate.attacks.recall import attack_recall
from shelfguard.learn.evaluate.attacks.suite import attacks
from shelfguard.learn.evaluate.contrast import contrast
from shelfguard.learn.evaluate.deciding import deciding
from shelfguard.learn.evaluate.errors import mistakes
from shelfguard.learn.evaluate.ranking import at_limits, at_thresholds, by_clause, ranking
from shelfguard.learn.evaluate.reliability import reliability
from shelfguard.learn.evaluate.reviewing import reviewing
from shelfguard.learn.evaluate.scorers import DecidingScorer, Opened
from shelfguard.learn.evaluate.slices import slices
from shelfguard.learn.evaluate.subject import Limits, Subject, judge, limits_of, narrowed
from shelfguard.policy.load import load_pack, shipped_packs
from shelfguard.policy.pack import Pack

FORMAT = 1
METRICS, REPORT = "metrics.json", "report.html"
CONFUSABLES = Path("../shared/data/obfuscation_homoglyph/raw_data__char_codes.txt")
"""A table of look-alikes that no folding was written from, where there is one."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A model and from which score on it counts a violation as found."""

    model: Opened
    limits: Limits


@dataclass(frozen=True, slots=True)
class Bench:
    """What every origin is evaluated with."""

    dataset: Dataset
    challenger: Contender
    champion: Contender | None
    pack: Pack | None
    confusables: Path | None
    tell: Callable[[str], None]


def evaluate(
    model: Opened,
    dataset: Dataset,
    champion: Opened | None = None,
    *,
    confusables: Path | None = CONFUSABLES,
    tell: Callable[[str], None] = say,
) -> dict[str, Any]:
    """All figures of a model, and against the champion where one is given.

    Raises:
        DataError: the dataset has no test rows.
    """
    if not len(dataset.test):
        fix = "Build the dataset with a test share"
        raise DataError("no test rows", file=dataset.root, fix=fix)
    bench = Bench(
        dataset,
        Contender(model, limits_of(model.scorer, dataset)),
        Contender(champion, limits_of(champion.scorer, dataset)) if champion else None,
        model.pack or _pack_of(dataset),
        confusables,
        tell,
    )
    result: dict[str, Any] = plain(
        {
            "format": FORMAT,
            "model": {"name": model.name, "digest": model.digest},
            "champion": {"name": champion.name, "digest": champion.digest} if champion else None,
            "dataset": dataset.id,
            "pack": dataset.manifest.pack,
            "limits": bench.challenger.limits.origin,
            "origins": {str(origin): _of_origin(bench, origin) for origin in Origin},
        }
    )
    return result


def write(result: Mapping[str, Any], out: Path) -> Path:
    """Write `metrics.json` and `report.html` into a folder; returns the report."""
    from shelfguard.learn.evaluate.page import render

    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    (out / METRICS).write_text(text + "\n", "utf-8")
    (out / REPORT).write_text(render("evaluation.html.j2", result=result), "utf-8")
    return out / REPORT


def plain(value: Any) -> Any:
    """Ready for JSON: what is not a finite number is null."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _of_origin(bench: Bench, origin: Origin) -> dict[str, Any] | None:
    """The figures on the rows of one origin; None where there are none."""
    part = bench.dataset.part(Split.TEST, origin)
    if not len(part):
        return None
    bench.tell(f"judging {len(part)} {origin} rows")
    whole = _judged(bench.challenger, part)
    subject, scorer = narrowed(whole), bench.challenger.model.scorer
    decides = scorer if isinstance(scorer, DecidingScorer) else None
    bench.tell("resampling")
    return {
        **_counts(whole, subject),
        "ranking": ranking(subject),
        "at_limits": at_limits(subject),
        "thresholds": decides and at_thresholds(subject, decides.thresholds, decides.clauses),
        "calibration": reliability(subject.truth, subject.scores, subject.resamples).as_dict(),
        "clauses": by_clause(subject),
        "decisions": deciding(subject, decides.costs if decides else {}),
        "reviewing": reviewing(subject),
        "slices": [one.as_dict() for one in slices(subject)],
        "contrast": contrast(subject),
        "comparison": _compared(bench, part, whole),
        "attacks": attack_recall(
            subject, scorer, attacks(bench.confusables), bench.pack, bench.tell
        ),
        "errors": mistakes(subject, bench.pack),
    }


def _counts(whole: Subject, subject: Subject) -> dict[str, Any]:
    judged = set(subject.part.clauses)
    return {
        "rows": len(subject.part),
        "groups": subject.resamples.group_count,
        "violations": int((subject.truth == 1).sum()),
        "innocent": int(subject.innocent.sum()),
        "unjudged": {
            clause: int((whole.truth[:, column] == 1).sum())
            for column, clause in enumerate(whole.part.clauses)
            if clause not in judged
        },
    }


def _judged(contender: Contender, part: Part) -> Subject:
    judgement = judge(contender.model.scorer, part.batch, part.clauses)
    return Subject(part, judgement, contender.limits)


def _compared(bench: Bench, part: Part, whole: Subject) -> dict[str, Any] | None:
    if bench.champion is None:
        return None
    bench.tell("judging the same rows by the champion")
    old = compare.Rival.of(_judged(bench.champion, part))
    return compare.compare(part, compare.Rival.of(whole), old)


def _pack_of(dataset: Dataset) -> Pack | None:
    """The shipped pack that the dataset was made for, for the words of its lexicon."""
    name = dataset.manifest.pack.partition("@")[0]
    return load_pack(name) if name in shipped_packs() else None
