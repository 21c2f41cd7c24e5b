"""`datasheet.md`: what a dataset is, for the people who decide whether to use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from shelfguard.learn.data.dataset import Manifest, Split

DATASHEET = "datasheet.md"

FEWEST_POSITIVES = {Split.TRAIN: 20, Split.CALIBRATION: 10, Split.TEST: 10}
"""Fewer violating rows than this in a split is a gap worth telling."""


def datasheet(manifest: Manifest) -> str:
    """The datasheet of a dataset as Markdown, from its manifest alone.

    Its headings are those of Gebru et al., "Datasheets for Datasets" (2021).
    """
    environment = Environment(  # noqa: S701 (Markdown, with its own escapes)
        loader=PackageLoader(__package__),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    return environment.get_template("datasheet.md").render(
        manifest=manifest,
        counts=manifest.counts,
        composition=composition(manifest),
        clauses=list(_clauses(manifest)),
        gaps=gaps(manifest),
        labellers=_shares(manifest.counts["labels"]),
        total=sum(row["rows"] for row in manifest.counts["rows"]),
    )


def composition(manifest: Manifest) -> list[tuple[str, str, str, list[int]]]:
    """(origin, kind, language, rows in each split)"""
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    for row in manifest.counts["rows"]:
        key = row["origin"], row["kind"], row["lang"]
        counts.setdefault(key, Counter())[row["split"]] += row["rows"]
    return [(*key, [found[split] for split in Split]) for key, found in sorted(counts.items())]


def positives(manifest: Manifest) -> dict[str, Counter[tuple[str, str]]]:
    """Violating rows by (split, origin), for each clause of the manifest."""
    found: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in manifest.clauses}
    for row in manifest.counts["positives"]:
        if row["clause"] in found:
            found[row["clause"]][row["split"], row["origin"]] += row["rows"]
    return found


def gaps(manifest: Manifest) -> list[str]:
    """The clauses with fewer violating rows in a split than figures need, one line a clause."""
    lines = []
    for clause, counts in positives(manifest).items():
        short = [
            f"{found} to {word}"
            for split, word in zip(Split, ("train on", "calibrate on", "test on"), strict=True)
            if (found := _in_split(counts, split)) < FEWEST_POSITIVES[split]
        ]
        if short:
            lines.append(f"{clause}: {', '.join(short)}")
    return lines


def _in_split(counts: Counter[tuple[str, str]], split: Split) -> int:
    return sum(rows for (name, _), rows in counts.items() if name == split)


def _clauses(manifest: Manifest) -> Iterator[tuple[str, list[int]]]:
    """(clause, written and real violations in each split)"""
    for clause, counts in positives(manifest).items():
        yield clause, [counts[split, origin] for split in Split for origin in ("written", "real")]


def _shares(labels: Iterable[dict[str, Any]]) -> list[tuple[str, str, int, float]]:
    """(source, annotator, labels, share of all labels), most first"""
    counts: Counter[tuple[str, str]] = Counter()
    for label in labels:
        counts[label["source"], label["annotator"]] += label["labels"]
    return [(*who, count, count / counts.total()) for who, count in counts.most_common()]


def _cell(value: Any) -> str:
    """Text that others wrote, as one cell of a table."""
    return " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|")
