"""Typing errors, joined words, and innocent sentences around a text."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.train.noise import dilute, innocent_sentences, join_words, mistype
from tests.unit.learn.dataset_fixture import write_dataset

TEXT = "solid brass knuckles with four finger holes, polished, ships from Guelph today"
Seeds = st.integers(0, 2**32)


@given(st.text(max_size=80), Seeds)
def test_mistyping_keeps_the_number_of_words(text: str, seed: int) -> None:
    found = mistype(text, random.Random(seed)).split(" ")
    assert len(found) == len(text.split(" "))


@given(Seeds)
def test_mistyped_words_differ_by_a_letter_or_two(seed: int) -> None:
    found = mistype(TEXT, random.Random(seed)).split(" ")
    for old, new in zip(TEXT.split(" "), found, strict=True):
        assert abs(len(old) - len(new)) <= 1
        assert new == old or len(old) >= 4
        assert new[0] == old[0]


def test_words_are_mistyped_now_and_then() -> None:
    assert any(mistype(TEXT, random.Random(seed)) != TEXT for seed in range(9))


@given(st.text(max_size=80), Seeds)
def test_joining_takes_gaps_and_nothing_else(text: str, seed: int) -> None:
    found = join_words(text, random.Random(seed))
    assert found.replace(" ", "") == text.replace(" ", "")


@given(Seeds)
def test_a_diluted_text_is_still_there_in_full(seed: int) -> None:
    found = dilute(TEXT, ["Wool socks.", "A desk lamp."], random.Random(seed))
    assert TEXT in found
    assert found.count(".") <= 5


def test_nothing_dilutes_nothing() -> None:
    assert dilute(TEXT, [], random.Random(0)) == TEXT


def test_the_sentences_that_dilute_are_of_rows_near_no_clause(tmp_path: Path) -> None:
    part = write_dataset(tmp_path).train
    found = {sentence for texts in innocent_sentences(part).values() for sentence in texts}
    near = {
        record["title"]["en"]
        for record, clause in zip(part.batch.records(), part.column("near"), strict=True)
        if clause
    }
    assert not found & near
