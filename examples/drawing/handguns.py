"""Handguns seen from the side, as if laid on paper."""

from __future__ import annotations

from examples.drawing.gunsmith import (
    BLUED,
    HOLE,
    POLYMER,
    STEEL,
    WALNUT,
    chequer,
    grooves,
    lying,
    screws,
    seam,
)
from examples.drawing.light import bulging, flat
from examples.drawing.masks import union, without
from examples.drawing.stage import Stage


def pistol(stage: Stage) -> None:
    """A semi-automatic pistol with a polymer frame, muzzle to the left."""
    pen = stage.pen
    slide = pen.softened(
        14, (92, 300), (104, 286), (822, 286), (848, 298), (858, 330), (858, 400), (92, 400)
    )
    frame = pen.softened(
        22, (104, 390), (104, 458), (340, 462), (590, 468), (600, 600), (622, 700), (646, 830),
        (876, 824), (858, 700), (836, 590), (826, 520), (846, 470), (900, 440), (904, 414),
        (858, 390),
    )  # fmt: skip
    guard = without(
        pen.softened(40, (396, 440), (396, 602), (604, 602), (604, 440)),
        pen.softened(40, (422, 430), (422, 578), (580, 578), (584, 430)),
    )
    sights = pen.polygons(
        [((110, 290), (118, 270), (142, 270), (146, 290)),
         ((782, 290), (786, 262), (826, 262), (836, 290))]
    )  # fmt: skip
    trigger = pen.stroke(17, (528, 466), (518, 505), (512, 535), (494, 562))
    lying(stage, union(slide, frame, guard, sights, trigger))
    for mask, radius, material in (
        (sights, 8, BLUED), (guard, 12, POLYMER), (trigger, 9, BLUED), (frame, 26, POLYMER),
        (slide, 22, BLUED),
    ):  # fmt: skip
        stage.lay(mask, bulging(stage.units(radius)), material)
    _pistol_details(stage)


def _pistol_details(stage: Stage) -> None:
    pen = stage.pen
    stage.lay(pen.rounded((420, 300, 570, 346), 8), bulging(stage.units(6)), STEEL)
    grooves(stage, range(704, 838, 17), (306, 392))
    seam(stage, (94, 400), (868, 400))
    stage.lay(pen.rounded((97, 322, 106, 372), 4), flat, HOLE)
    stage.paint(
        union(*(pen.rounded((x, 444, x + 14, 460), 2) for x in (150, 194, 238))), HOLE.colour
    )
    for box in ((600, 414, 690, 432), (612, 482, 640, 508)):
        stage.lay(pen.rounded(box, 8), bulging(stage.units(7)), BLUED)
    screws(stage, 8, (470, 434), (700, 454), (780, 440))
    chequer(stage, (644, 540, 820, 780), slant=0.2)
    seam(stage, (642, 804), (872, 798))


def officers_pistol(stage: Stage) -> None:
    """An older pistol of stainless steel with walnut grips, muzzle to the right."""
    pen = stage.pen
    slide = pen.softened(16, (130, 320), (160, 292), (900, 292), (908, 310), (908, 392), (130, 392))
    frame = pen.softened(
        16, (120, 384), (82, 372), (66, 392), (106, 424), (150, 470), (140, 560), (106, 700),
        (84, 830), (300, 846), (318, 760), (352, 620), (392, 520), (420, 462), (680, 448),
        (700, 430), (700, 384),
    )  # fmt: skip
    guard = without(
        pen.softened(44, (370, 440), (350, 610), (580, 610), (600, 440)),
        pen.softened(40, (400, 440), (386, 584), (556, 584), (574, 440)),
    )
    grip = pen.softened(
        18, (172, 476), (376, 490), (340, 610), (306, 740), (290, 826), (108, 812), (128, 700),
        (160, 560),
    )  # fmt: skip
    hammer = pen.softened(12, (132, 330), (84, 290), (66, 308), (86, 340), (118, 390), (150, 390))
    trigger = pen.softened(
        14, (420, 450), (470, 456), (468, 500), (476, 548), (450, 552), (440, 500)
    )
    sights = pen.polygons(
        [((850, 294), (858, 274), (884, 274), (888, 294)),
         ((170, 296), (174, 270), (220, 270), (232, 296))]
    )  # fmt: skip
    lying(stage, union(slide, frame, guard, hammer, sights, trigger))
    for mask, radius, material in (
        (hammer, 10, BLUED), (sights, 8, BLUED), (guard, 12, STEEL), (trigger, 9, STEEL),
        (frame, 22, STEEL), (slide, 30, STEEL), (grip, 30, WALNUT),
    ):  # fmt: skip
        stage.lay(mask, bulging(stage.units(radius)), material)
    _officers_details(stage)


def _officers_details(stage: Stage) -> None:
    pen = stage.pen
    stage.lay(pen.rounded((470, 300, 620, 344), 8), bulging(stage.units(8)), BLUED)
    grooves(stage, range(176, 320, 16), (306, 386))
    seam(stage, (110, 392), (904, 392))
    stage.lay(pen.rounded((894, 318, 906, 364), 4), flat, HOLE)
    stage.lay(pen.rounded((430, 398, 540, 414), 7), bulging(stage.units(7)), BLUED)
    stage.lay(
        pen.softened(8, (190, 398), (270, 398), (266, 420), (196, 424)),
        bulging(stage.units(8)),
        BLUED,
    )
    screws(stage, 11, (340, 512), (140, 782), (400, 428))
    chequer(stage, (196, 530, 326, 770), slant=-0.24)


def revolver(stage: Stage) -> None:
    """A revolver of blued steel with a wooden grip, muzzle to the left."""
    pen = stage.pen
    barrel = pen.softened(
        12, (70, 318), (470, 318), (470, 412), (430, 430), (130, 430), (112, 392), (70, 392)
    )
    frame = pen.softened(
        26, (440, 300), (700, 304), (770, 350), (792, 420), (770, 470), (700, 530), (600, 540),
        (440, 520),
    )  # fmt: skip
    grip = pen.softened(
        36, (690, 480), (780, 440), (812, 500), (840, 590), (884, 690), (930, 790), (900, 850),
        (800, 862), (756, 780), (716, 660), (668, 540),
    )  # fmt: skip
    cylinder = pen.softened(
        18, (472, 336), (652, 336), (660, 350), (660, 484), (652, 496), (472, 496)
    )
    guard = without(
        pen.softened(60, (500, 500), (500, 650), (690, 650), (700, 500)),
        pen.softened(56, (524, 500), (526, 626), (664, 626), (672, 500)),
    )
    hammer = pen.softened(
        12, (752, 370), (790, 316), (836, 304), (842, 322), (808, 350), (800, 420)
    )
    trigger = pen.stroke(17, (618, 530), (612, 566), (600, 596), (584, 612))
    sight = pen.softened(6, (84, 320), (100, 286), (150, 292), (190, 320))
    rod = pen.rounded((150, 404, 470, 430), 12)
    lying(stage, union(barrel, frame, grip, guard, hammer, sight, trigger))
    for mask, radius, material in (
        (hammer, 10, STEEL), (sight, 8, BLUED), (guard, 11, BLUED), (trigger, 9, STEEL),
        (grip, 44, WALNUT), (frame, 22, BLUED), (barrel, 44, BLUED), (rod, 13, BLUED),
        (cylinder, 74, STEEL),
    ):  # fmt: skip
        stage.lay(mask, bulging(stage.units(radius)), material)
    _revolver_details(stage)


def _revolver_details(stage: Stage) -> None:
    pen = stage.pen
    for y in (352, 406, 460):
        flute = pen.rounded((472, y - 12, 590, y + 12), 12)
        stage.lay(flute, bulging(stage.units(14), depth=-0.8), BLUED)
    stage.paint(
        union(*(pen.rounded((632, y - 5, 644, y + 5), 3) for y in (380, 432, 476))),
        HOLE.colour,
        0.8,
    )
    stage.lay(pen.rounded((70, 336, 80, 374), 4), flat, HOLE)
    screws(stage, 10, (700, 420), (730, 500), (560, 514))
    screws(stage, 14, (796, 660))
    chequer(stage, (766, 560, 830, 640), slant=0.4)
    chequer(stage, (806, 690, 872, 780), slant=0.4)
