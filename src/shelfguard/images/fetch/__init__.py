"""From a listing's reference to bytes: only from where an operator allows, within limits."""

from shelfguard.images.fetch.addresses import Access
from shelfguard.images.fetch.cache import PictureCache
from shelfguard.images.fetch.fetcher import Fetcher
from shelfguard.images.fetch.limits import Limits
from shelfguard.images.fetch.retries import Retries

__all__ = ["Access", "Fetcher", "Limits", "PictureCache", "Retries"]
