"""`shelfguard images bank`: keep banks of hashes of known pictures."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shelfguard.images.exchange.names import Format
from shelfguard.report.marks import visible

if TYPE_CHECKING:
    from shelfguard.images.banks.bank import Added

app = typer.Typer(
    no_args_is_help=True,
    help="Keep banks of known pictures: hashes with where they are from, never the pictures.",
)

Folder = Annotated[Path, typer.Argument(help="Bank folder.")]
As = Annotated[str | None, typer.Option("--as", help="Who does this; your user name otherwise.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Clauses = Annotated[
    list[str] | None, typer.Option("--clause", help="A clause it stands for; repeat for more.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="For all; repeat for more.")]

CREATE = """[bold]Examples[/bold]

shelfguard images bank create banks/recalled --name recalled --clause CA-CPS-006
--supplier "Health Canada" --terms "Open Government Licence"
"""

ADD = """[bold]Examples[/bold]

shelfguard images bank add banks/recalled photos/ --because "recall 2026-114" --tag crib

shelfguard images bank add banks/recalled
f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22
"""

REMOVE = """[bold]Examples[/bold]

shelfguard images bank remove banks/recalled 17 18 --because "wrong model"
"""

IMPORT = """[bold]Examples[/bold]

shelfguard images bank import banks/recalled collab.csv --because "monthly delivery"

shelfguard images bank import banks/recalled hashes.txt --format lines --skip-invalid
"""

EXPORT = """[bold]Examples[/bold]

shelfguard images bank export banks/recalled --format threatexchange --out recalled.csv
"""

LIST = """[bold]Examples[/bold]

shelfguard images bank list banks/recalled banks/stock

shelfguard images bank list banks/recalled --entries --limit 50

shelfguard images bank list banks/recalled --changes --verify --json
"""


@app.command("create", epilog=CREATE)
def create_bank(
    folder: Folder,
    name: Annotated[str, typer.Option(help="What matches call it.")],
    supplier: Annotated[str, typer.Option(help="Who supplies its hashes.")],
    terms: Annotated[str, typer.Option(help="Terms under which they were supplied.")],
    clause: Clauses = None,
    received: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When; today otherwise.")
    ] = None,
    action: Annotated[str, typer.Option(help="Note: what is done about a match.")] = "",
    min_quality: Annotated[int, typer.Option(min=0, max=100, help="Of hashes.")] = 50,
    max_distance: Annotated[int, typer.Option(min=0, max=64, help="Bits that may differ.")] = 31,
    who: As = None,
) -> None:
    """Make an empty bank: who supplied it, under which terms, and what it stands for."""
    from shelfguard.images.banks.bank import Bank
    from shelfguard.images.banks.card import BankCard

    card = BankCard(
        name=name,
        clauses=tuple(clause or ()),
        supplier=supplier,
        received=(received or datetime.now(UTC)).date(),
        terms=terms,
        action=action,
        min_quality=min_quality,
        max_distance=max_distance,
    )
    Bank.create(folder, card, who or getpass.getuser())
    typer.echo(f"Bank {name} in {folder}.")


@app.command("add", epilog=ADD)
def add_to_bank(
    folder: Folder,
    what: Annotated[list[str], typer.Argument(help="Pictures, folders of them, or hashes.")],
    because: Annotated[str | None, typer.Option(help="Why, for the log.")] = None,
    tag: Tags = None,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """Add hashes of pictures. The pictures themselves are not kept."""
    from shelfguard.images.banks.bank import Bank
    from shelfguard.images.banks.from_pictures import entries_of

    problems: list[str] = []
    entries = entries_of(what, tuple(tag or ()), problems)
    added = Bank(folder).add(entries, who or getpass.getuser(), because)
    _print_added(added, {"unread": len(problems)}, problems, as_json=as_json)


@app.command("remove", epilog=REMOVE)
def remove_from_bank(
    folder: Folder,
    entry: Annotated[list[int], typer.Argument(help="Numbers of entries.")],
    because: Annotated[str, typer.Option(help="Why, for the log.")],
    who: As = None,
) -> None:
    """Remove entries: they match no more, but the log still tells of them."""
    from shelfguard.images.banks.bank import Bank

    Bank(folder).remove(entry, who or getpass.getuser(), because)
    typer.echo(f"Removed {len(set(entry)):,} from {folder}.")


@app.command("import", epilog=IMPORT)
def import_into_bank(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="A file of hashes.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="Recognised by its beginning otherwise.")
    ] = None,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Leave records with errors out, and count them.")
    ] = False,
    because: Annotated[str | None, typer.Option(help="Why; the file's name otherwise.")] = None,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """Import hashes that others supply. What is withdrawn, disputed or no PDQ hash is set aside.

    Exits with 8 at the first invalid record, unless --skip-invalid.
    """
    from shelfguard.images.banks.bank import Bank
    from shelfguard.images.exchange.delivery import Delivery

    bank, delivery = Bank(folder), Delivery(file, form, skip_invalid=skip_invalid)
    who = who or getpass.getuser()
    added = bank.add(delivery.entries(), who, because or f"import of {file.name}", "import")
    left_out = {**delivery.set_aside, "invalid": delivery.invalid}
    _print_added(added, left_out, [str(error) for error in delivery.errors], as_json=as_json)


@app.command("export", epilog=EXPORT)
def export_bank(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="File to write.")],
    form: Annotated[
        Format, typer.Option("--format", help="lines, reference, threatexchange or hma.")
    ] = Format.THREATEXCHANGE,
) -> None:
    """Write the entries for others. See what the bank's terms allow first."""
    from shelfguard.images.banks.bank import Bank
    from shelfguard.images.exchange.formats import write

    bank = Bank(folder)
    write(out, form, bank.entries(), bank.card.name)
    typer.echo(f"{len(bank):,} entries of {bank.card.name} in {out}. Terms: {bank.card.terms}")


@app.command("list", epilog=LIST)
def list_banks(
    folders: Annotated[list[Path], typer.Argument(help="Bank folders.")],
    entries: Annotated[bool, typer.Option("--entries", help="List entries too.")] = False,
    changes: Annotated[bool, typer.Option("--changes", help="Show the log too.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Entries and changes shown of a bank.")] = 20,
    verify: Annotated[bool, typer.Option("--verify", help="Check every file's digest.")] = False,
    as_json: AsJson = False,
) -> None:
    """List banks, their entries and who changed what.

    Exits with 7 if a log or a file it names was tampered with.
    """
    from shelfguard.cli.images_bank_tables import (
        bank_as_dict,
        print_banks,
        print_changes,
        print_entries,
    )
    from shelfguard.images.banks.bank import Bank

    banks = [Bank(folder) for folder in folders]
    for bank in banks if verify else ():
        bank.verify()
    some = {bank: list(islice(bank.entries(), limit)) if entries else [] for bank in banks}
    last = {bank: bank.changes[-limit:] if changes and limit else () for bank in banks}
    if as_json:
        _print_json([bank_as_dict(bank, some[bank], last[bank]) for bank in banks])
        return
    print_banks(banks)
    for bank in banks:
        print_entries(bank, some[bank])
        print_changes(bank, last[bank])


def _print_added(
    added: Added, left_out: Mapping[str, int], problems: Sequence[str], *, as_json: bool
) -> None:
    refused = {"known": added.known, "low quality": added.low_quality}
    counts = {"added": added.count, **refused, **left_out}
    if as_json:
        first = added.first if added.count else None
        _print_json({"first": first, "counts": counts, "problems": problems})
        return
    for problem in problems:
        typer.echo(visible(problem), err=True)
    typer.echo(", ".join(f"{what} {count:,}" for what, count in counts.items() if count) or "none")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
