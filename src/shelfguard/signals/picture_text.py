"""What is written in pictures, as texts that signals and models read like those of the listing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from shelfguard.images.codes import Code
from shelfguard.images.picture import Box
from shelfguard.images.readings import Readings
from shelfguard.listing import UNDETERMINED, Segments

Place = tuple[int, int]
"""Row of a listing, and the place of the picture in it."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as read in a picture, lines joined by line breaks, and where each line stands."""

    picture: str
    text: str
    starts: tuple[int, ...]
    boxes: tuple[Box, ...]

    def box(self, start: int, end: int) -> Box:
        """The smallest box round the lines that a stretch of the text lies in."""
        first = bisect_right(self.starts, start) - 1
        last = max(bisect_right(self.starts, max(start, end - 1)), first + 1)
        boxes = self.boxes[first:last]
        return Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )


class TextsRead:
    """What was read in the pictures of a batch, by row and field (`images[0].text`)."""

    def __init__(self, readings: Mapping[Place, Readings]) -> None:
        self._read = {
            (row, f"images[{place}].{name}"): read
            for (row, place), each in sorted(readings.items(), key=lambda item: item[0])
            for name, read in _texts(each)
        }

    def __bool__(self) -> bool:
        return bool(self._read)

    def get(self, row: int, field: str) -> ReadText | None:
        """The text that a field of a row names, unless it is the listing's own."""
        return self._read.get((row, field))

    def segments(self) -> Segments:
        """All of them as segments of the batch."""
        return Segments(
            np.array([row for row, _ in self._read], np.int32),
            [field for _, field in self._read],
            [UNDETERMINED] * len(self._read),
            [each.text for each in self._read.values()],
        )


def _texts(readings: Readings) -> Iterator[tuple[str, ReadText]]:
    if readings.text and readings.text.lines:
        lines = readings.text.lines
        texts = [line.text for line in lines]
        yield "text", _joined(readings.sha256, texts, [line.box for line in lines])
    codes = readings.codes.codes if readings.codes else ()
    for number, code in enumerate(codes):
        if _is_text(code):
            yield f"code[{number}]", _joined(readings.sha256, [code.text], [code.box])


def _is_text(code: Code) -> bool:
    """Whether a code says something to a buyer: a product's number would pass for a phone's."""
    return any(character.isalpha() for character in code.text)


def _joined(picture: str, texts: list[str], boxes: list[Box]) -> ReadText:
    lengths = [len(text) + 1 for text in texts]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int).tolist()
    return ReadText(picture, "\n".join(texts), tuple(starts), tuple(boxes))
