"""A feed of grown listings with one picture each, and engines that look at them."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import catalog
from shelfguard.engine import Engine
from shelfguard.engine.picture_source import PictureSource
from shelfguard.feeds import Feed
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.run.local import PICTURE_ROWS

PACK = "ca-marketplace"


def write_feed(feed: Path, rows: int) -> None:
    """Grow a catalog; every listing names a picture of its own beside the feed."""
    with feed.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, [*catalog.COLUMNS, "image_link"])
        sheet.writeheader()
        for number, row in enumerate(catalog.grow(rows)):
            sheet.writerow({**row, "image_link": name(number)})


def first_rows(feed: Path, rows: int, part: Path) -> None:
    """The feed's first listings as a feed of their own."""
    with feed.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        with part.open("w", encoding="utf-8", newline="") as out:
            sheet = csv.DictWriter(out, lines.fieldnames or ())
            sheet.writeheader()
            sheet.writerows(row for row, _ in zip(lines, range(rows), strict=False))


def name(number: int) -> str:
    """What the picture of a listing is called."""
    return f"{number:06}.jpg"


def batches(feed: Path, rows: int, size: int = PICTURE_ROWS) -> Iterator[Batch]:
    """The feed's first listings, so many at once: by default as a scan decides them."""
    seen = 0
    for chunk in Feed(feed).chunks(size):
        batch = chunk.batch.slice(0, rows - seen)
        seen += len(batch)
        yield batch
        if seen == rows:
            return


def engine(folder: Path, detectors: Collection[str] = ()) -> Engine:
    """The pack's engine on the pictures of a folder, where it keeps readings; all detectors, or
    only some of those that the pack asks for."""
    pack = load_pack(PACK)
    use = pack.manifest.pictures
    if use and detectors:
        kept = {name: each for name, each in use.detectors.items() if name in detectors}
        pictures = use.model_copy(update={"detectors": kept})
        pack = replace(pack, manifest=pack.manifest.model_copy(update={"pictures": pictures}))
    return Engine.from_pack(pack, pictures=PictureSource((folder,), cache=folder / "cache"))
