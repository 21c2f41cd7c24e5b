"""Lists of a listing as Arrow arrays: bullet points, pictures, certifications and fees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from shelfguard.feeds.columns import Columns
from shelfguard.feeds.json_values import missing, plain
from shelfguard.feeds.values import money
from shelfguard.listing import LISTING_SCHEMA

_URIS = ("uri", "url", "src", "link")
_IMAGE = ("uri", "sha256", "role", "alt")


def bullets(rows: Sequence[Any], langs: Sequence[str]) -> pa.Array:
    """Bullet points, under the title's language where they name none."""
    values = [_bullets(row, lang) for row, lang in zip(rows, langs, strict=True)]
    return pa.array(values, _type("bullets"))


def _bullets(row: Any, lang: str) -> list[tuple[str, list[str]]] | None:
    if not isinstance(row, dict):
        return [(lang, _filled(row))] if row else None
    found: dict[str, list[str]] = {}
    for tag, texts in row.items():
        found.setdefault(str(tag) or lang, []).extend(_filled(texts))
    return list(found.items())


def _filled(row: Sequence[Any]) -> list[str]:
    return [v if type(v) is str else plain(v) for v in row if not missing(v)]


def lists(columns: Columns) -> dict[str, pa.Array]:
    """Images, certifications and fees."""
    return {
        name: pa.array([read(row) if row else None for row in columns.lists[name]], _type(name))
        for name, read in _LISTS.items()
        if name in columns.lists
    }


def _type(column: str) -> pa.DataType:
    return LISTING_SCHEMA.field(column).type


def _images(row: Sequence[Any]) -> list[dict[str, Any]]:
    """The first picture is the main one unless the feed gives roles."""
    images = [image for given in row if (image := _image(given))]
    return [{"role": "additional" if n else "main"} | image for n, image in enumerate(images)]


def _image(image: Any) -> dict[str, str]:
    if not isinstance(image, dict):
        return {} if missing(image) else {"uri": plain(image)}
    uri = next((image[name] for name in _URIS if not missing(image.get(name))), None)
    given = {**image, "uri": uri}
    return {name: plain(given[name]) for name in _IMAGE if not missing(given.get(name))}


def _fees(row: Sequence[Any]) -> list[dict[str, Any]]:
    """A fee that is only text is its own name; a fee of nothing is none."""
    fees = [fee if isinstance(fee, dict) else {"name": fee, "amount": fee} for fee in row]
    found = [(plain(fee.get("name") or "fee"), money(plain(fee.get("amount")))[0]) for fee in fees]
    return [{"name": name, "amount": amount} for name, amount in found if amount != 0]


_LISTS = {"images": _images, "certifications": _filled, "fees": _fees}
