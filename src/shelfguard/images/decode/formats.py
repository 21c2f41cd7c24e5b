"""Which format a picture is in, decided by its content: names and servers are often wrong."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from shelfguard.images.outcome import PictureError, Reason


class Format(StrEnum):
    """The formats that are decoded."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    AVIF = "avif"
    BMP = "bmp"
    TIFF = "tiff"


EXTENSIONS = {
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".jpe": Format.JPEG,
    ".jfif": Format.JPEG,
    ".png": Format.PNG,
    ".webp": Format.WEBP,
    ".gif": Format.GIF,
    ".avif": Format.AVIF,
    ".bmp": Format.BMP,
    ".tif": Format.TIFF,
    ".tiff": Format.TIFF,
}

SIGNATURES = (
    (Format.JPEG, re.compile(rb"\xff\xd8\xff")),
    (Format.PNG, re.compile(rb"\x89PNG\r\n\x1a\n")),
    (Format.WEBP, re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
    (Format.GIF, re.compile(rb"GIF8[79]a")),
    (Format.BMP, re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)),
    (Format.TIFF, re.compile(rb"II\x2a\0|MM\0\x2a")),
)

UNSUPPORTED = (
    ("BigTIFF", re.compile(rb"II\x2b\0|MM\0\x2b")),
    ("HEIC", re.compile(rb".{4}ftyp(hei|hev|mif1|msf1)", re.DOTALL)),
    ("JPEG XL", re.compile(rb"\xff\x0a|\0\0\0\x0cJXL ")),
    ("JPEG 2000", re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51")),
    ("Photoshop", re.compile(rb"8BPS")),
    ("icon", re.compile(rb"\0\0\x01\0")),
)

MARKUP = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<")
SVG = re.compile(rb"<([a-z]+:)?svg[\s>]", re.IGNORECASE)
LOOKED_AT = 4096
"""Bytes in which an SVG file names itself, after its declarations and comments."""


def identify(data: bytes) -> Format:
    """The format of a file.

    Raises:
        PictureError: it is empty, no picture, or a picture that is not read.
    """
    if not data:
        raise PictureError(Reason.EMPTY, "The file is empty")
    for known, signature in SIGNATURES:
        if signature.match(data):
            return known
    if data[4:8] == b"ftyp" and re.search(rb"avi[fs]", data[8 : int.from_bytes(data[:4])]):
        return Format.AVIF
    raise _refusal(data[:LOOKED_AT])


def named_format(name: str) -> Format | None:
    """The format that the extension of a URL or path promises, if it is one of ours."""
    return EXTENSIONS.get(PurePosixPath(urlsplit(name).path).suffix.lower())


def _refusal(start: bytes) -> PictureError:
    text = start.replace(b"\0", b"")  # UTF-16 as well
    if MARKUP.match(text) and SVG.search(text):
        problem = "SVG pictures can run scripts and load others; they are not drawn"
        return PictureError(Reason.SVG, problem)
    for name, signature in UNSUPPORTED:
        if signature.match(start):
            return PictureError(Reason.UNSUPPORTED, f"{name} pictures are not read")
    return PictureError(Reason.NOT_A_PICTURE, "The file is in no known picture format")
