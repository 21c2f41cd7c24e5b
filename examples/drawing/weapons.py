"""A rifle and a knife seen from the side, as if laid on paper."""

from __future__ import annotations

from examples.drawing.gunsmith import (
    BLUED,
    POLYMER,
    STEEL,
    WALNUT,
    chequer,
    lying,
    screws,
    seam,
)
from examples.drawing.light import Material, bulging
from examples.drawing.masks import union, without
from examples.drawing.stage import Stage

BLADE = Material((0.66, 0.67, 0.69), gloss=0.2, metal=0.55, sharpness=40)


def rifle(stage: Stage) -> None:
    """A bolt-action rifle with a telescopic sight, muzzle to the left."""
    pen = stage.pen
    stock = pen.softened(
        18, (300, 484), (700, 478), (730, 494), (770, 520), (968, 500), (984, 520), (984, 656),
        (966, 664), (800, 600), (756, 612), (726, 590), (690, 540), (560, 528), (310, 512),
    )  # fmt: skip
    barrel = pen.polygon((18, 478), (560, 468), (560, 494), (18, 490))
    receiver = pen.softened(8, (530, 462), (690, 462), (700, 490), (530, 496))
    guard = without(
        pen.softened(26, (600, 520), (604, 584), (700, 584), (704, 520)),
        pen.softened(24, (614, 510), (616, 572), (690, 572), (692, 510)),
    )
    magazine = pen.softened(6, (530, 520), (604, 524), (600, 560), (540, 556))
    trigger = pen.stroke(9, (654, 530), (652, 548), (642, 562))
    bolt = union(
        pen.stroke(12, (676, 480), (692, 502), (704, 530)), pen.ellipse((690, 520, 720, 550))
    )
    tube = union(
        pen.rounded((470, 414, 780, 438), 10),
        pen.softened(8, (400, 398), (470, 398), (500, 414), (500, 438), (470, 454), (400, 454)),
        pen.softened(8, (730, 414), (760, 402), (826, 402), (826, 450), (760, 450), (730, 438)),
    )
    rings = pen.polygons(
        [((546, 408), (570, 408), (574, 470), (540, 470)),
         ((650, 408), (674, 408), (680, 470), (644, 470))]
    )  # fmt: skip
    turret = pen.rounded((600, 392, 636, 424), 6)
    whole = (stock, barrel, receiver, guard, magazine, trigger, bolt, tube, rings, turret)
    lying(stage, union(*whole))
    for mask, radius, material in (
        (barrel, 11, BLUED), (guard, 6, BLUED), (trigger, 5, STEEL), (magazine, 8, BLUED),
        (stock, 40, WALNUT), (receiver, 14, BLUED), (turret, 8, BLUED), (tube, 22, BLUED),
        (rings, 7, POLYMER), (bolt, 9, STEEL),
    ):  # fmt: skip
        stage.lay(mask, bulging(stage.units(radius)), material)
    stage.lay(pen.rounded((970, 508, 986, 662), 6), bulging(stage.units(6)), POLYMER)
    seam(stage, (320, 500), (524, 498))
    chequer(stage, (360, 502, 470, 514), slant=0)


def knife(stage: Stage) -> None:
    """A hunting knife with a fixed blade."""
    pen = stage.pen
    blade = pen.polygon(
        *((60, 596), (96, 552), (150, 512), (220, 480), (300, 462), (420, 452), (600, 448)),
        *((600, 540), (580, 552), (420, 584), (240, 604), (120, 606)),
    )
    bevel = pen.polygon(
        (60, 598), (120, 606), (240, 604), (420, 584), (580, 552), (570, 530), (400, 552),
        (230, 574), (120, 584),
    )  # fmt: skip
    guard = pen.softened(12, (592, 420), (622, 420), (626, 500), (622, 584), (594, 584))
    handle = pen.softened(
        24, (616, 448), (700, 438), (800, 446), (880, 436), (936, 444), (948, 500), (930, 566),
        (880, 562), (800, 540), (720, 556), (660, 546), (616, 552),
    )  # fmt: skip
    lying(stage, union(blade, guard, handle))
    stage.lay(blade, bulging(stage.units(50), depth=0.4), BLADE)
    stage.lay(bevel, bulging(stage.units(12), depth=0.8), BLADE)
    stage.lay(
        pen.stroke(7, (300, 484), (420, 474), (570, 470)), bulging(stage.units(6), -0.8), STEEL
    )
    stage.lay(handle, bulging(stage.units(46)), WALNUT)
    stage.lay(guard, bulging(stage.units(16)), STEEL)
    screws(stage, 13, (690, 496), (790, 492), (886, 500))
