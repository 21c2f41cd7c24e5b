"""One odd value costs its row at most, and nothing where it can be read sensibly."""

import json
import tempfile
from datetime import date, datetime
from decimal import Decimal
from math import nan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.feeds.reading import read, write

FIELDS = [
    *("title", "description", "lang", "brand", "category", "price", "currency", "seller_id"),
    *("bullets", "images", "certifications", "fees", "gtin", "npn", "attributes", "colour"),
    *("variants", "options", "tags", "body_html"),
    *("attributes", "item_name", "bullet_point", "purchasable_offer", "summaries", "header"),
    *("Orderable", "Visible", "productIdentifiers", "keyFeatures"),
    *("name", "image", "offers", "inLanguage", "additionalProperty", "sku"),
]

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "value", "uri", "en", "amount"]) | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "format_", ["jsonl", "json", "shopify-json", "amazon-json", "walmart-json", "jsonld"]
)
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.dictionaries(st.sampled_from(FIELDS), values), min_size=1, max_size=4))
def test_whatever_the_fields_hold_every_row_is_accounted_for(
    format_: str, rows: list[dict[str, Any]]
) -> None:
    rows = [{"id": n, "@type": "Product", **row} for n, row in enumerate(rows)]
    lines = "\n".join(map(json.dumps, rows))
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), "feed", lines if format_ == "jsonl" else json.dumps(rows))
        records, quarantined, _ = read(path, format=format_)
    assert len(records) + len(quarantined) == len(rows)


def listing(folder: Path, **values: Any) -> dict[str, Any]:
    """The listing with these values, which is read without any loss."""
    record = {"id": "1", "title": "Red kite for children", **values}
    (found,), bad, _ = read(write(folder, "feed.jsonl", json.dumps(record)))
    assert bad == []
    return found


def test_a_value_that_fits_no_field_costs_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    brands = pa.array([None, [(date(2024, 1, 1), 1)], None], pa.map_(pa.date32(), pa.int8()))
    titles = ["Red kite", "Blue kite", "Green kite"]
    pq.write_table(pa.table({"id": [1, 2, 3], "title": titles, "brand": brands}), path)
    records, (bad,), warnings = read(path, lang="en")
    assert [r["id"] for r in records] == ["1", "3"]
    assert (bad.file, bad.row) == ("feed.parquet", 2)
    assert bad.reason.startswith("holds a value that fits no field (keys must be str")
    assert warnings == {"seller is missing": 2}


@pytest.mark.parametrize("bullets", [[1], {"": 1}, {"en": ["1"]}])
def test_bullets_of_any_shape(bullets: Any, tmp_path: Path) -> None:
    assert listing(tmp_path, bullets=bullets, lang="en")["bullets"] == {"en": ["1"]}


def test_pictures_of_any_shape(tmp_path: Path) -> None:
    images = ["a.jpg", {"uri": 5}, {"url": "b.jpg", "alt": "Red"}, None, {}]
    found = listing(tmp_path, images=images)["images"]
    assert [(i["uri"], i["alt"], i["role"]) for i in found] == [
        ("a.jpg", None, "main"),
        ("5", None, "additional"),
        ("b.jpg", "Red", "additional"),
    ]


def test_a_language_that_is_no_text_is_detected_instead(tmp_path: Path) -> None:
    assert list(listing(tmp_path, lang=5)["title"]) == ["en"]


@pytest.mark.parametrize("title", [{"en": 0}, {"en": "0"}])
def test_a_title_of_zero_is_one(title: Any, tmp_path: Path) -> None:
    assert listing(tmp_path, title=title)["title"] == {"en": "0"}


@pytest.mark.parametrize("keys", [("title_fr", "title"), ("title", "title_fr")])
def test_a_text_without_a_language_replaces_none_with_one(
    keys: tuple[str, str], tmp_path: Path
) -> None:
    texts = {"title_fr": "Couteau pliant", "title": "Folding knife for the kitchen"}
    record = {key: texts[key] for key in keys}
    (knife,), _, _ = read(write(tmp_path, "feed.jsonl", json.dumps(record)))
    assert knife["title"] == {"fr": texts["title_fr"], "en": texts["title"]}


def test_two_texts_of_one_language_are_both_kept(tmp_path: Path) -> None:
    texts = {"title": "Poing américain en laiton massif", "title_fr": "Presse-papier"}
    both = {"und": texts["title"], "fr": texts["title_fr"]}
    line = ",".join(texts) + "\n" + ",".join(texts.values())
    for name, content in (("f.jsonl", json.dumps(texts)), ("f.csv", line)):
        (found,), _, _ = read(write(tmp_path, name, content))
        assert found["title"] == both
    same = dict.fromkeys(texts, texts["title"])
    (found,), _, _ = read(write(tmp_path, "f.jsonl", json.dumps(same)))
    assert found["title"] == {"fr": texts["title"]}


@pytest.mark.parametrize(
    "attributes",
    [
        [{"name": "NPN", "value": 80001234}, {"name": "colour", "value": "red"}],
        {"NPN": 80001234.0, "colour": "red", "size": None, "weight": nan},
        '[{"name": "NPN", "value": "80001234"}, {"name": "colour", "value": "red"}]',
    ],
)
def test_attributes_of_any_shape(attributes: Any, tmp_path: Path) -> None:
    found = listing(tmp_path, attributes=attributes)
    assert found["attributes"] == {"NPN": "80001234", "colour": "red"}
    assert found["licence_ids"] == {"npn": "80001234"}


def test_attributes_of_one_name_are_all_kept(tmp_path: Path) -> None:
    attributes = [{"name": "colour", "value": "red"}, {"name": "colour", "value": "blue"}]
    assert listing(tmp_path, attributes=attributes)["attributes"] == {"colour": "red, blue"}


def test_attributes_without_names_stay_whole(tmp_path: Path) -> None:
    found = listing(tmp_path, attributes=["red", "large"])
    assert found["attributes"] == {"attributes": "red, large"}


def test_a_cell_of_attributes_that_is_no_json_stays_as_written(tmp_path: Path) -> None:
    text = 'id|title|attributes\n1|Kite|{"a": "\\ud800"}\n2|Ball|' + "[" * 100_000
    (kite, ball), _, _ = read(write(tmp_path, "feed.csv", text))
    assert kite["attributes"] == {"a": "?"}
    assert ball["attributes"] == {"attributes": "[" * 100_000}


def test_fees_by_name_or_as_written(tmp_path: Path) -> None:
    fees = [{"name": "handling", "amount": "5,00 $"}, "3.50", {"name": "none", "amount": 0}]
    assert listing(tmp_path, fees=fees)["fees"] == [
        {"name": "handling", "amount": 5.0},
        {"name": "3.50", "amount": 3.5},
    ]
    (kite, ball), _, _ = read(write(tmp_path, "f.csv", "id;title;Frais\n1;Kite;5,00 $\n2;Ball;0\n"))
    assert kite["fees"] == [{"name": "5,00 $", "amount": 5.0}]
    assert not ball["fees"]


@pytest.mark.parametrize("wrap", ["{}", "[{}]"])
def test_a_number_of_5000_digits_is_text(wrap: str, tmp_path: Path) -> None:
    record = f'{{"id": "1", "title": "Kite", "size": {"9" * 5000}}}'
    (kite,), _, _ = read(write(tmp_path, "feed.json", wrap.replace("{}", record)))
    assert kite["attributes"] == {"size": "9" * 5000}


@pytest.mark.parametrize(
    ("given_", "tag"), [(["fr", "en"], "fr"), ({"name": "French"}, "fr"), (5, "en")]
)
def test_languages_of_json_ld(given_: Any, tag: str, tmp_path: Path) -> None:
    product = {"@type": "Product", "name": "Red kite for children", "inLanguage": given_}
    (kite,), _, _ = read(write(tmp_path, "feed.json", json.dumps(product)))
    assert list(kite["title"]) == [tag]


def test_pictures_of_json_ld_with_several_addresses(tmp_path: Path) -> None:
    product = {"@type": "Product", "name": "Kite", "image": {"url": ["a", "b"], "name": "Red"}}
    (kite,), _, _ = read(write(tmp_path, "feed.json", json.dumps(product)))
    assert [(i["uri"], i["alt"]) for i in kite["images"]] == [("a", "Red"), ("b", "Red")]


def test_a_gap_of_pandas_is_missing_and_its_whole_floats_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    columns = {
        "id": ["1", "2"],
        "title": ["Kite", "Ball"],
        "gtin": [4006381333931.0, nan],
        "weight": [1.5, nan],
        "price": [9.0, nan],
    }
    pq.write_table(pa.table(columns), path)
    (kite, ball), _, warnings = read(path, lang="en")
    assert kite["identifiers"] == [{"type": "gtin", "value": "4006381333931", "valid": True}]
    assert kite["attributes"] == {"weight": "1.5"}
    assert (ball["identifiers"], ball["attributes"], ball["price"]) == (None, {}, None)
    assert warnings == {"seller is missing": 2}


def test_times_and_decimals_of_parquet_are_written_out(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    columns = {
        "title": ["Kite"],
        "made": [date(2024, 1, 1)],
        "listed": pa.array([1_700_000_000_123_456_789], pa.timestamp("ns")),
        "weight": [Decimal("1.50")],
        "seen": [datetime(2024, 1, 1, 12)],
    }
    pq.write_table(pa.table(columns), path)
    (kite,), _, _ = read(path)
    assert kite["attributes"] == {
        "made": "2024-01-01",
        "listed": "2023-11-14 22:13:20.123456",
        "weight": "1.50",
        "seen": "2024-01-01 12:00:00",
    }


def test_parquet_of_several_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    titles = [f"Kite {n}" for n in range(10)]
    pq.write_table(pa.table({"title": titles}), path, row_group_size=3)
    records, _, _ = read(path, lang="en")
    assert [r["title"]["en"] for r in records] == titles
