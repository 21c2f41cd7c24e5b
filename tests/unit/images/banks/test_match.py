from __future__ import annotations

from pathlib import Path

from shelfguard.images.banks.match import Match, match, match_pictures
from shelfguard.images.hashes.hashed_picture import HashedPicture
from shelfguard.images.hashes.picture_hash import PictureHash
from tests.unit.images.banks.banking import bank, hashes
from tests.unit.images.hashes.near import flipped, random_words

WORDS = random_words(6)


def test_matches_of_all_banks_come_nearest_first(tmp_path: Path) -> None:
    banks = [
        bank(tmp_path / "a", flipped(WORDS[:2], 20), name="a"),
        bank(tmp_path / "b", flipped(WORDS[1:3], 5), name="b"),
    ]
    assert match(hashes(WORDS[:4]), banks) == [
        [Match("a", 1, 20)],
        [Match("b", 1, 5), Match("a", 2, 20)],
        [Match("b", 2, 5)],
        [],
    ]


def test_each_bank_says_which_quality_a_picture_needs(tmp_path: Path) -> None:
    banks = [
        bank(tmp_path / "a", WORDS[:1], name="usual"),
        bank(tmp_path / "b", WORDS[:1], name="lenient", min_quality=20),
    ]
    poor = hashes(WORDS[:1], 30)
    assert [[each.bank for each in found] for found in match(poor, banks)] == [["lenient"]]
    assert match([PictureHash(WORDS[0].tobytes(), 10)], banks) == [[]]


def test_no_pictures_and_no_banks_match_nothing(tmp_path: Path) -> None:
    assert match([], [bank(tmp_path / "a", WORDS)]) == []
    assert match(hashes(WORDS), []) == [[]] * 6


def test_files_without_a_picture_match_nothing_and_stay_in_their_place(tmp_path: Path) -> None:
    files = [
        HashedPicture("broken.jpg", problem="not a picture"),
        HashedPicture("known.jpg", "0" * 64, hashes(WORDS)[1]),
    ]
    found = list(match_pictures(files, [bank(tmp_path / "a", WORDS, name="a")]))
    assert found == [(files[0], []), (files[1], [Match("a", 2, 0)])]
