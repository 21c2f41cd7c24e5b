"""The options of `shelfguard serve`, with the help that each shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

DECIDING = "Deciding"
KEEPING = "Keeping and telling"
CLIENTS = "Clients"

Pack = Annotated[str, typer.Option(help="Pack folder, or the name of one.")]
Model = Annotated[
    str | None, typer.Option(help="Models of this folder, or of mlflow:models:/NAME@ALIAS.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes, each with the models in memory.")]
Market = Annotated[
    str | None,
    typer.Option(help="Apply only the clauses of this market.", rich_help_panel=DECIDING),
]
Mode = Annotated[
    Literal["shadow", "enforce"],
    typer.Option(help="Only record, or also act.", rich_help_panel=DECIDING),
]
Deadline = Annotated[
    int,
    typer.Option(
        min=1,
        help="Time for one listing, unless it names its own (X-Deadline-Ms).",
        rich_help_panel=DECIDING,
    ),
]
Window = Annotated[
    float,
    typer.Option(min=0, help="How long a listing waits for company.", rich_help_panel=DECIDING),
]
AtOnce = Annotated[
    int, typer.Option(min=1, help="Listings decided together.", rich_help_panel=DECIDING)
]
NeverWithout = Annotated[
    list[str] | None,
    typer.Option(
        help="Be late rather than answer without screener, encoder or vision. Repeat.",
        rich_help_panel=DECIDING,
    ),
]
Backend = Annotated[
    str | None,
    typer.Option(
        help="Run transformers on a server: triton://HOST:PORT.", rich_help_panel=DECIDING
    ),
]
Images = Annotated[
    bool, typer.Option("--images", help="Look at pictures too.", rich_help_panel=DECIDING)
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        help="Host or network beyond the public web to fetch pictures from. Repeat.",
        rich_help_panel=DECIDING,
    ),
]
ChallengerPack = Annotated[
    str | None,
    typer.Option(help="Pack that decides in shadow; see /v1/shadow.", rich_help_panel=DECIDING),
]
ChallengerModel = Annotated[
    str | None, typer.Option(help="Models that decide in shadow.", rich_help_panel=DECIDING)
]
Store = Annotated[
    str,
    typer.Option(
        help="sqlite:///FILE, postgresql://USER:PASSWORD@HOST/DATABASE, or none.",
        rich_help_panel=KEEPING,
    ),
]
Keep = Annotated[
    Literal["flagged", "all", "none"],
    typer.Option(help="Whose listings are stored beside their decisions.", rich_help_panel=KEEPING),
]
Log = Annotated[
    str | None,
    typer.Option(help="Folder or URL (s3, gs, az) of the decision log.", rich_help_panel=KEEPING),
]
Webhooks = Annotated[
    Path | None, typer.Option(help="YAML file of endpoints to tell.", rich_help_panel=KEEPING)
]
DeadLetters = Annotated[Path, typer.Option(help="What no endpoint took.", rich_help_panel=KEEPING)]
Keys = Annotated[
    bool,
    typer.Option("--keys", help="Ask for API keys: see shelfguard keys.", rich_help_panel=CLIENTS),
]
Rate = Annotated[
    str | None,
    typer.Option(help="Listings that a client may ask for: 600/minute.", rich_help_panel=CLIENTS),
]
Cache = Annotated[
    bool,
    typer.Option(
        "--cache",
        help="Answer what was decided before with the same decision.",
        rich_help_panel=CLIENTS,
    ),
]
Redis = Annotated[
    str | None,
    typer.Option(
        help="redis://HOST:PORT, where servers share rates and the cache.", rich_help_panel=CLIENTS
    ),
]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    typer.Option(help="What is logged to standard error, as JSON."),
]
