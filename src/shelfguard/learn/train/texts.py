"""A listing as one plain text, for models that know no fields."""

from __future__ import annotations

from shelfguard.listing import Batch


def plain_texts(batch: Batch) -> list[str]:
    """Every text of each listing in the order of its fields, attributes with names, one a line."""
    lines: list[list[str]] = [[] for _ in range(len(batch))]
    segments = batch.segments()
    for row, field, text in zip(
        segments.rows.tolist(), segments.fields, segments.texts, strict=True
    ):
        name, _, attribute = field.partition(".")
        named = f"{attribute.replace('_', ' ')}: {text}" if name == "attributes" else text
        lines[row].append(named)
    return ["\n".join(found) for found in lines]
