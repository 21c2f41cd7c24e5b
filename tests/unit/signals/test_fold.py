from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.signals.fold import fold, fold_texts

MESSY = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("abcDE 013457@$!€.-_*&<>/;#é\u200b\u0430\u0410œß\n\0\tΣİ|")),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Coup-de-Poing Américain", "coup-de-poing americain"),
        ("œuf, Straße", "oeuf, strasse"),
        ("ｆｕｌｌ 𝓌𝒾𝒹𝓉𝒽 Ⓐ 🅱", "full width a b"),
        ("сосаinе", "cocaine"),
        ("hydrоfluоriс", "hydrofluoric"),
        ("w\u200bo\u00adn\u2060t", "wont"),
        ("No. ٤٣٨", "no. 438"),
        ("Rock & roll <3", "rock   roll  3"),
        ("L’été — “oui”…", 'l\'ete - "oui"...'),
    ],
)
def test_look_alike_characters_become_plain_ones(written: str, plain: str) -> None:
    assert fold(written).text == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("w0nt c0ca1ne p@yp@l", "wont cocaine paypal"),
        ("S!lenc1eux", "silencieux"),
        ("1v0ry e1ephant pi11s", "ivory elephant pills"),
        ("cl!n d'œil, m@de", "clin d'oeil, made"),
        ("d!ld0, pr0pp3r, aut0, 0rigan", "dildo, propper, auto, origan"),
        ("p€louse $ex", "pelouse sex"),
    ],
)
def test_signs_inside_words_are_read_as_letters(written: str, plain: str) -> None:
    assert fold(written).text == plain
    assert fold_texts([written, "a b", written]) == [plain, "a b", plain]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("R O S A R Y beads", "rosary beads"),
        ("P-A-R-A-C-0-R-D", "paracord"),
        ("s.w.i.t.c.h", "switch"),
        ("P u s h  d 4 g g e r", "push  dagger"),
        ("é t e r n u e r", "eternuer"),
        ("H u i l e  de C.B.D", "huile  de cbd"),
        ("M d m @ shaped", "mdma shaped"),
        ("A.0.B.0.C shaped", "aoboc shaped"),
        ("€_a_€_b_e", "eaebe"),
        ("@.$.e $.@.$", "ase sas"),
        ("b.b 1.1 1 @.1.a-a-@.", "b.b 1.1 1 @.1.aaa."),
    ],
)
def test_letters_set_apart_are_joined(written: str, plain: str) -> None:
    assert fold(written).text == plain
    assert fold_texts([written, "a b", written]) == [plain, "a b", plain]


@pytest.mark.parametrize(
    "text",
    [
        "12v ps5 mp3 4k 100mah h2o b12 3m 2x4 ax55 eq50 psx350h cat5e usb3 co2",
        "washers @ 24 mm, us$ 20, wow! really!",
        "jo3hn@example.com @b0ttle",
        "size s m l, a b c",
        "u.s. made, 2 4 6 8",
    ],
)
def test_model_numbers_units_and_addresses_stay(text: str) -> None:
    assert fold(text).text == text


def test_shown_text_of_html() -> None:
    source = (
        "<p>Caf&eacute;&nbsp;<b>cl</b>aw</p><script>x()</script><li>H&amp;M &lt;b&gt;x&lt;/b&gt;"
    )
    assert fold(source).text.split() == ["cafe", "claw", "h", "m", "x"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("kni<!-- or a spoon -->fe", "knife"),
        ('kni<span style="display:none">spoon</span>fe', "knife"),
        ("kni<span style='font-size: 0'>spoon</span>fe", "knife"),
        ("<p hidden>spoon</p>knife", "knife"),
        ('kni<span style="font-size:0.9em">fe</span>', "knife"),
        ('<span style="color:red">knife</span>', "knife"),
    ],
)
def test_what_a_browser_hides_is_not_read(written: str, shown: str) -> None:
    assert fold(written).text == shown


@pytest.mark.parametrize("attribute", [' style="display:none', " hidden", " style='font-size:0"])
def test_a_tag_that_never_ends_is_read_in_one_pass(attribute: str) -> None:
    tag = "<span" + attribute * 20_000  # hours, were it read once for each pair of attributes
    assert fold(tag).text.count(attribute.split("=")[0]) == 20_000


@pytest.mark.parametrize("run", ["a ", "a 1 1 1 ", "a.b "])
def test_a_long_run_of_letters_is_read_in_one_pass(run: str) -> None:
    text = run * 50_000  # minutes, were it read to its end from each of its letters
    assert fold_texts([text]) == [fold(text).text]


def test_a_span_leads_back_to_the_source() -> None:
    source = "<p>Real <b>С0са</b>1ne &amp; s.w.i.t.c.h</p>"
    folded = fold(source)
    for word, quote in (("cocaine", "С0са</b>1ne"), ("switch", "s.w.i.t.c.h")):
        at = folded.text.index(word)
        start, end = folded.source_span(at, at + len(word))
        assert source[start:end] == quote


def test_a_tag_that_begins_in_one_text_and_ends_in_the_next_is_none() -> None:
    assert fold_texts(["size <b or", "length > 3"]) == ["size  b or", "length > 3"]


@given(st.lists(MESSY, max_size=5))
def test_both_ways_to_fold_agree(texts: list[str]) -> None:
    assert fold_texts(texts) == [fold(text).text for text in texts]


@given(st.text(alphabet="adm0134@$!?€.- é", max_size=20))
def test_both_ways_find_the_same_respelt_words(text: str) -> None:
    assert fold_texts([text, text]) == [fold(text).text] * 2
    assert fold(fold(text).text).text == fold(text).text


def test_every_digit_becomes_one_of_ten() -> None:
    digits = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isdecimal()]
    assert set("".join(fold_texts(digits))) == set("0123456789")


@given(MESSY)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(MESSY)
def test_spans_lie_in_the_source_and_keep_its_order(text: str) -> None:
    folded = fold(text)
    spans = [folded.source_span(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(alphabet="abcdefghijKLMNOPQRSTUVWXYZ", min_size=2))
def test_plain_words_are_only_lower_cased(word: str) -> None:
    assert fold(word).text == word.lower()
