"""Amazon Listings Items JSON: one item, its search results, or a JSON_LISTINGS_FEED."""

from __future__ import annotations

from typing import Any

from shelfguard.feeds.draft import Draft, lift
from shelfguard.feeds.json_stream import Header
from shelfguard.feeds.json_values import plain
from shelfguard.feeds.language import language_tag

KEYS = ("messages", "items")

MARKETS = {
    "A2EUQ1WTGCTBG2": "CA",
    "ATVPDKIKX0DER": "US",
    "A1AM78C64UM0Y8": "MX",
    "A1F83G8C2ARO7P": "GB",
    "A13V1IB3VIYZZH": "FR",
    "A1PA6795UKMFR9": "DE",
    "AMEN7PMS3EDWL": "BE",
}
"""Marketplace id to country, for the markets of English and French."""

_TEXTS = {"item_name": "title", "product_description": "description", "bullet_point": "bullets"}
_FIELDS = {
    "brand": "brand",
    "manufacturer": "manufacturer",
    "condition_type": "condition",
    "country_of_origin": "origin_country",
    "age_range_description": "age_group",
}
_IDENTIFIERS = {"part_number": "mpn", "merchant_suggested_asin": "asin"}
_MARKS = ("language_tag", "marketplace_id", "audience")


def draft(item: dict[str, Any], header: Header) -> Draft | None:
    """One item or feed message; None for a message that deletes or only patches."""
    if "attributes" not in item and "operationType" in item:
        return None
    attributes = item.get("attributes") or {}
    feed = header.get("header") or {}
    summary: dict[str, Any] = next(iter(item.get("summaries") or ()), {})
    found: Draft = {
        "id": item.get("sku"),
        "seller_id": feed.get("sellerId"),
        "category": item.get("productType") or summary.get("productType"),
        "taxonomy": "amazon-product-type",
        "market": _market(item, attributes),
        "title": summary.get("itemName"),
        "attributes": {},
    }
    if asin := summary.get("asin"):
        found["identifiers"] = [("asin", asin)]
    if picture := (summary.get("mainImage") or {}).get("link"):
        found["images"] = [picture]
    locale = feed.get("issueLocale")
    for name, values in attributes.items():
        _put(found, name, values if isinstance(values, list) else [values], locale)
    return lift({key: value for key, value in found.items() if value is not None})


def _put(found: Draft, name: str, values: list[Any], locale: str | None) -> None:
    if name in _TEXTS:
        found[_TEXTS[name]] = _texts(name, values, locale)
    elif name in _FIELDS:
        found[_FIELDS[name]] = _value(values[0]) if values else None
    elif name == "externally_assigned_product_identifier":
        pairs = [(str(v.get("type", "gtin")).lower(), str(v["value"])) for v in values]
        found.setdefault("identifiers", []).extend(pairs)
    elif name in _IDENTIFIERS:
        pairs = [(_IDENTIFIERS[name], _value(v)) for v in values]
        found.setdefault("identifiers", []).extend(pairs)
    elif (
        name.endswith(("product_image_locator", "offer_image_locator")) or "_image_locator_" in name
    ):
        uris = [v["media_location"] for v in values if v.get("media_location")]
        images = found.get("images", [])
        both = uris + images if name.startswith("main_") else images + uris
        found["images"] = list(dict.fromkeys(both))
    elif name in ("purchasable_offer", "list_price"):
        found.update(_offer(name, values[0] if values else {}))
    else:
        found["attributes"][name] = ", ".join(map(_value, values))


def _texts(name: str, values: list[Any], locale: str | None) -> dict[str, Any]:
    """Language to text; to a list of texts for bullet points."""
    texts: dict[str, list[str]] = {}
    for value in values:
        tag = value.get("language_tag") if isinstance(value, dict) else None
        texts.setdefault(language_tag(tag or locale) or "", []).append(_value(value))
    return dict(texts) if name == "bullet_point" else {k: v[0] for k, v in texts.items()}


def _offer(name: str, offer: dict[str, Any]) -> Draft:
    currency = {"currency": offer["currency"]} if "currency" in offer else {}
    if name == "list_price":
        return {"compare_at": offer.get("value") or offer.get("value_with_tax"), **currency}
    schedule = ((offer.get("our_price") or [{}])[0].get("schedule") or [{}])[0]
    return {"price": schedule.get("value_with_tax"), **currency}


def _value(entry: Any) -> str:
    """`{"value": 5, "unit": "cm", ...}` as `5 cm`; nested attributes as JSON."""
    if not isinstance(entry, dict):
        return plain(entry)
    own = {key: value for key, value in entry.items() if key not in _MARKS}
    if set(own) <= {"value", "unit"} and "value" in own:
        return " ".join(plain(own[key]) for key in ("value", "unit") if own.get(key) is not None)
    return plain(own)


def _market(item: dict[str, Any], attributes: dict[str, Any]) -> str | None:
    places = [s.get("marketplaceId") for s in item.get("summaries") or ()]
    places += [
        value.get("marketplace_id")
        for values in attributes.values()
        if isinstance(values, list)
        for value in values
        if isinstance(value, dict)
    ]
    return next((MARKETS.get(place, place) for place in places if place), None)
