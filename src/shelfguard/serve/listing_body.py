"""What a client sends: listings as JSON, checked field by field."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

MOST_LISTINGS = 500
"""Listings in one request."""

LONGEST_ID = 512

ByLanguage = dict[str, str]
Text = Annotated[
    str | ByLanguage,
    Field(description="Text, or texts by language tag", examples=["Folding knife"]),
]
Written = Annotated[str, Field(pattern=r"\S")]
Title = Annotated[
    Written | Annotated[dict[str, Written], Field(min_length=1)],
    Field(description="Text, or texts by language tag; never blank", examples=["Folding knife"]),
]
Number = Annotated[float, Field(allow_inf_nan=False)]


@with_config(ConfigDict(extra="forbid"))
class Source(TypedDict, total=False):
    """Where a listing was read from; no part of its content."""

    uri: str | None
    row: Annotated[int, Field(ge=0, lt=2**63)] | None
    revision: str | None


@with_config(ConfigDict(extra="forbid"))
class Seller(TypedDict, total=False):
    """Who sells."""

    id: str | None
    type: str | None


@with_config(ConfigDict(extra="forbid"))
class Category(TypedDict, total=False):
    """Where the product stands in a taxonomy."""

    path: str | None
    taxonomy: str | None


@with_config(ConfigDict(extra="forbid"))
class Image(TypedDict):
    """A picture by its address."""

    uri: str
    alt: NotRequired[str | None]


@with_config(ConfigDict(extra="forbid"))
class Fee(TypedDict):
    """What is charged besides the price."""

    name: str
    amount: NotRequired[Number | None]


@with_config(ConfigDict(extra="allow"))
class Listing(TypedDict):
    """One listing, as a line of a JSON Lines feed has it.

    Names that are not listed here are read as in a feed: `gtin`, `upc`, `isbn` and the like are
    identifiers, `npn`, `din` and the like licences, anything else becomes an attribute.
    """

    id: Annotated[str, Field(min_length=1, max_length=LONGEST_ID, pattern=r"\S")]
    title: Title
    description: NotRequired[Text | None]
    bullets: NotRequired[list[str] | dict[str, list[str]] | None]
    lang: NotRequired[str | None]
    brand: NotRequired[str | None]
    manufacturer: NotRequired[str | None]
    category: NotRequired[str | Category | None]
    price: NotRequired[Number | str | None]
    compare_at: NotRequired[Number | str | None]
    currency: NotRequired[str | None]
    fees: NotRequired[list[str | Fee] | None]
    images: NotRequired[list[str | Image] | None]
    seller: NotRequired[str | Seller | None]
    market: NotRequired[str | None]
    condition: NotRequired[str | None]
    age_group: NotRequired[str | None]
    origin_country: NotRequired[str | None]
    ships_from: NotRequired[str | None]
    certifications: NotRequired[list[str] | None]
    attributes: NotRequired[dict[str, Any] | None]
    source: NotRequired[Source | None]


@with_config(ConfigDict(extra="forbid"))
class Listings(TypedDict):
    """Several listings, decided together and answered in their order."""

    listings: Annotated[list[Listing], Field(min_length=1, max_length=MOST_LISTINGS)]


ONE: TypeAdapter[Listing] = TypeAdapter(Listing)
SEVERAL: TypeAdapter[Listings] = TypeAdapter(Listings)
