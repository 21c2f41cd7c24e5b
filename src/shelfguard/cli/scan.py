"""`shelfguard scan`: a feed in, decisions with evidence out; here, or spread over a cluster."""

from __future__ import annotations

import json
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

import shelfguard.cli.scan_options as cli
from shelfguard.cli.interrupts import INTERRUPTED, interrupts
from shelfguard.config import one_core_a_worker
from shelfguard.errors import FindingsError, PackError

if TYPE_CHECKING:
    from shelfguard.learn.registry.fetch import PinnedModel
    from shelfguard.policy.pack import Pack
    from shelfguard.run.local import Options, Progress, Publish

EXAMPLES = """[bold]Examples[/bold]

shelfguard scan feed.xml.gz --out out/

shelfguard scan products.csv --out out/ --mapping columns.yaml --workers 4

shelfguard scan feed.tsv.zst --out out/ --resume --fail-on block

shelfguard scan feed.csv --out out/ --images --bank banks/recalled

shelfguard scan feed.csv more/*.parquet --out out/

shelfguard scan s3://bucket/feed/ --engine ray --workers 32 --out gs://bucket/out

shelfguard scan feed.csv --out out/ --model mlflow:models:/ca-marketplace@champion
"""


def scan(
    feed: cli.Feed,
    out: cli.Out,
    pack: cli.PackName = "ca-marketplace",
    model: cli.Model = None,
    export: cli.Export = None,
    feed_format: cli.FeedFormat = None,
    mapping: cli.Mapping = None,
    scores: cli.Scores = None,
    table: cli.Table = None,
    fail_on: cli.FailOn = None,
    lang: cli.Lang = "en",
    market: cli.Market = None,
    mode: cli.Mode = "shadow",
    images: cli.Images = False,
    image_root: cli.ImageRoot = None,
    image_cache: cli.ImageCache = None,
    allow: cli.Allow = None,
    bank: cli.Bank = None,
    catalog: cli.Catalog = None,
    resume: cli.Resume = False,
    overwrite: cli.Overwrite = False,
    engine: cli.Engine = "local",
    workers: cli.Workers = 1,
    quiet: cli.Quiet = False,
    as_json: cli.AsJson = False,
) -> None:
    """Decide every listing of a feed, citing the clause each decision rests on.

    A run that was interrupted keeps what it decided: continue it with --resume.
    """
    if resume and overwrite:
        raise typer.BadParameter("--resume continues a run and --overwrite removes it: give one.")
    one_core_a_worker()
    from shelfguard.cli.show import print_record
    from shelfguard.engine.picture_source import CACHE, PictureSource
    from shelfguard.policy.load import load_pack, with_models
    from shelfguard.run.local import Options

    pinned = _pinned(model, out, resume=resume) if model else None
    loaded = with_models(load_pack(pack), pinned.folder) if pinned else load_pack(pack)
    market = _market(market, loaded)
    source = PictureSource(
        tuple(image_root or _folders(feed)),
        tuple(allow or ()),
        tuple(bank or ()),
        catalog,
        image_cache or CACHE,
    )
    options = Options(
        feed,
        out,
        feed_format=feed_format,
        mapping=mapping,
        export=export,
        scores=scores,
        table=table,
        market=market,
        mode=mode,
        model=pinned,
        images=source if images else None,
        engine=engine,
        workers=workers,
        resume=resume,
        overwrite=overwrite,
    )
    record = _run(options, loaded, partial(_publish, lang), shown=not (quiet or as_json))
    if as_json:
        typer.echo(json.dumps(record, indent=2, ensure_ascii=False))
    elif not quiet:
        print_record(record, loaded, lang)
    _fail_on(record["counts"]["outcomes"], fail_on)


def _run(options: Options, pack: Pack, publish: Publish, *, shown: bool) -> dict[str, Any]:
    """The record of a run that a person may watch, and may interrupt."""
    from shelfguard.cli.show import Bar
    from shelfguard.engine import Engine
    from shelfguard.run.local import scan as run_scan

    build = partial(
        Engine.from_pack, pack, pictures=options.images, market=options.market, mode=options.mode
    )
    try:
        with Bar(shown=shown) as bar, interrupts() as check:

            def watch(progress: Progress) -> None:
                check()
                bar.update(progress)

            return run_scan(options, pack, build, publish=publish, watch=watch)
    except KeyboardInterrupt:
        typer.echo(f"Interrupted. Continue with: {_resume_command()}", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _pinned(model: str, out: str, *, resume: bool) -> PinnedModel:
    """The model now; for a run that goes on, what it was when that run began."""
    from shelfguard.learn.registry.fetch import pin, pinned
    from shelfguard.run.local import output_at

    recorded = output_at(out).model_in_use(model) if resume else None
    return pinned(recorded) if recorded else pin(model)


def _folders(feed: list[str]) -> list[Path]:
    """The local folders that a feed's files lie in."""
    from shelfguard.objects import is_remote

    paths = [Path(name) for name in feed if not is_remote(name)]
    return list(dict.fromkeys(path if path.is_dir() else path.parent for path in paths))


def _market(given: str | None, pack: Pack) -> str | None:
    """The market as packs write it; one without clauses would let everything pass."""
    from shelfguard.decide import in_force, market_code

    if given is None:
        return None
    code = market_code(given)
    if code and any(in_force(clause.markets, code) for clause in pack.clauses.values()):
        return code
    known = sorted({market for clause in pack.clauses.values() for market in clause.markets})
    fix = f"Use a code such as {', '.join(known)}."
    raise PackError(f"no clause is in force in '{given}'", file=pack.root, fix=fix)


def _publish(lang: str, out: Path, pack: Pack) -> None:
    from shelfguard.report.notices import write_notices
    from shelfguard.report.page import write_report

    write_notices(out, pack)
    write_report(out, pack, lang)


def _resume_command() -> str:
    arguments = [argument for argument in sys.argv[1:] if argument != "--overwrite"]
    return shlex.join(["shelfguard", *arguments, *(["--resume"] * ("--resume" not in arguments))])


def _fail_on(outcomes: dict[str, int], least: cli.Severity | None) -> None:
    from shelfguard.decision import Outcome

    if least is None:
        return
    found = [o for o in Outcome if o.severity >= Outcome(least).severity and outcomes[o]]
    if found:
        counts = ", ".join(f"{outcomes[o]:,} {o.value}" for o in found)
        raise FindingsError(f"found {counts}, and --fail-on {least} was given")
