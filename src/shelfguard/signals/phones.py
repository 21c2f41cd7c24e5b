"""Telephone numbers among the many digits of a catalog."""

from __future__ import annotations

import re
from collections.abc import Iterator

CANDIDATE = re.compile(r"[0-9](?<![0-9][0-9])(?:[ ().\-–—/]{0,3}[0-9]){8,14}")
"""Digits that could be a number, by count alone; folding leaves no others than these ten."""

_GROUPED = re.compile(
    r"(?:\+?1[ .-]{0,2})?\(?\d{3}\)?[ ./–—-]{1,3}\d{3}[ .–—-]{1,3}\d{4}"
    r"|(?:\+33|0)[ .]?[1-9](?:[ .-]\d{2}){4}"
    r"|\d(?:[ .-]+\d){2}[ .–—-]+\d(?:[ .-]+\d){2}[ .–—-]+\d(?:[ .-]*\d){3}"
)
_CUED = re.compile(
    r"\b(?:tel|tele?phone|phone|call|text|txt|ring|cell|cellulaire|mobile|sms|fax|whatsapp|textez"
    r"|appelez|appelle|appeler|rejoindre|numero de tel|joindre|dial|reach me)\b[^.!?\d]{0,30}$"
)
_NAMED = re.compile(
    r"\b(?:lot|ref|reference|isbn|ean|upc|gtin|sku|model|modele|part|piece|serial|serie|code|item|p/n"
    r"|pn|mpn|asin|oem|no|npn|din|ic|fcc id|patent|brevet|batch|sds|cas|un)\b[ .:#a-z-]{0,14}$"
)
_BEFORE = 50
_LEFT_EDGE = re.compile(r"[\w/,.$-]")
_RIGHT_EDGE = re.compile(r"[\w%\"']|[,./]\d|-\w| (?:v|w|mm|cm|m|ml|mah|hz|mhz|g|kg|lm|l|k|x)\b")


def find_phones(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The telephone number, if it is one, that a candidate in folded text gives.

    Part numbers, barcodes and sizes are told apart by their grouping and by the word in
    front; a number without groups needs a cue such as `call`. The numbering plan has the
    last word (ITU-T E.164, through Google's libphonenumber).
    """
    while start and text[start - 1] in "+(":
        start -= 1
    if _stands_alone(text, start, end) and _is_phone(text, start, end):
        yield start, end


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[max(start - 1, 0) : start]
    return not _LEFT_EDGE.match(before) and not _RIGHT_EDGE.match(text[end : end + 5])


def _is_phone(text: str, start: int, end: int) -> bool:
    before, number = text[max(start - _BEFORE, 0) : start], text[start:end]
    if _NAMED.search(before):
        return False
    cued = _CUED.search(before) is not None or number.startswith("+")
    return (cued or _GROUPED.fullmatch(number) is not None) and dialled(number)


def dialled(number: str) -> bool:
    """Whether a numbering plan knows the number: that of Canada, or of the country code given.

    Numbers that begin with 0 are read as French or British ones.
    """
    digits = "".join(filter(str.isdigit, number))
    regions = ("FR", "GB") if digits[0] == "0" else ("CA",)
    return any(_known(number if number[0] == "+" else digits, region) for region in regions)


def _known(number: str, region: str) -> bool:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    if parsed.country_code == 1 and str(parsed.national_number)[3:8] == "55501":
        parsed.national_number = int(str(parsed.national_number).replace("55501", "23401", 1))
    return phonenumbers.is_valid_number(parsed)
