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
from shelfguard.policy.calibration import Calibration
from shelfguard.policy.load import load_labelled
from shelfguard.signals.base import Derived, find_hits
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import STUDENT, TextModel, resolve_models

Rows = npt.NDArray[np.int64]


def hardest_rows(part: Part, pack: str, count: int) -> Rows:
    """The catalog's rows that the pack's student leaves open first, at most `count`, hardest first.

    `pack` is a folder, a name or a label.

    Raises:
        ModelError: the pack has no student.
        PackError: there is no such pack.
    """
    loaded = load_labelled(pack)
    files = resolve_models(loaded)
    if STUDENT not in files:
        problem, fix = "has no student to mine with", "Set `mined_share` to 0"
        raise ModelError(problem, file=loaded.root, fix=fix)
    text = TextModel.load({STUDENT: files[STUDENT]}, Calibration(clauses={}))
    rows = np.flatnonzero(is_catalog(part))
    derived = Derived(part.take(rows).batch)
    openness = text.first_look(derived, find_hits(build_signals(loaded), derived)).openness
    return np.asarray(rows[np.argsort(-openness, kind="stable")[:count]], np.int64)
