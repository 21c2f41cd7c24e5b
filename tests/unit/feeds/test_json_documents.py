"""JSON documents: several in a file, long ones, and what stands after them."""

import json
from pathlib import Path

import pytest

from shelfguard.feeds import detect_format
from shelfguard.feeds.json_stream import items
from shelfguard.feeds.stream import BLOCK, Bytes
from tests.unit.feeds.reading import read, write


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": 1, "title": "Kite"}]\n[{"id": 2, "title": "Ball"}]',
        '{"products": [{"id": 1, "title": "Kite"}]}{"products": [{"id": 2, "title": "Ball"}]}',
        '{"id": 1, "title": "Kite", "variants": []}\n\n{"id": 2, "title": "Ball"}\n',
    ],
)
def test_documents_that_follow_each_other_are_all_read(text: str, tmp_path: Path) -> None:
    records, bad, _ = read(write(tmp_path, "feed.json", text))
    assert [r["id"] for r in records] == ["1", "2"]
    assert bad == []


def test_what_follows_a_document_and_is_none_is_quarantined(tmp_path: Path) -> None:
    text = '[{"id": 1, "title": "Kite"}]\n}, {"id": 2, "title": "Brass knuckles"}]'
    (kite,), (rest,), _ = read(write(tmp_path, "feed.json", text))
    assert kite["id"] == "1"
    assert (rest.row, rest.line) == (2, 2)
    assert rest.reason == "is not JSON (expected {); nothing after it can be read"
    assert rest.excerpt.startswith('}, {"id": 2')


def test_json_lines_are_known_across_blank_lines_and_rare_separators(tmp_path: Path) -> None:
    first = json.dumps({"item_name": "Kite\u2028for children", "id": 1}, ensure_ascii=False)
    text = f'{first}\r\n\r\n{{"item_name": "Ball", "id": 2}}\r\n'
    path = write(tmp_path, "feed.json", text)
    assert detect_format(path) == "jsonl"
    records, _, _ = read(path)
    assert [r["id"] for r in records] == ["1", "2"]


def test_items_know_their_line_in_a_document_of_many_blocks(tmp_path: Path) -> None:
    count = 4 * BLOCK // 20
    text = "[\n" + ",\n".join(f'{{"id":\n"{n:09}"\n}}' for n in range(count))
    path = write(tmp_path, "feed.json", text + "\n]")
    lines = [item.line for item in items(Bytes(path), (), lambda item, _: item)]
    assert lines == list(range(2, 3 * count + 2, 3))
