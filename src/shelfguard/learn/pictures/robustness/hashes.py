"""Trial of the perceptual hash: whether a changed picture still counts as the same one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from shelfguard.images.hashes.hamming import as_words, distances
from shelfguard.images.hashes.pdq import hash_of
from shelfguard.images.hashes.picture_hash import MAX_DISTANCE, MIN_QUALITY
from shelfguard.images.picture import Picture
from shelfguard.learn.pictures.robustness.changed import Changed
from shelfguard.learn.pictures.robustness.materials import Materials, decoded
from shelfguard.learn.pictures.robustness.trial import Count, Subject, Trial

PLAIN, TURNED = "hash", "hash, any of eight turns"


def trial(materials: Materials) -> Trial:
    """Ordinary photos that show enough to be hashed."""
    about = {
        PLAIN: f"PDQ hashes within {MAX_DISTANCE} of 256 bits of the original's",
        TURNED: "the same, of the original's quarter turns and their mirrors, the nearest counts",
    }
    return Trial(about, _subjects(materials))


def _subjects(materials: Materials) -> Iterator[Subject]:
    for group, picture in decoded(materials.everyday()):
        known = [hash_of(each) for each in turns(picture)]
        if known[0].reaches(MIN_QUALITY):
            yield Subject(group, picture, partial(_judge, [each.bits for each in known]))


def turns(picture: Picture) -> Iterator[Picture]:
    """A picture in the eight ways in which a square can lie (the dihedral group), itself first."""
    for pixels in (picture.pixels, picture.pixels[:, ::-1]):
        for quarters in range(4):
            yield replace(picture, pixels=np.ascontiguousarray(np.rot90(pixels, quarters)))


def _judge(known: Sequence[bytes], changed: Changed) -> dict[str, Count]:
    found = as_words([hash_of(changed.picture).bits])
    near = distances(as_words(known), found) <= MAX_DISTANCE
    return {PLAIN: Count(int(near[0])), TURNED: Count(int(near.any()))}
