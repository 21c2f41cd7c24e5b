"""Things turned on a wheel or lathe: they stand on a white floor."""

from __future__ import annotations

from examples.drawing.lettering import BOLD, SERIF, round_body, words
from examples.drawing.light import Colour, Material, bulging, flat, turned
from examples.drawing.masks import Floats, Point, smooth, union, without
from examples.drawing.stage import Stage


def glazed(colour: Colour) -> Material:
    """Fired clay under a shiny glaze."""
    return Material(colour, gloss=0.75, grain=0.03, sharpness=60)


TEAL, OCHRE, CREAM = (0.1, 0.42, 0.45), (0.78, 0.52, 0.2), (0.82, 0.78, 0.7)
BRICK, INK = (0.62, 0.22, 0.16), (0.08, 0.08, 0.1)
BRASS = Material((0.78, 0.6, 0.28), gloss=0.3, metal=0.8, sharpness=40)
LINEN = Material((0.86, 0.8, 0.68), grain=0.07)


def standing(stage: Stage, whole: Floats, floor: Floats) -> None:
    """The shadows of a thing that stands on white paper; `floor` is where it touches."""
    stage.shadow(whole, (40, 8), 50, 0.1)
    stage.shadow(floor, (22, 6), 30, 0.5)
    stage.shadow(floor, (4, 3), 9, 0.5)


def mug(stage: Stage, colour: Colour = TEAL) -> None:
    """A mug with its handle at the right."""
    pen = stage.pen
    body = union(
        pen.polygon((170, 200), (690, 200), (676, 810), (184, 810)),
        pen.ellipse((184, 750, 676, 870)),
    )
    loop = without(
        pen.curve((640, 300), (760, 280), (880, 320), (910, 440), (870, 580), (780, 660),
            (650, 690)),
        pen.curve((640, 372), (750, 356), (824, 390), (840, 450), (810, 540), (750, 594),
            (640, 616)),
    )  # fmt: skip
    standing(stage, union(body, loop), pen.ellipse((210, 800, 700, 880)))
    stage.lay(loop, bulging(stage.units(40)), glazed(colour))
    stage.lay(body, turned(), glazed(colour))
    _opening(stage, (170, 690), 200, 64, colour)


def _opening(stage: Stage, sides: Point, y: float, height: float, colour: Colour) -> None:
    """The rim and the dark inside of a vessel seen from a little above."""
    (left, right), pen = sides, stage.pen
    stage.lay(pen.ellipse((left, y - height, right, y + height)), flat, glazed(colour))
    inner = pen.ellipse((left + 16, y - height + 10, right - 16, y + height - 8))
    stage.lay(inner, bulging(stage.units(height), -0.9), glazed((0.75, 0.73, 0.68)), shade=0.8)
    deep = without(inner, pen.ellipse((left + 10, y - height * 1.7, right - 10, y + height * 0.45)))
    stage.paint(deep, (0.95, 0.94, 0.9), 0.3)


def bowls(stage: Stage) -> None:
    """Four bowls of a set, side by side and apart."""
    for (x, y), colour in zip(
        ((250, 330), (740, 330), (250, 730), (740, 730)), (TEAL, OCHRE, BRICK, CREAM), strict=True
    ):
        bowl(stage, (x, y), colour)


def bowl(stage: Stage, middle: Point, colour: Colour) -> None:
    """A small bowl round a point."""
    (x, y), pen = middle, stage.pen
    half = ((200, -60), (186, 10), (140, 84), (92, 120), (84, 136))
    body = pen.polygon(
        *smooth([(x - right, y + down) for right, down in half], closed=False),
        *smooth([(x + right, y + down) for right, down in reversed(half)], closed=False),
    )
    standing(stage, body, pen.ellipse((x - 90, y + 110, x + 110, y + 146)))
    stage.lay(body, turned(tilt=-0.2), glazed(colour))
    _opening(stage, (x - 200, x + 200), y - 60, 56, colour)


def vase(stage: Stage, colour: Colour = CREAM) -> None:
    """A tall vase with a narrow neck."""
    pen = stage.pen
    body = pen.curve(
        (430, 96), (446, 200), (420, 300), (320, 430), (280, 580), (300, 740), (380, 870),
        (430, 900), (570, 900), (620, 870), (700, 740), (720, 580), (680, 430), (580, 300),
        (554, 200), (570, 96),
    )  # fmt: skip
    standing(stage, body, pen.ellipse((390, 870, 640, 920)))
    stage.lay(body, turned(), glazed(colour))
    for y, height in ((560, 26), (610, 10), (520, 10)):
        band = union(pen.rounded((200, y, 800, y + height), 2)) * body
        stage.print(band, (0.2, 0.3, 0.45), 0.75)
    _opening(stage, (424, 576), 96, 22, colour)


def bottle(stage: Stage, colour: Colour = (0.16, 0.3, 0.5)) -> None:
    """An insulated steel bottle with a screw cap."""
    pen = stage.pen
    body = union(
        pen.softened(
            36, (404, 262), (396, 290), (350, 330), (332, 400), (332, 936), (668, 936),
                (668, 400),
            (650, 330), (604, 290), (596, 262),
        )
    )  # fmt: skip
    neck = pen.rounded((404, 236, 596, 282), 6)
    cap = pen.rounded((388, 70, 612, 246), 22)
    standing(stage, union(body, cap), pen.ellipse((340, 912, 690, 954)))
    stage.lay(neck, turned(), Material((0.75, 0.76, 0.78), metal=0.9, gloss=0.2))
    stage.lay(body, turned(), Material(colour, gloss=0.35, grain=0.05, sharpness=22))
    stage.lay(cap, turned(), Material((0.13, 0.13, 0.14), gloss=0.3, grain=0.04, sharpness=20))
    for x in range(400, 612, 14):
        stage.paint(pen.rounded((x, 96, x + 4, 226), 2), (0.02, 0.02, 0.02), 0.45)
    logo = round_body(
        words(pen, "nordet", (500, 600), 74, SERIF), stage.units(332), stage.units(668)
    )
    stage.print(logo, (0.93, 0.94, 0.95))


def jar(stage: Stage, name: str, code: Floats) -> None:
    """A jar of preserve; its label has a barcode, `code` being its dark bars."""
    pen = stage.pen
    glass = pen.softened(
        70, (210, 250), (790, 250), (806, 330), (806, 880), (770, 930), (230, 930), (194, 880),
        (194, 330),
    )  # fmt: skip
    lid = pen.rounded((226, 96, 774, 250), 18)
    standing(stage, union(glass, lid), pen.ellipse((200, 890, 810, 946)))
    stage.lay(glass, turned(), Material((0.5, 0.08, 0.12), gloss=0.7, grain=0.25, sharpness=70))
    stage.lay(lid, turned(), BRASS)
    for y in (130, 212):
        stage.paint(pen.rounded((226, y, 774, y + 5), 2), (0.25, 0.16, 0.04), 0.5)
    label = pen.rounded((230, 370, 770, 830), 10)
    stage.lay(label, flat, LINEN)
    stage.print(
        without(pen.rounded((246, 386, 754, 814), 6), pen.rounded((252, 392, 748, 808), 4)), BRICK
    )
    stage.print(words(pen, name, (500, 480), 62, SERIF), BRICK)
    stage.print(words(pen, "500 ml", (500, 570), 40, BOLD), INK)
    stage.paint(pen.rounded((296, 610, 704, 796), 4), (0.98, 0.98, 0.97))
    stage.paint(code, (0.03, 0.03, 0.03))
