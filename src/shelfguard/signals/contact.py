"""Ways to reach or pay a seller outside the marketplace, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from shelfguard.signals import contact_words as words
from shelfguard.signals import phrases
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.phones import CANDIDATE, dialled, find_phones

_SKIPPED = ("brand", "manufacturer", "category")
_REACH = 100
_STRIDE = 50
_NUMBER_FIELDS = re.compile(
    r"\b(?:ean|upc|gtin|isbn|mpn|asin|sku|r[eé]f|r[eé]f[eé]rence|mod[eè]le?|serial|part|pi[eè]ce|lot"
    r"|npn|din|ic|no)\b",
    re.IGNORECASE,
)
_LED_TO = re.compile(
    r"\b(?:at|on|sur|visit\w*|site|website|web|order|commande\w*|shop|boutique|see|voir|via|chez"
    r"|from|direct|directly|bio)\b[^.!?]{0,12}$"
)
_SEARCHES: dict[words.Family, list[tuple[str, re.Pattern[str]]]] = {
    "address": [("email", words.EMAIL), ("handle", words.HANDLE)],
    "mail": [("obfuscated", words.SPELT_EMAIL)],
    "platform": [("handle", words.HANDLE), ("obfuscated", words.SPELT_PLATFORM)],
    "payment": [("payment", words.PAYMENT)],
}
Find = tuple[str, int, int]
"""What was found, and its offsets in one folded text."""


Place = phrases.Place[words.Family]


class Contact:
    """Finds phones, addresses, handles and outside payment in the texts of a listing."""

    name = "contact"
    version = "1"
    features: Sequence[str] = tuple(
        f"contact:{kind}"
        for kind in ("phone", "email", "url", "handle", "payment", "obfuscated", "cue")
    )

    def __init__(self) -> None:
        self._clues = phrases.Clues(dict(words.clues()))

    def run(self, derived: Derived) -> list[Hit]:
        """At most one hit for each listing, feature and quote."""
        segments, folded = derived.segments, derived.folded
        hits: dict[tuple[int, str, str], Hit] = {}
        for place in _thinned(self._clues.places(derived.joined, CANDIDATE, "phone")):
            field, text = segments.fields[place.segment], folded[place.segment]
            if field.startswith(_SKIPPED) or _names_numbers(field, place):
                continue
            row = int(segments.rows[place.segment])
            for kind, start, end in _finds(place, text, derived, row):
                hit = Hit(row, f"contact:{kind}", place.segment, start, end)
                hits.setdefault((row, hit.feature, text[start:end]), hit)
        return list(hits.values())


def _thinned(places: Iterable[Place]) -> Iterator[Place]:
    """Leaves out clues so near to one of their family that its window covers theirs.

    Otherwise a text of nothing but clues would be searched once for each of them.
    """
    seen: dict[tuple[int, words.Family], int] = {}
    for place in places:
        key = (place.segment, place.meaning)
        if place.meaning in ("cue", "phone") or place.start >= seen.get(key, 0):
            seen[key] = place.start + _STRIDE
            yield place


def _names_numbers(field: str, place: Place) -> bool:
    return place.meaning == "phone" and bool(_NUMBER_FIELDS.search(field.partition(".")[2]))


def _finds(place: Place, text: str, derived: Derived, row: int) -> Iterator[Find]:
    """Everything near one clue that leads off the site."""
    window = (max(place.start - _REACH, 0), place.end + _STRIDE + _REACH)
    match place.meaning:
        case "cue":
            yield "cue", place.start, place.end
            yield from _codes(text, window)
        case "phone":
            yield from (("phone", *span) for span in find_phones(text, place.start, place.end))
        case "url":
            yield from _urls(text, window, derived, row)
        case "code":
            yield from _codes(text, window)
        case "number":
            yield from _spelt_numbers(text, window)
        case family:
            for kind, pattern in _SEARCHES[family]:
                yield from ((kind, *match.span()) for match in pattern.finditer(text, *window))


def _urls(text: str, window: tuple[int, int], derived: Derived, row: int) -> Iterator[Find]:
    """Web addresses; a brand that is called like one is its name and no invitation."""
    for match in words.URL.finditer(text, *window):
        led_to = _LED_TO.search(text[max(match.start() - 30, 0) : match.start()])
        if led_to or not (match["host"] and _is_brand(match["host"], derived, row)):
            yield "url", *match.span()


def _is_brand(host: str, derived: Derived, row: int) -> bool:
    brand = _letters(derived.batch.table.column("brand")[row].as_py() or "")
    return bool(brand) and (
        brand == _letters(host.rpartition(".")[0]) or brand.startswith(_letters(host))
    )


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _codes(text: str, window: tuple[int, int]) -> Iterator[Find]:
    for match in words.SHORT_CODE.finditer(text, *window):
        yield "phone", *match.span("code")


def _spelt_numbers(text: str, window: tuple[int, int]) -> Iterator[Find]:
    for match in words.SPELT_NUMBER.finditer(text, *window):
        parts = re.findall(r"[a-z]+|\d+", match[0])
        number = "".join(_digits(parts))
        if len(number) == 7 or (len(number) in (10, 11) and dialled(number)):
            yield "obfuscated", *match.span()


def _digits(parts: list[str]) -> Iterator[str]:
    times = 1
    for part in parts:
        if part in ("double", "triple"):
            times = 2 if part == "double" else 3
            continue
        digits = "0" if part == "o" else words.DIGITS.get(part, part if part.isdigit() else "")
        yield digits * times
        times = 1
