"""`shelfguard model register|promote|rollback|card|history`: from a folder to the champion."""

from __future__ import annotations

import getpass
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shelfguard.cli.model_options import AsJson
from shelfguard.config import one_core_a_worker
from shelfguard.errors import FindingsError

if TYPE_CHECKING:
    from shelfguard.learn.registry.audit_log import AuditLog
    from shelfguard.learn.registry.promote import Promotions, Request
    from shelfguard.learn.registry.registry import Registry

REGISTER = """[bold]Examples[/bold]

shelfguard model register models/cascade

shelfguard model register models/cascade --registry http://127.0.0.1:5000
"""

PROMOTE = """[bold]Examples[/bold]

shelfguard model promote --data data/v3

shelfguard model promote --version 7 --data data/v3 --waive latency --because "new stage agreed"
"""

ROLLBACK = """[bold]Examples[/bold]

shelfguard model rollback --because "complaints about knives"
"""

CARD = """[bold]Examples[/bold]

shelfguard model card models/cascade

shelfguard model card models/cascade --check
"""

HISTORY = """[bold]Examples[/bold]

shelfguard model history

shelfguard model history --verify --json
"""

Folder = Annotated[Path, typer.Argument(help="Model folder, with its model.json.")]
PackName = Annotated[str, typer.Option(help="Pack folder, or the name of a shipped one.")]
RegistryUri = Annotated[
    str | None,
    typer.Option(
        "--registry",
        help="sqlite:///FILE or a server's address; MLFLOW_TRACKING_URI or mlflow.db otherwise.",
    ),
]
Log = Annotated[
    Path | None, typer.Option(help="The log of promotions; beside the registry's file otherwise.")
]
As = Annotated[str | None, typer.Option("--as", help="Who does this; your user name otherwise.")]


def register(
    folder: Folder,
    alias: Annotated[str, typer.Option(help="What the new version is called.")] = "challenger",
    registry: RegistryUri = None,
    as_json: AsJson = False,
) -> None:
    """Upload a cascade to the registry as the next version of its pack."""
    from shelfguard.learn.registry.registry import Registry

    version = Registry(registry).register(folder, alias)
    if as_json:
        _print_json(version.as_dict())
    else:
        typer.echo(f"{version} is the {alias}: {version.digest}")


def promote(
    version: Annotated[str, typer.Option(help="Number or alias of a version.")] = "challenger",
    pack: PackName = "ca-marketplace",
    data: Annotated[
        Path | None, typer.Option(help="The dataset that it was trained on, to audit.")
    ] = None,
    waive: Annotated[
        list[str] | None, typer.Option(metavar="GATE", help="Let this gate pass; repeat for more.")
    ] = None,
    because: Annotated[str | None, typer.Option(help="Why gates are waived.")] = None,
    max_slowdown: Annotated[float, typer.Option(min=1, help="Times the champion's time.")] = 1.25,
    max_megabytes: Annotated[float, typer.Option(min=0, help="Size of all files.")] = 64.0,
    registry: RegistryUri = None,
    log: Log = None,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """Make a version the champion if every gate holds, and log what came of it.

    Exits with 9 where a gate fails, saying which and by how much.
    """
    one_core_a_worker()
    from shelfguard.cli.model_registry_tables import print_gates
    from shelfguard.learn.registry.attacked import attack_cases
    from shelfguard.learn.registry.gates import Limits
    from shelfguard.learn.registry.promote import Judging, RefusedError

    asked = _request(who, because, waive or [])
    limits = Limits(slowdown=max_slowdown, megabytes=max_megabytes)
    judging = Judging(data, limits, attack_cases, tell=partial(typer.echo, err=True))
    try:
        move = _promotions(pack, registry, log).promote(version, asked, judging)
    except RefusedError as refusal:
        if as_json:
            _print_json({"promoted": False, **refusal.move.as_dict()})
        else:
            print_gates(refusal.move)
        raise
    if as_json:
        _print_json({"promoted": True, **move.as_dict()})
    else:
        print_gates(move)
        typer.echo(f"champion: {move.before or 'none'} -> {move.after}")


def rollback(
    pack: PackName = "ca-marketplace",
    because: Annotated[str | None, typer.Option(help="Why, for the log.")] = None,
    registry: RegistryUri = None,
    log: Log = None,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """Put the champion back to the one before it, as the log knows it."""
    move = _promotions(pack, registry, log).rollback(_request(who, because))
    if as_json:
        _print_json(move.as_dict())
    else:
        typer.echo(f"champion: {move.before or 'none'} -> {move.after}")


def card(
    folder: Folder,
    pack: PackName = "ca-marketplace",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 7 if they are not current.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the model card (README.md) and the bill of materials (ml-bom.json) of a model."""
    from shelfguard.learn.registry.documents import documents, outdated, write_documents
    from shelfguard.policy.load import load_pack

    made = documents(folder, load_pack(pack).manifest)
    old = outdated(folder, made)
    if not check:
        write_documents(folder, made)
    if as_json:
        _print_json({"files": list(made), "outdated": old})
    elif not check:
        typer.echo("\n".join(str(folder / name) for name in made))
    if check and old:
        raise FindingsError(f"not what the record says: {', '.join(old)}", file=folder)


def history(
    pack: PackName = "ca-marketplace",
    verify: Annotated[
        bool, typer.Option("--verify", help="Also ask the registry; exit with 7 if it differs.")
    ] = False,
    registry: RegistryUri = None,
    log: Log = None,
    as_json: AsJson = False,
) -> None:
    """Show every promotion, refusal, waiver and rollback, after the log's chain was checked."""
    from shelfguard.cli.model_registry_tables import print_history

    promotions = _promotions(pack, registry, log)
    entries = [e for e in promotions.log.entries() if e.pack == promotions.name]
    if as_json:
        _print_json([entry.model_dump(mode="json") for entry in entries])
    else:
        print_history(entries)
    if verify and (found := promotions.discrepancies()):
        raise FindingsError("; ".join(found), file=promotions.log.path)


def _promotions(pack: str, registry: str | None, log: Path | None) -> Promotions:
    from shelfguard.learn.registry.audit_log import AuditLog
    from shelfguard.learn.registry.promote import Promotions
    from shelfguard.learn.registry.registry import Registry
    from shelfguard.policy.load import load_pack

    store: Registry = Registry(registry)
    opened: AuditLog = AuditLog.of(store, log)
    return Promotions(store, opened, load_pack(pack))


def _request(who: str | None, because: str | None, waive: list[str] | None = None) -> Request:
    from shelfguard.learn.registry.promote import Request

    return Request(who or getpass.getuser(), waive or (), because)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
