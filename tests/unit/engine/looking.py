"""Listings with pictures, detectors that say what a test wants, and an engine that looks."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shelfguard.engine import Engine
from shelfguard.engine.vision import Vision
from shelfguard.images.banks.bank import Bank
from shelfguard.images.banks.catalog import Catalog
from shelfguard.images.body_parts import BodyPart, BodyParts
from shelfguard.images.codes import Code, Codes
from shelfguard.images.labels import Labels
from shelfguard.images.objects import FoundObject, Objects
from shelfguard.images.outcome import Failure, Fetched, Reason
from shelfguard.images.picture import Box, Picture
from shelfguard.images.reader import PictureReader
from shelfguard.images.reading_cache import ReadingCache
from shelfguard.images.readings import Detector
from shelfguard.images.sensitive import Nudity
from shelfguard.images.text_lines import TextLine, TextLines
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.signals.fusion import Fusion
from shelfguard.signals.lexicon import Lexicon
from shelfguard.signals.text import TextModel
from tests.unit.images.drawing import scene
from tests.unit.policy.tinypack import TinyPack

CLAUSE = "CA-WPN-001"
BOX = Box(0.1, 0.2, 0.5, 0.3)


def picture_file(seed: int = 0) -> bytes:
    """A picture as a file's bytes."""
    stream = io.BytesIO()
    scene(seed=seed).save(stream, "PNG")
    return stream.getvalue()


@dataclass
class Shop:
    """Gives bytes by reference, and counts how often it was asked."""

    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def fetch(self, uris: Sequence[str]) -> list[Fetched | Failure]:
        self.asked += uris
        return [self._found(uri) for uri in uris]

    def _found(self, uri: str) -> Fetched | Failure:
        import hashlib

        if uri not in self.files:
            return Failure(Reason.NOT_FOUND, f"There is no file '{uri}'")
        data = self.files[uri]
        return Fetched(data, hashlib.sha256(data).hexdigest(), uri)


@dataclass
class Says:
    """A text reader for which every picture says the same."""

    line: str
    name: str = "text"
    version: str = "1"

    def read(self, picture: Picture) -> TextLines:
        return TextLines((TextLine(self.line, 0.99, BOX),) if self.line else ())


@dataclass
class Shows:
    """An object detector that sees one kind of object everywhere."""

    label: str
    score: float
    name: str = "objects"
    version: str = "1"

    def read(self, picture: Picture) -> Objects:
        return Objects((FoundObject(self.label, self.score, BOX),))


@dataclass
class Bears:
    """A code reader that finds one code everywhere."""

    kind: str
    text: str
    name: str = "codes"
    version: str = "1"

    def read(self, picture: Picture) -> Codes:
        return Codes((Code(self.kind, self.text, BOX),))


@dataclass
class Nude:
    """A network of one opinion."""

    share: float
    name: str = "nudity"
    version: str = "1"

    def read(self, picture: Picture) -> Nudity:
        return Nudity(self.share)


@dataclass
class Labelled:
    """Heads of one opinion."""

    probabilities: dict[str, float]
    name: str = "labels"
    version: str = "1"

    def read(self, picture: Picture) -> Labels:
        return Labels(self.probabilities, "ring.jpg", 0.93)


@dataclass
class Bare:
    """A detector of body parts that sees one everywhere."""

    label: str
    probability: float
    name: str = "body_parts"
    version: str = "1"

    def read(self, picture: Picture) -> BodyParts:
        return BodyParts((BodyPart(self.label, self.probability, BOX),))


@dataclass
class Fails:
    """A detector that cannot read anything."""

    name: str = "text"
    version: str = "1"

    def read(self, picture: Picture) -> TextLines:
        raise ValueError("no such table")


def pack_with(root: Path, pictures: str, more: str = "") -> TinyPack:
    """The tiny pack with a decisive phrase and what it asks of pictures."""
    tiny = TinyPack(root)
    tiny.write("lexicons/CA-WPN-001.en.txt", "knuckle duster\n")
    manifest = (root / "pack.yaml").read_text("utf-8")
    tiny.write("pack.yaml", f"{manifest}{more}pictures:\n{pictures}")
    return tiny


def engine_with(
    root: Path,
    detectors: Sequence[Detector],
    shop: Shop | None = None,
    banks: Sequence[Bank] = (),
    fusions: Mapping[str, Fusion] | None = None,
    text: TextModel | None = None,
    catalog: Catalog | None = None,
) -> Engine:
    """An engine that looks with these detectors, and judges words by phrases and `text`."""
    pack = load_pack(root)
    assert pack.manifest.pictures
    reader = PictureReader(
        shop or Shop({"a.png": picture_file()}),
        {detector.name: detector for detector in detectors},
        ReadingCache(),
    )
    vision = Vision(pack.manifest.pictures, reader, None, fusions or {}, banks, catalog, {})
    return Engine(pack, [Lexicon.from_pack(pack)], text, vision=vision)


def listing(*uris: str, title: str = "Lamp", **more: Any) -> dict[str, Any]:
    return {"id": "l1", "title": {"en": title}, "images": [{"uri": uri} for uri in uris], **more}


def decide(engine: Engine, *listings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The decisions on listings."""
    rows: list[dict[str, Any]] = engine.run(Batch.from_records(listings)).table.to_pylist()
    return rows
