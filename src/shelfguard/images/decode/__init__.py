"""From bytes to a picture: hostile files are refused, odd ones noted."""

from shelfguard.images.decode.decoder import Decoded, decode
from shelfguard.images.decode.formats import Format
from shelfguard.images.decode.notes import Note

__all__ = ["Decoded", "Format", "Note", "decode"]
