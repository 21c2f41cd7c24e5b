"""JSON as the interfaces of hash exchanges give it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shelfguard.errors import DataError
from shelfguard.images.exchange.formats import read
from shelfguard.images.exchange.item import UNVERIFIED, Item, SetAside
from shelfguard.images.exchange.names import Format
from tests.unit.images.exchange.test_lines import ONE, TWO, new


def items(tmp_path: Path, *documents: Any, form: Format | None = None) -> list[Item]:
    """What is read of one document over many lines, or of several, one a line."""
    indent = 2 if len(documents) == 1 else None
    text = "\n".join(json.dumps(document, indent=indent) for document in documents)
    (tmp_path / "file").write_text(text, "utf-8")
    return list(read(tmp_path / "file", form))


def content(signals: Any, **values: Any) -> dict[str, Any]:
    bank = {"name": "RECALLED", "matching_enabled_ratio": 1.0}
    return {
        "id": 7,
        "disable_until_ts": 1,
        "original_media_uri": None,
        "bank": bank,
        "signals": signals,
        **values,
    }


def test_contents_of_a_bank_are_read_one_by_one_in_a_list_or_a_line_each(tmp_path: Path) -> None:
    one, two = content({"pdq": ONE}), content({"pdq": TWO, "video_md5": "0" * 32}, id=8)
    expected = [new(ONE, supplier_id="7"), new(TWO, supplier_id="8")]
    assert items(tmp_path, one) == expected[:1]
    assert items(tmp_path, [one, two]) == expected
    assert items(tmp_path, one, two) == expected


def test_metadata_of_a_content_are_kept(tmp_path: Path) -> None:
    metadata = {
        "content_id": "case-12",
        "content_uri": "https://example.org/12",
        "json": {"anything": ["else"]},
        "collab": {"RECALLS": ["12"]},
    }
    found = items(tmp_path, content({"pdq": ONE}, metadata=metadata, note="seen twice"))
    assert found == [new(ONE, supplier_id="case-12", source="https://example.org/12")]


def test_signals_alone_are_enough(tmp_path: Path) -> None:
    assert items(tmp_path, {"pdq": ONE}) == [new(ONE)]


def test_contents_that_are_disabled_or_have_no_picture_are_set_aside(tmp_path: Path) -> None:
    documents = [
        content({"pdq": ONE}, disable_until_ts=0),
        content({"pdq": ONE}, disable_until_ts=1 << 40),
        content({"video_md5": "0" * 32}),
        content({"pdq": ONE}, disable_until_ts=1_600_000_000),
    ]
    aside = [SetAside("disabled"), SetAside("disabled"), SetAside("no PDQ hash")]
    assert items(tmp_path, documents) == [*aside, new(ONE, supplier_id="7")]


def update(indicator: str, *said: tuple[str, Any], **values: Any) -> dict[str, Any]:
    descriptors = [
        {"id": str(number), "owner": {"id": "1"}, "status": status, "tags": tags}
        for number, (status, tags) in enumerate(said)
    ]
    return {
        "id": "3058061737574159",
        "indicator": indicator,
        "type": "HASH_PDQ",
        "last_updated": 1_700_000_000,
        "should_delete": False,
        "descriptors": {"data": descriptors},
        **values,
    }


def test_updates_of_threatexchange_carry_what_members_say(tmp_path: Path) -> None:
    tags = {"data": [{"id": "5", "text": "crib"}]}
    data = [
        update(ONE, ("MALICIOUS", ["recall"]), ("UNKNOWN", tags)),
        update(TWO, ("UNKNOWN", None)),
        update(ONE, ("NON_MALICIOUS", [])),
        update(ONE, ("MALICIOUS", []), ("NON_MALICIOUS", [])),
        update(ONE, ("MALICIOUS", []), should_delete=True),
        update(ONE),
        update("0" * 32, ("MALICIOUS", []), type="HASH_MD5"),
    ]
    number = "3058061737574159"
    assert items(tmp_path, {"data": data, "paging": {}}) == [
        new(ONE, supplier_id=number, tags=("crib", "recall")),
        new(TWO, supplier_id=number, tags=(UNVERIFIED,)),
        SetAside("marked as harmless"),
        SetAside("disputed"),
        SetAside("deleted"),
        SetAside("deleted"),
        SetAside("indicator type HASH_MD5"),
    ]


def test_hashes_of_stopncii_are_those_that_nobody_withdrew(tmp_path: Path) -> None:
    record = {
        "lastModtimestamp": 1,
        "signalType": "ImagePDQ",
        "caseNumbers": {},
        "CSPFeedbacks": [],
    }
    records = [
        {**record, "hashValue": ONE, "hashStatus": "Active"},
        {**record, "hashValue": TWO, "hashStatus": "Withdrawn"},
        {**record, "hashValue": "0" * 32, "hashStatus": "Active", "signalType": "VideoMD5"},
    ]
    page = {"count": 3, "hasMoreRecords": False, "hashRecords": records}
    assert items(tmp_path, page) == [
        new(ONE, tags=(UNVERIFIED,)),
        SetAside("withdrawn"),
        SetAside("signal type VideoMD5"),
    ]


@pytest.mark.parametrize(
    ("documents", "form", "said"),
    [
        ([[{"pdq": ONE}, {"id": 1}]], None, "file: field '[1].signals': Field required"),
        ([{"pdq": ONE}, {"pdq": "x"}], None, "file:2: field 'signals.pdq': 'x' is no PDQ hash"),
        ([[content({"pdq": 7})]], None, "file: field '[0].signals.pdq': Input should be a valid"),
        ([[1]], Format.HMA, "file: field '[0]': Input should be a valid dictionary"),
        (
            [{"data": [update("f8", ("MALICIOUS", []))]}],
            None,
            "file: field 'data[0].indicator': 'f8' is no PDQ hash",
        ),
        (
            [{"hashRecords": [{"signalType": "ImagePDQ"}]}],
            None,
            "file: field 'hashRecords[0].hashValue': Field required",
        ),
    ],
)
def test_an_error_names_the_place_in_the_document(
    tmp_path: Path, documents: list[Any], form: Format | None, said: str
) -> None:
    error = items(tmp_path, *documents, form=form)[-1]
    assert isinstance(error, DataError)
    assert said in str(error)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"pdq":\n "f8"', "file:2: not JSON"),
        (f'{{"pdq": "{ONE}"}}\n{{"pdq"\n', "file:2: not JSON"),
        ("[" * 100_000, "file:1: nested too deep"),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "file").write_text(text, "utf-8")
    with pytest.raises(DataError, match=said):
        list(read(tmp_path / "file", Format.HMA))
