"""The HTTP API: one decision in milliseconds, from the same engine as a scan."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts that are this machine, and no other."""
