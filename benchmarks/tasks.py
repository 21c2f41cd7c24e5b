"""What is timed, one function a task; each runs alone in its own process."""

from __future__ import annotations

import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.catalog import read

Result = dict[str, float]

CHUNK = 4096


class Clock:
    """Seconds since it was made: on the wall, and of processors, ended children included."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), sum(os.times()[:4])

    def per_row(self, rows: int) -> Result:
        """Microseconds a row."""
        wall, cpu = time.perf_counter() - self._wall, sum(os.times()[:4]) - self._cpu
        return {"us_per_row": 1e6 * wall / rows, "cpu_us_per_row": 1e6 * cpu / rows}


TFIDF_CHUNK = 1024
"""Rows that TF-IDF is asked for at once; larger ones are no faster and need more memory."""


def scan(feed: str, workers: int = 1) -> Result:
    """The whole of `shelfguard scan`: models loaded, feed read, decisions and report written."""
    from shelfguard.engine import Engine
    from shelfguard.policy.load import load_pack
    from shelfguard.run.local import Options
    from shelfguard.run.local import scan as run_scan

    clock = Clock()
    pack = load_pack("ca-marketplace")
    with tempfile.TemporaryDirectory() as out:
        options = Options(Path(feed), Path(out) / "scan", workers=workers)
        build = partial(Engine.from_pack, pack)
        record = run_scan(options, pack, build, publish=_publish, watch=lambda _: None)
    rows = record["counts"]["read"]
    return {**clock.per_row(rows), "net_us_per_row": 1e6 * record["seconds"] / rows}


def encoder(feed: str, rows: int) -> Result:
    """The stage-2 encoder alone, on every row, its texts already made."""
    from shelfguard.signals.base import Derived
    from shelfguard.signals.text import transformer_texts

    engine, batch = _engine(), next(_batches(feed)).slice(0, rows)
    texts = transformer_texts(Derived(batch), np.arange(len(batch)))
    model = engine.text.transformers["encoder"]
    model.score(texts[:50])
    clock = Clock()
    model.score(texts)
    return clock.per_row(len(texts))


def fasttext(feed: str, model: str, k: int) -> Result:
    """Bare `predict` on strings that are read and split already."""
    import fasttext as library

    from shelfguard.learn.evaluate.peers import FastText

    lines = [FastText.line(_text(row)) for row in read(Path(feed))]
    loaded = library.load_model(model)
    loaded.predict(lines[:100], k=k)
    clock = Clock()
    for first in range(0, len(lines), CHUNK):
        loaded.predict(lines[first : first + CHUNK], k=k)
    return clock.per_row(len(lines))


def tfidf(feed: str, model: str, rows: int) -> Result:
    """From the file to probabilities of every clause; loading the model is not counted."""
    from shelfguard.learn.train.tfidf import Tfidf

    regression = Tfidf.load(Path(model))
    clock, count = Clock(), 0
    with Path(feed).open(encoding="utf-8", newline="") as file:
        texts: list[str] = []
        for row in csv.DictReader(file):
            texts.append(_text(row))
            count += 1
            if len(texts) == TFIDF_CHUNK or count == rows:
                regression.probabilities(texts)
                texts.clear()
            if count == rows:
                break
    return clock.per_row(count)


def overhead(feed: str, batches: int) -> Result:
    """`Engine.run` over its kernels: signals and models alone on prepared batches."""
    engine, run, kernels, folding, screened, encoded = _engine(), 0.0, 0.0, 0.0, 0.0, 0.0
    feed_batches = _batches(feed)
    engine.run(next(feed_batches))
    for _, batch in zip(range(batches), feed_batches, strict=False):
        start = time.perf_counter()
        decisions = engine.run(batch)
        run += time.perf_counter() - start
        alone, folded = _kernels(engine, batch, decisions.table.column("stage").to_pylist())
        kernels, folding = kernels + alone, folding + folded
        screened += decisions.rows.get("screener", 0) / len(batch)
        encoded += decisions.rows.get("encoder", 0) / len(batch)
    return {
        "ratio": run / (kernels + folding),
        "ratio_folding_not_counted": run / kernels,
        "screener_share": screened / batches,
        "encoder_share": encoded / batches,
    }


def _kernels(engine: Any, batch: Any, settled_by: list[str]) -> tuple[float, float]:
    """Seconds of the matchers and models of a batch, and of folding its text for them.

    Each transformer reads the rows that it read in the engine, as `settled_by` tells.
    """
    from shelfguard.signals.base import Derived, find_hits

    derived = Derived(batch)
    _ = derived.segments
    start = time.perf_counter()
    _ = derived.folded
    folded = time.perf_counter()
    engine.text.first_look(derived, find_hits(engine.signals, derived))
    later = list(engine.text.transformers)
    for i, stage in enumerate(later):
        rows = np.flatnonzero(np.isin(settled_by, later[i:]))
        engine.text.transformer_scores(stage, derived, rows)
    return time.perf_counter() - folded, folded - start


def _engine() -> Any:
    from shelfguard.engine import Engine
    from shelfguard.policy.load import load_pack

    return Engine.from_pack(load_pack("ca-marketplace"))


def _batches(feed: str) -> Iterator[Any]:
    from shelfguard.feeds import Feed

    return (chunk.batch for chunk in Feed(Path(feed)).chunks(CHUNK))


def _publish(out: Path, pack: Any) -> None:
    from shelfguard.report.notices import write_notices
    from shelfguard.report.page import write_report

    write_notices(out, pack)
    write_report(out, pack, "en")


def _text(row: dict[str, str]) -> str:
    return "\n".join(value for name, value in row.items() if value and name not in ("id", "price"))


TASKS: dict[str, Callable[..., Result]] = {
    task.__name__: task for task in (scan, encoder, fasttext, tfidf, overhead)
}
