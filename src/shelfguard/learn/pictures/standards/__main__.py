"""Train what judges the house rules on pictures.

python -m shelfguard.learn.pictures.standards --out FILE --photos FOLDER --cache FILE

Pictures are drawn in three parts, which share no photo, font or phrase: heads are fitted to the
first, scaled and given thresholds on the second, and reported on the third. The tables of the
report go to standard output. A picture takes about a second of one core; with `--cache`, none is
drawn and read twice.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from shelfguard.durable import write_json
from shelfguard.images.picture_heads import HeadsFile
from shelfguard.images.reading_cache import ReadingCache
from shelfguard.images.standards import CLAUSES
from shelfguard.learn.command import run
from shelfguard.learn.pictures.standards.fitting import fit
from shelfguard.learn.pictures.standards.part import Part, photos_of
from shelfguard.learn.pictures.standards.reading import Drawn, Reader, drawn
from shelfguard.learn.pictures.standards.report import figures, table
from shelfguard.learn.pictures.standards.rows import rows_of, with_textless
from shelfguard.learn.pictures.standards.solving import solved
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack

EACH = {Part.TRAIN: 12, Part.CALIBRATE: 9, Part.REPORT: 5}
"""Pictures of each kind that are drawn for each part."""


def heads(pictures: dict[Part, list[Drawn]], pack: Pack) -> HeadsFile:
    """A head for each clause, with its figures."""
    made, told = {}, {}
    for clause in CLAUSES:
        found = fit(clause, rows_of(clause, with_textless(pictures[Part.TRAIN])))
        made[clause] = solved(clause, found, rows_of(clause, pictures[Part.CALIBRATE]), pack)
        told[clause] = figures(made[clause], rows_of(clause, pictures[Part.REPORT]))
    return HeadsFile(clauses=made, figures=told)


def main() -> None:
    """Draw, read, train, solve, report and write."""
    options = _options()
    photos = photos_of(options.photos)
    with ReadingCache(options.cache) as cache:
        reader = Reader(cache)
        pictures = {
            part: list(drawn(reader, part, photos, round(EACH[part] * options.share)))
            for part in Part
        }
    made = heads(pictures, load_pack(options.pack))
    write_json(options.out, made.model_dump(mode="json"))
    sys.stdout.write("\n".join(table(made.figures)) + "\n")


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pack", default="ca-marketplace", help="a pack folder or shipped name")
    options.add_argument("--out", type=Path, required=True, help="where pictures.json goes")
    options.add_argument("--photos", type=Path, nargs="*", default=[], help="folders of photos")
    options.add_argument("--cache", type=Path, help="a file that keeps what was read")
    options.add_argument("--share", type=float, default=1.0, help="of the pictures to draw")
    return options.parse_args()


if __name__ == "__main__":
    run(main)
