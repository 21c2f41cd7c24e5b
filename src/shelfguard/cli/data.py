"""`shelfguard data`: build, audit and read versioned datasets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from shelfguard.errors import FindingsError

app = typer.Typer(no_args_is_help=True, help="Build, audit and read versioned datasets.")

Folder = Annotated[Path, typer.Argument(help="A dataset folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]

BUILD = """[bold]Examples[/bold]

shelfguard data build --out data/v1

shelfguard data build --from labels.parquet --from catalogs/ --out data/v2 --sample 5000

shelfguard data build --from feed.csv --from labels.jsonl --test-after 2026-10-01 --out data/v3
"""

AUDIT = """[bold]Examples[/bold]

shelfguard data audit data/v3

shelfguard data audit data/v3 --model models/encoder

shelfguard data audit data/v3 --label-errors --json
"""

SHOW = """[bold]Examples[/bold]

shelfguard data show data/v3
"""


@app.command("build", epilog=BUILD)
def build_dataset(
    out: Annotated[Path, typer.Option(help="Folder for the dataset.")],
    pack: Annotated[str, typer.Option(help="Pack folder, or the name of one.")] = "ca-marketplace",
    given: Annotated[
        list[Path] | None,
        typer.Option("--from", help="A feed, a folder of feeds, or a file of labels."),
    ] = None,
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="A feed that is not presumed innocent.")
    ] = None,
    reviewed_split: Annotated[
        Literal["test", "by-rule"], typer.Option(help="Where rows go that people reviewed.")
    ] = "test",
    test_after: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="UTC; later rows test."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Rows to draw at random from each feed.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Rows to take from the head of each feed.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random draw.")] = 0,
    licence: Annotated[
        list[str] | None, typer.Option(help="SOURCE=LICENCE, where no README says it.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on labels of listings in no source.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace another dataset in --out.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Build a dataset from a pack's own rows, real catalogs and labels, with its datasheet.

    Reviewed rows are kept whatever --sample and --limit say. The same inputs give the same id.
    """
    from shelfguard.cli.data_tables import Steps, print_manifest
    from shelfguard.learn.data.build import Options, build
    from shelfguard.learn.data.catalog import Sampling
    from shelfguard.learn.data.sources import Sources
    from shelfguard.learn.data.split import SplitRule
    from shelfguard.policy.load import load_pack

    sources = Sources(
        given or (), unlabelled or (), Sampling(limit, sample, seed), _licences(licence or [])
    )
    rule = SplitRule(reviewed_split, test_after and test_after.replace(tzinfo=UTC))
    options = Options(rule, strict=strict, overwrite=overwrite)
    with Steps(shown=not (quiet or as_json)) as steps:
        dataset = build(load_pack(pack), sources, out, options, steps.update)
    if as_json:
        _print_json(dataset.manifest.model_dump(mode="json"))
    elif not quiet:
        print_manifest(dataset.manifest)


@app.command("audit", epilog=AUDIT)
def audit_dataset(
    dataset: Folder,
    label_errors: Annotated[
        bool, typer.Option("--label-errors", help="Doubt labels too; takes minutes.")
    ] = False,
    model: Annotated[
        Path | None,
        typer.Option(help="Doubt labels by this model, of rows it was not trained on."),
    ] = None,
    shown: Annotated[
        int, typer.Option("--limit", min=0, help="Findings shown of each kind; 0 shows all.")
    ] = 10,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Look for leaks, contradictions, imbalance, odd weights, and files that were changed.

    With --label-errors or --model also for labels that are probably wrong: every row is then
    judged by a model that is trained on the others, or by the one given. Exits with 7 if there
    are errors.
    """
    from shelfguard.cli.data_tables import Steps, print_audit
    from shelfguard.learn.data.audit import audit
    from shelfguard.learn.data.dataset import Dataset

    loaded = Dataset.load(dataset, verify=False)
    with Steps(shown=not (quiet or as_json)) as steps:
        doubts = None
        if label_errors or model:
            from shelfguard.learn.labels.out_of_fold import unseen_probabilities

            tell = partial(steps.update, "label errors")
            doubts = unseen_probabilities(loaded, model, tell)
        found = audit(loaded, doubts, steps.update)
    if as_json:
        _print_json(found.as_dict())
    else:
        print_audit(found, shown or len(found.findings))
    if not found.clean:
        raise FindingsError(f"{found.count('error')} errors and {found.count('warning')} warnings")


@app.command("show", epilog=SHOW)
def show_dataset(dataset: Folder, as_json: AsJson = False) -> None:
    """Show what a dataset is made of: its id, sources, rows by split, and violations."""
    from shelfguard.cli.data_tables import print_manifest
    from shelfguard.learn.data.dataset import read_manifest

    manifest = read_manifest(dataset)
    if as_json:
        _print_json(manifest.model_dump(mode="json"))
    else:
        print_manifest(manifest)


def _licences(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise typer.BadParameter(f"'{wrong[0]}' is not SOURCE=LICENCE", param_hint="--licence")
    return {name: licence for name, _, licence in pairs}


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
