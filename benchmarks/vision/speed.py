"""Looking at pictures, end to end, beside decoding and detectors alone on the same pictures."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.pinned import Result, medians
from benchmarks.vision.listings import PACK, batches, engine, first_rows, name
from benchmarks.vision.pictures import shop_picture
from shelfguard.engine import Engine
from shelfguard.engine.picture_source import PictureSource
from shelfguard.images.decode import Decoded, decode
from shelfguard.images.readings import Detector
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.report.notices import write_notices
from shelfguard.report.page import write_report
from shelfguard.run.local import Options, scan

Photos = Sequence[str]
"""Paths of the photos that pictures are made from."""


class Moment(NamedTuple):
    """Seconds on the wall, and of the processor."""

    wall: float
    processor: float

    @classmethod
    def now(cls) -> Moment:
        return cls(time.perf_counter(), time.process_time())

    def until(self, end: Moment, what: str, pictures: int) -> Result:
        """Milliseconds a picture from this moment to a later one."""
        wall, processor = (1000 * (b - a) / pictures for a, b in zip(self, end, strict=True))
        return {f"{what} ms": wall, f"{what} processor ms": processor}


class Kernels:
    """Decoding and detectors, bare, each timed."""

    def __init__(self, detectors: Mapping[str, Detector]) -> None:
        self._detectors = detectors
        self._ms: dict[str, list[float]] = defaultdict(list)

    def read(self, files: Sequence[bytes]) -> None:
        """Look at pictures that are in memory."""
        for data in files:
            found = self._timed("decode", partial(decode, data))
            assert isinstance(found, Decoded)
            for each, detector in self._detectors.items():
                self._timed(each, partial(detector.read, found.picture))

    def means(self, skipped: int) -> Result:
        """What each took of the processor; the first pictures do not count."""
        return {
            f"{kernel} processor ms": statistics.fmean(ms[skipped:])
            for kernel, ms in self._ms.items()
        }

    def _timed(self, kernel: str, work: Callable[[], object]) -> object:
        start = time.process_time()
        found = work()
        self._ms[kernel].append(1000 * (time.process_time() - start))
        return found


def engine_speed(feed: str, photos: Photos, size: int, times: int) -> Result:
    """`Engine.run` on new pictures of a folder, in turns with the kernels alone on the same."""
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        files = _draw(folder, size * (times + 1), photos)
        looking = engine(folder)
        kernels = Kernels(looking.vision.reader.detectors if looking.vision else {})
        found = []
        for turn, batch in enumerate(batches(Path(feed), len(files), size)):
            part = files[turn * size : (turn + 1) * size]
            found.append(_both(looking, kernels, batch, part, turn % 2 == 0))
        del found[0]  # the first run of each network is slower
        return {**medians(found), **kernels.means(skipped=size)}


def _both(
    looking: Engine, kernels: Kernels, batch: Batch, files: Sequence[bytes], engine_first: bool
) -> Result:
    """A picture both ways."""
    ways: dict[str, Callable[[], object]] = {
        "engine": partial(looking.run, batch),
        "kernels": partial(kernels.read, files),
    }
    found: Result = {}
    for way in ways if engine_first else reversed(ways):
        start = Moment.now()
        ways[way]()
        found |= start.until(Moment.now(), way, len(files))
    return found


def scan_speed(feed: str, photos: Photos, size: int, times: int) -> Result:
    """`shelfguard scan --images` on a feed, in turns with the kernels alone on its pictures."""
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        files = _draw(folder, size, photos)
        first_rows(Path(feed), size, folder / "feed.csv")
        vision = engine(folder).vision
        kernels = Kernels(vision.reader.detectors if vision else {})
        kernels.read(files[:1])
        found = []
        for turn in range(times):
            start = Moment.now()
            kernels.read(files)
            alone = start.until(Moment.now(), "kernels", size)
            found.append({**alone, **_scan(folder, turn, size)})
        return medians(found)


def _scan(folder: Path, turn: int, size: int) -> Result:
    """One scan without kept readings: all of it, and between loading models and the report."""
    pack, out = load_pack(PACK), folder / f"out-{turn}"
    source = PictureSource((folder,), cache=folder / f"cache-{turn}")
    options, moments = Options(folder / "feed.csv", out, images=source), [Moment.now()]

    def build() -> Engine:
        found = Engine.from_pack(pack, pictures=source)
        moments.append(Moment.now())
        return found

    def publish(out: Path, pack: Pack) -> None:
        moments.append(Moment.now())
        write_notices(out, pack)
        write_report(out, pack, "en")

    scan(options, pack, build, publish=publish, watch=lambda _: None)
    start, built, decided = moments
    return {
        **start.until(Moment.now(), "whole scan", size),
        **built.until(decided, "scan", size),
    }


def _draw(folder: Path, count: int, photos: Photos) -> list[bytes]:
    """The pictures of the first listings, in a folder and in memory."""
    files = [shop_picture(number, [Path(photo) for photo in photos]) for number in range(count)]
    for number, data in enumerate(files):
        (folder / name(number)).write_bytes(data)
    return files
