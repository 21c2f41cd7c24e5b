"""The pictures of the listings on the page: thumbnails, or why there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shelfguard.images.outcome import Failure
from shelfguard.listing import Record
from shelfguard.report.findings import failure
from shelfguard.report.folder import Row, ScanFolder
from shelfguard.report.overlay import Mark, drawing_size, marks, numbered
from shelfguard.report.sensitivity import Sensitivity, blurs, withholds
from shelfguard.report.words import Catalogue
from shelfguard.run.pictures import PICTURES, picture_path

if TYPE_CHECKING:
    from shelfguard.report.thumbnails import Thumbnail

LIMIT = 200
"""Thumbnails on one page: some five megabytes."""


@dataclass(frozen=True)
class PictureView:
    """Picture `number` of the `count` that a listing has. `problem` says why there is no
    thumbnail; `marks` are drawn on a drawing of `size`.
    """

    number: int
    count: int
    alt: str
    problem: str = ""
    thumbnail: Thumbnail | None = None
    size: tuple[float, float] = (0, 0)
    marks: Sequence[Mark] = ()


def galleries(
    decisions: Sequence[Row], records: Sequence[Record], folder: ScanFolder, t: Catalogue
) -> list[list[PictureView]]:
    """The pictures of each decision's listing; `records` are in the same order."""
    if not any(decision.get("pictures") for decision in decisions):
        return [[] for _ in decisions]
    within = _within_limit(decisions, records)
    maker = _Maker(folder.root, Sensitivity.of(folder), t)
    return [
        maker.views(decision, record, within[row])
        for row, (decision, record) in enumerate(zip(decisions, records, strict=True))
    ]


def places(seen: Sequence[Mapping[str, Any]], uris: Sequence[str | None]) -> list[int]:
    """The place of each picture that was looked at among all of its listing, whose `uris` are
    in order.
    """
    found: list[int] = []
    for picture in seen:
        after = found[-1] + 1 if found else 0
        later = [place for place in range(after, len(uris)) if uris[place] == picture["uri"]]
        found.append(later[0] if later else after)
    return found


def _within_limit(decisions: Sequence[Row], records: Sequence[Record]) -> Mapping[int, Set[int]]:
    """By row, the places of the pictures to embed: those with findings first."""
    ranked = sorted(
        (place not in {area.place for area in numbered(decision["reasons"] or ())}, row, place)
        for row, decision in enumerate(decisions)
        if not withholds(decision)
        for place in places(decision["pictures"] or (), _uris(records[row]))
    )
    chosen = defaultdict[int, set[int]](set)
    for _, row, place in ranked[:LIMIT]:
        chosen[row].add(place)
    return chosen


def _uris(record: Record) -> list[str | None]:
    return [image["uri"] for image in record["images"] or ()]


@dataclass(frozen=True)
class _Maker:
    """Makes the pictures of one page."""

    root: Path
    sensitivity: Sensitivity
    t: Catalogue

    def views(self, decision: Row, record: Record, within: Set[int]) -> list[PictureView]:
        """The pictures of one listing; `within` holds the places of those to embed."""
        seen, numbers = decision["pictures"] or (), numbered(decision["reasons"] or ())
        images, at = record["images"] or (), places(seen, _uris(record))
        count = max([len(images), *(place + 1 for place in at)])
        found: list[PictureView] = []
        for picture, place in zip(seen, at, strict=True):
            alt = (images[place]["alt"] or "") if place < len(images) else ""
            made = self._thumbnail(picture, embed=place in within, sensitive=blurs(decision))
            if isinstance(made, str):
                found.append(PictureView(place + 1, count, alt, problem=made))
            else:
                size = drawing_size(made.width, made.height)
                drawn = marks(numbers, place, size)
                found.append(PictureView(place + 1, count, alt, "", made, size, drawn))
        return found

    def _thumbnail(
        self, picture: Mapping[str, Any], *, embed: bool, sensitive: bool
    ) -> Thumbnail | str:
        """The thumbnail, or in words why there is none."""
        t, sha256 = self.t, picture["sha256"]
        if sha256 in self.sensitivity.withheld:
            return t("pictures.withheld")
        if picture["failure"] or not sha256:
            return t("pictures.failed", reason=failure(picture["failure"], t))
        path = picture_path(self.root / PICTURES, sha256)
        if not embed:
            return t("pictures.over_limit", file=path.relative_to(self.root).as_posix())
        try:
            data = path.read_bytes()
        except OSError:
            return t("pictures.missing")
        return self._made(data, sensitive=sensitive or sha256 in self.sensitivity.blurred)

    def _made(self, data: bytes, *, sensitive: bool) -> Thumbnail | str:
        try:
            from shelfguard.report.thumbnails import thumbnail
        except ImportError:  # Pillow is in an extra
            return self.t("pictures.no_pillow")
        made = thumbnail(data, sensitive=sensitive)
        if isinstance(made, Failure):
            return self.t("pictures.failed", reason=failure(made.reason, self.t))
        return made
