"""Every format in the shape in which its platform hands it out."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest

from shelfguard.errors import FeedError
from shelfguard.feeds import Feed, detect_format
from tests.unit.feeds.reading import DATA, read, write


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("walmart.json", "walmart-json"),
        ("amazon-feed.json", "amazon-json"),
        ("amazon-item.json", "amazon-json"),
        ("shopify.csv", "shopify-csv"),
        ("shopify-new.csv", "shopify-csv"),
        ("shopify.json", "shopify-json"),
        ("google.tsv", "google-tsv"),
        ("google-rss.xml", "google-xml"),
        ("google-atom.xml", "google-xml"),
        ("product.jsonld", "jsonld"),
        ("product.html", "html"),
    ],
)
def test_formats_are_told_apart_by_content(name: str, format_: str, tmp_path: Path) -> None:
    assert detect_format(DATA / name) == format_
    packed = tmp_path / "feed.bin"
    packed.write_bytes(gzip.compress((DATA / name).read_bytes()))
    assert detect_format(packed) == format_


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_a_packed_feed_reads_as_the_plain_one(codec: str, tmp_path: Path) -> None:
    packed = tmp_path / "google.tsv"
    with pa.CompressedOutputStream(str(packed), codec) as stream:
        stream.write((DATA / "google.tsv").read_bytes())
    plain, _, _ = read(DATA / "google.tsv")
    unpacked, _, _ = read(packed)
    assert [r["title"] for r in unpacked] == [r["title"] for r in plain]


def test_walmart_joins_orderable_and_visible() -> None:
    (candle, vitamin), (untitled, text), _ = read(DATA / "walmart.json")
    assert candle["title"] == {"en": "Beeswax pillar candle, unscented"}
    assert candle["description"] == {"en": "<p>Burns for <b>40 hours</b>.</p>"}
    assert candle["bullets"] == {"en": ["Cotton wick", "Made in Manitoba"]}
    assert candle["category"] == {"path": "Candles", "taxonomy": "walmart"}
    assert candle["identifiers"] == [{"type": "gtin", "value": "00012345678905", "valid": True}]
    assert candle["attributes"]["assembledProductHeight"] == "15 cm"
    assert (candle["market"], candle["price"]) == ("CA", 24.97)
    assert vitamin["licence_ids"] == {"npn": "80001234"}
    assert (untitled.field, untitled.line) == ("title", 44)
    assert text.reason == "is no item of this format: it is not a JSON object"


def test_amazon_feed_keeps_each_language() -> None:
    (lamp,), quarantined, _ = read(DATA / "amazon-feed.json")
    assert lamp["title"] == {"en": "Desk lamp with clamp", "fr": "Lampe de bureau à pince"}
    assert lamp["bullets"] == {"en": ["Warm light", "Metal arm"]}
    assert (lamp["price"], lamp["compare_at"], lamp["currency"]) == (39.99, 49.99, "CAD")
    assert (lamp["market"], lamp["seller"]["id"]) == ("CA", "AXXXXXXXXXXXXX")
    assert [image["role"] for image in lamp["images"]] == ["main", "additional"]
    assert lamp["attributes"] == {"item_weight": "1.5 kilograms"}
    assert quarantined == []


def test_amazon_bullets_without_a_language_have_that_of_the_title(tmp_path: Path) -> None:
    attributes = {
        "item_name": [{"value": "Lampe de bureau à pince pour la maison"}],
        "bullet_point": [{"value": "Noire"}],
    }
    path = write(tmp_path, "feed.json", json.dumps({"sku": "1", "attributes": attributes}))
    (lamp,), _, _ = read(path, lang="fr")
    assert lamp["bullets"] == {"fr": ["Noire"]}


def test_one_amazon_item_is_a_feed_of_one() -> None:
    (case,), _, _ = read(DATA / "amazon-item.json")
    assert (case["id"], case["market"]) == ("GM-ZDPI-9B4E", "US")
    assert list(case["title"].values()) == ["Hardside carry-on suitcase, 55 cm"]
    assert case["identifiers"][0]["value"] == "B071VG5N9D"


def test_shopify_variants_are_one_listing() -> None:
    (hat, mug), _, _ = read(DATA / "shopify.csv")
    assert (hat["id"], hat["price"], hat["compare_at"]) == ("wool-hat", 29.0, 35.0)
    assert hat["description"] == {"en": "<p>Knitted in Quebec.\nHand wash.</p>"}
    assert hat["category"]["path"] == "Apparel & Accessories > Clothing Accessories > Hats"
    assert (hat["attributes"]["Colour"], hat["attributes"]["Size"]) == ("Red, Blue", "S, L")
    assert [i["value"] for i in hat["identifiers"] if i["type"] == "sku"] == [
        "HAT-RS",
        "HAT-RL",
        "HAT-BS",
    ]
    assert [image["alt"] for image in hat["images"]] == ["Red hat", "Hat from behind"]
    assert "Title" not in mug["attributes"]


def test_shopify_columns_of_the_newer_template() -> None:
    (mug,), _, _ = read(DATA / "shopify-new.csv")
    assert (mug["id"], mug["brand"], mug["attributes"]["Glaze"]) == ("mug", "Argile", "Grey, Blue")


def test_shopify_lines_without_titles_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"feed\.csv:1: has no title column among Code, Price"):
        read(write(tmp_path, "feed.csv", "Code,Price\n1,2\n"), format="shopify-csv")


def test_shopify_json() -> None:
    (stove,), _, _ = read(DATA / "shopify.json")
    assert stove["title"] == {"en": "Camp stove"}
    assert (stove["id"], stove["price"], stove["compare_at"]) == ("632910392", 89.0, 99.0)
    assert stove["attributes"] == {"tags": "camping, stove", "Size": "Small, Large"}


def test_google_tab_separated() -> None:
    (train, puzzle), _, _ = read(DATA / "google.tsv")
    assert (train["price"], train["compare_at"], train["currency"]) == (19.99, 24.99, "CAD")
    assert len(train["images"]) == 3
    assert train["description"] == {"en": 'Beech, 12" long'}
    assert puzzle["title"] == {"fr": "Casse-tête en bois de 24 morceaux"}
    assert puzzle["identifiers"][0]["valid"] is False


def test_google_rss() -> None:
    (television,), (untitled,), _ = read(DATA / "google-rss.xml")
    assert television["description"] == {"en": "<p>Sharp picture & <b>sound</b></p>"}
    assert television["bullets"] == {"en": ["Thin frame", "Four HDMI ports"]}
    assert television["attributes"]["Resolution"] == "4K"
    assert television["attributes"]["shipping"] == (
        "country: CA; service: Standard; price: 14.95 CAD"
    )
    assert len(television["images"]) == 3
    assert (untitled.field, untitled.row) == ("title", 2)


def test_google_details_of_one_name_are_all_kept(tmp_path: Path) -> None:
    detail = (
        "<g:product_detail><g:section_name>{}</g:section_name><g:attribute_name>Width"
        "</g:attribute_name><g:attribute_value>{}</g:attribute_value></g:product_detail>"
    )
    text = (
        '<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><title>Desk</title>'
        f"{detail.format('Product', '80 cm')}{detail.format('Parcel', '90 cm')}"
        "</item></channel></rss>"
    )
    (desk,), _, _ = read(write(tmp_path, "feed.xml", text))
    assert desk["attributes"] == {"Width": "80 cm; 90 cm"}


def test_google_atom() -> None:
    (jumper,), _, _ = read(DATA / "google-atom.xml")
    assert (jumper["id"], jumper["price"], jumper["currency"]) == ("1a", 25.0, "CAD")
    assert jumper["description"] == {"fr": "Un chandail doux et chaud pour les soirs d'hiver."}


def test_json_ld_products_of_a_graph() -> None:
    (anvil,), _, _ = read(DATA / "product.jsonld")
    assert (anvil["brand"], anvil["price"], anvil["currency"]) == ("Acme", 119.99, "CAD")
    assert (anvil["condition"], anvil["origin_country"]) == ("UsedCondition", "CA")
    assert anvil["seller"]["id"] == "Executive Objects"
    assert anvil["attributes"] == {"material": "Steel", "Weight": "25 kg"}
    assert anvil["images"][1]["alt"] == "Side view"


def test_json_ld_in_a_page() -> None:
    (teapot,), (broken,), _ = read(DATA / "product.html")
    assert teapot["title"] == {"fr": "Théière en fonte", "en": "Cast iron teapot"}
    assert teapot["price"] == 49.5
    assert (broken.line, broken.reason[:26]) == (13, "JSON-LD script is not JSON")


def test_chunks_are_the_same_on_every_reading_and_can_be_skipped() -> None:
    feed = Feed(DATA / "shopify.csv")
    assert (feed.format, feed.bytes_read) == ("shopify-csv", 0)
    chunks = list(feed.chunks(rows=1))
    assert feed.bytes_read == feed.total_bytes
    again = list(Feed(DATA / "shopify.csv").chunks(rows=1, skip=1))
    assert [c.batch.ids() for c in chunks] == [["wool-hat"], ["mug"]]
    assert again[0].batch.table.equals(chunks[1].batch.table)
