"""Lines as Meta's tools write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.errors import DataError
from shelfguard.images.banks.entries import NewEntry
from shelfguard.images.exchange.formats import read
from shelfguard.images.exchange.item import UNVERIFIED, Item, SetAside
from shelfguard.images.exchange.names import Format
from shelfguard.images.hashes.picture_hash import PictureHash

ONE = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
TWO = "e64cc9d91c623882f8d1f1d9a398e78c9f199b3bd83924f2b7e11e0bf861b064"


def items(tmp_path: Path, text: str, form: Format | None = None) -> list[Item]:
    (tmp_path / "file").write_text(text, "utf-8", newline="")
    return list(read(tmp_path / "file", form))


def new(text: str, quality: int | None = None, **values: object) -> NewEntry:
    return NewEntry(PictureHash.from_hex(text, quality), **values)  # type: ignore[arg-type]


def test_signal_files_name_the_signal_type_or_do_not(tmp_path: Path) -> None:
    text = f"{ONE}\npdq {TWO}\r\n\nvideo_md5 {'0' * 32}\n"
    assert items(tmp_path, text) == [new(ONE), new(TWO), SetAside("signal type video_md5")]


def test_the_reference_hasher_writes_hash_quality_and_file_name(tmp_path: Path) -> None:
    text = f"{ONE},100,bridge-mods/aaa-orig.jpg\n{TWO},86,a, b.jpg\n"
    assert items(tmp_path, text) == [
        new(ONE, 100, source="bridge-mods/aaa-orig.jpg"),
        new(TWO, 86, source="a, b.jpg"),
    ]


def test_its_other_tools_read_a_hash_and_any_text_after_it(tmp_path: Path) -> None:
    text = f"{ONE},idx=1\n{TWO},name, with comma\n{ONE},\n"
    read_back = items(tmp_path, text)
    assert read_back == [new(ONE, source="idx=1"), new(TWO, source="name, with comma"), new(ONE)]


def test_its_detailed_form_names_every_value(tmp_path: Path) -> None:
    text = f"hash={ONE},norm=128,delta=0,quality=90,filename=a,b.jpg\nhash={TWO},filename=c\n"
    assert items(tmp_path, text) == [new(ONE, 90, source="a,b.jpg"), new(TWO, source="c")]


def test_a_dataset_of_threatexchange_has_categories_and_tags(tmp_path: Path) -> None:
    text = "\r\n".join(
        [
            "signal_type,signal_str,collab,category,tags",
            f"pdq,{ONE},Recalls,POSITIVE_CLASS,crib recall",
            f"pdq,{TWO},Recalls,INVESTIGATION_SEED,",
            f"pdq,{TWO},Recalls,NEGATIVE_CLASS,",
            f"pdq,{TWO},Recalls,DISPUTED,",
            'raw_text,"crib, the ""best""",Recalls,POSITIVE_CLASS,',
        ]
    )
    assert items(tmp_path, text) == [
        new(ONE, tags=("crib", "recall"), source="Recalls"),
        new(TWO, tags=(UNVERIFIED,), source="Recalls"),
        SetAside("marked as harmless"),
        SetAside("disputed"),
        SetAside("signal type raw_text"),
    ]


@pytest.mark.parametrize(
    ("text", "form", "said"),
    [
        (f"{ONE}\nf8f8\n", None, "file:2: field 'hash': 'f8f8' is no PDQ hash"),
        (f"pdq {'0' * 32}\n", None, "file:1: field 'hash': '0000"),
        (f"{ONE},101,a.jpg\n", None, "file:1: field 'quality': 101 is not between 0 and 100"),
        (f"hash={ONE},quality=high,filename=a\n", None, "field 'quality': 'high' is no whole"),
        (f"{ONE}\nx,1,y\n", Format.REFERENCE, "file:2: field 'hash': 'x' is no PDQ hash"),
        ("signal_type,signal_str\npdq,x\n", None, "file:2: field 'signal_str': 'x' is no"),
        (
            f"signal_type,signal_str,category\npdq,{ONE},GOOD\n",
            None,
            "file:2: field 'category': 'GOOD' is none",
        ),
    ],
)
def test_an_error_names_line_and_field_and_costs_no_other_record(
    tmp_path: Path, text: str, form: Format | None, said: str
) -> None:
    error = items(tmp_path, text, form)[-1]
    assert isinstance(error, DataError)
    assert said in str(error)
    assert "--skip-invalid" in str(error)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="file:1: field 'signal_str': no such column"):
        items(tmp_path, "signal_type,hash\n")
