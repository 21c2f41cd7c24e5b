"""Pictures of products, drawn from what the heads of the house rules are reported on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from shelfguard.images.framing import FramingDetector
from shelfguard.images.picture import Picture
from shelfguard.images.sources import U2NETP, find
from shelfguard.learn.pictures.standards import compositions, grounds
from shelfguard.learn.pictures.standards.cut_outs import cut_outs
from shelfguard.learn.pictures.standards.part import Part, Sources, share, sources
from shelfguard.learn.pictures.standards.reading import as_decoded

KINDS = (compositions.ordinary, compositions.on(grounds.coloured), compositions.in_photo)


def report_sources(photos: Sequence[Path]) -> Sources:
    """Fonts, phrases, photos and cut-out objects that no head was fitted to or scaled on.

    That holds if `photos` are those that the heads were made from, in the same order.

    Raises:
        DataError: no font is installed.
        ModelError: the network that cuts objects out is not installed.
    """
    mine = share(photos, Part.REPORT)
    return sources(Part.REPORT, mine, list(cut_outs(mine, FramingDetector(find(U2NETP)))))


def drawn(kind: compositions.Draw, name: str, materials: Sources) -> Picture:
    """The picture of a kind that a name always gives."""
    rng = random.Random(f"robustness/{name}")  # noqa: S311 (a reproducible draw, no secret)
    return as_decoded(kind(rng, materials), rng)


def composed(photos: Sequence[Path], count: int) -> Iterator[tuple[str, Picture]]:
    """Products on white, on a colour and before photos, in turn, each with a name of its own."""
    materials = report_sources(photos)
    for number in range(count):
        name = f"composed {number}"
        yield name, drawn(KINDS[number % len(KINDS)], name, materials)
