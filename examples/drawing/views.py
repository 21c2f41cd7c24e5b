"""From a product to a picture: how it is framed, cut and taken."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageFilter, ImageOps

from examples.drawing.scenes import photographed
from examples.drawing.stage import Stage

Draw = Callable[[Stage], None]
Render = Callable[[int], Image.Image]
"""From the pixels of a side to the picture."""

BLUR = 0.011
"""Radius, as a share of the side, at which a picture is plainly out of focus."""

FAR, WHOLE = 0.26, 0.93
"""Share of its size at which a product is too far away, and at which a long one fits in."""

MARGIN, FAINTEST = 0.06, 40
"""White round what is darker than so many grey levels of 255, as a share of the side."""

TINY = 160 / 900
"""Of the usual side."""


def drawn(*steps: Draw) -> Render:
    """A square picture on white, made step by step."""

    def render(side: int) -> Image.Image:
        stage = Stage(side)
        for step in steps:
            step(stage)
        return stage.image()

    return render


def cut_out(draw: Draw) -> Render:
    """A product on nothing."""

    def render(side: int) -> Image.Image:
        stage = Stage(side)
        draw(stage)
        return stage.cutout()

    return render


def cropped(render: Render) -> Render:
    """The same without most of the white at its two emptier sides."""

    def crop(side: int) -> Image.Image:
        image = render(side)
        ink = ImageOps.invert(image.convert("L")).point(_is_ink).getbbox() or (0, 0, side, side)
        margin = round(MARGIN * side)
        left, top = (max(0, length - margin) for length in ink[:2])
        right, bottom = (min(side, length + margin) for length in ink[2:])
        wide = right - left > bottom - top
        return image.crop((0, top, side, bottom) if wide else (left, 0, right, side))

    return crop


def _is_ink(darkness: int) -> int:
    return 255 if darkness > FAINTEST else 0


def smaller(render: Render, share: float) -> Render:
    """The same at a share of its size, white all round it."""

    def shrink(side: int) -> Image.Image:
        sheet = Image.new("RGB", (side, side), "white")
        small = render(side).resize((round(side * share),) * 2, Image.Resampling.LANCZOS)
        sheet.paste(small, ((side - small.width) // 2,) * 2)
        return sheet

    return shrink


def cut_off(render: Render) -> Render:
    """The same, its right and lower part outside the frame."""

    def cut(side: int) -> Image.Image:
        part = round(side * 0.7)
        return render(side).crop((0, 0, part, part)).resize((side, side), Image.Resampling.LANCZOS)

    return cut


def out_of_focus(render: Render) -> Render:
    """The same, blurred."""
    return lambda side: render(side).filter(ImageFilter.GaussianBlur(BLUR * side))


def tiny(render: Render) -> Render:
    """The same as a thumbnail."""
    return lambda side: render(side).resize((round(side * TINY),) * 2, Image.Resampling.LANCZOS)


def as_photo(render: Render) -> Render:
    """The same as a phone takes it."""
    return lambda side: photographed(render(side))
