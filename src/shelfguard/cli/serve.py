"""`shelfguard serve`: the API."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from shelfguard.config import one_core_a_worker
from shelfguard.errors import ServeError

EXAMPLES = """[bold]Examples[/bold]

shelfguard serve --pack ca-marketplace

shelfguard serve --host 0.0.0.0 --keys --rate 6000/minute --workers 4

shelfguard serve --store postgresql://shelfguard@db/shelfguard --log s3://audit/decisions

curl -d @examples/listing.json localhost:8080/v1/decisions
"""

LOOPBACK = ("127.0.0.1", "::1", "localhost")

Pack = Annotated[str, typer.Option(help="Pack folder, or the name of one.")]
Model = Annotated[
    str | None, typer.Option(help="Models of this folder, or of mlflow:models:/NAME@ALIAS.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes, each with the models in memory.")]
Store = Annotated[
    str, typer.Option(help="Where decisions are kept: sqlite:///FILE or postgresql://…, or 'none'.")
]
Keys = Annotated[bool, typer.Option("--keys", help="Ask for API keys: see shelfguard keys create.")]
Market = Annotated[str | None, typer.Option(help="Apply only the clauses of this market, e.g. CA.")]
Mode = Annotated[Literal["shadow", "enforce"], typer.Option(help="Only record, or also act.")]
Deadline = Annotated[
    int, typer.Option(min=1, help="Milliseconds for a request that names none: one listing.")
]
Window = Annotated[
    float, typer.Option(min=0, help="Milliseconds that a listing waits for others to go with.")
]
AtOnce = Annotated[int, typer.Option(min=1, help="Listings decided together at most.")]
Keep = Annotated[Literal["flagged", "all", "none"], typer.Option(help="Whose listings are stored.")]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"], typer.Option(help="What is logged, as JSON.")
]


def serve(
    pack: Pack = "ca-marketplace",
    model: Model = None,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    workers: Workers = 1,
    store: Store = "sqlite:///shelfguard.db",
    keys: Keys = False,
    market: Market = None,
    mode: Mode = "shadow",
    deadline_ms: Deadline = 2000,
    window_ms: Window = 2.0,
    at_once: AtOnce = 64,
    keep: Keep = "flagged",
    log_level: LogLevel = "info",
) -> None:
    """Answer over HTTP: one listing, or up to 500 at once.

    The document of the API is at /docs, its metrics at /metrics. SIGTERM ends it once everything
    that was accepted is answered; SIGHUP loads the pack and its models anew, refusing nobody.
    """
    if host not in LOOPBACK and not keys:
        fix = "Add --keys and make one with: shelfguard keys create, or listen on 127.0.0.1"
        raise ServeError("anyone who reaches this address could ask without a key", fix=fix)
    one_core_a_worker()
    from shelfguard.serve.deciding.lanes import Pace
    from shelfguard.serve.options import Options
    from shelfguard.serve.server import Limits
    from shelfguard.serve.supervisor import Supervisor

    options = Options(
        pack=pack,
        model=model,
        market=market,
        mode=mode,
        store=None if store == "none" else store,
        keep=keep,
        keys=keys,
        pace=Pace(at_once, window_ms / 1000),
        limits=Limits(seconds=deadline_ms / 1000),
        log_level=log_level,
    )
    supervisor = Supervisor(options, host, port, workers)
    for _ in supervisor.run():
        typer.echo(f"Serving {pack} on {supervisor.address} (docs at /docs)", err=True)
