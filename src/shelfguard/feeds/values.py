"""Field values as people write them: prices, category paths, product and licence numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf
from typing import Any

from shelfguard.short_cache import short_cache

SYMBOLS = {
    "CA$": "CAD",
    "C$": "CAD",
    "CDN$": "CAD",
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "MX$": "MXN",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
}
"""A bare dollar sign names no currency: it may be Canadian or of the United States."""

_MONEY = re.compile(
    r"(?P<before>[A-Za-z]{0,3}[$€£¥₹]|[A-Za-z]{3})? *"
    r"(?P<number>\d[\d.,' ]*) *"
    r"(?P<after>[A-Za-z]{0,3}[$€£¥₹](?: *[A-Za-z]{2,3})?|[A-Za-z]{3})?",
)
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\t", " ") | {"\u2019": "'"})
_SEPARATOR = re.compile(r"\s*(?:::|[>|\u203a\u00bb]|/(?!\d)|\\)\s*")


@short_cache(4096)
def money(text: str) -> tuple[float | None, str | None]:
    """Amount and ISO 4217 code of a price such as `1 299,00 $`, `CA$12` or `12.5 CAD`.

    Both are None where the text is no price; the code alone where it names no currency.
    """
    match = _MONEY.fullmatch(text.translate(_SPACES).strip())
    if match is None:
        return None, None
    code = _currency(match["before"]) or _currency(match["after"])
    amount = _number(match["number"].strip().replace(" ", "").replace("'", ""), code)
    return (None if amount == inf else amount), code


def _currency(text: str | None) -> str | None:
    if not text:
        return None
    mark, _, country = text.upper().partition(" ")
    found = SYMBOLS.get(country.strip() + mark) or SYMBOLS.get(mark)
    code = country.strip() or mark
    return found or (code if len(code) == 3 and code.isalpha() else None)


def _number(digits: str, currency: str | None) -> float | None:
    """The amount, whether the comma or the point marks decimals."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return float(digits)
    mark, decimals = digits[last], len(digits) - last - 1
    grouped = decimals == 3 and (mark == "," or currency == "EUR" or digits.count(mark) > 1)
    whole = digits if grouped else digits[:last]
    fraction = "" if grouped else digits[last + 1 :]
    parts = re.split(r"[.,]", whole)
    if any(len(part) != 3 for part in parts[1:]):
        return None
    return float(f"{''.join(parts)}.{fraction}")


def amounts(values: Sequence[Any]) -> tuple[list[float | None], list[str | None] | None, int]:
    """A column of prices: amounts, the currencies they name (None: none does), how many failed."""
    try:
        numbers = [None if v is None or v == "" else float(v) for v in values]
    except (TypeError, ValueError, OverflowError):
        pass
    else:
        if all(n is None or 0 <= n < inf for n in numbers):
            return numbers, None, 0
    found = [None if v is None or v == "" else _amount(v) for v in values]
    failed = sum(pair is not None and pair[0] is None for pair in found)
    return [p and p[0] for p in found], [p and p[1] for p in found], failed


def _amount(value: Any) -> tuple[float | None, str | None]:
    """What the value is by itself, so that no price depends on the prices beside it."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return money(str(value))
    return (number if 0 <= number < inf else None), None


@short_cache(8192)
def category_path(text: str) -> str:
    """The path with ` > ` between its levels, from any of > / | :: between trimmed names."""
    return " > ".join(level for level in _SEPARATOR.split(text.strip()) if level)


def gtin_valid(value: str) -> bool:
    """Whether the check digit is right (GS1 mod 10; ISBN-10 mod 11)."""
    code = value.replace("-", "").replace(" ", "").upper()
    if len(code) == 10:
        return _isbn10_valid(code)
    if len(code) not in (8, 12, 13, 14) or not (code.isascii() and code.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(code)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def _isbn10_valid(code: str) -> bool:
    if not re.fullmatch(r"[0-9]{9}[0-9X]", code):
        return False
    digits = [10 if c == "X" else int(c) for c in code]
    return sum((10 - i) * digit for i, digit in enumerate(digits)) % 11 == 0


CHECKED = frozenset({"gtin", "upc", "ean", "isbn"})
"""The identifier types that carry a check digit."""


def identifier_valid(kind: str, value: str) -> bool | None:
    """True or false where the type has a check digit, else None."""
    return gtin_valid(value) if kind in CHECKED else None
