"""Fixtures that tests of more than one room need."""

from tests.servers.places import empty, empty_remote, stores

__all__ = ["empty", "empty_remote", "stores"]
