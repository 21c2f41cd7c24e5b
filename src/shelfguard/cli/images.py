"""`shelfguard images`: hash pictures, and match them against banks of known ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfguard.cli import images_bank

if TYPE_CHECKING:
    from shelfguard.images.hashes.hashed_file import HashedFile

app = typer.Typer(no_args_is_help=True, help="Hash pictures and match them against known ones.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

INDEX = """[bold]Examples[/bold]

shelfguard images index photos/ --out hashes.parquet
"""

MATCH = """[bold]Examples[/bold]

shelfguard images match photos/ --bank banks/recalled

shelfguard images match hashes.parquet --bank banks/recalled --bank banks/stock --json
"""


@app.command("index", epilog=INDEX)
def index_pictures(
    folder: Annotated[Path, typer.Argument(help="Folder of pictures, or one picture.")],
    out: Annotated[Path, typer.Option(help="Parquet file for the hashes.")],
    as_json: AsJson = False,
) -> None:
    """Hash all pictures of a folder with PDQ. The table names files that hold no picture too."""
    from shelfguard.cli.images_tables import Bar, Counts, print_counts
    from shelfguard.images.hashes.folder import hash_file, picture_files
    from shelfguard.images.hashes.hashed_file import write_hashes

    files, counts = list(picture_files([folder])), Counts()
    with Bar(len(files), shown=not as_json) as bar:
        write_hashes(out, (bar.step(counts.add(hash_file(file))) for file in files))
    if as_json:
        typer.echo(json.dumps({"out": str(out), **counts.as_dict()}, indent=2))
    else:
        print_counts(counts, f"Hashes in {out}.")


@app.command("match", epilog=MATCH)
def match_pictures(
    pictures: Annotated[
        list[Path], typer.Argument(help="Pictures, folders, or tables that `index` wrote.")
    ],
    bank: Annotated[list[Path], typer.Option(help="Bank folder; repeat for more.")],
    as_json: AsJson = False,
) -> None:
    """Find the pictures that banks know, with the nearest entries first.

    A picture whose hash is of too low a quality for a bank matches nothing in it.
    """
    from shelfguard.cli.images_tables import Counts, print_counts, print_matches
    from shelfguard.images.banks.bank import Bank
    from shelfguard.images.banks.match import match_files

    banks, counts = [Bank(folder) for folder in bank], Counts()
    files = map(counts.add, _hashed(pictures))
    found = [(file.picture, matches) for file, matches in match_files(files, banks) if matches]
    if as_json:
        known = [{"picture": name, "matches": [m.as_dict() for m in each]} for name, each in found]
        said = {**counts.as_dict(), "known": known}
        typer.echo(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        print_matches(found)
        print_counts(counts, f"Known: {len(found):,}.")


def _hashed(paths: list[Path]) -> Iterator[HashedFile]:
    from shelfguard.images.hashes.folder import hash_file, picture_files
    from shelfguard.images.hashes.hashed_file import read_hashes

    for path in paths:
        if path.suffix == ".parquet":
            yield from read_hashes(path)
        else:
            yield from map(hash_file, picture_files([path]))


app.add_typer(images_bank.app, name="bank")
