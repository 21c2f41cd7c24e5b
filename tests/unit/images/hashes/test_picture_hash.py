from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.hashes.picture_hash import HASH_BYTES, PictureHash


@settings(deadline=None, max_examples=100)
@given(st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES), st.none() | st.integers(0, 100))
def test_a_hash_survives_its_hexadecimal_form(bits: bytes, quality: int | None) -> None:
    found = PictureHash(bits, quality)
    assert PictureHash.from_hex(found.hex(), quality) == found
    assert PictureHash.from_hex(found.hex().upper(), quality) == found


@pytest.mark.parametrize(
    "text", ["", "f8" * 31, "f8" * 33, "g8" * 32, " " + "f8" * 31 + "f", "f8" * 32 + "\n"]
)
def test_what_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no PDQ hash"):
        PictureHash.from_hex(text)


def test_an_unknown_quality_reaches_any_threshold() -> None:
    assert PictureHash(bytes(32), None).reaches(50)
    assert PictureHash(bytes(32), 50).reaches(50)
    assert not PictureHash(bytes(32), 49).reaches(50)
