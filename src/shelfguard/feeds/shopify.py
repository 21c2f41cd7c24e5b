"""Shopify products, as CSV (one product over several lines) and as JSON; one listing each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from shelfguard.feeds.chunk import Quarantined
from shelfguard.feeds.columns import Rows
from shelfguard.feeds.draft import Draft, Item, lift
from shelfguard.feeds.fields import normalise
from shelfguard.feeds.json_stream import Header
from shelfguard.feeds.json_values import attribute_pairs, plain

KEYS = ("products",)

_FIELDS = {
    "title": "title",
    "body_html": "description",
    "description": "description",
    "vendor": "brand",
    "price": "price",
    "compare_at_price": "compare_at",
    "google_shopping_age_group": "age_group",
    "google_shopping_condition": "condition",
}
_KEPT = (
    "type",
    "tags",
    "seo_title",
    "seo_description",
    "gift_card",
    "status",
    "google_shopping_gender",
)
_DEFAULT_OPTION = ("Title", "Default Title")

Cells = dict[str, str]


def csv_items(runs: Iterator[Rows], header: Sequence[str]) -> Iterator[Item]:
    """Lines that follow each other under one handle, as one product."""
    names = [normalise(name).removeprefix("variant_") for name in header]
    for key, group in groupby(_lines(runs, names), key=lambda line: line[1]):
        lines = list(group)
        first = lines[0][0]
        if isinstance(key, Quarantined):
            yield Item(first, key)
        else:
            yield Item(first, _product([cells for _, _, cells in lines]))


def _lines(
    runs: Iterator[Rows], names: list[str]
) -> Iterator[tuple[int | None, str | Quarantined, Cells]]:
    """(line, handle or what is wrong with the line, cells) in file order."""
    handle_at = next((n for n in ("handle", "url_handle") if n in names), "title")
    for run in runs:
        bad = {q.row: q for q in run.bad}
        good = dict(zip(run.numbers, zip(run.lines, run.rows, strict=True), strict=True))
        for number in sorted([*bad, *good], key=lambda n: n or 0):
            if number in bad:
                yield bad[number].line, bad[number], {}
            else:
                line, row = good[number or 0]
                cells = dict(zip(names, row, strict=True))
                yield line, cells[handle_at] or str(number), cells


def _product(rows: list[Cells]) -> Draft:
    first = rows[0]
    draft: Draft = {_FIELDS[k]: v for k, v in first.items() if k in _FIELDS and v}
    draft["id"] = first.get("handle") or first.get("url_handle")
    draft["category"] = first.get("product_category") or first.get("type")
    draft["identifiers"] = _numbers(rows)
    draft["images"] = _pictures(rows)
    draft["attributes"] = {k: first[k] for k in _KEPT if first.get(k)} | _options(rows)
    draft["attributes"] |= {k: v for k, v in first.items() if v and "metafield" in k}
    return lift(draft)


def _numbers(rows: list[Cells]) -> list[tuple[str, str]]:
    """The numbers of every variant; a spreadsheet's apostrophe before a barcode is none of it."""
    pairs = [
        pair
        for row in rows
        for pair in (("sku", row.get("sku", "")), ("gtin", row.get("barcode", "").lstrip("'")))
    ]
    pairs.append(("mpn", rows[0].get("google_shopping_mpn", "")))
    return [(kind, number) for kind, number in pairs if number]


def _pictures(rows: list[Cells]) -> list[dict[str, Any]]:
    return [
        {"uri": uri, "alt": row.get("image_alt_text") or None}
        for row in rows
        if (uri := row.get("image_src") or row.get("product_image_url"))
    ]


def _options(rows: list[Cells]) -> dict[str, str]:
    """Option name to the values of all variants."""
    options = {}
    for n in (1, 2, 3):
        name = rows[0].get(f"option{n}_name", "")
        values = dict.fromkeys(v for row in rows if (v := row.get(f"option{n}_value", "")))
        if name and name not in _DEFAULT_OPTION:
            options[name] = ", ".join(values)
    return options


def draft(item: dict[str, Any], header: Header) -> Draft:
    """One product of the Admin REST API or of a shop's products.json."""
    product = item["product"] if "title" not in item and "product" in item else item
    variants = _objects(product, "variants")
    first = variants[0] if variants else {}
    return lift(
        {
            "id": product.get("id") or product.get("handle"),
            "title": product["title"],
            "description": product.get("body_html"),
            "brand": product.get("vendor"),
            "category": product.get("product_type"),
            "price": first.get("price"),
            "compare_at": first.get("compare_at_price"),
            "identifiers": _identifiers(variants),
            "images": _several(product, "images"),
            "attributes": _attributes(product),
        }
    )


def _several(product: dict[str, Any], key: str) -> list[Any]:
    found = product.get(key)
    return found if isinstance(found, list) else []


def _objects(product: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [one for one in _several(product, key) if isinstance(one, dict)]


def _identifiers(variants: list[dict[str, Any]]) -> list[tuple[str, str]]:
    kinds = (("sku", "sku"), ("gtin", "barcode"))
    return [(kind, plain(v[key])) for v in variants for kind, key in kinds if v.get(key)]


def _attributes(product: dict[str, Any]) -> dict[str, str]:
    options = {
        name: option.get("values")
        for option in _objects(product, "options")
        if (name := option.get("name")) and name not in _DEFAULT_OPTION
    }
    return dict(attribute_pairs({"tags": product.get("tags")} | options))
