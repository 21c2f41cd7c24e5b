"""Hard negatives: real rows that a cheap model takes for violations, or nearly so.

Shrivastava, Gupta and Girshick, "Training region-based object detectors with online hard example
mining" (2016), done once: the pack's own student says which innocent rows it would pass on.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfguard.errors import ModelError
from shelfguard.learn.data.dataset import Part
from shelfguard.learn.train.parts import is_catalog
from shelfguard.policy.load import load_labelled
from shelfguard.signals.base import Derived, find_hits
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import TextModel

Rows = npt.NDArray[np.int64]


def hardest_rows(part: Part, pack: str, count: int) -> Rows:
    """The catalog's rows that the pack's student leaves open first, at most `count`, hardest first.

    Raises:
        ModelError: the pack has no student.
        PackError: there is no such pack.
    """
    loaded = load_labelled(pack)
    if (text := TextModel.from_pack(loaded)) is None:
        raise ModelError("has no student to mine with", file=loaded.root, fix="Set `mined` to 0")
    rows = np.flatnonzero(is_catalog(part))
    derived = Derived(part.take(rows).batch)
    openness = text.first_look(derived, find_hits(build_signals(loaded), derived)).openness
    return np.asarray(rows[np.argsort(-openness, kind="stable")[:count]], np.int64)
