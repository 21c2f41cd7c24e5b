"""`shelfguard allocate`: which listings of a scan reviewers should see in the hours they have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shelfguard.learn.calibrate.allocate import Allocation

EXAMPLES = """[bold]Examples[/bold]

shelfguard scan feed.csv --out out/ --scores out/scores.parquet

shelfguard allocate out/ --hours 6 --out queue.jsonl

shelfguard allocate out/ --hours 6 --minutes 2 --values values.yaml --audit 0.05 --json
"""


def allocate(
    scan_out: Annotated[Path, typer.Argument(help="Folder of a finished scan.")],
    hours: Annotated[float, typer.Option(min=0, help="Reviewers' hours, all together.")],
    minutes: Annotated[float, typer.Option(min=0.01, help="Minutes that a case takes.")] = 1.5,
    values: Annotated[
        Path | None,
        typer.Option(help="YAML by clause: harm (1 if not given), minutes, at_least, at_most."),
    ] = None,
    audit: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the hours for listings drawn at random.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Of the random draw.")] = 0,
    scores: Annotated[
        Path | None, typer.Option(help="What scan --scores wrote, if it was moved.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the cases as JSON Lines here, first things first.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Choose the cases that avert the most expected harm, and compare with fixed thresholds.

    Without scan --scores, only flagged listings can be chosen.
    """
    from shelfguard.learn.calibrate.allocate import allocate as choose
    from shelfguard.learn.calibrate.review_terms import Terms, read_values
    from shelfguard.run.scores import read_scores

    scored = read_scores(scan_out, scores)
    terms = Terms(hours, minutes, read_values(values) if values else {}, audit, seed)
    found = choose(scored.probabilities, scored.clauses, scored.flagged, terms)
    if out:
        scored.write_queue(out, found.queue())
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2))
    else:
        _print(found)


def _print(found: Allocation) -> None:
    from rich.table import Table

    from shelfguard.cli.pack_tables import console

    table = Table("Way to choose")
    for name in ("Cases", "Hours", "Violations expected", "Harm averted"):
        table.add_column(name, justify="right")
    for plan in found.compare():
        numbers = (f"{plan.hours:,.2f}", f"{plan.violations:,.1f}", f"{plan.harm:,.1f}")
        table.add_row(plan.name, f"{plan.cases:,}", *numbers)
    console().print(table)
    drawn = f" {len(found.audited):,} of them drawn at random." if len(found.audited) else ""
    typer.echo(f"{len(found.chosen):,} cases, at most {found.gap:.3%} below the optimum.{drawn}")
