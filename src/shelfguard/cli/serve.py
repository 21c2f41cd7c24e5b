"""`shelfguard serve`: the API."""

from __future__ import annotations

from pathlib import Path

import typer

import shelfguard.cli.serve_options as cli
from shelfguard.config import one_core_a_worker
from shelfguard.errors import ServeError
from shelfguard.serve import LOOPBACK
from shelfguard.store import DEFAULT

EXAMPLES = """[bold]Examples[/bold]

shelfguard serve --pack ca-marketplace

curl -d @examples/listing.json localhost:8080/v1/decisions

shelfguard serve --host 0.0.0.0 --keys --rate 6000/minute --workers 4

shelfguard serve --store postgresql://shelfguard@db/shelfguard --log s3://audit/decisions

shelfguard serve --challenger-model mlflow:models:/ca-marketplace@challenger
"""


def serve(
    pack: cli.Pack = "ca-marketplace",
    model: cli.Model = None,
    host: cli.Host = "127.0.0.1",
    port: cli.Port = 8080,
    workers: cli.Workers = 1,
    log_level: cli.LogLevel = "info",
    market: cli.Market = None,
    mode: cli.Mode = "shadow",
    deadline_ms: cli.Deadline = 2000,
    window_ms: cli.Window = 2.0,
    at_once: cli.AtOnce = 64,
    never_without: cli.NeverWithout = None,
    backend: cli.Backend = None,
    images: cli.Images = False,
    allow: cli.Allow = None,
    challenger_pack: cli.ChallengerPack = None,
    challenger_model: cli.ChallengerModel = None,
    store: cli.Store = DEFAULT,
    keep: cli.Keep = "flagged",
    log: cli.Log = None,
    webhooks: cli.Webhooks = None,
    dead_letters: cli.DeadLetters = Path("dead-letters.jsonl"),
    keys: cli.Keys = False,
    rate: cli.Rate = None,
    cache: cli.Cache = False,
    redis: cli.Redis = None,
) -> None:
    """Answer over HTTP: one listing, or up to 500 at once.

    The API is described at /docs, its metrics are at /metrics. SIGTERM ends it once everything
    that was accepted is answered; SIGHUP loads the pack and its models anew, refusing nobody.
    """
    if host not in LOOPBACK and not keys:
        fix = "Add --keys and make one with: shelfguard keys create, or listen on 127.0.0.1"
        raise ServeError("anyone who reaches this address could ask without a key", fix=fix)
    one_core_a_worker()
    from shelfguard.engine.picture_source import CACHE, PictureSource
    from shelfguard.serve.deciding.lanes import LATE, Pace
    from shelfguard.serve.options import Options
    from shelfguard.serve.server import Limits
    from shelfguard.serve.supervisor import Supervisor

    if unknown := set(never_without or ()) - LATE:
        raise typer.BadParameter(f"No stage is called {min(unknown)}: {', '.join(sorted(LATE))}")
    options = Options(
        pack=pack,
        model=model,
        market=market,
        mode=mode,
        store=None if store == "none" else store,
        keep=keep,
        keys=keys,
        rate=rate,
        cache=cache,
        redis=redis,
        log=log,
        images=PictureSource((), tuple(allow or ()), (), None, CACHE) if images else None,
        webhooks=webhooks,
        dead_letters=dead_letters,
        challenger_pack=challenger_pack,
        challenger_model=challenger_model,
        backend=backend,
        pace=Pace(at_once, window_ms / 1000, LATE.difference(never_without or ())),
        limits=Limits(seconds=deadline_ms / 1000),
        log_level=log_level,
    )
    supervisor = Supervisor(options, host, port, workers)
    for _ in supervisor.run():
        typer.echo(f"Serving {pack} on {supervisor.address} (described at /docs)", err=True)
