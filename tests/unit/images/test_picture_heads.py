"""Small models that judge the house rules, and what they name as reasons."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shelfguard.errors import ModelError
from shelfguard.images.findings import NOTE_OF
from shelfguard.images.frame import Frame
from shelfguard.images.picture import Box
from shelfguard.images.picture_heads import MOST_FINDINGS, NOTES, Finding, PictureHeads, Ramp
from shelfguard.images.readings import Readings
from shelfguard.images.standards import ALONE, NO_TEXT, QUALITY, features
from shelfguard.policy.load import find_pack
from tests.unit.images.hand_made import PRODUCT, codes, framing, lines, quality, readings

SHIPPED = find_pack("ca-marketplace") / "models" / "pictures.json"

ABOVE = Box(0.3, 0.01, 0.7, 0.06)


def ramp(fine: float, bad: float, weight: float) -> dict[str, float]:
    return {"fine": fine, "bad": bad, "weight": weight}


LIMITS = {
    "act": {"threshold": None, "supported": False, "reason": "too few pictures"},
    "review": {"threshold": 0.5, "supported": True, "reason": None},
}

FILE: dict[str, Any] = {
    "clauses": {
        ALONE: {
            "bias": -4.0,
            "terms": {
                "white_background": ramp(0.6, 0.4, 6.0),
                "plain_background": ramp(0.6, 0.4, 2.0),
                "extent": ramp(0.6, 0.4, 8.0),
            },
            **LIMITS,
        },
        NO_TEXT: {
            "bias": -4.0,
            "terms": {
                "lines_outside": ramp(0, 1, 7.0),
                "repeated": ramp(1, 2, 3.0),
                "codes_outside": ramp(0, 1, 6.0),
                "border": ramp(0, 0.02, 5.0),
            },
            **LIMITS,
        },
        QUALITY: {
            "bias": -4.0,
            "terms": {
                "too_small": ramp(0, 1, 8.0),
                "focus": ramp(0.5, 0.1, 7.0),
                "placeholder_text": ramp(0, 1, 9.0),
            },
            **LIMITS,
        },
    },
    "figures": {},
}


@pytest.fixture
def heads(tmp_path: Path) -> PictureHeads:
    return load(tmp_path, FILE)


def load(folder: Path, content: object) -> PictureHeads:
    path = folder / "pictures.json"
    path.write_text(json.dumps(content))
    return PictureHeads.load(path)


def notes(found: list[Finding]) -> list[str]:
    return [finding.note for finding in found]


def test_a_picture_that_keeps_every_rule_is_unlikely_to_violate_one(heads: PictureHeads) -> None:
    judged = heads.judge(readings(), is_main=True)
    assert set(judged) == set(heads.clauses) == {ALONE, NO_TEXT, QUALITY}
    assert all(probability < 0.05 for probability in judged.values())
    assert not any(heads.findings(c, readings(), is_main=True) for c in heads.clauses)


def test_the_strongest_reason_comes_first(heads: PictureHeads) -> None:
    small_on_red = readings(
        framing=framing(
            Box(0.4, 0.4, 0.6, 0.6), white_background=0.0, white_border=0.0, plain_background=1.0
        )
    )
    found = heads.findings(ALONE, small_on_red, is_main=True)
    assert notes(found) == ["product-small", "background-not-light"]
    assert heads.judge(small_on_red, is_main=True)[ALONE] > 0.99


def test_the_background_of_a_later_picture_is_not_judged(heads: PictureHeads) -> None:
    red = readings(framing=framing(PRODUCT, white_background=0.0))
    assert ALONE not in heads.judge(red, is_main=False)
    assert heads.findings(ALONE, red, is_main=False) == []


def test_a_reason_about_the_product_carries_its_mask(heads: PictureHeads) -> None:
    red = framing(PRODUCT, white_background=0.0)
    (found,) = heads.findings(ALONE, readings(framing=red), is_main=True)
    assert (found.mask, found.box) == (red.mask, red.box)


def test_text_beside_the_product_is_quoted_where_it_stands(heads: PictureHeads) -> None:
    (found,) = heads.findings(NO_TEXT, readings(text=lines(("SALE", ABOVE))), is_main=True)
    assert found == Finding("text-outside-product", ABOVE, quote="SALE")


def test_words_that_stand_beside_the_product_and_again_are_a_watermark(
    heads: PictureHeads,
) -> None:
    places = (ABOVE, Box(0.3, 0.94, 0.7, 0.99), Box(0.3, 0.4, 0.7, 0.5))
    marked = readings(text=lines(*(("© Boutique", box) for box in places)))
    assert notes(heads.findings(NO_TEXT, marked, is_main=True)) == ["watermark", "watermark"]


def test_print_on_the_product_is_no_reason(heads: PictureHeads) -> None:
    printed = readings(text=lines(("Maple tea", Box(0.3, 0.4, 0.7, 0.5))))
    assert heads.judge(printed, is_main=True)[NO_TEXT] < 0.05


def test_one_kind_of_reason_leaves_room_for_others(heads: PictureHeads) -> None:
    text = lines(*((f"SALE {n}", Box(0.01, 0.1 * n, 0.19, 0.1 * n + 0.05)) for n in range(6)))
    corner = Box(0.85, 0.85, 0.99, 0.99)
    framed = quality(frame=Frame(0.03, 0.03, 0.03, 0.03, "#d40000"))
    crowded = readings(text=text, codes=codes(corner), quality=framed)
    assert notes(heads.findings(NO_TEXT, crowded, is_main=True)) == [
        *("text-outside-product", "text-outside-product"),
        *("code-outside-product", "border"),
    ]


def test_small_and_blurred_pictures_and_placeholders_are_named(heads: PictureHeads) -> None:
    words = lines(("Image à venir", Box(0.2, 0.4, 0.8, 0.5)))
    poor = readings(quality=quality(width=400, height=300, focus=0.05), text=words)
    found = heads.findings(QUALITY, poor, is_main=False)
    assert notes(found) == ["placeholder", "too-small", "blurred"]
    assert found[0].quote == "Image à venir"


@pytest.mark.parametrize("missing", ["codes", "framing", "quality", "text"])
def test_without_a_detector_its_clause_is_not_judged(heads: PictureHeads, missing: str) -> None:
    blind = readings(**{missing: None})
    assert NO_TEXT not in heads.judge(blind, is_main=True)
    assert heads.findings(NO_TEXT, blind, is_main=True) == []


def test_quality_is_judged_without_text(heads: PictureHeads) -> None:
    assert heads.judge(readings(text=None), is_main=True)[QUALITY] < 0.05


def test_every_note_of_a_feature_is_listed() -> None:
    told = features(readings(), is_main=True)
    for clause, by_feature in NOTE_OF.items():
        assert set(by_feature) <= set(told[clause])
        assert set(by_feature.values()) <= set(NOTES)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"clauses": {ALONE: {"bias": 0.0}}}, f"clauses.{ALONE}.terms"),
        ([], None),
        ({"clauses": {}, "more": 1}, "more"),
    ],
)
def test_a_file_of_another_format_is_refused(
    tmp_path: Path, content: object, field: str | None
) -> None:
    with pytest.raises(ModelError, match="Train it again") as caught:
        load(tmp_path, content)
    assert caught.value.file == tmp_path / "pictures.json"
    assert caught.value.field == field


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"pictures\.json.*cannot be read.*Train it again"):
        PictureHeads.load(tmp_path / "pictures.json")


def test_no_term_may_speak_for_innocence() -> None:
    with pytest.raises(ValidationError):
        Ramp(fine=0, bad=1, weight=-1)


def test_a_ramp_leads_somewhere() -> None:
    with pytest.raises(ValidationError, match="must differ"):
        Ramp(fine=1, bad=1, weight=1)


@pytest.mark.parametrize(
    ("number", "share"), [(0.9, 0), (0.6, 0), (0.5, 0.5), (0.4, 1), (0.1, 1), (math.nan, 0)]
)
def test_a_ramp_rises_from_fine_to_bad(number: float, share: float) -> None:
    falling = Ramp(fine=0.6, bad=0.4, weight=3)
    assert falling.share(number) == pytest.approx(share)
    assert falling.at(number) == pytest.approx(3 * share)


share = st.floats(0, 1)
BOXES = st.tuples(share, share, share, share).map(
    lambda s: Box(
        min(s[0], s[1]) * 0.9,
        min(s[2], s[3]) * 0.9,
        max(s[0], s[1]) * 0.9 + 0.1,
        max(s[2], s[3]) * 0.9 + 0.1,
    )
)
WORDS = st.text("aÉ 9-$", min_size=1, max_size=9)

READINGS = st.builds(
    lambda products, text, places, focus, width, white: readings(
        framing=framing(*products, white_background=white),
        text=lines(*text),
        codes=codes(*places),
        quality=quality(focus=focus, width=width),
    ),
    st.lists(BOXES, max_size=3),
    st.lists(st.tuples(WORDS, BOXES), max_size=4),
    st.lists(BOXES, max_size=2),
    st.floats(0, 9),
    st.integers(1, 4000),
    share,
)


@given(READINGS, st.booleans())
def test_whatever_is_read_verdicts_and_reasons_are_sound(seen: Readings, is_main: bool) -> None:
    heads = PictureHeads.load(SHIPPED)
    assert all(0 <= value <= 1 for value in heads.judge(seen, is_main=is_main).values())
    for clause in heads.clauses:
        found = heads.findings(clause, seen, is_main=is_main)
        assert len(found) <= MOST_FINDINGS
        assert {finding.note for finding in found} <= set(NOTES)
        for box in filter(None, (finding.box for finding in found)):
            assert 0 <= box.left <= box.right <= 1
            assert 0 <= box.top <= box.bottom <= 1
        for mask in filter(None, (finding.mask for finding in found)):
            assert mask.region().sum() == mask.area
