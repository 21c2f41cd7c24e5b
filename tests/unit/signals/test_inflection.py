from __future__ import annotations

import pytest

from shelfguard.signals.inflection import forms


@pytest.mark.parametrize(
    ("phrase", "lang", "form"),
    [
        ("butterfly knife", "en", "butterfly knives"),
        ("throwing stars", "en", "throwing star"),
        ("pepper spray", "en", "pepperspray"),
        ("baby walker", "en", "baby walkers"),
        ("switch", "en", "switches"),
        ("couteau papillon", "fr", "couteaux papillons"),
        ("coup de poing americain", "fr", "coups de poing americains"),
        ("animal empaille", "fr", "animaux empailles"),
        ("produit interdit", "fr", "produits interdits"),
        ("feu d'artifice".replace("'", " "), "fr", "feux d artifice"),
        ("interdit", "fr", "interdites"),
    ],
)
def test_a_phrase_has_the_forms_of_its_language(phrase: str, lang: str, form: str) -> None:
    assert form in forms(phrase.split(), lang)


@pytest.mark.parametrize("phrase", ["gas", "bus pass", "mdma", "12 ga"])
def test_a_phrase_is_always_among_its_forms(phrase: str) -> None:
    assert phrase in forms(phrase.split(), "en")


def test_a_name_of_no_language_stands_as_it_is_or_in_one_word() -> None:
    assert forms(["2c", "t", "7"], "mul") == {"2c t 7", "2ct7"}


def test_short_words_do_not_lose_their_s() -> None:
    assert forms(["gas"], "en") == {"gas"}
    assert forms(["glass"], "en") == {"glass", "glasses"}
