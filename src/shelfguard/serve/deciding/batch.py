"""Listings as clients sent them, as one batch for the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from shelfguard.feeds.build import Builder
from shelfguard.feeds.chunk import UNFIT
from shelfguard.feeds.draft import Draft, Drafts, Flat
from shelfguard.listing import LISTING_SCHEMA, Batch

FORMAT = "api"
"""The format, and the address, of a listing whose sender names no other source."""

_SOURCE = LISTING_SCHEMA.field("source").type

_FLAT = Flat({}, Counter())
"""Remembers what the names of a client's fields mean."""


class Sent(NamedTuple):
    """A listing as a feed's reader drafts it, and where its sender read it."""

    draft: Draft
    source: Mapping[str, Any]


def sent(listing: Mapping[str, Any], number: int) -> Sent:
    """Read a checked listing; `number` is its place in the request, from 1.

    Raises:
        ValueError, TypeError: a value has no meaning in its field.
    """
    content = {name: value for name, value in listing.items() if name != "source"}
    source = listing.get("source") or {}
    uri, row = source.get("uri") or FORMAT, source.get("row")
    where = {"uri": uri, "row": number if row is None else row, "revision": source.get("revision")}
    return Sent(_FLAT.draft(content), {"format": FORMAT, **where})


def as_batch(listings: Sequence[Sent]) -> Batch:
    """One batch of them all, in order.

    Raises:
        ArithmeticError, LookupError, TypeError, ValueError: a value fits no field.
    """
    drafts = [listing.draft for listing in listings]
    ids = [str(draft["id"]).strip() for draft in drafts]
    sources = pa.array([listing.source for listing in listings], _SOURCE)
    return Builder(FORMAT, FORMAT).build_from(sources, ids, Drafts().columns(drafts))


def unfit(listings: Sequence[Sent]) -> dict[int, str]:
    """Why each listing that fits no batch does not, by its place."""
    found: dict[int, str] = {}
    for place, listing in enumerate(listings):
        try:
            as_batch([listing])
        except UNFIT as error:
            found[place] = str(error)
    return found
