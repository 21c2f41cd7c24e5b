"""Known pictures among the other figures: the tasks of `benchmarks.known_pictures`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import known_pictures
from benchmarks.pinned import Result


def figures(count: int) -> dict[str, Result]:
    """What each task measures among so many hashes."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        words = np.random.default_rng(1).integers(0, 2**64, (count, 4), np.uint64)
        np.save(folder / "words.npy", words)
        np.save(folder / "queries.npy", known_pictures.draw_queries(words))
        del words
        return {task: known_pictures.measured_alone(task, folder) for task in known_pictures.TASKS}
