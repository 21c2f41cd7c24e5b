"""How large a picture may be, and how large it is decoded."""

from __future__ import annotations

from shelfguard.images.outcome import PictureError, Reason

MAX_SIDE = 20_000
"""Pixels: no camera takes and no shop shows more."""

MAX_PIXELS = 50_000_000
"""Above any shop's limit. Decoding that many takes up to two seconds, and 400 MB, or 1 GB for a
transparent WebP."""

DECODED_SIDE = 1_280
"""Pixels of the long side of what detectors see: small print stays legible."""


def check_size(width: int, height: int) -> None:
    """Judge the size that a picture's header names, before anything is decoded.

    Raises:
        PictureError: it is too large.
    """
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        problem = f"It is {width:,} x {height:,} pixels large"
        raise PictureError(Reason.TOO_MANY_PIXELS, problem)


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size in the same proportions whose long side is `DECODED_SIDE` at most."""
    scale = min(1.0, DECODED_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
