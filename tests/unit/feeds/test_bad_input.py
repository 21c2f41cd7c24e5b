"""Bad input: a clear error, or one quarantined entry, and never a lost row."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shelfguard.errors import FeedError
from tests.unit.feeds.reading import DATA, read, write


def rows(count: int) -> bytes:
    return b"id,title\n" + b"".join(b"%d,Kite number %d\n" % (n, n * 7919) for n in range(count))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"none\.csv: does not exist\. Check the path"):
        read(tmp_path / "none.csv")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="is not a file"):
        read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\n\n", gzip.compress(b"", mtime=0)])
def test_empty_file(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="is empty"):
        read(write(tmp_path, "feed.csv", content))


def test_header_without_rows(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="has no rows"):
        read(write(tmp_path, "feed.csv", "id,title\n"))


def test_binary_file(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="is binary data"):
        read(write(tmp_path, "feed.csv", b"\x89PNG\r\n\x1a\n" + bytes(500)))


def test_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"format 'csb' is not known.*Known: csv"):
        read(write(tmp_path, "feed.csv", "id,title\n1,Kite\n"), format="csb")


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_a_half_written_stream_gives_all_rows_before_the_cut(codec: str, tmp_path: Path) -> None:
    packed = tmp_path / "feed.csv.gz"
    with pa.CompressedOutputStream(str(packed), codec) as stream:
        stream.write(rows(40_000))
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])
    records, quarantined, _ = read(packed, lang="en")
    assert len(records) > 10_000
    assert [r["id"] for r in records] == [str(n) for n in range(len(records))]
    (cut,) = quarantined
    assert "ends early" in cut.reason
    assert (cut.file, cut.row, cut.line) == (packed.name, len(records) + 1, len(records) + 2)


def test_a_cut_inside_a_quotation_is_reported_once(tmp_path: Path) -> None:
    text = b'id,title\n1,Kite\n2,"Ball\nwith a long description ' + bytes(range(65, 91)) * 40
    packed = gzip.compress(text, mtime=0)[:-20]
    records, quarantined, _ = read(write(tmp_path, "feed.csv.gz", packed))
    assert [r["id"] for r in records] == ["1"]
    assert len(quarantined) == 1


def test_half_written_json_lines(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": n, "title": f"Kite {n * 7919}"}) + "\n" for n in range(5000))
    packed = gzip.compress(lines.encode())
    path = write(tmp_path, "feed.jsonl.gz", packed[: len(packed) // 2])
    records, (cut,), _ = read(path)
    assert len(records) > 1000
    assert "ends early" in cut.reason


def test_half_written_json_document(tmp_path: Path) -> None:
    text = (DATA / "shopify.json").read_text().replace("\n  ]\n}", ',{"id": 7, "title": "Ten')
    (stove,), (cut,), _ = read(write(tmp_path, "feed.json", text))
    assert stove["title"] == {"en": "Camp stove"}
    assert cut.reason.startswith("is not JSON")
    assert cut.line == 19


def test_half_written_xml(tmp_path: Path) -> None:
    text = (DATA / "google-rss.xml").read_text()
    (television,), (cut,), _ = read(write(tmp_path, "feed.xml", text[: text.index("TV-XX")]))
    assert television["id"] == "TV-55"
    assert "not well-formed XML" in cut.reason


def test_no_whole_item_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="is not JSON"):
        read(write(tmp_path, "feed.json", '{"products": [{"title": "Ten'), format="shopify-json")
    with pytest.raises(FeedError, match="not well-formed"):
        read(write(tmp_path, "feed.xml", "<rss><channel><item>"))


def test_a_line_of_200_megabytes_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"id,title\n1,Kite\n2,")
        for _ in range(200):
            file.write(b"x" * (1 << 20))
        file.write(b"\n3,Ball\n")
    tracemalloc.start()
    records, (bad,), _ = read(path, lang="en")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [r["id"] for r in records] == ["1", "3"]
    assert (bad.line, bad.reason) == (3, "is longer than 1048576 bytes")
    assert bad.excerpt.startswith("2,xxx")
    assert len(bad.excerpt) <= 200
    assert peak < 16 << 20


def test_a_json_line_too_long(tmp_path: Path) -> None:
    long = json.dumps({"id": "2", "title": "x" * (2 << 20)})
    text = f'{{"id": "1", "title": "Kite"}}\n{long}\n{{"id": "3", "title": "Ball"}}\n'
    records, (bad,), _ = read(write(tmp_path, "feed.jsonl", text))
    assert [r["id"] for r in records] == ["1", "3"]
    assert bad.line == 2


BOMB = """<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<rss><channel><item><title>&d;</title></item></channel></rss>"""


def test_xml_bomb(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"document type declaration.*Remove the DOCTYPE"):
        read(write(tmp_path, "feed.xml", BOMB))


def test_external_entities_are_not_fetched(tmp_path: Path) -> None:
    secret = write(tmp_path, "secret", "password")
    text = (
        f'<!DOCTYPE rss [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
        "<rss><channel><item><title>&s;</title></item></channel></rss>"
    )
    with pytest.raises(FeedError, match="DOCTYPE"):
        read(write(tmp_path, "feed.xml", f"<?xml version='1.0'?>{text}"))


def test_bad_json_lines_are_quarantined_with_their_place(tmp_path: Path) -> None:
    text = (
        '{"id": "1", "title": "Kite"}\n{"id": \n\n[1]\n{"id": "4", "title": ["a"]}\n'
        '{"id": "5", "title": "Ba\0ll"}\n{"id": "6", "title": " "}\n' + "[" * 100_000 + "\n"
    )
    (kite,), quarantined, _ = read(write(tmp_path, "feed.jsonl", text))
    assert kite["id"] == "1"
    assert [(q.line, q.reason) for q in quarantined] == [
        (2, "is not JSON: Expecting value at character 9"),
        (4, "is not a JSON object"),
        (5, "'title' is a list, not text"),
        (6, "has a NUL byte"),
        (7, "has no title"),
        (8, "nested too deep"),
    ]


def test_labels_of_examples_are_ignored_with_a_warning(tmp_path: Path) -> None:
    record = {"id": "1", "title": "Kite", "kind": "positive", "violates": ["X"], "seller_id": "s"}
    (kite,), _, warnings = read(write(tmp_path, "feed.jsonl", json.dumps(record)))
    assert kite["attributes"] == {}
    assert warnings == {
        "'kind' is no part of a listing and was ignored": 1,
        "'violates' is no part of a listing and was ignored": 1,
    }


def test_text_that_is_no_unicode_is_mended(tmp_path: Path) -> None:
    (kite,), _, _ = read(write(tmp_path, "f.jsonl", '{"id": "1", "title": "Kite \\ud83d!"}'))
    assert list(kite["title"].values()) == ["Kite ?!"]
    both = '[{"id": "1", "title": "Kite \\ud83e\\ude81"}, {"id": "2", "title": "Ball \\udc00"}]'
    (kite, ball), _, _ = read(write(tmp_path, "f.json", both))
    assert [*kite["title"].values(), *ball["title"].values()] == ["Kite 🪁", "Ball ?"]


def test_parquet_with_a_column_of_the_wrong_type(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    pq.write_table(pa.table({"id": ["1"], "title": [[1, 2]]}), path)
    with pytest.raises(FeedError, match=r"field 'title': holds list.*not text"):
        read(path)


def test_parquet_with_some_bad_rows(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    title = pa.array([b"Kite", b"\xff\xfe", None], pa.binary())
    pq.write_table(pa.table({"id": [1, 2, 3], "title": title, "price": [1.5, 2, 3]}), path)
    (kite,), quarantined, _ = read(path)
    assert (kite["id"], kite["price"]) == ("1", 1.5)
    assert [(q.row, q.reason) for q in quarantined] == [
        (2, "'title' holds bytes that are not text"),
        (3, "has no title"),
    ]


def test_half_written_parquet(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    pq.write_table(pa.table({"id": ["1"] * 500, "title": ["Kite"] * 500}), path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(FeedError, match="is not a whole Parquet file"):
        read(path)
