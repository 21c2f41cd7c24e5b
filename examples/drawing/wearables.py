"""A T-shirt and a backpack."""

from __future__ import annotations

from examples.drawing.furnishings import LEATHER
from examples.drawing.lettering import BOLD, words
from examples.drawing.light import Colour, Material, bulging
from examples.drawing.masks import union, without
from examples.drawing.stage import Stage
from examples.drawing.tableware import BRASS, standing

NAVY, CANVAS = (0.13, 0.18, 0.3), (0.52, 0.4, 0.2)


def t_shirt(stage: Stage, text: str, colour: Colour = NAVY) -> None:
    """A T-shirt laid flat, with a print on its chest."""
    pen = stage.pen
    cotton = Material(colour, grain=0.1)
    body = pen.softened(
        16, (376, 90), (440, 124), (560, 124), (624, 90), (760, 140), (930, 330), (800, 430),
        (730, 360), (738, 640), (746, 916), (254, 916), (262, 640), (270, 360), (200, 430),
        (70, 330), (240, 140),
    )  # fmt: skip
    neck = pen.curve((376, 84), (420, 150), (500, 178), (580, 150), (624, 84), (560, 96), (440, 96))
    whole = union(body, neck)
    stage.shadow(whole, (10, 16), 18, 0.3)
    stage.shadow(whole, (3, 5), 5, 0.25)
    stage.lay(body, bulging(stage.units(34), 0.7), cotton)
    stage.lay(neck, bulging(stage.units(20), -0.6), cotton, shade=0.55)
    collar = pen.stroke(20, (376, 92), (420, 154), (500, 182), (580, 154), (624, 92))
    stage.lay(collar, bulging(stage.units(9)), cotton)
    for fold in (
        ((290, 380), (310, 500), (296, 660)), ((712, 370), (690, 520), (706, 700)),
        ((330, 880), (360, 740), (350, 640)), ((640, 890), (620, 780), (634, 690)),
        ((230, 190), (300, 270), (296, 360)), ((770, 190), (700, 270), (706, 360)),
    ):  # fmt: skip
        stage.shadow(pen.stroke(14, *fold) * body, (0, 0), 12, 0.35)
    hem = pen.polygon((256, 900), (744, 900), (744, 903), (256, 903)) * body
    stage.paint(hem, (0, 0, 0), 0.3)
    stage.print(words(pen, text, (500, 440), 74, BOLD), (0.93, 0.86, 0.66))
    stage.print(pen.polygon((400, 560), (600, 560), (500, 640)), (0.8, 0.4, 0.28))


def backpack(stage: Stage, colour: Colour = CANVAS) -> None:
    """A canvas backpack with a front pocket, seen from the front."""
    pen = stage.pen
    cloth = Material(colour, grain=0.12)
    body = pen.softened(120, (230, 120), (770, 120), (820, 260), (840, 930), (160, 930), (180, 260))
    flap = pen.softened(
        70, (222, 140), (778, 140), (818, 300), (800, 470), (500, 520), (200, 470), (182, 300)
    )
    pocket = pen.softened(50, (270, 590), (730, 590), (748, 880), (252, 880))
    handle = without(
        pen.curve((410, 150), (430, 60), (500, 40), (570, 60), (590, 150)),
        pen.curve((440, 150), (454, 88), (500, 74), (546, 88), (560, 150)),
    )
    sides = [pen.rounded((128, 520, 220, 890), 40), pen.rounded((780, 520, 872, 890), 40)]
    whole = union(body, handle, *sides)
    standing(stage, whole, pen.ellipse((170, 890, 850, 950)))
    stage.lay(handle, bulging(stage.units(16)), LEATHER)
    for side in sides:
        stage.lay(side, bulging(stage.units(50)), cloth)
    stage.lay(body, bulging(stage.units(130)), cloth)
    stage.shadow(pocket, (4, 12), 14, 0.35)
    stage.lay(pocket, bulging(stage.units(44)), cloth)
    stage.shadow(flap * body, (0, 22), 18, 0.35)
    stage.lay(flap, bulging(stage.units(80), 0.8), cloth)
    for x in (340, 630):
        strap = pen.rounded((x, 250, x + 34, 660), 8)
        stage.shadow(strap, (4, 6), 6, 0.35)
        stage.lay(strap, bulging(stage.units(8)), LEATHER)
        buckle = without(
            pen.rounded((x - 14, 540, x + 48, 610), 10), pen.rounded((x, 554, x + 34, 596), 4)
        )
        stage.lay(buckle, bulging(stage.units(7)), BRASS)
