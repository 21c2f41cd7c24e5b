"""Versioned datasets: what a model learns from, split, hashed and described."""
