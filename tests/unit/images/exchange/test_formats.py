"""What is written can be read again, and the format of a file is seen from its beginning."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.images.banks.entries import Entry, NewEntry
from shelfguard.images.exchange.formats import WRITERS, read, recognise, write
from shelfguard.images.exchange.item import UNVERIFIED
from shelfguard.images.exchange.names import Format
from shelfguard.images.hashes.picture_hash import HASH_BYTES, PictureHash

PRINTABLE = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' ,"'), min_size=1, max_size=20
)
WORDS = st.text(string.ascii_letters + string.digits + ":_-é", min_size=1, max_size=10)
HASHES = st.builds(
    PictureHash,
    st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES),
    st.none() | st.integers(0, 100),
)
NEW = st.builds(
    NewEntry,
    HASHES,
    st.none() | WORDS,
    st.lists(WORDS | st.just(UNVERIFIED), max_size=3, unique=True).map(tuple),
    st.none() | PRINTABLE,
)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def stored(new: list[NewEntry]) -> list[Entry]:
    return [Entry(number, each, NOW, "ann") for number, each in enumerate(new, 1)]


def kept(form: Format, entry: Entry) -> NewEntry:
    """What a format can carry of an entry."""
    new = entry.new
    if form is Format.LINES:
        return NewEntry(PictureHash(new.hash.bits, None))
    if form is Format.REFERENCE:
        return NewEntry(new.hash, source=new.source)
    if form is Format.HMA:
        return NewEntry(new.hash, new.supplier_id or str(entry.id), new.tags, new.source)
    tags = sorted(new.tags, key=lambda tag: tag == UNVERIFIED)
    return NewEntry(PictureHash(new.hash.bits, None), None, tuple(tags), new.source or "bank")


@pytest.mark.parametrize("form", WRITERS)
@settings(deadline=None, max_examples=40)
@given(new=st.lists(NEW, max_size=5))
def test_a_format_gives_back_all_that_it_can_carry(
    tmp_path_factory: pytest.TempPathFactory, form: Format, new: list[NewEntry]
) -> None:
    file, entries = tmp_path_factory.mktemp("exchange") / "file", stored(new)
    write(file, form, entries, "bank")
    assert list(read(file, form)) == [kept(form, entry) for entry in entries]
    if entries:
        assert recognise(file) is form


@pytest.mark.parametrize("form", Format)
@settings(deadline=None, max_examples=40)
@given(content=st.text(max_size=200) | st.binary(max_size=200))
def test_any_file_is_read_or_refused_with_its_name(
    tmp_path_factory: pytest.TempPathFactory, form: Format, content: str | bytes
) -> None:
    file = tmp_path_factory.mktemp("exchange") / "file"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        found = list(read(file, form))
    except DataError as error:
        found = [error]
    assert all(item.file == file for item in found if isinstance(item, DataError))


@pytest.mark.parametrize("form", [Format.THREAT_UPDATES, Format.STOPNCII])
def test_what_can_only_be_read_cannot_be_written(tmp_path: Path, form: Format) -> None:
    with pytest.raises(DataError, match=r"can only be read\. Use one of lines, reference"):
        write(tmp_path / "file", form, [], "bank")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing: cannot be read"):
        list(read(tmp_path / "nothing"))


def test_a_file_of_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not UTF-8"):
        list(read(tmp_path / "file"))
