"""The kinds of pictures that are drawn, and what each of them violates."""

from __future__ import annotations

from dataclasses import dataclass

from shelfguard.images.standards import ALONE, NO_TEXT, QUALITY
from shelfguard.learn.pictures.standards import compositions as draw
from shelfguard.learn.pictures.standards import faults, grounds, lettering


@dataclass(frozen=True, slots=True)
class Kind:
    """Pictures of one sort: which clauses they violate, and of which nobody can say.

    `hard_for` names clauses of which this is a hard negative. Any other clause is kept. `weight` is
    how many are drawn for one of a common kind: the budget of false alarms asks for many innocents.
    """

    name: str
    draw: draw.Draw
    violates: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    hard_for: tuple[str, ...] = ()
    is_main: bool = True
    weight: int = 1

    def label(self, clause: str) -> float | None:
        """1 where it violates, 0 where it does not, None where nobody can say."""
        if clause in self.unknown or (clause == ALONE and not self.is_main):
            return None
        return float(clause in self.violates)


KINDS: tuple[Kind, ...] = (
    Kind("product on white", draw.ordinary, weight=5),
    Kind("product on off-white", draw.off_white, hard_for=(ALONE,)),
    Kind("light product on white", draw.light_on_white, hard_for=(ALONE, QUALITY)),
    Kind("set of pieces", draw.set_together, hard_for=(ALONE, NO_TEXT)),
    Kind("print on the product", draw.print_on_product, hard_for=(NO_TEXT,), weight=3),
    Kind("book cover", draw.book_cover, hard_for=(NO_TEXT,), weight=2),
    Kind("code on the package", draw.code_on_package, hard_for=(NO_TEXT,)),
    Kind("coloured ground", draw.on(grounds.coloured), (ALONE,)),
    Kind("textured ground", draw.on(grounds.busy), (ALONE,)),
    Kind("photo as ground", draw.in_photo, (ALONE,), hard_for=(NO_TEXT,)),
    Kind("soft photo as ground", draw.soft_ground, (ALONE,), hard_for=(QUALITY,)),
    Kind("small product", draw.small, (ALONE,)),
    Kind("cut-off product", draw.cut_off, (ALONE,)),
    Kind("several products", draw.several, (ALONE,)),
    Kind("lifestyle in second place", draw.in_photo, hard_for=(NO_TEXT,), is_main=False),
    Kind("text beside or over", draw.laid_over(lettering.banner), (NO_TEXT,), (ALONE,)),
    Kind("badge", draw.laid_over(lettering.badge), (NO_TEXT,), (ALONE,)),
    Kind("watermark", draw.laid_over(lettering.watermark), (NO_TEXT,), (ALONE, QUALITY)),
    Kind("code laid over", draw.code_beside, (NO_TEXT,), (ALONE,)),
    Kind("border", draw.bordered, (NO_TEXT,), (ALONE,)),
    Kind("text in second place", draw.laid_over(lettering.banner), (NO_TEXT,), is_main=False),
    Kind("size chart as main picture", draw.chart, (NO_TEXT,), (ALONE,)),
    Kind("size chart in second place", draw.chart, hard_for=(NO_TEXT, QUALITY), is_main=False),
    Kind("box that fills a colour", draw.filling_colour, (ALONE,), hard_for=(NO_TEXT,)),
    Kind("too few pixels", draw.spoilt(faults.reduced), (QUALITY,), (ALONE,)),
    Kind("out of focus", draw.spoilt(faults.out_of_focus), (QUALITY,), (ALONE,)),
    Kind("shaken", draw.spoilt(faults.shaken), (QUALITY,), (ALONE,)),
    Kind("enlarged", draw.spoilt(faults.enlarged), (QUALITY,), (ALONE,)),
    Kind("placeholder", draw.placeholder, (QUALITY,), (ALONE, NO_TEXT), weight=2),
    Kind("swatch", draw.swatch, unknown=(ALONE,), hard_for=(QUALITY,)),
)
