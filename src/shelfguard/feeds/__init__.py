"""Readers: a feed of any known format in, batches of listings and quarantined rows out."""

from shelfguard.feeds.chunk import Chunk, Quarantined
from shelfguard.feeds.read import Feed, detect_format, read_feed

__all__ = ["Chunk", "Feed", "Quarantined", "detect_format", "read_feed"]
