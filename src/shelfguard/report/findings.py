"""Evidence in words, for the page and for the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shelfguard.images.hashes.picture_hash import HASH_BYTES
from shelfguard.report.marks import Piece, pieces
from shelfguard.report.words import Catalogue

OF_PICTURES = ("region", "mask", "match")
"""Kinds of evidence that lie in a picture."""

PLACE = re.compile(r"images\[(\d+)\](?:\.(alt|code|text)(?:\[(\d+)\])?)?")
"""A picture of the listing, its alternative text, or a code or text that was read in it."""

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Finding:
    """One piece of evidence in words.

    `absent` says that the field is missing; `number` is that of its mark on a picture.
    """

    where: str
    lang: str
    quote: Sequence[Piece] | None
    note: str
    absent: bool
    number: int | None


def finding(item: dict[str, Any], number: int | None, t: Catalogue) -> Finding:
    """The evidence as the page shows it."""
    quote = None if item["quote"] is None else pieces(item["quote"], room=160)
    return Finding(
        where=field_label(item["field"], t),
        lang=language(item["lang"]),
        quote=quote,
        note=note(item, t),
        absent=is_absent(item),
        number=number,
    )


def is_absent(item: dict[str, Any]) -> bool:
    """Whether the evidence is that a field is missing."""
    return item["quote"] is None and item["kind"] not in OF_PICTURES


def note(item: dict[str, Any], t: Catalogue) -> str:
    """What the evidence adds to its quote; empty where it repeats it."""
    if item["kind"] == "match":
        known = {"bank": item["bank"], "entry": str(item["entry"]), "bits": 8 * HASH_BYTES}
        return t("found.match", n=item["distance"], **known)
    said = item["note"] or ""
    if said.casefold() == (item["quote"] or "").casefold():
        said = ""
    if item["kind"] in OF_PICTURES:
        return t.name("note", said) if said else t.name("signal", item["signal"])
    return said


def failure(recorded: str | None, t: Catalogue) -> str:
    """Why a picture was not looked at; a record is a code, or a code, a colon and a sentence."""
    return t.name("failure", (recorded or "unread").partition(":")[0])


def place_of(field: str) -> int | None:
    """`images[2].text[0]` as 2: the picture's place in its listing, None for other fields."""
    found = PLACE.fullmatch(field)
    return int(found[1]) if found else None


def field_label(field: str, t: Catalogue) -> str:
    """`bullets[1]` as "Bullet 2", `images[0].text[3]` as "Picture 1, text 4"; an attribute goes
    by its own name.
    """
    column, _, attribute = field.partition(".")
    if column == "attributes" and attribute:
        return attribute
    if found := PLACE.fullmatch(field):
        return _picture_label(found, t)
    name, _, index = column.partition("[")
    label = t.name("field", name)
    return f"{label} {int(index.rstrip(']')) + 1}" if index else label


def language(tag: str | None) -> str:
    """A tag fit for an HTML `lang` attribute; empty for an unknown language."""
    known = tag and tag != "und" and LANGUAGE_TAG.fullmatch(tag)
    return tag if known and tag else ""


def _picture_label(found: re.Match[str], t: Catalogue) -> str:
    place, part, number = found.groups()
    label = f"{t.name('field', 'images')} {int(place) + 1}"
    if part:
        label = t(f"found.{part}", picture=label)
    return f"{label} {int(number) + 1}" if number else label
