"""`shelfguard model evaluate`: how good a model is, on the test rows of a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

EVALUATE = """[bold]Examples[/bold]

shelfguard model evaluate ca-marketplace --data data/v3

shelfguard model evaluate models/student --data data/v3 --against ca-marketplace --json
"""


def evaluate(
    model: Annotated[str, typer.Argument(help="Model folder, pack folder or name, or mlflow:.")],
    data: Annotated[Path, typer.Option(help="Folder of a dataset.")],
    out: Annotated[Path, typer.Option(help="Folder for report.html and metrics.json.")] = Path(
        "out/evaluation"
    ),
    against: Annotated[
        str | None, typer.Option(help="The champion to compare with, named as MODEL is.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Measure a model with intervals: ranking, calibration, slices, attacks, errors.

    Written and real rows are told apart. Writes report.html and metrics.json, and the headline
    figures into the record of a model folder, for its card.
    """
    import json

    from shelfguard.learn.data.dataset import Dataset
    from shelfguard.learn.evaluate import evaluation
    from shelfguard.learn.evaluate.recorded import record_figures
    from shelfguard.learn.evaluate.scorers import open_model
    from shelfguard.learn.model import FILE

    dataset = Dataset.load(data)
    champion = open_model(against) if against else None
    result = evaluation.evaluate(open_model(model), dataset, champion)
    report = evaluation.write(result, out)
    if (Path(model) / FILE).is_file():
        record_figures(Path(model), result)
    if as_json:
        typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        _print_summary(result, report)


def _print_summary(result: dict[str, Any], report: Path) -> None:
    """The headline figures, written and real side by side."""
    from rich.console import Console
    from rich.table import Table

    from shelfguard.learn.evaluate.headline import headline

    origins: dict[str, Any] = result["origins"]
    table = Table("Figure", *origins, title=result["model"]["name"])
    for name, values in headline(origins).items():
        table.add_row(name, *values)
    Console().print(table)
    typer.echo(f"Report: {report}")
