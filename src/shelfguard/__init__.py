"""Catalog trust and safety: a listing in, a decision that cites its clause out."""

__version__ = "0.1.0"
