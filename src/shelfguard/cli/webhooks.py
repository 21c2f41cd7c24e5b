"""`shelfguard webhooks`: events that were not delivered, and signatures of those that were."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from shelfguard.errors import ServeError
from shelfguard.store import DEFAULT

app = typer.Typer(no_args_is_help=True, help="Send dead events again, and check signatures.")

RESEND = """[bold]Examples[/bold]

shelfguard webhooks resend dead-letters.jsonl

shelfguard webhooks resend dead-letters.jsonl --store postgresql://shelfguard@db/shelfguard
"""

VERIFY = """[bold]Examples[/bold]

shelfguard webhooks verify --secret-file desk.secret -H 'webhook-id: msg_1' \\
  -H 'webhook-timestamp: 1764374400' -H 'webhook-signature: v1,…' < body.json
"""


@app.command("resend", epilog=RESEND)
def resend_dead_letters(
    file: Annotated[Path, typer.Argument(help="The file of dead letters that the server wrote.")],
    store: Annotated[str, typer.Option(help="The server's store.")] = DEFAULT,
) -> None:
    """Send again what was given up, from the first attempt on.

    The letters move into the store, from which the server sends them, at once or when it starts.
    """
    from shelfguard.serve.webhooks.resend import resend
    from shelfguard.store.schema import open_store

    engine = open_store(store)
    try:
        count = resend(engine, file)
    finally:
        engine.dispose()
    typer.echo(f"{count:,} event{'' if count == 1 else 's'} will be sent again.")


@app.command("verify", epilog=VERIFY)
def verify_signature(
    secret_file: Annotated[
        list[Path], typer.Option(help="File of a secret (whsec_…); repeat while secrets change.")
    ],
    header: Annotated[
        list[str], typer.Option("--header", "-H", help="A header as it came, 'name: value'.")
    ],
) -> None:
    """Check the signature of an event whose body, to the byte, is on standard input."""
    from shelfguard.serve.webhooks.signature import verify

    headers = dict(_header(text) for text in header)
    secrets = [_secret(file) for file in secret_file]
    verify(secrets, headers, sys.stdin.buffer.read(), time.time())
    typer.echo("The signature fits.")


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip().lower(), value.strip()


def _secret(file: Path) -> bytes:
    from shelfguard.serve.webhooks.signature import read_secret

    try:
        return read_secret(file.read_text("utf-8", "replace"))
    except ServeError as error:
        raise ServeError(error.problem, file=file, fix=error.fix) from error
