"""The options of `shelfguard scan`, with the help that each shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Severity = Literal["warn", "request_evidence", "review", "block", "escalate"]

Feed = Annotated[
    list[str],
    typer.Argument(help="Files, folders or globs, by path or URL; files plain, .gz or .zst."),
]
Out = Annotated[str, typer.Option(help="Folder for decisions and report, or the URL of one.")]
PackName = Annotated[str, typer.Option(help="Pack folder, or the name of one.")]
Model = Annotated[
    str | None,
    typer.Option(
        help="Decide with the models of this folder, or of mlflow:models:/NAME@ALIAS; "
        "the pack's own otherwise."
    ),
]
Export = Annotated[
    Literal["jsonl", "csv"] | None,
    typer.Option("--format", help="Also write decisions in this form."),
]
FeedFormat = Annotated[
    str | None, typer.Option(help="Format of the feed; told from its content otherwise.")
]
Mapping = Annotated[
    Path | None, typer.Option(help="Which column is which, for feeds of your own shape.")
]
Table = Annotated[
    Literal["delta"] | None,
    typer.Option(help="Also have the decisions as a table of this format, in decisions/."),
]
Scores = Annotated[
    Path | None, typer.Option(help="Write probabilities of every clause to this Parquet file.")
]
FailOn = Annotated[
    Severity | None, typer.Option(help="Exit with 7 if any outcome is this severe or more.")
]
Lang = Annotated[Literal["en", "fr"], typer.Option(help="Language of the table and the report.")]
Market = Annotated[str | None, typer.Option(help="Apply only the clauses of this market, e.g. CA.")]
Mode = Annotated[Literal["shadow", "enforce"], typer.Option(help="Only record, or also act.")]
Images = Annotated[bool, typer.Option("--images", help="Look at the listings' pictures too.")]
ImageRoot = Annotated[
    list[Path] | None,
    typer.Option(help="Folder that local pictures may lie in; the feed's own otherwise. Repeat."),
]
ImageCache = Annotated[
    Path | None, typer.Option(help="Folder that keeps fetched pictures and what was read there.")
]
Allow = Annotated[
    list[str] | None,
    typer.Option(help="Host or network beyond the public web to fetch pictures from. Repeat."),
]
Bank = Annotated[
    list[Path] | None, typer.Option(help="Bank of known pictures to match with. Repeat.")
]
Catalog = Annotated[
    Path | None,
    typer.Option(help="Table that `images index` wrote of the catalog: finds repeated pictures."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Continue an interrupted run.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace what the folder holds of a scan.")
]
Engine = Annotated[
    Literal["local", "ray", "spark"],
    typer.Option(help="What spreads the work: processes here, Ray Data or Spark."),
]
Workers = Annotated[int, typer.Option(min=1, help="Processes, each using one core.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress, no table.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print run.json, no table.")]
