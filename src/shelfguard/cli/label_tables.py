"""What the label commands print for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from shelfguard.cli.pack_tables import console
from shelfguard.learn.labels.agreement import PairAgreement
from shelfguard.learn.labels.merged import Merged
from shelfguard.learn.labels.suspects import Suspect
from shelfguard.progress import ProgressBar
from shelfguard.report.marks import visible


class Bar(ProgressBar):
    """A progress bar on stderr, where a person watches."""

    def __init__(self, *, shown: bool) -> None:
        percent = TextColumn("{task.percentage:>3.0f} %")
        super().__init__(BarColumn(), percent, TimeRemainingColumn(), shown=shown)

    def update(self, done: int, total: int) -> None:
        """How far the work is."""
        self._progress.update(self._task, completed=done, total=total)


def print_merged(merged: Merged, disagreements: int) -> None:
    """Annotators by quality, agreement between them, and what they differ on most."""
    out = console()
    out.print(_annotators_table(merged))
    if pairs := merged.pairs():
        out.print(_pairs_table(pairs))
    people = merged.alpha(people_only=True)
    out.print(f"Krippendorff's alpha: {merged.alpha()}; among people: {people}")
    differing = merged.disagreements()
    for each in differing[:disagreements]:
        said = ", ".join(f"{name} {answer}" for name, answer in each.answers.items())
        line = f"{each.content_hash[:12]} {each.clause}: {each.probability:.2f}: {said}"
        out.print(visible(line), soft_wrap=True)
    questions, labels = len(merged.votes.pairs), len(merged.votes.answer)
    out.print(f"{labels:,} labels on {questions:,} questions, {len(differing):,} in dispute.")


def _annotators_table(merged: Merged) -> Table:
    table = Table()
    table.add_column("Annotator", overflow="fold", min_width=12)
    table.add_column("Source")
    for name in ("Answers", "Unsure", "Checked", "Sensitivity", "Specificity"):
        table.add_column(name, justify="right")
    for quality in merged.quality():
        counts = (quality.answers, quality.unsure, quality.checked)
        shares = map(_share, (quality.sensitivity, quality.specificity))
        cells = [*(f"{count:,}" for count in counts), *shares]
        table.add_row(visible(quality.annotator), quality.source.value, *cells)
    return table


def _pairs_table(pairs: Sequence[PairAgreement]) -> Table:
    table = Table("Annotators")
    for name in ("Shared questions", "Cohen's kappa"):
        table.add_column(name, justify="right")
    for pair in pairs:
        names = visible(" and ".join(pair.annotators))
        table.add_row(names, f"{pair.shared:,}", str(pair.kappa))
    return table


def print_suspects(suspects: Sequence[Suspect], file: Path, shown: int = 20) -> None:
    """The most doubtful labels, one line each."""
    out = console()
    for each in suspects[:shown]:
        line = f"{each.clause}: given {each.given}, model {each.probability:.3f}: {each.title}"
        out.print(visible(line), soft_wrap=True)
    out.print(f"{len(suspects):,} doubtful labels in {file}", soft_wrap=True)


def print_counts(columns: tuple[str, str, str], counts: Mapping[tuple[str, str], int]) -> None:
    """How often each two things came together."""
    table = Table(*columns[:2])
    table.add_column(columns[2], justify="right")
    for (first, second), count in sorted(counts.items()):
        table.add_row(first, second, f"{count:,}")
    console().print(table)


def _share(value: float) -> str:
    return "" if isnan(value) else f"{value:.2f}"
