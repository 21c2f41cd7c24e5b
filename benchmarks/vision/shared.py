"""One picture on many listings: how often each detector sees it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.pinned import Result
from benchmarks.vision.listings import batches, engine, name
from benchmarks.vision.pictures import shop_picture
from shelfguard.images.picture import Picture
from shelfguard.images.readings import Detector


@dataclass
class Counted:
    """A detector whose calls are counted."""

    detector: Detector
    calls: int = 0

    @property
    def name(self) -> str:
        return self.detector.name

    @property
    def version(self) -> str:
        return self.detector.version

    def read(self, picture: Picture) -> Any:
        """What the detector says."""
        self.calls += 1
        return self.detector.read(picture)


def shared_picture(feed: str, photos: Sequence[str], rows: int) -> Result:
    """The engine on listings whose pictures have names of their own, and all the same content."""
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        first = folder / name(0)
        first.write_bytes(shop_picture(0, [Path(photo) for photo in photos]))
        for number in range(1, rows):
            (folder / name(number)).hardlink_to(first)
        looking = engine(folder)
        assert looking.vision
        detectors = looking.vision.reader.detectors
        counted = {each: Counted(detector) for each, detector in detectors.items()}
        detectors.update(counted)
        start = time.process_time()
        for batch in batches(Path(feed), rows):
            looking.run(batch)
        ms = 1000 * (time.process_time() - start) / rows
    calls = [each.calls for each in counted.values()]
    return {"most": max(calls), "fewest": min(calls), "processor ms a listing": ms}
