"""What the text models read."""

from __future__ import annotations

import numpy as np

from shelfguard.listing import Batch
from shelfguard.signals.base import Derived
from shelfguard.signals.text import encoder_texts, readable


def test_the_encoder_reads_title_first_and_description_last() -> None:
    listing = {
        "id": "1",
        "title": {"fr": "Couteau à cran"},
        "description": {"fr": "Lame <b>éjectable</b>"},
        "brand": "Vektor",
        "attributes": {"blade_length": "9 cm"},
    }
    batch = Batch.from_records([{"id": "0", "title": {"en": "Lamp"}}, listing])
    (text,) = encoder_texts(Derived(batch), np.array([1]))
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
