"""Mapping files for feeds whose columns nobody could guess."""

import json
from pathlib import Path

import pytest

from shelfguard.errors import FeedError
from shelfguard.feeds.mapping import load_mapping
from tests.unit.feeds.reading import read, write

MAPPING = """
delimiter: "^"
columns:
  Artikel: id
  Bezeichnung: title
  Titre FR: title.fr
  Preis: price
  EAN-Code: identifiers.ean
  Zulassung: licence_ids.npn
  Werkstoff: attributes.material
  Bild: images
  Lager: ignore
"""


def test_a_mapping_names_every_column(tmp_path: Path) -> None:
    feed = (
        "Artikel^Bezeichnung^Titre FR^Preis^EAN-Code^Zulassung^Werkstoff^Bild^Lager^Farbe\n"
        "7^Kite^Cerf-volant^12,50^4006381333931^80001234^Nylon^https://a.example/k.jpg^B3^rot\n"
    )
    mapping = write(tmp_path, "mapping.yaml", MAPPING)
    (kite,), _, _ = read(write(tmp_path, "feed.csv", feed), mapping=mapping, lang="en")
    assert kite["title"] == {"en": "Kite", "fr": "Cerf-volant"}
    assert (kite["id"], kite["price"]) == ("7", 12.5)
    assert kite["identifiers"][0]["type"] == "ean"
    assert kite["licence_ids"] == {"npn": "80001234"}
    assert kite["attributes"] == {"material": "Nylon", "Farbe": "rot"}
    assert kite["images"][0]["uri"] == "https://a.example/k.jpg"


def test_points_reach_into_nested_json(tmp_path: Path) -> None:
    record = {"ref": 7, "texts": {"main": "Red kite for the beach", "extra": "x"}, "shop": {"n": 1}}
    mapping = "columns: {ref: id, texts.main: title, shop.n: seller_id}"
    path = write(tmp_path, "feed.jsonl", json.dumps(record))
    (kite,), _, _ = read(path, mapping=write(tmp_path, "mapping.yaml", mapping))
    assert (kite["id"], kite["seller"]["id"]) == ("7", "1")
    assert kite["title"] == {"en": "Red kite for the beach"}
    assert kite["attributes"] == {"texts.extra": "x"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("columns:\n  A: titel\n", r"mapping\.yaml:2: field 'A': 'titel' is no field.*Use one of"),
        ("colums: {}\n", r"mapping\.yaml:1: field 'colums': key 'colums' is not known"),
        ("delimiter: ';'\n", "has no columns"),
        ("columns: [a]\n", r"mapping\.yaml:1: expected `name: value` pairs"),
        ("columns: {A: title}\ndelimiter: ab\n", r"mapping\.yaml:2: .*not one character"),
        ("columns: {A: title", r"mapping\.yaml:1: is not YAML"),
        ("", "expected `name: value` pairs"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=message):
        load_mapping(write(tmp_path, "mapping.yaml", text))


def test_a_missing_mapping(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="mapping cannot be read"):
        load_mapping(tmp_path / "none.yaml")
