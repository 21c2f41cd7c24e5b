"""What detectors say of one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from shelfguard.images.body_parts import BodyParts
    from shelfguard.images.codes import Codes
    from shelfguard.images.framing import Framing
    from shelfguard.images.hash_detector import HashReading
    from shelfguard.images.labels import Labels
    from shelfguard.images.objects import Objects
    from shelfguard.images.picture import Picture
    from shelfguard.images.quality import Quality
    from shelfguard.images.sensitive import Nudity
    from shelfguard.images.text_lines import TextLines


class Detector(Protocol):
    """Reads one thing off a picture; the same version gives the same reading."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def read(self, picture: Picture) -> Any: ...


@dataclass(frozen=True, slots=True)
class Readings:
    """One picture as detectors see it: None where one was not asked, or failed.

    `width` and `height` are of the file, upright, in pixels; `notes` say what is odd about it;
    `failed` says why by detector.
    """

    sha256: str
    width: int
    height: int
    notes: tuple[str, ...] = ()
    body_parts: BodyParts | None = None
    codes: Codes | None = None
    framing: Framing | None = None
    hash: HashReading | None = None
    labels: Labels | None = None
    nudity: Nudity | None = None
    objects: Objects | None = None
    quality: Quality | None = None
    text: TextLines | None = None
    failed: Mapping[str, str] = field(default_factory=dict)
