"""Products in the colours and with the prints of the example feed."""

from __future__ import annotations

from examples.drawing import furnishings, tableware, wearables
from examples.drawing.additions import ean_13
from examples.drawing.lettering import words
from examples.drawing.stage import Stage
from examples.drawing.tableware import BRICK, OCHRE
from examples.drawing.views import Draw

LISTED_GTIN, OTHER_GTIN = "9524000059109", "9524000073518"
"""Of the prefix that GS1 keeps for examples."""

CODE_BOX = (316, 622, 684, 792)


def jar(digits: str) -> Draw:
    """A jar of preserve whose barcode has these thirteen digits."""

    def draw(stage: Stage) -> None:
        tableware.jar(stage, "Confiture\nde fraises", ean_13(stage.pen, digits, CODE_BOX))

    return draw


def placeholder(stage: Stage) -> None:
    """What some shops show while there is no picture."""
    pen = stage.pen
    stage.pixels[:] = 0.93
    grey = (0.62, 0.62, 0.64)
    stage.paint(pen.rounded((330, 300, 670, 560), 24), grey)
    stage.paint(pen.rounded((350, 320, 650, 540), 12), (0.93, 0.93, 0.93))
    stage.paint(pen.polygons([[(360, 530), (460, 400), (540, 490), (580, 450), (640, 530)]]), grey)
    stage.paint(pen.ellipse((560, 350, 610, 400)), grey)
    stage.paint(words(pen, "Image à venir\nImage coming soon", (500, 690), 60), grey)


def swatch(stage: Stage) -> None:
    """One colour of paint."""
    stage.pixels[:] = (0.43, 0.55, 0.5)


def brick_mug(stage: Stage) -> None:
    """The mug in brick red."""
    tableware.mug(stage, BRICK)


def ochre_mug(stage: Stage) -> None:
    """The mug in ochre."""
    tableware.mug(stage, OCHRE)


def green_bottle(stage: Stage) -> None:
    """The bottle in green."""
    tableware.bottle(stage, (0.2, 0.38, 0.25))


def t_shirt(stage: Stage) -> None:
    """A T-shirt with a harmless print."""
    wearables.t_shirt(stage, "NORTH\nSHORE")


def book(stage: Stage) -> None:
    """A novel."""
    furnishings.book(stage, "The Quiet\nRidge", "MAUDE LAVALLÉE")
