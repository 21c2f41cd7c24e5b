"""From references to readings: fetched once, decoded once, and read by the detectors asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Protocol

from shelfguard.images.detectors import codec
from shelfguard.images.one_picture import OnePicture
from shelfguard.images.outcome import Failure, Fetched, Reason
from shelfguard.images.reading_cache import ReadingCache
from shelfguard.images.readings import Detector, Readings

FETCHED_AT_ONCE = 16
"""Pictures in memory twice: one group is fetched while the one before it is read."""

Answers = Mapping[str, Fetched | Failure]
"""What each reference leads to."""


class Fetches(Protocol):
    """Whatever gets the bytes of pictures: the web and local files, or a record of them."""

    def fetch(self, uris: Sequence[str]) -> Sequence[Fetched | Failure]:
        """What each reference leads to, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """A picture to look at, the SHA-256 that the feed claims for it, and by which detectors."""

    uri: str
    sha256: str | None
    detectors: frozenset[str]


class PictureReader:
    """Reads pictures; a detector that fails is named in the readings."""

    def __init__(
        self, fetches: Fetches, detectors: Mapping[str, Detector], cache: ReadingCache
    ) -> None:
        self.fetches, self.detectors, self._cache = fetches, dict(detectors), cache
        self._codecs = {name: codec(detector) for name, detector in self.detectors.items()}

    def read(self, asks: Sequence[Ask]) -> list[Readings | Failure]:
        """What each picture shows to the detectors asked for, in the order of the asks.

        Detectors that this reader does not have are not asked. Never raises for a picture.
        """
        return [
            self._read(ask, answers[ask.uri])
            for group, answers in self._fetched(asks)
            for ask in group
        ]

    def _fetched(self, asks: Sequence[Ask]) -> Iterator[tuple[Sequence[Ask], Answers]]:
        """Groups of asks with what was fetched for them; the next is under way meanwhile."""
        starts = range(0, len(asks), FETCHED_AT_ONCE)
        groups = [asks[start : start + FETCHED_AT_ONCE] for start in starts]
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._fetch, groups[0]) if groups else None
            for group, later in zip_longest(groups, groups[1:]):
                assert coming
                answers = coming.result()
                coming = ahead.submit(self._fetch, later) if later else None
                yield group, answers

    def _fetch(self, group: Sequence[Ask]) -> Answers:
        uris = list(dict.fromkeys(ask.uri for ask in group))
        return dict(zip(uris, self.fetches.fetch(uris), strict=True))

    def _read(self, ask: Ask, fetched: Fetched | Failure) -> Readings | Failure:
        if isinstance(fetched, Failure):
            return fetched
        if ask.sha256 and ask.sha256.lower() != fetched.sha256:
            problem = f"The feed names SHA-256 {ask.sha256}, but its content has {fetched.sha256}"
            return Failure(Reason.OTHER_CONTENT, problem)
        picture = OnePicture(fetched, self._cache)
        readings = self._ask_all(picture, ask.detectors)
        picture.keep()
        return readings

    def _ask_all(self, picture: OnePicture, wanted: frozenset[str]) -> Readings | Failure:
        size = picture.size()
        if isinstance(size, Failure):
            return size
        found: dict[str, Any] = {}
        failed: dict[str, str] = {}
        for name, detector in self.detectors.items():
            if name in wanted:
                try:
                    found[name] = picture.reading(name, detector, self._codecs[name])
                except Exception as error:  # one detector must not end the scan
                    failed[name] = f"{type(error).__name__}: {error}"
        width, height, notes = size
        return Readings(picture.sha256, width, height, notes, **found, failed=failed)
