"""A bank from its making to what an auditor sees."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shelfguard.errors import DataError, FindingsError
from shelfguard.images.banks import bank as bank_module
from shelfguard.images.banks.bank import Added, Bank
from shelfguard.images.banks.entries import NewEntry
from shelfguard.images.hashes import live_index
from shelfguard.images.hashes.index import HashIndex
from shelfguard.images.hashes.picture_hash import PictureHash
from tests.unit.images.banks.banking import bank, card, hashes
from tests.unit.images.hashes.near import flipped, random_words

WORDS = random_words(30)


@pytest.fixture
def ten(tmp_path: Path) -> Bank:
    return bank(tmp_path / "bank", WORDS[:10])


def matched(some: Bank) -> list[int]:
    """The ids of entries that are found."""
    return [row + 1 for row in some.search(flipped(WORDS, 31)).row.tolist()]


def test_what_was_added_is_found_by_this_and_every_later_opening(ten: Bank) -> None:
    assert matched(ten) == matched(Bank(ten.folder)) == list(range(1, 11))
    assert len(Bank(ten.folder)) == 10


def test_an_entry_keeps_all_that_was_said_of_it(ten: Bank) -> None:
    new = NewEntry(PictureHash(bytes(32), 77), "TX-9", ("crib", "recall"), "photo.jpg")
    ten.add([new], "bob")
    (found,) = Bank(ten.folder).find([11]).values()
    assert (found.id, found.new, found.added_by) == (11, new, "bob")
    assert abs((datetime.now(UTC) - found.added_at).total_seconds()) < 600
    assert list(ten.entries())[-1] == found


def test_a_known_hash_is_not_added_twice(ten: Bank) -> None:
    again = [*hashes(WORDS[5:12]), *hashes(WORDS[11:12])]
    assert ten.add(map(NewEntry, again), "bob") == Added(11, 2, known=6, low_quality=0)
    assert matched(ten) == list(range(1, 13))


def test_hashes_of_too_low_a_quality_are_not_added_but_those_of_unknown_quality_are(
    ten: Bank,
) -> None:
    new = [*hashes(WORDS[10:12], 49), *hashes(WORDS[12:13], 50), *hashes(WORDS[13:14], None)]
    assert ten.add(map(NewEntry, new), "bob") == Added(11, 2, known=0, low_quality=2)


def test_nothing_to_add_changes_nothing(ten: Bank) -> None:
    assert ten.add([], "bob").count == 0
    assert len(ten.changes) == 2


def test_removed_entries_match_no_more_and_can_be_added_again_under_a_new_id(ten: Bank) -> None:
    ten.remove([3, 4], "bob", "wrong model")
    assert matched(ten) == matched(Bank(ten.folder)) == [1, 2, 5, 6, 7, 8, 9, 10]
    assert [entry.id for entry in ten.entries()] == [1, 2, 5, 6, 7, 8, 9, 10]
    ten.add(map(NewEntry, hashes(WORDS[2:3])), "bob")
    assert matched(ten) == [1, 2, 11, 5, 6, 7, 8, 9, 10]
    assert len(ten) == 9
    assert sorted(ten.find([3, 11, 12])) == [3, 11]


@pytest.mark.parametrize("ids", [[0], [11], [3, 99], [5]])
def test_entries_that_are_not_there_cannot_be_removed(ten: Bank, ids: list[int]) -> None:
    ten.remove([5], "bob", "wrong")
    with pytest.raises(DataError, match=f"has no entry {ids[-1]}"):
        ten.remove(ids, "bob", "wrong")
    assert matched(ten) == [1, 2, 3, 4, 6, 7, 8, 9, 10]


def test_an_auditor_sees_who_changed_what_and_why(ten: Bank) -> None:
    ten.remove([1], "bob", "complaint 12")
    ten.add(map(NewEntry, hashes(WORDS[10:12])), "eve", "delivery 2", "import")
    said = [(each.who, each.what, each.entries, each.because) for each in Bank(ten.folder).changes]
    assert said == [
        ("ann", "create", 0, None),
        ("ann", "add", 10, "first delivery"),
        ("bob", "remove", 0, "complaint 12"),
        ("eve", "import", 2, "delivery 2"),
    ]
    assert ten.changes[2].removed == (1,)


def test_two_openings_of_a_bank_do_not_lose_each_others_changes(ten: Bank) -> None:
    other = Bank(ten.folder)
    ten.add(map(NewEntry, hashes(WORDS[10:15])), "ann")
    other.add(map(NewEntry, hashes(WORDS[12:20])), "bob")
    assert matched(other) == matched(Bank(ten.folder)) == list(range(1, 21))


def test_many_entries_get_an_index_and_many_files(
    ten: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank_module, "ENTRIES_AT_ONCE", 4)
    monkeypatch.setattr(live_index, "DELTA_ROWS", 15)
    ten.add(map(NewEntry, hashes(WORDS)), "ann")
    assert (ten.folder / "index").exists()
    assert len(list((ten.folder / "entries").iterdir())) == 7
    ten.remove([2, 25], "ann", "wrong")
    expected = [number for number in range(1, 31) if number not in (2, 25)]
    assert matched(ten) == matched(Bank(ten.folder)) == expected
    Bank(ten.folder).verify()


def test_an_import_that_ends_early_keeps_whole_files_and_can_be_repeated(
    ten: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank_module, "ENTRIES_AT_ONCE", 4)

    def broken() -> object:
        yield from map(NewEntry, hashes(WORDS[10:16]))
        raise DataError("line is broken")

    with pytest.raises(DataError, match="line is broken"):
        ten.add(broken(), "ann")  # type: ignore[arg-type]
    assert matched(Bank(ten.folder)) == list(range(1, 15))
    assert ten.add(map(NewEntry, hashes(WORDS[10:16])), "ann").known == 4
    assert matched(ten) == list(range(1, 17))


def test_a_distance_of_its_own_decides_what_matches(tmp_path: Path) -> None:
    strict = bank(tmp_path / "strict", WORDS, max_distance=10)
    assert len(strict.search(flipped(WORDS, 10)).row) == 30
    assert len(strict.search(flipped(WORDS, 11)).row) == 0


def test_a_line_of_the_log_cannot_be_changed_unseen(ten: Bank) -> None:
    log = ten.folder / "changes.jsonl"
    first, rest = log.read_text("utf-8").split("\n", 1)
    log.write_text(first.replace("ann", "eve") + "\n" + rest, "utf-8")
    with pytest.raises(FindingsError, match=r"changes\.jsonl:2: the line before it was changed"):
        Bank(ten.folder)


@pytest.mark.parametrize("name", ["bank.json", "entries/000001.parquet"])
def test_other_files_cannot_be_changed_unseen(ten: Bank, name: str) -> None:
    ten.verify()
    (ten.folder / name).write_bytes((ten.folder / name).read_bytes() + b"\n")
    with pytest.raises(FindingsError, match=f"{name}: is not the file that the log names"):
        ten.verify()


def test_an_index_of_other_entries_is_refused(ten: Bank) -> None:
    HashIndex.build(ten.folder / "index", WORDS[:11], 31)
    with pytest.raises(DataError, match=r"knows entries that the log does not\. Remove the index"):
        Bank(ten.folder)


def test_no_bank_is_made_where_something_is(ten: Bank) -> None:
    with pytest.raises(DataError, match="is not empty"):
        Bank.create(ten.folder, card(), "ann")


def test_a_folder_without_a_bank_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"bank\.json: cannot be read.*images bank create"):
        Bank(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [("max_distance", 65), ("min_quality", "high"), ("name", ""), ("received", "soon"), ("x", 1)],
)
def test_a_wrong_field_of_a_card_is_named(ten: Bank, field: str, value: object) -> None:
    path = ten.folder / "bank.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), field: value}), "utf-8")
    with pytest.raises(DataError, match=f"bank.json: field '{field}'"):
        Bank(ten.folder)


def test_a_file_of_entries_that_is_gone_is_named(ten: Bank) -> None:
    (ten.folder / "entries/000001.parquet").unlink()
    with pytest.raises(DataError, match=r"000001\.parquet: cannot be read"):
        Bank(ten.folder)
