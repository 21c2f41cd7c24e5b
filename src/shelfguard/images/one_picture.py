"""One picture under detectors: decoded only where something about it is not kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from shelfguard.images.decode import Decoded, decode
from shelfguard.images.outcome import Failure, Fetched
from shelfguard.images.reading_cache import Key, ReadingCache
from shelfguard.images.readings import Detector

DECODING = "decode"
DECODING_VERSION = "1"
"""Under these, the cache keeps what `size` gives."""

Size = tuple[int, int, tuple[str, ...]]
"""Width and height of the file, upright, in pixels, and what is odd about it."""

SIZE: TypeAdapter[Size | Failure] = TypeAdapter(Size | Failure)

EXTENSION = 6
"""Letters of a name's end that are part of the key: a wrong extension is one of the oddities."""


class OnePicture:
    """A fetched picture; `keep` what was read when done."""

    def __init__(self, fetched: Fetched, cache: ReadingCache) -> None:
        self._fetched, self._cache = fetched, cache
        self._decoded: Decoded | Failure | None = None
        self._new: list[tuple[Key, str]] = []

    @property
    def sha256(self) -> str:
        return self._fetched.sha256

    def size(self) -> Size | Failure:
        """Size and oddities, or why this is no picture."""
        extension = self._fetched.location.rpartition(".")[2][-EXTENSION:].lower()
        key = (self.sha256, DECODING, f"{DECODING_VERSION}.{extension}")
        found: Size | Failure = self._kept(key, SIZE, self._measure)
        return found

    def reading(self, name: str, detector: Detector, kind: TypeAdapter[Any]) -> Any:
        """What a detector says.

        Raises:
            Exception: whatever it raises.
        """
        key = (self.sha256, name, detector.version)
        return self._kept(key, kind, lambda: detector.read(self._picture().picture))

    def keep(self) -> None:
        """Store what was read."""
        self._cache.put(self._new)

    def _kept(self, key: Key, kind: TypeAdapter[Any], read: Callable[[], Any]) -> Any:
        kept = self._cache.get(key)
        if kept is not None:
            return kind.validate_json(kept)
        value = read()
        self._new.append((key, kind.dump_json(value).decode()))
        return value

    def _measure(self) -> Size | Failure:
        decoded = self._decode()
        if isinstance(decoded, Failure):
            return decoded
        return decoded.picture.width, decoded.picture.height, tuple(map(str, decoded.notes))

    def _picture(self) -> Decoded:
        decoded = self._decode()
        assert isinstance(decoded, Decoded), "only a picture with a size is read"
        return decoded

    def _decode(self) -> Decoded | Failure:
        if self._decoded is None:
            self._decoded = decode(self._fetched.data, self._fetched.location)
        return self._decoded
