"""Write the sample pack's gazetteer of controlled substances: `make gazetteer`.

Names that a training row without a known violation has, written or real, are left out: they mean
more things.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from shelfguard.learn.command import parser, run, say
from shelfguard.learn.data.dataset import UNSURE, Dataset
from shelfguard.learn.data.gazetteer import controlled_substances, unmistakable
from shelfguard.models.words import WORD
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import ANY_LANGUAGE, LEXICONS
from shelfguard.signals.base import Derived

CLAUSE = "CA-DRG-001"
SCHEDULED, DESCRIBED = "drugs_slang_dope/dea_controlled.csv", "drugs_tripsit/drugs.json"

HEADER = """\
# Names of controlled substances, the same in every language; `make gazetteer` writes this file.
# Sources: the schedules of the United States' Drug Enforcement Administration (public domain, by
# way of DOPE, MIT) and TripSit's drug list (ISC). Canada's schedules differ in places: a reviewer
# looks. Names that real catalogs or innocent examples use are left out.
"""


def main() -> None:
    """Read the lists and a dataset, and write the lexicon file."""
    options = parser(__doc__)
    options.add_argument("--dataset", type=Path, required=True, help="a dataset folder")
    given = options.parse_args()
    names = controlled_substances(given.data / SCHEDULED, given.data / DESCRIBED)
    kept = unmistakable(names, _innocent(Dataset.load(given.dataset)))
    file = load_pack(given.pack).root / LEXICONS / f"{CLAUSE}.{ANY_LANGUAGE}.txt"
    file.write_text(HEADER + "\n".join(kept) + "\n", "utf-8")
    say(f"{len(kept)} of {len(names)} names in {file}")


def _innocent(dataset: Dataset) -> Iterator[list[str]]:
    """The folded words of each text to train on that nobody holds anything against."""
    part = dataset.train
    innocent = part.take(np.flatnonzero(~(part.targets > UNSURE).any(axis=1)))
    for text in Derived(innocent.batch).folded:
        yield WORD.findall(text)


if __name__ == "__main__":
    run(main)
