"""`shelfguard model`: the life of a model; the commands beside training have files of their own."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from shelfguard.cli import (
    model_compress,
    model_evaluate,
    model_export,
    model_registry,
    model_ship,
)
from shelfguard.cli.model_options import AsJson, TrackingUri

app = typer.Typer(
    no_args_is_help=True, help="Train, measure, compress, register and promote models."
)

Folder = Annotated[Path, typer.Argument(help="Model folder, with its model.json.")]

TRAIN = """[bold]Examples[/bold]

shelfguard model train --recipe recipes/encoder.yaml --data data/v3 --out models/encoder

shelfguard model train --recipe recipes/encoder.yaml --data data/v3 --out models/encoder --resume

shelfguard model train --recipe recipes/student.yaml --data data/v3 --out /tmp/try --smoke

shelfguard model train --recipe recipes/detector.yaml --data pictures/weapons --out models/weapons
"""

LIST = """[bold]Examples[/bold]

shelfguard model list

shelfguard model list --tracking http://127.0.0.1:5000 --limit 50 --json
"""

SHOW = """[bold]Examples[/bold]

shelfguard model show models/encoder

shelfguard model show models/encoder --json
"""


@app.command("train", epilog=TRAIN)
def train_model(
    recipe: Annotated[Path, typer.Option(help="The recipe, a YAML file.")],
    data: Annotated[Path, typer.Option(help="The dataset's folder, or one with pictures.")],
    out: Annotated[Path, typer.Option(help="The new model's folder.")],
    smoke: Annotated[
        bool, typer.Option("--smoke", help="A whole run on tiny data; the model is worth nothing.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was interrupted.")
    ] = False,
    tracking: TrackingUri = None,
    as_json: AsJson = False,
) -> None:
    """Train a model as a recipe says, log the run to MLflow, and write its record.

    A run that was interrupted keeps its last checkpoint: continue it with --resume.
    """
    from shelfguard.cli.model_training_tables import print_record
    from shelfguard.learn.train.recipe import read_data, read_recipe
    from shelfguard.learn.train.run import run_recipe

    asked = read_recipe(recipe)
    learned = read_data(asked, data)
    record = run_recipe(asked, learned, out, smoke=smoke, tracking_uri=tracking, resume=resume)
    if as_json:
        _print_json({"folder": str(out), "digest": record.digest, **record.model_dump(mode="json")})
    else:
        print_record(out, record)


@app.command("list", epilog=LIST)
def list_models(
    tracking: TrackingUri = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Runs and versions shown.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List training runs and registered versions, newest first."""
    from shelfguard.cli.model_training_tables import print_registered, print_runs
    from shelfguard.learn.train.tracking import Tracking

    store = Tracking(tracking)
    runs, registered = store.runs(limit), store.registered(limit)
    if as_json:
        found = {"runs": map(asdict, runs), "registered": map(asdict, registered)}
        _print_json({"tracking": store.uri, **{name: list(rows) for name, rows in found.items()}})
    else:
        print_runs(store.uri, runs)
        print_registered(registered)


@app.command("show", epilog=SHOW)
def show_model(folder: Folder, as_json: AsJson = False) -> None:
    """Show what a model is, what it was made from and what was measured; check its files.

    Exits with 5 if a file is missing or is not the one that the record names.
    """
    from shelfguard.cli.model_training_tables import print_record
    from shelfguard.learn.model import read_record
    from shelfguard.models.source import verify

    record = read_record(folder)
    if as_json:
        _print_json({"digest": record.digest, **record.model_dump(mode="json")})
    else:
        print_record(folder, record)
    for name, sha256 in record.files.items():
        verify(folder / name, sha256)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


app.command("register", epilog=model_registry.REGISTER)(model_registry.register)
app.command("promote", epilog=model_registry.PROMOTE)(model_registry.promote)
app.command("rollback", epilog=model_registry.ROLLBACK)(model_registry.rollback)
app.command("history", epilog=model_registry.HISTORY)(model_registry.history)
app.command("card", epilog=model_registry.CARD)(model_registry.card)
app.command("ship", epilog=model_ship.SHIP)(model_ship.ship)
app.command("export", epilog=model_export.EXPORT)(model_export.export)
app.command("evaluate", epilog=model_evaluate.EVALUATE)(model_evaluate.evaluate)
app.command("distill", epilog=model_compress.DISTILL)(model_compress.distill)
app.command("quantize", epilog=model_compress.QUANTIZE)(model_compress.quantize)
