"""Writes 500 listings for every engine: `python -m tests.golden.write_listings`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from shelfguard.feeds.fields import LABELS
from shelfguard.serve.listing_body import MOST_LISTINGS
from tests.golden.edge_listings import EDGE_LISTINGS

LISTINGS = Path(__file__).with_name("listings.jsonl")
CASES = Path(__file__).parents[2] / "src/shelfguard/packs/ca_marketplace/cases"
ORDINARY = "ordinary.jsonl"


def listings() -> Iterator[dict[str, Any]]:
    """Edges, then for each clause a case of each kind and language, then ordinary ones."""
    files = sorted(file for file in CASES.glob("*.jsonl") if file.name != ORDINARY)
    cases = chain.from_iterable(_one_of_each(_rows(file)) for file in files)
    everything = chain(EDGE_LISTINGS, cases, _rows(CASES / ORDINARY))
    for row in islice(everything, MOST_LISTINGS):
        yield {name: value for name, value in row.items() if name not in LABELS}


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _one_of_each(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        first.setdefault((row["kind"], row["lang"]), row)
    return iter(first.values())


def main() -> None:
    """Write them, one a line."""
    lines = (json.dumps(listing, ensure_ascii=False) + "\n" for listing in listings())
    LISTINGS.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
