"""Evidence in words: of texts, of attributes and of pictures."""

from __future__ import annotations

from typing import Any

import pytest

from shelfguard.images.outcome import Reason
from shelfguard.report.findings import failure, field_label, finding, note, place_of
from shelfguard.report.words import catalogue
from tests.unit.report.scan_folder import region

EN, FR = catalogue("en"), catalogue("fr")
PICTURE = {"sha256": "ab" * 32}


def full(**changes: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("quote", "lang", "note", "bank", "entry", "distance"))
    return {**empty, **region(PICTURE), **changes}


@pytest.mark.parametrize(
    ("field", "english", "french"),
    [
        ("bullets[1]", "Bullet 2", "Puce 2"),
        ("attributes.material", "material", "material"),
        ("images[0]", "Picture 1", "Image 1"),
        ("images[0].text[3]", "Picture 1, text 4", "Image 1, texte 4"),
        ("images[0].text", "Picture 1, text", "Image 1, texte"),
        ("images[0].code[0]", "Picture 1, code 1", "Image 1, code 1"),
        ("images[2].alt", "Picture 3, alternative text", "Image 3, texte de remplacement"),
    ],
)
def test_a_field_has_a_name(field: str, english: str, french: str) -> None:
    assert (field_label(field, EN), field_label(field, FR)) == (english, french)


def test_the_place_of_a_picture_is_read_off_its_field() -> None:
    fields = ("images[4]", "images[2].text", "images[2].code[7]", "images[0].alt", "title")
    assert [place_of(field) for field in fields] == [4, 2, 2, 0, None]


def test_what_is_read_in_a_picture_is_quoted_with_what_is_wrong_about_it() -> None:
    found = finding(full(quote="CALL 514", note="text-outside-product"), 3, EN)
    assert found.quote is not None
    assert "".join(piece.text for piece in found.quote) == "CALL 514"
    assert (found.where, found.note, found.number) == ("Picture 1", "text outside the product", 3)


def test_a_whole_picture_is_not_a_missing_field() -> None:
    blurred = finding(full(signal="quality", note="blurred"), None, FR)
    absent = finding(full(kind="attribute", field="attributes.npn"), None, FR)
    assert (blurred.absent, blurred.note) == (False, "manque de netteté")
    assert absent.absent


def test_without_a_note_the_signal_is_named() -> None:
    assert note(full(signal="nudity"), EN) == "nudity detector"


def test_a_note_that_is_not_known_stands_for_itself() -> None:
    assert note(full(signal="codes", note="QR Code"), FR) == "QR Code"
    assert note(full(note="very-new"), EN) == "very-new"


@pytest.mark.parametrize(("distance", "said"), [(1, "1 of 256 bits differs"), (4, "bits differ")])
def test_a_match_names_the_bank_and_how_near_it_is(distance: int, said: str) -> None:
    told = note(full(kind="match", bank="recalled", entry=1017, distance=distance), EN)
    assert told.startswith("same picture as entry 1017 of bank recalled")
    assert told.endswith(said)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_why_there_is_no_picture_has_plain_words(reason: Reason) -> None:
    for t in (EN, FR):
        assert failure(f"{reason}: It happened: again", t) != reason
        assert failure(reason, t) == failure(f"{reason}: It happened: again", t)


def test_every_note_of_the_house_rules_on_pictures_has_plain_words() -> None:
    pytest.importorskip("PIL")
    from shelfguard.images.findings import NOTES

    assert {code for code in NOTES if EN.name("note", code) == code} <= {"watermark"}
    assert {code for code in NOTES if FR.name("note", code) == code} == set()
