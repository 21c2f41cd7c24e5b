"""Walmart Marketplace item feed (MP_ITEM, spec 4 and 5): `MPItemFeedHeader` and `MPItem`."""

from __future__ import annotations

from typing import Any

from shelfguard.feeds.draft import Draft, lift
from shelfguard.feeds.json_stream import Header
from shelfguard.feeds.json_values import attribute_pairs

KEYS = ("MPItem",)

_FIELDS = {
    "sku": "id",
    "productName": "title",
    "shortDescription": "description",
    "brand": "brand",
    "manufacturer": "manufacturer",
    "manufacturerName": "manufacturer",
    "price": "price",
    "msrp": "compare_at",
    "condition": "condition",
    "countryOfOriginAssembly": "origin_country",
    "countryOfOrigin": "origin_country",
}
_HANDLED = {
    *_FIELDS,
    "keyFeatures",
    "mainImageUrl",
    "productSecondaryImageURL",
    "productIdentifiers",
    "manufacturerPartNumber",
    "ageGroup",
}


def draft(item: dict[str, Any], header: Header) -> Draft:
    """One `MPItem`: what `Orderable` and the category under `Visible` say, together."""
    feed = header.get("MPItemFeedHeader") or {}
    visible = item.get("Visible") or {}
    category, shown = next(((k, v) for k, v in visible.items() if isinstance(v, dict)), ("", {}))
    values = {**{k: v for k, v in visible.items() if v is not shown}, **shown}
    values |= item.get("Orderable", {})
    found: Draft = {_FIELDS[k]: v for k, v in values.items() if k in _FIELDS}
    found["category"] = category or feed.get("subCategory")
    found["taxonomy"] = "walmart"
    found["lang"] = feed.get("locale")
    found["bullets"] = _several(values.get("keyFeatures"))
    found["images"] = _several(values.get("mainImageUrl"))
    found["images"] += _several(values.get("productSecondaryImageURL"))
    found["age_group"] = ", ".join(map(str, _several(values.get("ageGroup"))))
    found["identifiers"] = _identifiers(values)
    found["attributes"] = dict(
        attribute_pairs({k: _measure(v) for k, v in values.items() if k not in _HANDLED})
    )
    if "_" in str(feed.get("businessUnit")):
        found["market"] = feed["businessUnit"].rsplit("_", 1)[1]
    return lift({key: value for key, value in found.items() if value not in (None, "", [])})


def _measure(value: Any) -> Any:
    """`{"measure": 15, "unit": "cm"}` as `15 cm`."""
    if isinstance(value, dict) and set(value) == {"measure", "unit"}:
        return f"{value['measure']} {value['unit']}"
    return value


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _identifiers(values: dict[str, Any]) -> list[tuple[str, str]]:
    given = values.get("productIdentifiers") or {}
    pairs = [
        (str(one.get("productIdType", "gtin")).lower(), str(one["productId"]))
        for one in _several(given)
        if one.get("productId")
    ]
    if number := values.get("manufacturerPartNumber"):
        pairs.append(("mpn", str(number)))
    return pairs
