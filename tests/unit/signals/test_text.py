"""What the text models read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError
from shelfguard.listing import Batch
from shelfguard.policy.calibration import Calibration
from shelfguard.signals.base import Derived
from shelfguard.signals.fold import fold
from shelfguard.signals.text import TextModel, readable, transformer_texts


def test_a_transformer_reads_title_first_and_description_last() -> None:
    listing = {
        "id": "1",
        "title": {"fr": "Couteau à cran"},
        "description": {"fr": "Lame <b>éjectable</b>"},
        "brand": "Vektor",
        "attributes": {"blade_length": "9 cm"},
    }
    batch = Batch.from_records([{"id": "0", "title": {"en": "Lamp"}}, listing])
    (text,) = transformer_texts(Derived(batch), np.array([1]))
    assert text.split("\n") == [
        "Couteau à cran",
        "Vektor",
        "blade length: 9 cm",
        "Lame éjectable",
    ]


def test_plain_writing_keeps_its_case_and_accents() -> None:
    assert readable("Épée de cœur", "epee de coeur") == "Épée de cœur"


def test_disguised_writing_is_read_as_folding_undid_it() -> None:
    assert readable("R O S A R Y beads", "rosary beads") == "rosary beads"


@pytest.mark.parametrize("text", ["LEGO™ Café", "Jørgen's Œuvre", "Épée Blanche. " * 300])
def test_signs_and_length_are_no_disguise(text: str) -> None:
    assert readable(text, fold(text).text).startswith(text[:2000])


def test_a_long_text_in_disguise_is_read_as_folding_undid_it() -> None:
    text = "Épée R O S A R Y beads, " * 300
    assert readable(text, fold(text).text).startswith("epee rosary beads")


def test_capitals_scattered_over_a_word_are_read_as_folding_undid_them() -> None:
    assert readable("PuSh DaGgEr for iPhone", "push dagger for iphone") == "push dagger for iphone"
    names = "MacBook for iPhone by McDonald"
    assert readable(names, names.lower()) == names


def test_an_encoder_without_its_word_pieces_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model 'pieces'"):
        TextModel.load({"encoder": tmp_path, "vectors": tmp_path}, Calibration(clauses={}))
