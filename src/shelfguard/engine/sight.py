"""The pictures of one batch: which to look at, what they show, and which could not be read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from shelfguard.decision import SeenPicture
from shelfguard.engine.vision import Vision
from shelfguard.images.banks.match import Match, match
from shelfguard.images.outcome import Failure
from shelfguard.images.reader import Ask
from shelfguard.images.readings import Readings
from shelfguard.listing import Batch
from shelfguard.policy.pack import DetectorUse
from shelfguard.signals.picture_text import Place, TextsRead

NO_PICTURE = "image: the listing has no picture"
"""Why a listing without pictures degrades under a pack that requires them."""


class Sight:
    """What a batch's pictures show; rows in doubt are looked at by more detectors."""

    def __init__(self, vision: Vision, batch: Batch, doubtful: frozenset[int]) -> None:
        self._vision, self._doubtful = vision, doubtful
        self._pictures: list[list[dict[str, Any]]] = [
            pictures or [] for pictures in batch.table.column("images").to_pylist()
        ]
        self._categories = [
            ((category or {}).get("path") or "").lower()
            for category in batch.table.column("category").to_pylist()
        ]
        self._asks = dict(self._wanted())
        answers = vision.reader.read(list(self._asks.values()))
        self._found = dict(zip(self._asks, answers, strict=True))

    @cached_property
    def readings(self) -> dict[Place, Readings]:
        """What was read, by row and place."""
        return {at: each for at, each in self._found.items() if isinstance(each, Readings)}

    @cached_property
    def texts(self) -> TextsRead:
        """What is written in the pictures."""
        return TextsRead(self.readings)

    @cached_property
    def matches(self) -> dict[Place, list[Match]]:
        """The entries of banks that show the same picture."""
        hashes = {at: each.hash for at, each in self.readings.items() if each.hash}
        found = match([each.picture_hash() for each in hashes.values()], self._vision.banks)
        return {at: each for at, each in zip(hashes, found, strict=True) if each}

    @cached_property
    def looks(self) -> dict[int, Counter[str]]:
        """How often each detector was asked about a row."""
        asked: dict[int, Counter[str]] = defaultdict(Counter)
        for (row, _), ask in self._asks.items():
            asked[row].update(ask.detectors)
        return dict(asked)

    def seen(self) -> Mapping[int, list[SeenPicture]]:
        """The record of every picture that was looked at, by row."""
        record: dict[int, list[SeenPicture]] = defaultdict(list)
        for (row, place), each in self._found.items():
            uri = self._asks[row, place].uri
            if isinstance(each, Failure):
                record[row].append(SeenPicture(uri, None, f"{each.reason}: {each.problem}"))
            else:
                record[row].append(SeenPicture(uri, each.sha256, None))
        return record

    def unread(self) -> Iterator[tuple[int, str]]:
        """(row, reason) of every picture and every detector that failed."""
        for (row, place), each in self._found.items():
            if isinstance(each, Failure):
                yield row, f"images[{place}]: {each.reason}: {each.problem}"
            else:
                for name, reason in each.failed.items():
                    yield row, f"images[{place}]: {name}: failed ({reason})"

    def without_pictures(self) -> list[int]:
        """The rows that name no picture."""
        return [row for row, pictures in enumerate(self._pictures) if not pictures]

    def is_main(self, place: Place) -> bool:
        """Whether a picture is the first that buyers see."""
        row, number = place
        roles = [picture["role"] for picture in self._pictures[row]]
        return number == (roles.index("main") if "main" in roles else 0)

    def _wanted(self) -> Iterator[tuple[Place, Ask]]:
        for row, pictures in enumerate(self._pictures):
            for number, picture in enumerate(pictures[: self._vision.use.most]):
                asked = frozenset(self._asked((row, number)))
                if asked and picture["uri"]:
                    yield (row, number), Ask(picture["uri"], picture["sha256"], asked)

    def _asked(self, place: Place) -> Iterator[str]:
        for name, use in self._vision.use.detectors.items():
            if self._applies(use, place[0]) and (use.pictures == "all" or self.is_main(place)):
                yield name

    def _applies(self, use: DetectorUse, row: int) -> bool:
        if use.when == "always" or row in self._doubtful:
            return True
        return any(part in self._categories[row] for part in use.categories)
