"""`shelfguard model distill` and `shelfguard model quantize`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfguard.cli.model_options import AsJson, TrackingUri
from shelfguard.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

DISTILL = """[bold]Examples[/bold]

shelfguard model distill --recipe recipes/distilled-screener.yaml --data data/v3 --out models/screener-distilled

shelfguard model distill --recipe recipes/distilled-student.yaml --data data/v3 --out models/student-distilled --teacher ca-marketplace --teacher models/judge=0.5 --teacher rules:ca-marketplace=0.2

shelfguard model distill --recipe recipes/distilled-student.yaml --data data/v3 --out /tmp/try --smoke --json
"""  # noqa: E501 (a command is one line)

QUANTIZE = """[bold]Examples[/bold]

shelfguard model quantize models/screener --data data/v3 --out out/quantized

shelfguard model quantize models/screener/encoder.onnx --data data/v3 --rows 500 --json
"""

Data = Annotated[Path, typer.Option(help="Dataset folder, as `shelfguard data build` writes it.")]


def distill(
    recipe: Annotated[Path, typer.Option(help="Recipe of kind student or transformer.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The model folder to write; must be empty.")],
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            help="Model folder, pack or rules:PACK, with =WEIGHT for another weight than 1; "
            "may be given again. Replaces the recipe's."
        ),
    ] = None,
    cache: Annotated[Path, typer.Option(help="Where the teachers' answers are kept.")] = Path(
        "out/soft-labels"
    ),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted training.")
    ] = False,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Tiny and quick, to see that it runs.")
    ] = False,
    tracking: TrackingUri = None,
    as_json: AsJson = False,
) -> None:
    """Teach a small model what larger ones know, and show what it loses of what they find.

    Teachers' answers are kept: the next distillation asks only about new listings.
    """
    from shelfguard.cli.compress_tables import print_loss
    from shelfguard.learn.compress.distil import distil, read_distillation
    from shelfguard.learn.data.dataset import Dataset

    asked = read_distillation(recipe).with_teachers(_weights(teacher or ()))
    dataset = Dataset.load(data)
    loss = distil(asked, dataset, out, cache, smoke=smoke, resume=resume, tracking_uri=tracking)
    if as_json:
        typer.echo(json.dumps({"model": str(out), **loss.as_dict()}, indent=2))
    else:
        print_loss(loss, out)


def quantize(
    model: Annotated[Path, typer.Argument(help="Folder of a transformer, or its ONNX file.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="Where every variant and the table go.")] = Path(
        "out/quantized"
    ),
    rows: Annotated[int, typer.Option(min=1, help="Held-out rows to read at most.")] = 2000,
    as_json: AsJson = False,
) -> None:
    """Write a transformer in every precision; compare size, speed and quality in one run.

    Writes quantized.json and quantized.md beside the graphs.
    """
    from shelfguard.cli.compress_tables import print_precisions
    from shelfguard.learn.compress.compare import compare, find_source
    from shelfguard.learn.compress.table import write
    from shelfguard.learn.data.dataset import Dataset
    from shelfguard.learn.train.progress import ShownProgress

    source = find_source(model)
    with ShownProgress("quantize", lambda *_: None) as watch:
        table = compare(source, Dataset.load(data), rows, out, watch)
    write(table, out)
    if as_json:
        typer.echo(json.dumps(table.as_dict(), indent=2))
    else:
        print_precisions(table, out)


def _weights(teachers: Sequence[str]) -> dict[str, float]:
    """`SOURCE` or `SOURCE=WEIGHT` by source."""
    found = {}
    for text in teachers:
        source, _, weight = text.rpartition("=") if "=" in text else (text, "", "1")
        try:
            found[source] = float(weight)
        except ValueError as error:
            fix = "Write SOURCE=WEIGHT, such as models/judge=0.5"
            raise DataError(f"{weight!r} is no weight", field="--teacher", fix=fix) from error
    return found
