"""Measure what detectors still find in changed pictures.

python -m shelfguard.learn.pictures.robustness --boxes FOLDER --photos FOLDER --out FILE

Every trial takes pictures that its detector has not learned from, changes each in seven ways, and
counts. The table goes to standard output. On one core all trials take some 25 minutes; with
`--quick`, a few.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from shelfguard.durable import write_json
from shelfguard.errors import ModelError
from shelfguard.learn.command import parser, run, say
from shelfguard.learn.pictures.robustness import (
    codes,
    framing,
    hashes,
    house_rules,
    nudity,
    objects,
    quality,
    text,
)
from shelfguard.learn.pictures.robustness.materials import Materials, files_in
from shelfguard.learn.pictures.robustness.table import as_data, table
from shelfguard.learn.pictures.robustness.trial import Row, Trial, rows
from shelfguard.models.source import resolve
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack

MOST, QUICK = 120, 12
"""Pictures that a trial takes."""

TRIALS: dict[str, Callable[[Materials], Trial]] = {
    "objects": objects.trial,
    "hash": hashes.trial,
    "text": text.trial,
    "codes": codes.trial,
    "framing": framing.trial,
    "quality": quality.trial,
    "house-rules": house_rules.trial,
    "nudity": nudity.trial,
}


def measured(names: Iterable[str], materials: Materials) -> tuple[list[Row], dict[str, str]]:
    """The rows of some trials, and why others could not be held."""
    found: list[Row] = []
    left_out: dict[str, str] = {}
    for name in names:
        try:
            found += rows(TRIALS[name](materials))
            say(f"{name}: done")
        except ModelError as error:
            left_out[name] = str(error)
            say(f"{name}: left out: {error}")
    return found, left_out


def find_model(pack: Pack, given: Mapping[str, Path], name: str) -> Path:
    """The file of a model for pictures: the given one, or the pack's.

    Raises:
        ModelError: the pack has none of this name, or not the one that was pinned.
    """
    if name in given:
        return given[name]
    pinned = pack.manifest.pictures.models if pack.manifest.pictures else []
    for each in pinned:
        if each.name == name:
            return resolve(each.source, each.sha256, root=pack.root)
    fix = "Name its file in pack.yaml under pictures, or give --model NAME=FILE"
    raise ModelError(f"the pack has no model '{name}' for pictures", fix=fix)


def main() -> None:
    """Hold the trials, write the file and print the table."""
    options = _options()
    materials = Materials(
        boxes=options.boxes,
        photos=files_in(options.photos),
        innocent=files_in(options.innocent),
        model=partial(find_model, load_pack(options.pack), dict(options.model)),
        most=QUICK if options.quick else MOST,
    )
    found, left_out = measured(options.trials, materials)
    write_json(options.out, as_data(found, left_out))
    sys.stdout.write("\n".join(table(found)) + "\n")


def _options() -> argparse.Namespace:
    options = parser(__doc__)
    add = options.add_argument
    add("--boxes", type=Path, required=True, help="a folder of marked pictures")
    add("--photos", type=Path, nargs="+", required=True, help="those the house rules' heads had")
    add("--innocent", type=Path, nargs="*", default=[], help="more pictures without such objects")
    add("--model", type=_named_file, action="append", default=[], help="NAME=FILE, not the pack's")
    add("--trials", nargs="+", choices=TRIALS, default=list(TRIALS), help="only these")
    add("--out", type=Path, required=True, help="where the figures go, as JSON")
    add("--quick", action="store_true", help="a few pictures a trial")
    return options.parse_args()


def _named_file(text: str) -> tuple[str, Path]:
    name, _, file = text.partition("=")
    return name, Path(file)


if __name__ == "__main__":
    run(main)
