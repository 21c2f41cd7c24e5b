"""Attacks: seeded, readable, and undone by folding where folding promises it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.learn.evaluate.attacks.attack import Attack, plain, word_list
from shelfguard.learn.evaluate.attacks.suite import ATTACKS, HELD_OUT, attacks
from shelfguard.signals.fold import fold
from shelfguard.signals.markup import shown_text

BY_NAME = {attack.name: attack for attack in ATTACKS}
WORDS = frozenset({"push", "dagger", "blade", "hidden"})

TITLES = st.text(max_size=40).filter(str.strip)


def record(title: str = "Push dagger with hidden blade", lang: str = "en") -> dict[str, Any]:
    return {
        "id": "A-1",
        "title": {lang: title},
        "description": {lang: "The blade slides out. Ships fast! Made in Canada."},
        "attributes": {"material": "steel", "type": "dagger"},
    }


def title(name: str, text: str = "Push dagger with hidden blade", lang: str = "en") -> str:
    return str(BY_NAME[name](record(text, lang), WORDS)["title"][lang])


@pytest.mark.parametrize("attack", ATTACKS, ids=list(BY_NAME))
@settings(max_examples=25)
@given(text=TITLES, seed=st.integers(0, 5))
def test_an_attack_repeats_itself_and_never_empties_a_title(
    attack: Attack, text: str, seed: int
) -> None:
    words = frozenset(map(plain, text.split()))
    clean = record(text)
    first, second = attack(clean, words, seed), attack(clean, words, seed)
    assert first == second
    assert first["title"]["en"].strip()
    assert clean == record(text)


@pytest.mark.parametrize("attack", ATTACKS, ids=list(BY_NAME))
def test_an_attack_changes_a_listing_that_holds_its_words(attack: Attack) -> None:
    text = (
        "Dague cachée à lame" if attack.name == "accents-stripped" else "Push dagger, hidden blade"
    )
    clean = record(text)
    assert attack(clean, frozenset({"dagger", "blade", "cachee"})) != clean


@settings(max_examples=50)
@given(words=st.lists(st.sampled_from(["dart", "gun", "mushroom", "poison"]), min_size=1))
@pytest.mark.parametrize("name", ["homoglyph", "zero-width", "case", "accents-added"])
def test_folding_undoes_what_only_looks_the_same(name: str, words: list[str]) -> None:
    text = " ".join(words)
    attacked = BY_NAME[name](record(text), frozenset(words))["title"]["en"]
    assert fold(attacked).text == text


@pytest.mark.parametrize("name", ["html-entities", "html-tags"])
def test_a_browser_shows_the_same_words(name: str) -> None:
    assert shown_text(title(name)) == "Push dagger with hidden blade"


def test_only_telling_words_are_disguised() -> None:
    assert " with " in title("leet")
    assert title("spacing").split("  ")[0].strip() == "P u s h"


def test_words_are_run_together_two_at_a_time() -> None:
    assert title("concatenation") == "Pushdagger withhidden blade"


def test_word_order_keeps_every_word() -> None:
    assert sorted(title("word-order").split()) == sorted(
        ["Push", "dagger", "with", "hidden", "blade"]
    )


def test_the_longest_phrase_is_swapped_first_and_keeps_its_capital() -> None:
    assert title("translation").startswith("Dague de poing with")
    assert title("translation", "DAGUE DE POING", "fr") == "PUSH DAGGER"
    choices = {"Fist blade", "T-handle blade", "Palm dagger"}
    assert any(title("synonyms").startswith(choice) for choice in choices)


def test_dilution_leaves_the_title_and_surrounds_the_description() -> None:
    attacked = BY_NAME["dilution"](record(), WORDS)
    assert attacked["title"] == record()["title"]
    paragraphs = attacked["description"]["en"].split("\n\n")
    assert len(paragraphs) == 3
    assert paragraphs[1] == record()["description"]["en"]


def test_the_lists_are_as_long_as_promised() -> None:
    assert len(word_list("synonyms.en")) >= 150
    assert len(word_list("synonyms.fr")) >= 150
    assert len(word_list("glossary")) >= 150


@pytest.mark.parametrize("name", ["synonyms.en", "synonyms.fr", "glossary"])
def test_nothing_is_swapped_for_itself(name: str) -> None:
    for phrase, choices in word_list(name).items():
        listed = choices if isinstance(choices, list) else [choices]
        assert phrase not in listed, phrase
        assert all(isinstance(choice, str) and choice.strip() for choice in listed)


def test_the_glossary_reads_both_ways() -> None:
    french = [plain(word) for word in word_list("glossary").values()]
    assert len(set(french)) == len(french)


def test_a_table_kept_apart_adds_an_attack(tmp_path: Path) -> None:
    table = tmp_path / "codes.txt"
    table.write_text("# look-alikes\n61,430\n65,435\n31,6c\n", "utf-8")
    *shipped, held_out = attacks(table)
    assert tuple(shipped) == ATTACKS
    assert held_out.name == HELD_OUT
    changed = held_out(record("dagger"), WORDS)["title"]["en"]
    assert changed != "dagger"
    assert fold(changed).text == "dagger"
    assert attacks(tmp_path / "none") == ATTACKS
