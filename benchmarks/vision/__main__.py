"""Looking at pictures, measured: python -m benchmarks.vision [--quick] [--photos FOLDER ...]."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import picture_text
from benchmarks.pinned import Result
from benchmarks.scan import WORK, Bar
from benchmarks.vision import bars, known
from benchmarks.vision.alone import alone
from benchmarks.vision.listings import write_feed
from benchmarks.vision.pictures import every_photo, half_of_photos
from benchmarks.vision.sizes import FULL, QUICK, Sizes

CHEAP = ("hash", "quality", "codes")
"""Detectors without a network: twenty thousand pictures take minutes, with all of them hours."""


def measure(feed: Path, photos: Sequence[Path], sizes: Sizes) -> dict[str, Result]:
    """Every task in turn, each in a process of its own."""
    given = {"feed": str(feed), "photos": [str(photo) for photo in photos]}

    def memory(few: int, many: int, detectors: Sequence[str]) -> Result:
        return alone("memory", **given, detectors=detectors, early=few, late=many)

    return {
        "engine": alone("engine_speed", **given, size=sizes.batch, times=sizes.times),
        "scan": alone("scan_speed", **given, size=sizes.scanned, times=sizes.scans),
        "shared": alone("shared_picture", **given, rows=sizes.shared),
        "memory, all detectors": memory(*sizes.all_detectors, ()),
        "memory, cheap detectors": memory(*sizes.cheap_detectors, CHEAP),
        **known.figures(sizes.hashes),
    }


def table(rows: Sequence[Bar], found: dict[str, Result]) -> str:
    """The bars, and the numbers under them, as Markdown."""
    lines = [
        "| What | Measured | Bar | Holds |",
        "|---|---|---|---|",
        *(row.line() for row in rows),
    ]
    for task, figures in found.items():
        lines += ["", f"| {task.capitalize()} | |", "|---|---|"]
        lines += [f"| {what} | {value:,.4g} |" for what, value in figures.items()]
    return "\n".join(lines)


def main(sizes: Sizes, folders: Sequence[Path], out: Path) -> int:
    """Run everything, print the tables and write them as JSON; 1 where a bar does not hold."""
    WORK.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        feed = Path(folder) / "feed.csv"
        write_feed(feed, sizes.listings)
        found = measure(feed, every_photo(folders), sizes)
    texts = picture_text.measure(half_of_photos(folders, half=1), sizes.scenes)
    rows = [*bars.bars(found, sizes), *texts.bars()]
    print(table(rows, found), picture_text.report(texts), sep="\n\n")
    record = {
        "sizes": sizes._asdict(),
        "bars": [asdict(row) | {"holds": row.holds} for row in rows],
        "figures": found,
    }
    out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vision", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few pictures: only a hint")
    parser.add_argument("--photos", type=Path, nargs="+", default=[], help="folders of photos")
    parser.add_argument("--json", type=Path, default=WORK / "vision.json")
    chosen = parser.parse_args()
    sys.exit(main(QUICK if chosen.quick else FULL, chosen.photos, chosen.json))
