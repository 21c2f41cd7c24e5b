"""Numbers with units in folded text, read into the unit that a rule is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pint

_NUMBER = r"(?<![\w.,/-])(?P<number>\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
_UNITS = {
    "length": {
        "mm": "millimeter",
        "cm": "centimeter",
        "m": "meter",
        "in|inch|inches|po|pouces?|\"|''": "inch",
        "ft|feet|foot|pi|pieds?": "foot",
    },
    "concentration": {"mg ?/ ?ml": "mg/mL", "%|percent|pour cent": "10 mg/mL"},
    "share": {"%|percent|pour cent|% ?vol|degres?|°": "percent", "proof": "0.5 percent"},
    "percent": {"%|percent|pour cent": "percent"},
    "mass": {
        "mg": "milligram",
        "g|gr|grams?|grammes?": "gram",
        "kg": "kilogram",
        "mcg": "microgram",
    },
    "power": {"mw|milliwatts?": "milliwatt", "w|watts?": "watt", "kw": "kilowatt"},
    "speed": {"fps|ft/s|pi/s": "foot/second", "m/s|mps": "meter/second"},
    "energy": {"j|joules?": "joule", "ft-?lbs?": "foot*force_pound"},
    "battery": {"wh|watt-?hours?|watt-?heures?": "watt_hour", "kwh": "kilowatt_hour"},
    "flux": {"gauss|gs": "gauss", "t|teslas?": "tesla"},
    "angle": {"degrees?|degres?|deg|°": "degree"},
    "content": {"ppm": "ppm", "mg ?/ ?kg": "ppm"},
    "volume": {"ml": "milliliter", "l|litres?|liters?": "liter", "gal|gallons?": "gallon"},
    "voltage": {"v|vac|volts?": "volt"},
    "count": {"rounds?|rds?|rnds?|shots?|coups?|cartouches?": "1"},
}


LONGEST = 40
"""Characters that no number with its unit exceeds."""


class Quantity(NamedTuple):
    """A magnitude in the unit asked for, and its offsets in the folded text."""

    magnitude: float
    start: int
    end: int


def quantities(
    text: str, kind: str, unit: str, window: tuple[int, int] | None = None
) -> Iterator[Quantity]:
    """Every quantity of a kind that starts in the window, in `unit` (pint's spelling).

    Decimal commas and spaces between thousands are read as French writes them.
    """
    first, last = window or (0, len(text))
    for match in _pattern(kind).finditer(text, first, last + LONGEST):
        if match.start() >= last:
            return
        written = next(name for name in _names(kind) if match[name] is not None)
        magnitude = _number(match["number"]) * _factor(_names(kind)[written], unit)
        yield Quantity(magnitude, *match.span())


def _number(written: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?", written) and written[0] != "0":
        return float(re.sub("[ ,]", "", written))
    return float(written.replace(",", ".").replace(" ", ""))


@cache
def _names(kind: str) -> dict[str, str]:
    """Group name to pint unit."""
    return {f"unit{i}": unit for i, unit in enumerate(_UNITS[kind].values())}


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    units = "|".join(f"(?P<unit{i}>{words})" for i, words in enumerate(_UNITS[kind]))
    return re.compile(rf"{_NUMBER}(?: |-)?(?:{units})(?![a-z0-9/]|-\d|\.[a-z])")


@cache
def _factor(written: str, unit: str) -> float:
    """Conversion by pint, once for each pair of units."""
    if written == unit:
        return 1.0
    registry = _registry()
    return float(registry.Quantity(written).to(unit).magnitude)


@cache
def _registry() -> pint.UnitRegistry[float]:
    import pint

    return pint.UnitRegistry()
