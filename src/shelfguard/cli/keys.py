"""`shelfguard keys create|list|revoke`: who may call the API, and for what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shelfguard.cli.db import AsJson, Store
from shelfguard.store import DEFAULT
from shelfguard.store.scopes import Scope

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from shelfguard.store.keys import Key

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke keys of the API.")

CREATE = """[bold]Examples[/bold]

shelfguard keys create --name storefront --scope decide --scope read

shelfguard keys create --name audit --scope read --days 90 --json
"""

LIST = """[bold]Examples[/bold]

shelfguard keys list --store postgresql://shelfguard@db.internal/shelfguard
"""

REVOKE = """[bold]Examples[/bold]

shelfguard keys revoke 4f9d0c1b7a2e
"""


@app.command("create", epilog=CREATE)
def create_key(
    name: Annotated[str, typer.Option(help="Whose it is; decisions are stored with it.")],
    scope: Annotated[list[Scope], typer.Option(help="What it is for; repeat for more.")],
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Until it expires; never otherwise.")
    ] = None,
    store: Store = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make a key and print its token, which is shown this once and stored nowhere."""
    from shelfguard.store.keys import create

    expires_at = datetime.now(UTC) + timedelta(days) if days else None
    with _store(store) as connection:
        key, token = create(connection, name, scope, expires_at)
    if as_json:
        typer.echo(json.dumps({**_as_dict(key), "token": token}, indent=2, ensure_ascii=False))
    else:
        typer.echo(f"Key {key.id}. Keep its token now, for it is not shown again:", err=True)
        typer.echo(token)


@app.command("list", epilog=LIST)
def list_keys(store: Store = DEFAULT, as_json: AsJson = False) -> None:
    """Show all keys, those that were revoked or have expired included."""
    from shelfguard.store.keys import all_keys

    with _store(store) as connection:
        found = all_keys(connection)
    if as_json:
        typer.echo(json.dumps([_as_dict(key) for key in found], indent=2, ensure_ascii=False))
    else:
        _print_keys(found)


@app.command("revoke", epilog=REVOKE)
def revoke_key(
    key: Annotated[str, typer.Argument(metavar="ID", help="The key's id, not its token.")],
    store: Store = DEFAULT,
) -> None:
    """Let a key be used no more, from now on; it stays in the list."""
    from shelfguard.store.keys import revoke

    with _store(store) as connection:
        revoke(connection, key)
    typer.echo(f"Key {key} is revoked.")


@contextmanager
def _store(url: str) -> Iterator[Connection]:
    from shelfguard.store.database import writing
    from shelfguard.store.schema import open_store

    engine = open_store(url)
    try:
        with writing(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def _as_dict(key: Key) -> dict[str, Any]:
    times = {"created": key.created_at, "expires": key.expires_at, "revoked": key.revoked_at}
    told = {name: time and time.isoformat() for name, time in times.items()}
    return {"id": key.id, "name": key.name, "scopes": sorted(key.scopes), **told}


def _print_keys(keys: Sequence[Key]) -> None:
    from rich.table import Table

    from shelfguard.cli.pack_tables import console
    from shelfguard.report.marks import visible

    table = Table("Id", "Name", "Scopes", "Created", "Expires", "Revoked")
    for key in keys:
        times = (key.created_at, key.expires_at, key.revoked_at)
        days = (f"{time:%Y-%m-%d}" if time else "" for time in times)
        table.add_row(key.id, visible(key.name), ", ".join(sorted(key.scopes)), *days)
    console().print(table)
