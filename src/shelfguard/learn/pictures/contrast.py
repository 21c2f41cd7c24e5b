"""How much two colours stand out from each other (WCAG 2.2)."""

from __future__ import annotations

from shelfguard.learn.pictures.backdrops import Colour


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(of: Colour) -> float:
    """Relative luminance from 0 to 1 (WCAG 2.2)."""
    shares = (value / 255 for value in of)
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
