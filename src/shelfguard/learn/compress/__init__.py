"""Smaller and faster models, and what that costs in quality."""
