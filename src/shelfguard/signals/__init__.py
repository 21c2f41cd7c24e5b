"""Detectors: what a listing's text and attributes say, before any decision."""
