"""Files that are no pictures, or that no shop should open."""

from __future__ import annotations

import struct
import zlib

HUGE_SIDE = 30_000
"""Pixels that a header of a few bytes claims: 2.7 GB once decoded."""

KEPT = 0.55
"""Of a file whose upload broke off."""

SCRIPT = b"""<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800">
  <script>document.title = "A picture must not run this"</script>
  <circle cx="400" cy="400" r="300" fill="teal"/>
</svg>
"""

NOTE = b"Photos of the kettle will follow on Monday.\n"


def broken_files(sound_jpeg: bytes) -> dict[str, bytes]:
    """Name to bytes; `sound_jpeg` is the picture that is cut short."""
    return {
        "truncated.jpg": sound_jpeg[: round(len(sound_jpeg) * KEPT)],
        "empty.jpg": b"",
        "note.jpg": NOTE,
        "script.svg": SCRIPT,
        "huge.png": huge_png(),
    }


def huge_png() -> bytes:
    """A PNG that names a huge size and holds one line of nothing (PNG, W3C, third edition)."""
    header = struct.pack(">IIBBBBB", HUGE_SIDE, HUGE_SIDE, 8, 2, 0, 0, 0)
    line = zlib.compress(bytes(1 + 3 * HUGE_SIDE), 9)
    chunks = ((b"IHDR", header), (b"IDAT", line), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check
