"""Every text exists in both languages and numbers follow each language's habit."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import pytest
import yaml

from shelfguard.decision import Outcome
from shelfguard.errors import RunError
from shelfguard.report.words import catalogue


def texts(lang: str) -> dict[str, str]:
    path = files("shelfguard.report") / "templates" / f"{lang}.yaml"
    return dict(_flat(yaml.safe_load(path.read_text(encoding="utf-8"))))


def _flat(tree: Mapping[str, Any], stem: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{stem}{key}.")
        else:
            yield f"{stem}{key}", value


def test_both_languages_have_the_same_texts_with_the_same_places_to_fill() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english, french = texts("en"), texts("fr")
    assert english.keys() == french.keys()
    assert {k for k in english if places(english[k]) != places(french[k])} == set()


def test_every_outcome_has_a_name_and_a_notice() -> None:
    for lang in ("en", "fr"):
        t = catalogue(lang)
        assert all(t.name("outcome", outcome) != outcome for outcome in Outcome)
        assert all(t(f"notice.{o}", title="T", rule="R") for o in Outcome)


@pytest.mark.parametrize(
    ("lang", "number", "share", "sentence"),
    [
        ("en", "1,234.5", "1.9%", "2 of 1,000 listings decided were flagged (0.2%)."),
        ("fr", "1\u202f234,5", "1,9\xa0%", "2 annonces sur 1\u202f000 ont été signalées (0.2%)."),
    ],
)
def test_numbers_follow_the_language(lang: str, number: str, share: str, sentence: str) -> None:
    t = catalogue(lang)
    assert t.number(1234.5, 1) == number
    assert t.percent(0.019) == share
    assert t("summary.sentence", n=2, decided=1000, share="0.2%") == sentence


def test_one_is_not_many() -> None:
    assert "1 of 9 listings decided was" in catalogue("en")(
        "summary.sentence", n=1, decided=9, share=""
    )
    assert "0 clause a été" in catalogue("fr")("clauses.quiet", n=0)


def test_a_code_without_a_name_stands_for_itself() -> None:
    assert catalogue("fr").name("stage", "new-stage") == "new-stage"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(RunError, match="no texts in 'de'"):
        catalogue("de")
