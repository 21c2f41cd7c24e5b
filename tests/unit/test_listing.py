"""Batches: content hashes and segments, whatever batch a listing is in."""

import hashlib
import json
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.listing import FEW, HASHED_COLUMNS, Batch, Record

letters = st.characters(exclude_categories=["Cs"])
text = st.text(letters, max_size=8)
texts = st.dictionaries(st.sampled_from(["en", "fr", "und"]), text, max_size=2)
maybe = st.none() | text


def struct(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.fixed_dictionaries(fields)


listing = st.fixed_dictionaries(
    {
        "id": text,
        "title": texts,
        "description": st.none() | texts,
        "bullets": st.none() | st.dictionaries(text, st.lists(text, max_size=2), max_size=2),
        "brand": maybe,
        "seller": struct(id=maybe, type=maybe),
        "category": struct(path=maybe, taxonomy=maybe),
        "price": st.none() | st.floats(0, 1e6),
        "identifiers": st.none()
        | st.lists(struct(type=maybe, value=maybe, valid=st.none() | st.booleans()), max_size=2),
        "images": st.none() | st.lists(struct(uri=maybe, alt=maybe), max_size=2),
        "certifications": st.none() | st.lists(maybe, max_size=2),
        "attributes": st.none() | texts,
        "source": struct(row=st.integers(0, 9)),
    }
)
listings = st.lists(listing, max_size=5)


def reference_hash(row: dict[str, Any]) -> str:
    """The definition: name=value of every known field, values as JSON, hashed with SHA-256."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    known = [n for n in HASHED_COLUMNS if row[n] is not None and row[n] != ""]
    return hashlib.sha256("\x1f".join(f"{n}={encode(row[n])}" for n in known).encode()).hexdigest()


@settings(deadline=None)
@given(listings)
def test_content_hash_is_that_of_its_definition(records: list[Record]) -> None:
    batch = Batch.from_records(records)
    assert batch.content_hashes() == [reference_hash(row) for row in batch.table.to_pylist()]


@settings(deadline=None)
@given(st.lists(listing, min_size=1, max_size=5))
def test_content_hash_is_the_same_in_a_large_batch(records: list[Record]) -> None:
    few = Batch.from_records(records).content_hashes()
    times = FEW // len(records) + 1
    assert Batch.from_records(records * times).content_hashes() == few * times


@settings(deadline=None)
@given(listings, st.integers(0, 4))
def test_content_hash_does_not_depend_on_the_batch(records: list[Record], start: int) -> None:
    batch = Batch.from_records(records)
    assert batch.slice(start, 2).content_hashes() == batch.content_hashes()[start : start + 2]
    alone = [Batch.from_records([record]).content_hashes() for record in records]
    assert [one for (one,) in alone] == batch.content_hashes()


@settings(deadline=None)
@given(listings, listings)
def test_a_batch_says_the_same_in_whatever_pieces_its_table_came(
    some: list[Record], others: list[Record]
) -> None:
    whole = Batch.from_records(some + others)
    parts = [Batch.from_records(records).table for records in (some, others)]
    joined, bare = Batch(pa.concat_tables(parts)), Batch(whole.table)
    assert whole.columns == joined.columns == bare.columns
    assert joined.content_hashes() == whole.content_hashes()
    assert joined.segments().texts == whole.segments().texts


def test_a_batch_finds_its_columns_by_name() -> None:
    batch = Batch.from_records([{"id": "1", "title": {"en": "Mug"}, "brand": "Acme"}])
    turned = Batch(batch.table.select(batch.table.column_names[::-1]))
    assert turned.content_hashes() == batch.content_hashes()


def test_all_of_a_batch_is_that_batch() -> None:
    batch = Batch.from_records([{"id": "1", "title": {"en": "Kite"}}] * 2)
    assert batch.slice(0, 2) is batch
    assert [len(batch.slice(0, 1)), len(batch.slice(1, 2))] == [1, 1]


def test_no_text_passes_for_two_fields() -> None:
    plain = {"id": "1", "title": {"en": "Kite"}}
    forged = {**plain, "brand": "Acme\x1fmanufacturer=Evil"}
    honest = {**plain, "brand": "Acme", "manufacturer": "Evil"}
    first, second = Batch.from_records([forged, honest]).content_hashes()
    assert first != second


def test_content_hash_leaves_out_where_a_listing_was_read() -> None:
    here, there = (
        Batch.from_records([{"id": "1", "title": {"en": "Kite"}, "source": {"row": row}}])
        for row in (1, 2)
    )
    assert here.content_hashes() == there.content_hashes()


@settings(deadline=None)
@given(listings, st.integers(0, 4))
def test_segments_are_every_text_that_is_not_empty(records: list[Record], start: int) -> None:
    batch = Batch.from_records(records).slice(start, 3)
    found = batch.segments()
    assert len(found.rows) == len(found.fields) == len(found.langs) == len(found.texts)
    assert all(found.texts)
    wanted = sorted(
        piece for n, row in enumerate(batch.table.to_pylist()) for piece in reference_pieces(n, row)
    )
    got = zip(found.rows.tolist(), found.fields, found.langs, found.texts, strict=True)
    assert sorted(got) == wanted


def reference_pieces(n: int, row: dict[str, Any]) -> list[tuple[int, str, str, str]]:
    pieces = [
        (n, field, lang, words)
        for field in ("title", "description")
        for lang, words in row[field] or ()
    ]
    pieces += [
        (n, f"bullets[{i}]", lang, words)
        for lang, bullets in row["bullets"] or ()
        for i, words in enumerate(bullets)
    ]
    und = [("brand", row["brand"]), ("category", (row["category"] or {}).get("path"))]
    und += [(f"attributes.{key}", words) for key, words in row["attributes"] or ()]
    und += [
        (f"images[{i}].alt", (image or {}).get("alt"))
        for i, image in enumerate(row["images"] or ())
    ]
    pieces += [(n, field, "und", words) for field, words in und]
    return [piece for piece in pieces if piece[3]]


def test_segments_name_their_row_and_field() -> None:
    batch = Batch.from_records(
        [
            {"id": "1", "title": {"en": "Kite", "fr": "Cerf-volant"}, "attributes": {"size": "L"}},
            {"id": "2", "title": {"en": "Ball"}, "bullets": {"en": ["Red", "Round"]}},
        ]
    )
    found = batch.segments()
    assert found.rows.dtype == np.int32
    assert list(zip(found.rows.tolist(), found.fields, found.texts, strict=True)) == [
        (0, "title", "Kite"),
        (0, "title", "Cerf-volant"),
        (1, "title", "Ball"),
        (1, "bullets[0]", "Red"),
        (1, "bullets[1]", "Round"),
        (0, "attributes.size", "L"),
    ]
