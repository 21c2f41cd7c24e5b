"""A pack, a catalog and labels of a handful of rows, and the dataset that they make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shelfguard.feeds import read_feed
from shelfguard.learn.data.build import Options, build
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.data.sources import Sources
from shelfguard.policy.load import load_pack
from tests.unit.policy.tinypack import TinyPack, labelled

CLAUSE = "CA-WPN-001"
THINGS = ("bath towel", "oak table", "wool socks", "desk lamp", "garden hose", "bread knife")
YESTERDAY, TODAY = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)


def untold(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


class TinyInputs:
    """What a dataset is built from: a pack with 12 examples and 2 cases, and one feed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pack = TinyPack(root / "pack")
        self.feed = root / "feed.csv"
        self.write_examples(*(f"Knuckle duster of {thing}" for thing in THINGS))
        self.pack.rows(
            "cases/x.jsonl",
            labelled("c1", "positive", "Fighting rings for four fingers"),
            labelled("c2", "benign", "Porcelain sugar bowl"),
        )
        self.titles = {f"p{n}": f"Plain {thing}" for n, thing in enumerate(THINGS)}
        self.write_feed(self.titles)

    def write_examples(self, *titles: str) -> None:
        violating = [labelled(f"v{n}", "positive", title) for n, title in enumerate(titles)]
        innocent = [labelled(f"b{n}", "benign", f"Fine {thing}") for n, thing in enumerate(THINGS)]
        self.pack.rows("examples/x.jsonl", *violating, *innocent)

    def write_feed(self, titles: Mapping[str, str], name: str = "feed.csv") -> Path:
        file = self.root / name
        lines = [f"{listing},{title}\n" for listing, title in titles.items()]
        file.write_text("id,title\n" + "".join(lines), encoding="utf-8")
        return file

    def hashes(self, file: Path | None = None) -> dict[str, str]:
        """The content hash of each listing of the feed, by id."""
        batches = [chunk.batch for chunk in read_feed(file or self.feed)]
        ids, hashes = ([x for b in batches for x in get(b)] for get in (_ids, _hashes))
        return dict(zip(ids, hashes, strict=True))

    def write_labels(self, *labels: dict[str, Any], name: str = "labels.jsonl") -> Path:
        file = self.root / name
        file.write_text("".join(json.dumps(label) + "\n" for label in labels), encoding="utf-8")
        return file

    def label(self, listing: str, answer: str = "violates", **more: Any) -> dict[str, Any]:
        """What a reviewer said of a listing of the feed, given by id."""
        label = {
            "listing_hash": self.hashes().get(listing, listing),
            "clause": CLAUSE,
            "answer": answer,
            "source": "review",
            "annotator": "ana",
            "sampling_prob": 0.5,
            "as_of": TODAY.isoformat(),
        }
        return {**label, **more}

    def build(self, *given: Path, out: str = "data", **options: Any) -> Dataset:
        sources = options.pop("sources", None) or Sources(given or (self.feed,))
        pack = load_pack(self.pack.root)
        return build(pack, sources, self.root / out, Options(**options), untold)


def _ids(batch: Any) -> list[str]:
    return list(batch.ids())


def _hashes(batch: Any) -> list[str]:
    return list(batch.content_hashes())


def facts(dataset: Dataset) -> dict[str, dict[str, Any]]:
    """What is known of each listing, by id."""
    rows = dataset.everything.rows.to_pylist()
    return dict(zip(dataset.everything.batch.ids(), rows, strict=True))
