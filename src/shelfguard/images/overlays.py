"""Text, codes and borders in a picture, and whether the product itself carries them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np

from shelfguard.images.cielab import is_near_white, to_lab
from shelfguard.images.codes import Code, Codes
from shelfguard.images.frame import Frame
from shelfguard.images.picture import Box
from shelfguard.images.product_area import ProductArea, cells
from shelfguard.images.readings import Readings
from shelfguard.images.text_lines import TextLine, TextLines

OUTSIDE, CROSSING = 0.75, 0.2
"""A line with this share off the product is beside it, one with less lies across its outline, and
one with less than the second is on it."""

LEAST_LETTERS = 2
"""Letters and digits of a line that counts: a single one is often a misread edge or ornament."""

CELL = re.compile(
    r"\d{1,3}([.,/–-]\d{1,3})?\s*(cm|mm|in|po|kg|lb|ml|\")?|X{0,4}[SML]|[2-6]XL", re.IGNORECASE
)
"""What stands in the cells of a size chart: measures and sizes."""

LEAST_CELLS, LEAST_SHARE = 6, 0.4
"""How many cells, and what share of all lines, make a size chart."""

UNKNOWN = float("nan")


class Overlays:
    """Lines of text and codes of one picture, with what share of each lies off the product."""

    def __init__(
        self, area: ProductArea, lines: Sequence[TextLine], codes: Codes, frame: Frame
    ) -> None:
        self._area, self._frame = area, frame
        self._lines = [(line, area.outside(line.box)) for line in lines]
        self._codes = [(code, area.outside(code.box)) for code in codes.codes]

    @classmethod
    def of(cls, readings: Readings, *, is_main: bool) -> Self | None:
        """Those of a picture; None where a detector that they need did not run or failed.

        A size chart is allowed in later pictures, so its lines do not count there.
        """
        text, codes, quality = readings.text, readings.codes, readings.quality
        if readings.framing is None or text is None or codes is None or quality is None:
            return None
        boxes = [*(line.box for line in text.lines), *(code.box for code in codes.codes)]
        area = ProductArea.of(readings.framing.mask, boxes)
        lines = [line for line in text.lines if len(letters(line)) >= LEAST_LETTERS]
        allowed = not is_main and is_size_chart(text)
        return cls(area, () if allowed else lines, codes, quality.frame)

    @property
    def lines_outside(self) -> list[TextLine]:
        """Beside the product or across its outline, largest first."""
        return sorted(
            (line for line, share in self._lines if share >= CROSSING), key=_size, reverse=True
        )

    @property
    def lines_on_product(self) -> list[TextLine]:
        """On the product's own surface, largest first."""
        return sorted(
            (line for line, share in self._lines if share < CROSSING), key=_size, reverse=True
        )

    @property
    def codes_outside(self) -> list[Code]:
        """Codes that do not lie on the product."""
        return [code for code, share in self._codes if share >= CROSSING]

    @property
    def repeated(self) -> list[TextLine]:
        """The lines with the commonest text, where it stands off the product at least once."""
        outside = {letters(line) for line in self.lines_outside}
        counts = Counter(letters(line) for line, _ in self._lines)
        text = max(outside, key=lambda each: (counts[each], each), default=None)
        same = [line for line, _ in self._lines if letters(line) == text]
        return same if len(same) > 1 else []

    def features(self) -> dict[str, float]:
        """Counts, and shares of the picture or of what the name says."""
        outside = self.lines_outside
        within = self.lines_on_product
        return {
            "lines_on_product": len(within),
            "lines_outside": sum(share >= OUTSIDE for _, share in self._lines),
            "lines_across_outline": sum(CROSSING <= share < OUTSIDE for _, share in self._lines),
            "text_outside": self._covered(line.box for line in outside),
            "surest_outside": max((line.confidence for line in outside), default=0.0),
            "letters_outside": sum(len(letters(line)) for line in outside),
            "repeated": len(self.repeated),
            "widest_on_product": self._widest(within),
            "text_margin": min((_margin(line.box) for line, _ in self._lines), default=UNKNOWN),
            "off_centre": max((self._area.off_centre(line.box) for line in within), default=0.0),
            "on_small_piece": sum(self._area.on_small_piece(line.box) for line in within),
            "codes_outside": len(self.codes_outside),
            "border": self.border,
            "border_filled": self._border_filled(),
        }

    @property
    def border(self) -> float:
        """Thickness of a frame on all sides, as a share of width or height; 0 if it is white."""
        frame = self._frame
        if not frame.on_all_sides or frame.colour is None:
            return 0.0
        channels = np.frombuffer(bytes.fromhex(frame.colour.removeprefix("#")), np.uint8)
        white = bool(is_near_white(to_lab(channels)))
        return 0.0 if white else min(frame.left, frame.top, frame.right, frame.bottom)

    def _border_filled(self) -> float:
        """How much of what a border encloses is product: a box on a coloured ground fills it."""
        if not self.border:
            return UNKNOWN
        frame = self._frame
        inside = Box(frame.left, frame.top, 1 - frame.right, 1 - frame.bottom)
        return 1 - self._area.outside(inside)

    def _covered(self, boxes: Iterator[Box]) -> float:
        covered = np.zeros_like(self._area.region)
        for box in boxes:
            covered[cells(box, covered.shape)] = True
        return float(covered.mean())

    def _widest(self, lines: list[TextLine]) -> float:
        """Width of the widest line as a share of the product's."""
        widest = max((line.box.right - line.box.left for line in lines), default=0.0)
        return widest / self._area.width if self._area.width else 0.0


def _size(line: TextLine) -> float:
    """Share of the picture that a line's box covers."""
    return (line.box.right - line.box.left) * (line.box.bottom - line.box.top)


def letters(line: TextLine) -> str:
    """The letters and digits of a line in one case, so that the same words are the same."""
    return "".join(filter(str.isalnum, line.text.casefold()))


def _margin(box: Box) -> float:
    """Least distance of a box to an edge of the picture, as a share of width or height."""
    return min(box.left, box.top, 1 - box.right, 1 - box.bottom)


def is_size_chart(text: TextLines) -> bool:
    """Whether a picture is a table of sizes and measures."""
    cells = sum(CELL.fullmatch(line.text.strip()) is not None for line in text.lines)
    return cells >= max(LEAST_CELLS, LEAST_SHARE * len(text.lines))
