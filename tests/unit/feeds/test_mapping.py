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
        ("columns: {A: title}\nx: \x01\n", r"mapping\.yaml: is not YAML: .*special characters"),
        ("columns:\n  A: [title]\n", r"mapping\.yaml:2: field 'A': .*not one text.*name: value"),
        ("columns:\n  ? [a]\n  : title\n", r"mapping\.yaml:2: expected `name: value` pairs"),
        ("columns: {A: title}\ndelimiter: [a]\n", r"mapping\.yaml:2: field 'delimiter': .*not one"),
        ("", "expected `name: value` pairs"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=message):
        load_mapping(write(tmp_path, "mapping.yaml", text))


def test_a_missing_mapping(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="mapping cannot be read"):
        load_mapping(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "format_",
    ["shopify-csv", "shopify-json", "walmart-json", "amazon-json", "jsonld", "html"],
)
def test_a_format_with_columns_of_its_own_refuses_a_mapping(format_: str, tmp_path: Path) -> None:
    mapping = write(tmp_path, "mapping.yaml", "columns: {Artikel: id}")
    with pytest.raises(FeedError, match=rf"'{format_}' cannot be mapped.*Leave out --mapping"):
        read(write(tmp_path, "feed", "Handle,Title\n"), format=format_, mapping=mapping)


def test_a_column_mapped_to_ignore_gives_no_warning(tmp_path: Path) -> None:
    mapping = write(tmp_path, "mapping.yaml", "columns: {Lager: ignore}")
    record = {"id": "1", "title": "Kite", "seller": "s", "Lager": "B3"}
    (kite,), _, warnings = read(write(tmp_path, "f.jsonl", json.dumps(record)), mapping=mapping)
    assert (kite["attributes"], warnings) == ({}, {})


def test_pictures_mapped_to_a_text_cost_their_row_alone(tmp_path: Path) -> None:
    mapping = write(tmp_path, "mapping.yaml", "columns: {image_link: title}")
    item = "<item><id>{}</id><{}>Kite</{}></item>"
    items = [item.format(n, tag, tag) for n, tag in enumerate(["image_link", "title_en"])]
    path = write(tmp_path, "feed.xml", f"<rss><channel>{''.join(items)}</channel></rss>")
    (kite,), (bad,), _ = read(path, mapping=mapping)
    assert kite["id"] == "1"
    assert (bad.row, bad.reason) == (1, "'title' is a list, not text")
