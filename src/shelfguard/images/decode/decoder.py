"""Bytes to a picture: limits before decoding, and one shape of pixels whatever the file holds."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from shelfguard.images.decode.colour import eight_bit, on_white
from shelfguard.images.decode.formats import Format, identify
from shelfguard.images.decode.notes import Note, notes
from shelfguard.images.decode.size import check_size, fitted
from shelfguard.images.decode.structure import Structure, structure
from shelfguard.images.outcome import Failure, PictureError, Reason
from shelfguard.images.picture import Picture

DECODERS: dict[Format, type[ImageFile.ImageFile]] = {
    Format.JPEG: JpegImageFile,
    Format.PNG: PngImageFile,
    Format.WEBP: WebPImageFile,
    Format.GIF: GifImageFile,
    Format.AVIF: AvifImageFile,
    Format.BMP: BmpImageFile,
    Format.TIFF: TiffImageFile,
}
"""Named one by one: `Image.open` would try other decoders, and chooses some by what a file says."""

ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation to what undoes it (CIPA DC-008, tag 274)."""

SIDEWAYS = (5, 6, 7, 8)

REDUCING_GAP = 2.0
"""A large picture is first averaged to at least twice the size: fast, and hardly told apart."""

MAX_READS = 200_000
"""Of a decoder: twice what a file of the largest size needs. It bounds time alike on all machines,
where a clock would let one machine decode what another gives up on."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture, and what is odd about its file."""

    picture: Picture
    notes: tuple[Note, ...]


def decode(data: bytes, name: str = "") -> Decoded | Failure:
    """The picture in a file's bytes; `name` is its path or URL, whose extension may be wrong.

    Of an animation, the first frame. Pixels are reduced to a long side of 1,280. Not for several
    threads at once before Python 3.14: it silences warnings, which are the process's.
    """
    try:
        kind = identify(data)
        found = structure(kind, data)
        picture = _picture(kind, data, found)
    except PictureError as error:
        return error.failure
    return Decoded(picture, tuple(notes(kind, name, data, found.end)))


def _picture(kind: Format, data: bytes, found: Structure) -> Picture:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of oddities that do not keep it from being shown
            return _decoded(kind, data, found)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(Reason.TOO_MANY_PIXELS, str(error)) from error
    except Exception as error:  # decoders of broken files raise what they like
        reason = Reason.TRUNCATED if found.end is None else Reason.BROKEN
        problem = f"It cannot be decoded as {kind}: {type(error).__name__}: {error}"
        raise PictureError(reason, problem) from error


def _decoded(kind: Format, data: bytes, found: Structure) -> Picture:
    image = DECODERS[kind](_BoundedReader(data))
    check_size(*image.size)
    width, height = image.size
    image.draft(None, fitted(width, height))
    image.load()
    orientation = _orientation(image)
    if orientation in SIDEWAYS:
        width, height = height, width
    return Picture(
        sha256=hashlib.sha256(data).hexdigest(),
        format=kind,
        width=width,
        height=height,
        frames=found.frames or int(getattr(image, "n_frames", 1)),
        pixels=np.asarray(_shown(image, orientation)),
    )


def _shown(image: ImageFile.ImageFile, orientation: int) -> Image.Image:
    """Upright, in sRGB on white, at the size that detectors see."""
    size = fitted(*image.size)
    reduced = eight_bit(image).resize(size, Image.Resampling.HAMMING, reducing_gap=REDUCING_GAP)
    shown = on_white(reduced, image.info.get("icc_profile"))
    if orientation in ORIENTATIONS:
        return shown.transpose(ORIENTATIONS[orientation])
    return shown


def _orientation(image: ImageFile.ImageFile) -> int:
    """EXIF's orientation, 1 where there is none or the EXIF data are broken."""
    try:
        return int(image.getexif().get(Base.Orientation, 1))
    except Exception:  # the parser of broken EXIF data raises what it likes
        return 1


class _BoundedReader(BytesIO):
    """Bytes that a decoder may read from a bounded number of times."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > MAX_READS:
            raise PictureError(Reason.BOMB, "It has more parts than a picture needs")
        return super().read(size)
