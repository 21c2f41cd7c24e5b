"""Which pictures come from one source, and so belong on one side of every split.

Only names are asked: frames of one video, and neighbours in a numbered series. Pictures that look
alike under other names are not noticed.
"""

from __future__ import annotations

import hashlib
import re

from shelfguard.learn.data.dataset import Split

EXPORTED = re.compile(r"_(jpe?g|png)\.rf\.[0-9a-f]+$", re.IGNORECASE)
"""What Roboflow adds to a name; every augmented copy of a picture has another."""

STAMPED = re.compile(r"-opencv\d*(-\d+)*$")
"""The moment of a frame that was cut from a video."""

FRAME = re.compile(r"(?<=[A-Za-z]{5})\d+$")
"""A number set right after a word: the frame of a video. `IMG0001` is a camera's."""

LAST_DIGIT = re.compile(r"(?<=\d)\d(?=\D*$)")
"""In a numbered series, ten neighbours are often one shop's, or one thing from several sides."""

SHARES = ((Split.TRAIN, 0.6), (Split.CALIBRATION, 0.15), (Split.TEST, 0.25))


def group_of(stem: str) -> str:
    """The source of a picture, from its file name without the extension."""
    name = EXPORTED.sub("", stem)
    if STAMPED.search(name):
        # Takes of one scene are numbered, too.
        return re.sub(r"\d+", "", STAMPED.sub("", name)) + "*"
    video = FRAME.sub("*", name)
    return video if video != name else LAST_DIGIT.sub("*", name)


def split_of(group: str) -> Split:
    """The part of a group, by the digest of its name: more pictures move no old ones."""
    digest = hashlib.sha256(group.encode()).digest()
    drawn = int.from_bytes(digest[:8], "big") / 2**64
    for part, share in SHARES:
        if drawn < share:
            return part
        drawn -= share
    return Split.TEST
