"""A lamp, a chair, headphones and a book."""

from __future__ import annotations

from examples.drawing.lettering import BOLD, SERIF, words
from examples.drawing.light import Colour, Material, bulging, flat, turned
from examples.drawing.masks import union, without
from examples.drawing.stage import Stage
from examples.drawing.tableware import BRASS, standing

OAK = Material((0.66, 0.46, 0.27), gloss=0.12, grain=0.13, sharpness=18)
FELT = Material((0.3, 0.36, 0.4), grain=0.16)
SHADE = Material((0.9, 0.82, 0.66), grain=0.06)
RUBBER = Material((0.12, 0.12, 0.13), gloss=0.25, grain=0.05, sharpness=18)
LEATHER = Material((0.2, 0.15, 0.13), gloss=0.3, grain=0.2, sharpness=16)
ALUMINIUM = Material((0.56, 0.56, 0.58), gloss=0.15, metal=0.75, sharpness=30)


def lamp(stage: Stage) -> None:
    """A table lamp with a cloth shade."""
    pen = stage.pen
    shade = pen.polygon((350, 80), (650, 80), (800, 470), (200, 470))
    shade = union(shade, pen.ellipse((200, 436, 800, 504)))
    stem = union(
        pen.rounded((484, 440, 516, 800), 6),
        pen.curve((500, 560), (560, 610), (576, 680), (540, 750), (520, 800), (480, 800),
            (460, 750), (424, 680), (440, 610)),
    )  # fmt: skip
    foot = union(pen.ellipse((330, 820, 670, 920)), pen.ellipse((330, 800, 670, 900)))
    standing(stage, union(shade, stem, foot), pen.ellipse((330, 830, 690, 926)))
    stage.lay(foot, turned(tilt=0.4), BRASS)
    stage.lay(pen.ellipse((330, 796, 670, 892)), bulging(stage.units(70), 0.3), BRASS)
    stage.lay(stem, turned(), BRASS)
    stage.lay(shade, turned(tilt=0.1), SHADE)
    stage.lay(pen.ellipse((350, 62, 650, 98)), flat, Material((0.98, 0.9, 0.72), grain=0.02))
    stage.paint(
        pen.polygon((198, 466), (802, 466), (806, 480), (194, 480)), (0.55, 0.45, 0.3), 0.35
    )


def chair(stage: Stage) -> None:
    """A wooden chair with an upholstered seat, seen a little from the side."""
    pen = stage.pen
    back_legs = [
        pen.stroke(36, (290, 80), (310, 480), (270, 860)),
        pen.stroke(36, (640, 60), (656, 460), (690, 830)),
    ]
    front_legs = [pen.stroke(40, (330, 570), (318, 940)), pen.stroke(40, (770, 540), (800, 900))]
    rails = [pen.stroke(24, (322, 760), (800, 730)), pen.stroke(24, (284, 740), (690, 710))]
    slats = [
        pen.curve(
            (290, y), (460, y - 26), (640, y - 18), (642, y + 62), (460, y + 52), (296, y + 82)
        )
        for y in (110, 230, 340)
    ]
    apron = pen.polygon((312, 560), (790, 530), (792, 584), (314, 620))
    seat = pen.softened(60, (300, 470), (660, 440), (830, 520), (820, 566), (330, 606), (270, 540))
    whole = union(*back_legs, *front_legs, *rails, *slats, apron, seat)
    feet = [(318, 948), (800, 908), (270, 868), (692, 838)]
    spots = union(*(pen.ellipse((x - 34, y - 10, x + 44, y + 14)) for x, y in feet))
    standing(stage, whole, spots)
    for part, radius in (
        *((leg, 16) for leg in back_legs), *((slat, 18) for slat in slats),
        *((rail, 11) for rail in rails), *((leg, 18) for leg in front_legs), (apron, 12),
    ):  # fmt: skip
        stage.lay(part, bulging(stage.units(radius)), OAK)
    stage.shadow(
        pen.polygon((330, 590), (800, 560), (800, 600), (330, 640)) * apron, (0, 0), 12, 0.3
    )
    stage.lay(seat, bulging(stage.units(56)), FELT)


def headphones(stage: Stage) -> None:
    """Headphones with leather pads, seen from the front."""
    pen = stage.pen
    band = without(
        pen.curve((130, 560), (140, 330), (270, 140), (500, 80), (730, 140), (860, 330),
            (870, 560), (800, 560), (500, 700), (200, 560)),
        pen.curve((196, 570), (204, 360), (310, 200), (500, 146), (690, 200), (796, 360),
            (804, 570), (700, 900), (500, 960), (300, 900)),
    )  # fmt: skip
    cushion = pen.stroke(46, (330, 200), (410, 160), (500, 146), (590, 160), (670, 200))
    cups = [pen.rounded((90, 520, 230, 860), 64), pen.rounded((770, 520, 910, 860), 64)]
    pads = [pen.rounded((210, 500, 320, 880), 54), pen.rounded((680, 500, 790, 880), 54)]
    whole = union(band, cushion, *cups, *pads)
    stage.shadow(whole, (18, 26), 28, 0.28)
    stage.shadow(whole, (5, 8), 8, 0.3)
    stage.lay(band, bulging(stage.units(26)), ALUMINIUM)
    stage.lay(cushion, bulging(stage.units(26)), LEATHER)
    for cup, pad in zip(cups, pads, strict=True):
        stage.lay(cup, bulging(stage.units(60)), RUBBER)
        stage.lay(pad, bulging(stage.units(50)), LEATHER)
    for x in (150, 834):
        ring = without(
            pen.rounded((x - 24, 600, x + 40, 780), 30), pen.rounded((x - 14, 610, x + 30, 770), 24)
        )
        stage.lay(ring, bulging(stage.units(6)), ALUMINIUM)


def book(stage: Stage, title: str, author: str, colour: Colour = (0.16, 0.32, 0.28)) -> None:
    """A hardcover seen from the front, its pages at the right and below."""
    pen = stage.pen
    pages = pen.polygon((240, 100), (800, 100), (824, 124), (824, 924), (264, 924))
    cover = pen.rounded((216, 84, 790, 904), 8)
    back = pen.rounded((244, 112, 832, 932), 8)
    stage.shadow(union(pages, back), (20, 24), 24, 0.35)
    stage.shadow(union(pages, back), (5, 7), 7, 0.3)
    stage.lay(back, flat, Material(colour, grain=0.06), shade=0.6)
    stage.lay(pages, flat, Material((0.86, 0.83, 0.74), grain=0.05))
    for offset in range(4, 34, 6):
        line = pen.polygon(
            (264, 900 + offset), (824, 900 + offset), (824, 902 + offset), (264, 902 + offset)
        )
        stage.paint(line * pages, (0.5, 0.46, 0.38), 0.4)
    stage.lay(
        cover, bulging(stage.units(10)), Material(colour, gloss=0.06, grain=0.09, sharpness=8)
    )
    stage.paint(pen.polygon((252, 86), (260, 86), (260, 902), (252, 902)), (0, 0, 0), 0.3)
    hill = pen.curve(
        (290, 700), (400, 560), (500, 640), (600, 500), (740, 680), (740, 760), (290, 760)
    )
    stage.print(hill, (0.5, 0.62, 0.5))
    stage.print(pen.ellipse((560, 420, 650, 510)), (0.95, 0.8, 0.5))
    stage.print(words(pen, title, (520, 250), 78, SERIF), (0.97, 0.93, 0.82))
    stage.print(words(pen, author, (520, 830), 40, BOLD), (0.97, 0.93, 0.82))
