"""What detectors see in drawn pictures, kept so that nothing is drawn or read twice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from shelfguard.images.decode import Decoded, decode
from shelfguard.images.detectors import build_detectors, codec
from shelfguard.images.framing import FramingDetector
from shelfguard.images.picture import Picture
from shelfguard.images.reading_cache import ReadingCache
from shelfguard.images.readings import Readings
from shelfguard.learn.command import say
from shelfguard.learn.pictures.standards.cut_outs import cut_outs
from shelfguard.learn.pictures.standards.kinds import KINDS, Kind
from shelfguard.learn.pictures.standards.part import Part, Sources, share, sources

DRAWING = 1
"""Raise this when what is drawn changes, so that nothing older is taken from the cache."""


DETECTORS = ("codes", "framing", "quality", "text")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as detectors see it, and the kind that it was drawn as."""

    kind: Kind
    readings: Readings


class Reader:
    """The detectors that the house rules need."""

    def __init__(self, kept: ReadingCache) -> None:
        self._detectors = build_detectors(DETECTORS, {})
        self._codecs = {name: codec(each) for name, each in self._detectors.items()}
        self._kept = kept

    @property
    def framing(self) -> FramingDetector:
        """What cuts objects out of photos."""
        found = self._detectors["framing"]
        assert isinstance(found, FramingDetector)
        return found

    def read(self, name: str, draw: Callable[[], Picture]) -> Readings:
        """What is seen in the picture of a name, drawn only where something is not kept."""
        picture = cache(draw)
        values = {detector: self._value(name, detector, picture) for detector in DETECTORS}
        quality = values["quality"]
        return Readings(name, quality.width, quality.height, **values)

    def _value(self, name: str, detector: str, picture: Callable[[], Picture]) -> Any:
        key = (name, detector, self._detectors[detector].version)
        if text := self._kept.get(key):
            return self._codecs[detector].validate_json(text)
        value = self._detectors[detector].read(picture())
        self._kept.put([(key, self._codecs[detector].dump_json(value).decode())])
        return value


def drawn(reader: Reader, part: Part, photos: Sequence[Path], each: int) -> Iterator[Drawn]:
    """So many pictures of each kind, drawn from what belongs to one part."""
    materials = cache(lambda: _materials(reader, part, photos))
    for number in range(each):
        for kind in KINDS:
            for one in range(number * kind.weight, (number + 1) * kind.weight):
                name = f"{DRAWING}/{part}/{kind.name}/{one}"
                yield Drawn(kind, reader.read(name, partial(_draw, kind, name, materials)))
        say(f"{part}: {number + 1} of {each} of each kind")


def _draw(kind: Kind, name: str, materials: Callable[[], Sources]) -> Picture:
    rng = random.Random(name)  # noqa: S311 (a reproducible draw, no secret)
    return as_decoded(kind.draw(rng, materials()), rng)


def as_decoded(image: Image.Image, rng: random.Random) -> Picture:
    """An image as a JPEG file brings it to detectors."""
    file = BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=rng.randrange(75, 96))
    found = decode(file.getvalue())
    assert isinstance(found, Decoded)
    return found.picture


def _materials(reader: Reader, part: Part, photos: Sequence[Path]) -> Sources:
    mine = share(photos, part)
    return sources(part, mine, list(cut_outs(mine, reader.framing)))
