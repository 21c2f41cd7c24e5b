"""Files in folders and object stores, by URL."""

from shelfguard.objects.expand import expand
from shelfguard.objects.place import Place, Stat, is_remote, local_path, place

__all__ = ["Place", "Stat", "expand", "is_remote", "local_path", "place"]
