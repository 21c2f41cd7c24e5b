"""The table of precisions: what each one is, costs and loses, and how it is written down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shelfguard.learn.compress.vocabulary import Vocabulary
from shelfguard.learn.evaluate.resampling import Estimate

ROUNDS = 7
"""In each, every precision is timed in turn."""

FALSE_POSITIVES = 0.05


@dataclass(frozen=True, slots=True)
class Quality:
    """On rows of one origin. `lost` is float32's average precision less this one's, paired."""

    precision: Estimate
    recall: Estimate
    lost: Estimate


@dataclass(frozen=True, slots=True)
class Line:
    """One precision of the network.

    `bytes` are its own file's, `ms` a listing's on one thread, `time` relative to float32, and
    `moved` the largest change of any log-odds. `quality` is by origin of the rows.
    """

    name: str
    bytes: int
    ms: float
    time: float
    moved: float
    quality: dict[str, Quality]


@dataclass(frozen=True)
class Table:
    """The lines of one run, and what they rest on: (rows, violations) by origin."""

    model: str
    restored: bool
    held_out: dict[str, tuple[int, int]]
    lines: list[Line]
    vocabularies: list[Vocabulary]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        found = asdict(self)
        for line in found["lines"]:
            for quality in line["quality"].values():
                for name, value in quality.items():
                    quality[name] = Estimate(*value)._asdict()
        return found

    def tables(self) -> Iterator[tuple[list[str], list[list[str]]]]:
        """(header, rows) of what there is to show, narrow enough for a terminal.

        What the precisions cost, how good they are on each origin of rows, the vocabularies.
        """
        yield ["Precision", "MB", "ms", "time", "moved"], [_costs(line) for line in self.lines]
        for origin in self.held_out:
            header = [f"On {origin} rows", "AP", "recall", "lost AP"]
            yield header, [_quality(line, origin) for line in self.lines]
        header = ["Vocabulary", "pieces", "MB", "language", "pieces a text", "unknown"]
        yield header, [row for vocabulary in self.vocabularies for row in _spelt(vocabulary)]

    def notes(self) -> list[str]:
        """What the figures rest on."""
        rows = "; ".join(f"{n} {o} rows, {v} violations" for o, (n, v) in self.held_out.items())
        exact = "as trained" if not self.restored else "restored from the 8 bits that are stored"
        return [
            f"Held-out: {rows}. Intervals are 95 % bootstraps of groups; "
            "lost AP is paired with float32.",
            f"float32 is the network {exact}.",
            f"ms: one listing on one thread, median of {ROUNDS} rounds that run every precision "
            "in turn; time is relative to float32 in the same round.",
            f"recall: at {FALSE_POSITIVES:.0%} of innocent listings flagged. moved: the largest "
            "change of a log-odds.",
        ]


def write(table: Table, out: Path) -> None:
    """Write `quantized.json` and `quantized.md` into a folder."""
    (out / "quantized.json").write_text(json.dumps(table.as_dict(), indent=1) + "\n", "utf-8")
    blocks = [_markdown(header, rows) for header, rows in table.tables()]
    notes = "\n".join(f"- {note}" for note in table.notes())
    text = "\n\n".join([f"# {Path(table.model).name}", *blocks, notes])
    (out / "quantized.md").write_text(text + "\n", "utf-8")


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _costs(line: Line) -> list[str]:
    figures = [f"{line.bytes / 1e6:.2f}", f"{line.ms:.2f}", f"{line.time:.2f}", f"{line.moved:.2g}"]
    return [line.name, *figures]


def _quality(line: Line, origin: str) -> list[str]:
    quality = line.quality[origin]
    return [line.name, *map(str, (quality.precision, quality.recall, quality.lost))]


def _spelt(vocabulary: Vocabulary) -> Iterator[list[str]]:
    whole = [vocabulary.name, f"{vocabulary.pieces:,}", f"{vocabulary.bytes / 1e6:.1f}"]
    for lang, one in vocabulary.coverage.items():
        yield [*whole, lang, f"{one.pieces_a_text:.1f}", f"{one.unknown:.3%}"]
