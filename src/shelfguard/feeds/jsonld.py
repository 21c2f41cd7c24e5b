"""schema.org Product as JSON-LD: files, and the scripts inside HTML pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shelfguard.errors import FeedError
from shelfguard.feeds.chunk import Quarantined, excerpt
from shelfguard.feeds.draft import Draft, Item, lift
from shelfguard.feeds.json_stream import Header, read_item
from shelfguard.feeds.json_values import parse_json, plain
from shelfguard.feeds.stream import Bytes, utf8_blocks

KEYS = ("@graph", "itemListElement")
PAGE_LIMIT = 1 << 25
"""Bytes of the largest HTML page that is read."""

_TYPES = {"Product", "IndividualProduct", "ProductModel", "SomeProducts", "ProductGroup", "Vehicle"}
_IDENTIFIERS = {
    "gtin": "gtin",
    "gtin8": "gtin",
    "gtin12": "upc",
    "gtin13": "ean",
    "gtin14": "gtin",
    "isbn": "isbn",
    "mpn": "mpn",
    "asin": "asin",
}
_TEXTS = ("color", "material", "size", "model", "pattern", "slogan", "keywords", "award", "width")
_MEASURES = ("height", "depth", "weight", "hasMeasurement")


def draft(item: dict[str, Any], header: Header) -> Draft | None:
    """A Product, also inside a ListItem or as the main entity of a page; None of other things."""
    for key in ("item", "mainEntity"):
        if isinstance(item.get(key), dict):
            item = item[key]
    if not _TYPES.intersection(_types(item)):
        return None
    offer = _first(item.get("offers"))
    seller = _first(offer.get("seller"))
    found: Draft = {
        "id": item.get("sku") or item.get("productID") or item.get("@id"),
        "title": _text(item.get("name")),
        "description": _text(item.get("description")),
        "lang": _language(item.get("inLanguage")) or _context_language(header),
        "brand": _name(item.get("brand")),
        "manufacturer": _name(item.get("manufacturer")),
        "category": _category(item.get("category")),
        "seller_id": seller.get("@id") or seller.get("name"),
        "condition": _term(item.get("itemCondition") or offer.get("itemCondition")),
        "origin_country": _name(item.get("countryOfOrigin")),
        "images": [one for image in _several(item.get("image")) for one in _images(image)],
        "identifiers": [
            (kind, plain(item[key])) for key, kind in _IDENTIFIERS.items() if item.get(key)
        ],
        "attributes": _attributes(item),
        **_price(offer),
    }
    return lift({key: value for key, value in found.items() if value is not None})


def _types(item: dict[str, Any]) -> set[str]:
    return {_term(kind) or "" for kind in _several(item.get("@type"))}


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> dict[str, Any]:
    return next((one for one in _several(value) if isinstance(one, dict)), {})


def _term(value: Any) -> str | None:
    """`NewCondition` of `https://schema.org/NewCondition`."""
    return str(value).rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1] if value else None


def _text(value: Any) -> Any:
    """Text, or {language: text} of `@language` values."""
    values = [v for v in _several(value) if v]
    if values and all(isinstance(v, dict) and "@value" in v for v in values):
        return {str(v.get("@language") or ""): str(v["@value"]) for v in values}
    return plain(values[0]) if values else None


def _name(value: Any) -> str | None:
    one = next(iter(_several(value)), None)
    if isinstance(one, dict):
        one = one.get("name") or one.get("@id")
    return plain(one) if one else None


def _category(value: Any) -> str | None:
    return " > ".join(filter(None, map(_name, _several(value)))) or None


def _images(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return [{"uri": value}]
    uris = _several(value.get("contentUrl") or value.get("url"))
    return [{"uri": uri, "alt": value.get("caption") or value.get("name")} for uri in uris]


def _price(offer: dict[str, Any]) -> Draft:
    terms = {**_first(offer.get("priceSpecification")), **offer}
    price = terms.get("price", terms.get("lowPrice"))
    return {"price": price, "currency": terms.get("priceCurrency")}


def _attributes(item: dict[str, Any]) -> dict[str, str]:
    found = {key: plain(_text(item[key])) for key in (*_TEXTS, *_MEASURES) if item.get(key)}
    for entry in _several(item.get("additionalProperty")):
        if isinstance(entry, dict) and entry.get("name") and entry.get("value") is not None:
            unit = entry.get("unitText") or ""
            found[str(entry["name"])] = f"{plain(entry['value'])} {unit}".strip()
    return found


def _language(value: Any) -> str | None:
    """The first of the languages, which may be tags or Language objects."""
    one = next(iter(_several(value)), None)
    name = (one.get("alternateName") or one.get("name")) if isinstance(one, dict) else one
    return name if isinstance(name, str) else None


def _context_language(header: Header) -> str | None:
    context = header.get("@context")
    return next(
        (c["@language"] for c in _several(context) if isinstance(c, dict) and "@language" in c),
        None,
    )


def html_items(stream: Bytes) -> Iterator[Item]:
    """The products of every JSON-LD script of one page.

    Raises:
        FeedError: the page is too large or has no JSON-LD product.
    """
    from lxml import html

    page = b"".join(_limited(stream))
    found = False
    tree = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8", no_network=True))
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        for product in _script(script.text or "", stream.path.name, _line(script)):
            found = True
            yield product
    if not found:
        raise FeedError(
            "has no schema.org Product in a JSON-LD script",
            file=stream.path,
            fix="Give the page as the browser receives it, or another export.",
        )


def _line(element: Any) -> int | None:
    return int(element.sourceline) if element.sourceline else None


def _limited(stream: Bytes) -> Iterator[bytes]:
    size = 0
    for block in utf8_blocks(stream):
        size += len(block)
        if size > PAGE_LIMIT:
            raise FeedError(f"is a page of more than {PAGE_LIMIT} bytes", file=stream.path)
        yield block


def _script(text: str, file: str, line: int | None) -> Iterator[Item]:
    try:
        document = parse_json(text)
    except ValueError as error:
        reason = f"JSON-LD script is not JSON: {error}"
        yield Item(line, Quarantined(file, line, None, None, reason, excerpt(text.strip())))
        return
    header = document if isinstance(document, dict) else {}
    nested = next((header[key] for key in KEYS if isinstance(header.get(key), list)), document)
    for value in _several(nested):
        if isinstance(value, dict) and (found := read_item(value, header, draft, file, line)):
            yield found
