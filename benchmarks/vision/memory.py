"""Whether memory grows with the number of pictures."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.pinned import Result, peak_mb
from benchmarks.vision.listings import batches, engine, name
from benchmarks.vision.pictures import SmallPictures, shop_picture
from shelfguard.run.local import PICTURE_ROWS


def memory(
    feed: str, photos: Sequence[str], detectors: Sequence[str], early: int, late: int
) -> Result:
    """Memory of an engine after some pictures, all distinct, and after many more.

    Where only some `detectors` look, pictures are small; all of them see those of a shop.
    """
    paths, done, found = [Path(photo) for photo in photos], 0, Result()
    draw = SmallPictures(paths).picture if detectors else partial(shop_picture, photos=paths)
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        looking, start = engine(folder, detectors), time.perf_counter()
        for batch in batches(Path(feed), late, min(early, PICTURE_ROWS)):
            numbers = range(done, done + len(batch))
            for number in numbers:
                (folder / name(number)).write_bytes(draw(number))
            looking.run(batch)
            for number in numbers:
                (folder / name(number)).unlink()
            if done < early <= done + len(batch):
                found |= _now("early")
            done += len(batch)
        seconds = time.perf_counter() - start
    return {**found, **_now("late"), "pictures": done, "ms a picture": 1000 * seconds / done}


def _now(when: str) -> Result:
    """Memory at its highest so far, and at present, both in thousands of KiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    resident = pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1000
    return {f"{when} peak MB": peak_mb(), f"{when} resident MB": resident}
