"""Pictures with English and French text drawn on them, and where: one seed, one picture."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps, ImageStat

from benchmarks.backdrops import WHITE, Colour, backdrop, colour
from shelfguard.images.decode import Decoded, decode
from shelfguard.images.picture import Picture

TEXTS = (
    *("Livraison gratuite dès 49,99 $", "Free shipping over $50", "Appelez le 514-276-8899"),
    *("Call 613 234-8899", "jo.roy@example.org", "Écrivez à vente@kayakdelisle.ca"),
    *("RABAIS 30 %", "SALE -50%", "49,99 €", "$129.99", "Prix réduit : 19,95 $", "2 for 1"),
    *("Été 2026 : soldes d'été", "Garantie à vie", "Lifetime warranty", "Fabriqué au Québec"),
    *("Made in Canada", "Sans ordonnance", "No prescription needed", "www.kayakdelisle.ca"),
    *("WhatsApp +1 438 555 0142", "Textez CANOT au 393939", "Follow @kayakdelisle"),
    *("Ça coûte déjà moins cher", "Hôtel près de la forêt", "Boîte à lunch isotherme"),
    *("Stainless steel bottle 750 ml", "Pièces détachées", "Limited edition", "Édition limitée"),
    *("Nouveau", "NEW", "Best seller", "Meilleure vente", "100% coton biologique"),
    *("Organic cotton T-shirt", "Réf. AB-1234-X", "Size M / L / XL", "Tél. : (418) 692-4455"),
    *("Paiement par virement", "Pay by e-transfer", "Naïveté, maïs, Noël", "Crème brûlée"),
    *("L'œuvre complète", "Acheter maintenant", "Buy now", "Envoi sous 24 h", "Only 3 left!"),
)

FAMILIES = ("LiberationSans", "LiberationSerif", "LiberationMono", "LiberationSansNarrow")
STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
MORE_FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono"),
    *("DejaVuSansCondensed", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic"),
)

WIDTHS = (800, 1000, 1200, 1600)
PROPORTIONS = (1, 3 / 4, 4 / 3, 2 / 3)
SMALLEST, LARGEST = 12, 96
"""Pixels of font size; from one to the other, each size as often as its double."""
FAINT, CLEAR = (1.6, 2.5), (3.0, 21.0)
"""Contrast ratios (WCAG 2.2) of one line in five, and of the others."""
GAP = 6
"""Pixels between two lines, at least."""

Box = tuple[float, float, float, float]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn line: its text, its font size, and the box round it in pixels as decoded."""

    text: str
    size: float
    box: Box
    is_upright: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """A decoded picture, its lines, and a mask of the same size: 255 where lines stand."""

    picture: Picture
    lines: tuple[Line, ...]
    mask: Image.Image


class Scenes:
    """Pictures with one half of all fonts and photos: 0 to choose with, 1 to report."""

    def __init__(self, half: int, photos: Sequence[Path] = ()) -> None:
        self._half, self._photos, self._fonts = half, sorted(photos)[half::2], fonts()[half::2]

    def draw(self, seed: int, lines: int) -> Scene:
        """A picture with as many lines as find room, as a JPEG leaves it."""
        rng = random.Random(f"{self._half} {lines} {seed}")
        width = rng.choice(WIDTHS)
        size = width, int(width * rng.choice(PROPORTIONS))
        sheet = Sheet(rng, backdrop(rng, size, self._photos))
        for _ in range(lines):
            sheet.write(rng.choice(TEXTS), rng.choice(self._fonts))
        return sheet.scene()


class Sheet:
    """A picture to write on."""

    def __init__(self, rng: random.Random, image: Image.Image) -> None:
        self._rng, self._image, self._mask = rng, image, Image.new("L", image.size)
        self._lines: list[Line] = []

    def write(self, text: str, font_file: str) -> None:
        """A line of any size, colour and tilt in any free place, if there is one."""
        size = int(SMALLEST * (LARGEST / SMALLEST) ** self._rng.random())
        tilt = self._rng.choices([0, self._rng.uniform(-15, 15), 90], [0.8, 0.15, 0.05])[0]
        font, margin = ImageFont.truetype(font_file, size), size // 4 + 2
        glyphs = _turned(_glyphs(text, font, margin), tilt)
        place = self._free_place(glyphs.size)
        if place is None:
            return
        block = Image.new("L", _glyphs(text, font, 0).size, 255)
        ground = self._prepare(place, _turned(ImageOps.expand(block, margin, 255), tilt))
        if size > 2 * SMALLEST and self._rng.random() < 0.15:
            ground = colour(self._rng)
            self._image.paste(
                ground, place, glyphs.filter(ImageFilter.MaxFilter(2 * (size // 24) + 1))
            )
        self._image.paste(self._ink(ground), place, glyphs)
        self._mask.paste(255, place, _turned(ImageOps.expand(block, margin, 0), tilt))
        box = *place, place[0] + glyphs.width, place[1] + glyphs.height
        self._lines.append(Line(text, size, box, tilt == 90))

    def scene(self) -> Scene:
        """What was written, in the pixels that detectors see."""
        file = BytesIO()
        self._image.save(file, "JPEG", quality=self._rng.randrange(55, 96))
        decoded = decode(file.getvalue())
        assert isinstance(decoded, Decoded)
        height, width = decoded.picture.pixels.shape[:2]
        scale = width / self._image.width
        lines = (
            replace(line, size=line.size * scale, box=tuple(side * scale for side in line.box))
            for line in self._lines
        )
        return Scene(decoded.picture, tuple(lines), self._mask.resize((width, height)))

    def _free_place(self, size: tuple[int, int]) -> Place | None:
        room = self._image.width - size[0], self._image.height - size[1]
        for _ in range(40 if min(room) > 0 else 0):
            x, y = self._rng.randrange(room[0]), self._rng.randrange(room[1])
            around = x - GAP, y - GAP, x + size[0] + GAP, y + size[1] + GAP
            if not any(_overlap(around, line.box) for line in self._lines):
                return x, y
        return None

    def _prepare(self, place: Place, block: Image.Image) -> Colour:
        """What the line stands on, on the whole: a badge for one line in four."""
        if self._rng.random() < 0.25:
            badge = colour(self._rng)
            self._image.paste(badge, place, block)
            return badge
        under = self._image.crop((*place, place[0] + block.width, place[1] + block.height))
        red, green, blue = ImageStat.Stat(under, block).mean
        return int(red), int(green), int(blue)

    def _ink(self, ground: Colour) -> Colour:
        """A colour that stands out from the ground, more or less."""
        low, high = FAINT if self._rng.random() < 0.2 else CLEAR
        for _ in range(500):
            ink = self._rng.choice([colour(self._rng), colour(self._rng), (0, 0, 0), WHITE])
            if low <= contrast(ink, ground) <= high:
                return ink
        return (0, 0, 0) if luminance(ground) > 0.18 else WHITE


def fonts() -> list[str]:
    """Font files that Pillow finds on this machine."""
    names = [f"{family}-{style}" for family in FAMILIES for style in STYLES]
    return [f"{name}.ttf" for name in (*names, *MORE_FONTS) if _is_there(f"{name}.ttf")]


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(of: Colour) -> float:
    """Relative luminance from 0 to 1 (WCAG 2.2)."""
    shares = (value / 255 for value in of)
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _is_there(font_file: str) -> bool:
    try:
        ImageFont.truetype(font_file)
    except OSError:
        return False
    return True


def _glyphs(text: str, font: ImageFont.FreeTypeFont, margin: int) -> Image.Image:
    """How much of each pixel the letters cover."""
    left, top, right, bottom = font.getbbox(text)
    mask = Image.new("L", (int(right - left) + 2 * margin, int(bottom - top) + 2 * margin))
    ImageDraw.Draw(mask).text((margin - left, margin - top), text, 255, font)
    return mask


def _turned(mask: Image.Image, degrees: float) -> Image.Image:
    return mask.rotate(degrees, Image.Resampling.BICUBIC, expand=True)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
