"""`shelfguard images`: hash pictures, match them against known ones, and find repeated ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from shelfguard.cli import images_bank
from shelfguard.cli.scan_options import Allow, FeedFormat, ImageCache, ImageRoot, Mapping
from shelfguard.errors import FindingsError

app = typer.Typer(no_args_is_help=True, help="Hash pictures and match them against known ones.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

INDEX = """[bold]Examples[/bold]

shelfguard images index photos/ --out hashes.parquet

shelfguard images index feed.csv --out hashes.parquet --image-root photos/
"""

MATCH = """[bold]Examples[/bold]

shelfguard images match photos/ --bank banks/recalled

shelfguard images match hashes.parquet --bank banks/recalled --bank banks/stock --json

shelfguard images match feed.csv --bank banks/recalled
"""

REPEATED = """[bold]Examples[/bold]

shelfguard images repeated hashes.parquet --placeholders banks/placeholders

shelfguard images repeated feed.csv other.xml.gz --same-seller --json
"""


@app.command("index", epilog=INDEX)
def index_pictures(
    pictures: Annotated[Path, typer.Argument(help="A feed, a folder of pictures, or one picture.")],
    out: Annotated[Path, typer.Option(help="Parquet file for the hashes.")],
    feed_format: FeedFormat = None,
    mapping: Mapping = None,
    image_root: ImageRoot = None,
    image_cache: ImageCache = None,
    allow: Allow = None,
    as_json: AsJson = False,
) -> None:
    """Hash all pictures of a feed or a folder with PDQ.

    The table tells the listing of each picture, and of one without a hash, why there is none.
    """
    from shelfguard.cli.images_input import FeedOptions, Input
    from shelfguard.cli.images_tables import Bar, Counts, print_counts
    from shelfguard.images.hashes.hashed_picture import write_hashes

    counts = Counts()
    options = FeedOptions(image_root, image_cache, allow, feed_format, mapping)
    with Bar(shown=not as_json) as bar:
        write_hashes(out, Input(options, counts, bar).pictures_of(pictures))
    if as_json:
        _print_json({"out": str(out), **counts.as_dict()})
    else:
        print_counts(counts, f"Hashes in {out}.")


@app.command("match", epilog=MATCH)
def match_pictures(
    pictures: Annotated[
        list[Path], typer.Argument(help="Feeds, pictures, folders, or tables that `index` wrote.")
    ],
    bank: Annotated[list[Path], typer.Option(help="Bank folder; repeat for more.")],
    image_root: ImageRoot = None,
    image_cache: ImageCache = None,
    allow: Allow = None,
    as_json: AsJson = False,
) -> None:
    """Find the pictures that banks know, with the nearest entries first.

    A picture whose hash is of too low a quality for a bank matches nothing in it.
    """
    from shelfguard.cli.images_input import FeedOptions, Input
    from shelfguard.cli.images_tables import (
        Bar,
        Counts,
        match_as_dict,
        print_counts,
        print_matches,
    )
    from shelfguard.images.banks.bank import Bank
    from shelfguard.images.banks.match import match_pictures as matched

    banks, counts = [Bank(folder) for folder in bank], Counts()
    with Bar(shown=not as_json) as bar:
        hashed = Input(FeedOptions(image_root, image_cache, allow), counts, bar).pictures(pictures)
        found = [(each, matches) for each, matches in matched(hashed, banks) if matches]
    if as_json:
        _print_json({**counts.as_dict(), "known": [match_as_dict(*known) for known in found]})
    else:
        print_matches(found)
        print_counts(counts, f"Known: {len(found):,}.")


@app.command("repeated", epilog=REPEATED)
def find_repeated(
    pictures: Annotated[
        list[Path], typer.Argument(help="Feeds, or tables that `index` wrote of some.")
    ],
    placeholders: Annotated[
        list[Path] | None,
        typer.Option(help="Bank of pictures that may be repeated, such as 'no picture yet'."),
    ] = None,
    same_seller: Annotated[
        bool, typer.Option("--same-seller", help="Only among the listings of one seller.")
    ] = False,
    fail_on_found: Annotated[
        bool, typer.Option("--fail-on-found", help="Exit with 7 if any picture is repeated.")
    ] = False,
    image_root: ImageRoot = None,
    image_cache: ImageCache = None,
    allow: Allow = None,
    as_json: AsJson = False,
) -> None:
    """Find pictures that stand on two listings or more, those on most listings first.

    A picture whose hash is of too low a quality to tell counts as none.
    """
    from shelfguard.cli.images_input import FeedOptions, Input
    from shelfguard.cli.images_tables import Bar, Counts, print_counts, print_groups
    from shelfguard.images.banks.bank import Bank
    from shelfguard.images.banks.repeated import on_listings, repeated

    banks, counts = [Bank(folder) for folder in placeholders or ()], Counts()
    with Bar(shown=not as_json) as bar:
        hashed = Input(FeedOptions(image_root, image_cache, allow), counts, bar).pictures(pictures)
        groups = repeated(on_listings(hashed), banks, same_seller=same_seller)
    if as_json:
        _print_json({**counts.as_dict(), "groups": [group.as_dict() for group in groups]})
    else:
        print_groups(groups)
        left_out = f" Left out {counts.without_seller:,} of unknown sellers." * same_seller
        print_counts(counts, f"Groups: {len(groups):,}.{left_out}")
    if groups and fail_on_found:
        raise FindingsError(f"found {len(groups):,} groups, and --fail-on-found was given")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


app.add_typer(images_bank.app, name="bank")
