from __future__ import annotations

import pytest

from shelfguard.errors import PackError
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack, shipped_packs
from shelfguard.policy.rows import read_cases, read_examples
from tests.unit.policy.tinypack import TinyPack

ROW = (
    '{"id": "a", "lang": "fr", "title": "Bague", "description": "Or", "brand": null,'
    ' "category": "Bijoux > Bagues", "price": 14, "currency": "CAD",'
    ' "attributes": {"couleur": "doré"}, "seller_id": "s1", "violates": [],'
    ' "kind": "hard_negative", "near": "CA-WPN-001"}\n'
)


def test_a_row_is_a_listing_with_labels(tiny: TinyPack) -> None:
    tiny.write("cases/one.jsonl", ROW)
    (row,) = read_cases(load_pack(tiny.root))
    (record,) = Batch.from_records([row.record()]).records()
    assert record["title"] == {"fr": "Bague"}
    assert record["category"]["path"] == "Bijoux > Bagues"
    assert record["attributes"] == {"couleur": "doré"}
    assert record["seller"] == {"id": "s1", "type": None}
    assert record["price"] == 14.0
    assert (row.near, row.violates, row.file.name, row.line) == (
        "CA-WPN-001",
        [],
        "one.jsonl",
        1,
    )


def test_every_bad_row_is_told_with_file_line_and_field(tiny: TinyPack) -> None:
    good = ROW.strip()
    lines = [
        good,
        good.replace('"brand"', '"brnad"').replace('"a"', '"b"'),
        good.replace("14", '"14"').replace('"a"', '"c"'),
        good[:40],
        good.replace("[]", '["CA-WPN-009"]').replace('"a"', '"d"'),
        good.replace('"hard_negative"', '"positive"').replace('"a"', '"e"'),
        good,
    ]
    tiny.write("cases/x.jsonl", "\n".join(lines))
    with pytest.raises(PackError) as caught:
        read_cases(load_pack(tiny.root))
    found = str(caught.value).replace(f"{tiny.root}/cases/", "").splitlines()
    assert found[0] == "x.jsonl:2: field 'brnad': unknown key. Did you mean 'brand'?"
    assert found[1].startswith("x.jsonl:3: field 'price': input should be a valid number")
    assert found[2].startswith("x.jsonl:4: invalid JSON")
    assert found[3:] == [
        "x.jsonl:5: field 'violates': no clause CA-WPN-009 in the pack",
        "x.jsonl:5: field 'violates': ['CA-WPN-009'] does not go with kind hard_negative",
        "x.jsonl:6: field 'violates': [] does not go with kind positive",
        "x.jsonl:7: field 'id': 'a' is also in x.jsonl:1",
    ]


def test_the_rows_of_shipped_packs_are_sound() -> None:
    for name in shipped_packs():
        pack = load_pack(name)
        assert read_cases(pack)
        assert read_examples(pack)
