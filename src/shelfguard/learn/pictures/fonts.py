"""Fonts with French accents that Pillow finds among the system's, in two halves."""

from __future__ import annotations

from PIL import ImageFont

from shelfguard.errors import DataError

STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
SLANTS = ("", "-Bold", "-Oblique", "-BoldOblique")

HALVES: tuple[tuple[str, ...], tuple[str, ...]] = (
    (
        *(f"LiberationSans-{style}.ttf" for style in STYLES),
        *(f"LiberationMono-{style}.ttf" for style in STYLES),
        *(f"DejaVuSerif{slant}.ttf" for slant in SLANTS),
    ),
    (
        *(f"LiberationSerif-{style}.ttf" for style in STYLES),
        *(f"LiberationSansNarrow-{style}.ttf" for style in STYLES),
        *(f"DejaVuSans{slant}.ttf" for slant in SLANTS),
    ),
)
"""No family is in both: the first half is learned from, the second measured on."""


def system_fonts(half: int) -> tuple[str, ...]:
    """The font files of one half that are installed.

    Raises:
        DataError: there are none.
    """
    found = tuple(name for name in HALVES[half] if _is_installed(name))
    if not found:
        problem = f"none of {', '.join(HALVES[half])} is installed"
        raise DataError(problem, fix="Install the Liberation or the DejaVu fonts")
    return found


def _is_installed(name: str) -> bool:
    try:
        ImageFont.truetype(name)
    except OSError:
        return False
    return True
