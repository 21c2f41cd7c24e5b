"""The same picture on several listings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.images.banks import repeated as module
from shelfguard.images.banks.repeated import Group, ListingPicture, on_listings, repeated
from shelfguard.images.hashes.hamming import Words, distances
from shelfguard.images.hashes.hashed_picture import HashedPicture, ListingPlace
from tests.unit.images.banks.banking import bank, hashes
from tests.unit.images.hashes.near import flipped, random_words

WORDS = random_words(50)


def pictures(
    words: Words, listings: str | None = None, sellers: str | None = None, quality: int = 90
) -> list[ListingPicture]:
    """A picture a hash, of the listing and the seller with this letter; "-" is nobody known."""
    names = listings or [f"listing {number}" for number in range(len(words))]
    owners = sellers or "s" * len(words)
    return [
        ListingPicture(ListingPlace(name, owner.strip("-") or None, 0), f"{name}.jpg", each)
        for name, owner, each in zip(names, owners, hashes(words, quality), strict=True)
    ]


def grouped(found: list[Group]) -> list[list[str]]:
    return [sorted(each.at.listing for each in group.pictures) for group in found]


def test_near_pictures_of_different_listings_are_one_group() -> None:
    words = np.concatenate([WORDS[:3], flipped(WORDS[:2], 20), WORDS[:1]])
    assert grouped(repeated(pictures(words, "abcdef"))) == [["a", "d", "f"], ["b", "e"]]


def test_a_listing_that_repeats_its_own_picture_is_no_group() -> None:
    words = np.concatenate([WORDS[:1], WORDS[:1], flipped(WORDS[:1], 3)])
    assert repeated(pictures(words, "aaa")) == []


def test_a_chain_of_near_pictures_is_one_group() -> None:
    steps = [WORDS[:1]]
    for step in range(4):
        steps.append(flipped(steps[-1], 30, seed=step))
    words = np.concatenate(steps)
    assert int(distances(words[0], words[-1])) > 62
    assert grouped(repeated(pictures(words, "abcde"))) == [["a", "b", "c", "d", "e"]]


def test_pictures_beyond_the_distance_or_of_low_quality_are_apart() -> None:
    pair = np.concatenate([WORDS[:1], flipped(WORDS[:1], 32)])
    assert repeated(pictures(pair)) == []
    assert repeated(pictures(WORDS[[0, 0]], quality=49)) == []
    assert len(repeated(pictures(pair), max_distance=32)) == 1


def test_placeholders_group_nothing(tmp_path: Path) -> None:
    placeholders = bank(tmp_path / "placeholders", flipped(WORDS[:1], 10))
    words = np.concatenate([WORDS[:2], WORDS[:2]])
    assert grouped(repeated(pictures(words, "abcd"), [placeholders])) == [["b", "d"]]


def test_no_pictures_give_no_groups() -> None:
    assert repeated([]) == []


def test_a_group_tells_its_listings_its_sellers_and_how_far_apart_its_pictures_are() -> None:
    words = np.concatenate([flipped(WORDS[:1], 9), WORDS[[0, 0, 0]]])
    (group,) = repeated(pictures(words, "abbc", "stt-"))
    assert group.bits_apart == 9
    assert group.sellers == ["s", "t"]
    assert [at.listing for at in group.listings] == ["a", "b", "c"]
    assert group.as_dict()["pictures"][0].keys() == {"listing", "seller", "place", "picture"}


def test_the_group_on_most_listings_comes_first() -> None:
    words = WORDS[[0, 0, 0, 0, 1, 1, 1]]
    assert grouped(repeated(pictures(words, "aaabcde"))) == [["c", "d", "e"], ["a", "a", "a", "b"]]


def test_listings_of_two_sellers_may_bear_one_id() -> None:
    assert len(repeated(pictures(WORDS[[0, 0]], "aa", "st"))) == 1


def test_among_the_listings_of_one_seller_other_sellers_count_for_nothing() -> None:
    words = WORDS[[0, 0, 0, 1, 1, 2, 2]]
    found = repeated(pictures(words, "abcdefg", "sstst--"), same_seller=True)
    assert grouped(found) == [["a", "b"]]


def test_another_sellers_picture_links_no_two_of_one_seller() -> None:
    middle = flipped(WORDS[:1], 30, seed=1)
    words = np.concatenate([WORDS[:1], middle, flipped(middle, 30, seed=2)])
    assert int(distances(words[0], words[2])) > 31
    shown = pictures(words, "abc", "sts")
    assert grouped(repeated(shown)) == [["a", "b", "c"]]
    assert repeated(shown, same_seller=True) == []


def test_a_picture_of_no_listing_is_refused_and_one_without_a_hash_left_out() -> None:
    with pytest.raises(DataError, match="stands on no listing"):
        list(on_listings([HashedPicture("a.jpg", "0" * 64, hashes(WORDS)[0])]))
    assert list(on_listings([HashedPicture("a.jpg", at=ListingPlace("1", None, 0))])) == []


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_groups_are_the_connected_parts(links: list[tuple[int, int]]) -> None:
    parts = [{number} for number in range(10)]
    for one, other in links:
        merged = parts[one] | parts[other]
        for number in merged:
            parts[number] = merged
    some, others = np.array(links, np.int64).reshape(-1, 2).T
    found = module._joined(np.arange(10), some, others)
    assert found.tolist() == [min(part) for part in parts]


def test_a_large_catalog_goes_through_an_index_to_the_same_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = np.concatenate([random_words(300, 1), flipped(random_words(100, 1), 31)])
    flat = grouped(repeated(pictures(words)))
    monkeypatch.setattr(module, "FLAT", 0)
    monkeypatch.setattr(module, "HASHES_AT_ONCE", 64)
    assert grouped(repeated(pictures(words))) == flat
    assert len(flat) == 100
