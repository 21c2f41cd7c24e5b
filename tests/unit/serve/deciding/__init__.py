"""Tests of how requests become decisions."""
