"""Measure size, speed and quality of every precision of one network in one run."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnx

from shelfguard.errors import DataError, ModelError
from shelfguard.learn.compress.restore import restore_floats
from shelfguard.learn.compress.table import FALSE_POSITIVES, ROUNDS, Line, Quality, Table
from shelfguard.learn.compress.variants import write_variants
from shelfguard.learn.compress.vocabulary import vocabularies
from shelfguard.learn.data.dataset import UNSURE, Dataset, Floats, Part, Split
from shelfguard.learn.evaluate.measures import gain, pooled_precision, recall_at_false_positives
from shelfguard.learn.evaluate.resampling import Resamples, bootstrap
from shelfguard.learn.train.trainer import Watch
from shelfguard.models.embedding import Embedding
from shelfguard.models.transformer import Transformer
from shelfguard.signals.base import Derived
from shelfguard.signals.text import transformer_texts

PIECES, VECTORS = "pieces.model", "vectors.npy"
NAME, FLOAT32 = "float32", "float32.onnx"
TIMED, SAMPLES = 64, 128

Labels = npt.NDArray[np.int8]
Rows = npt.NDArray[np.int64]


class Source(NamedTuple):
    """The network to measure: its graph, the embedding beside it, and whether weights are rounded.

    `restored`: the floats came back out of 8 bits, so what rounding once took is in none of them.
    """

    graph: Path
    embedding: Embedding
    pieces: Path
    restored: bool


def find_source(model: Path) -> Source:
    """The network of a transformer's model folder, or of an ONNX file.

    Word pieces and vectors lie beside it. A `float32.onnx` is preferred: it was never rounded.

    Raises:
        ModelError: there is no network, or several.
    """
    folder = model if model.is_dir() else model.parent
    graphs = [model] if model.is_file() else sorted(folder.glob("*.onnx"))
    exact = [graph for graph in graphs if graph.name == FLOAT32]
    found = exact or graphs
    if len(found) != 1:
        problem = f"{len(found)} ONNX files" if found else "no ONNX file"
        raise ModelError(problem, file=model, fix="Give a transformer's folder, or one graph")
    embedding = Embedding(folder / PIECES, folder / VECTORS)
    return Source(found[0], embedding, folder / PIECES, restored=not exact)


def compare(source: Source, dataset: Dataset, rows: int, out: Path, watch: Watch) -> Table:
    """Write every variant under `out` and measure all of them on the same rows.

    At most `rows` held-out rows are read, drawn with a fixed seed.

    Raises:
        DataError: no held-out row violates a clause that the model knows.
    """
    files = _variants(source, dataset, out)
    models = {name: Transformer(file, source.embedding) for name, file in files.items()}
    part = held_out(dataset, rows)
    texts, truth = _texts(part), _truth(part, models[NAME].clauses)
    if not truth.any():
        raise DataError("no held-out violation of the model's clauses", file=dataset.root)
    scores = {}
    for done, (name, model) in enumerate(models.items(), 1):
        scores[name] = model.score(texts)
        watch.advance(done, len(models))
    ms = _milliseconds(models, _spread(texts, TIMED))
    origins = _origins(part, truth)
    resamples = {origin: _resamples(part.take(r)) for origin, r in origins.items()}
    lines = [
        Line(
            name=name,
            bytes=file.stat().st_size,
            ms=float(np.median(ms[name])),
            time=float(np.median(ms[name] / ms[NAME])),
            moved=float(np.abs(scores[name] - scores[NAME]).max()),
            quality={
                origin: _quality(truth[r], scores[name][r], scores[NAME][r], resamples[origin])
                for origin, r in origins.items()
            },
        )
        for name, file in files.items()
    ]
    counts = {origin: (len(r), int(truth[r].sum())) for origin, r in origins.items()}
    read = vocabularies(source.pieces, _by_language(part, texts))
    return Table(str(source.graph), source.restored, counts, lines, read)


def held_out(dataset: Dataset, rows: int) -> Part:
    """At most so many calibration and test rows, of those whose labels are complete."""
    everything = dataset.everything
    unseen = np.array(everything.column("split")) != Split.TRAIN.value
    places = np.flatnonzero(unseen & ~np.isnan(everything.targets).any(axis=1))
    drawn = np.random.default_rng(0).permutation(places)[:rows]
    return everything.take(np.sort(drawn))


def _variants(source: Source, dataset: Dataset, out: Path) -> dict[str, Path]:
    """All variants of the source in floats; static ranges come from rows of the training split."""
    out.mkdir(parents=True, exist_ok=True)
    floats = out / "source.onnx"
    graph = onnx.load(str(source.graph))
    if source.restored:
        restore_floats(graph.graph)
    onnx.save(graph, str(floats))
    samples = _spread(_texts(dataset.train), SAMPLES)
    try:
        return write_variants(floats, out, source.embedding, samples)
    finally:
        floats.unlink()


def _texts(part: Part) -> list[str]:
    return transformer_texts(Derived(part.batch), np.arange(len(part)))


def _truth(part: Part, clauses: Sequence[str]) -> Labels:
    """1 where a row violates a clause of the model, [rows, clauses]."""
    truth = np.zeros((len(part), len(clauses)), np.int8)
    for column, clause in enumerate(clauses):
        if clause in part.clauses:
            truth[:, column] = part.targets[:, part.clauses.index(clause)] > UNSURE
    return truth


def _origins(part: Part, truth: Labels) -> dict[str, Rows]:
    """The rows of each origin that has a violation: written and real rows are told apart."""
    origin = np.array(part.column("origin"))
    rows = {name: np.flatnonzero(origin == name) for name in sorted(set(origin.tolist()))}
    return {name: some for name, some in rows.items() if truth[some].any()}


def _resamples(part: Part) -> Resamples:
    return Resamples.of_groups(part.weights, part.column("group"))


def _quality(truth: Labels, scores: Floats, exact: Floats, resamples: Resamples) -> Quality:
    ours, floats = pooled_precision(truth, scores), pooled_precision(truth, exact)
    recall = recall_at_false_positives(truth, scores, FALSE_POSITIVES)
    measures = (ours, recall, gain(floats, ours))
    return Quality(*(bootstrap(measure, resamples) for measure in measures))


def _by_language(part: Part, texts: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lang, text in zip(part.column("lang"), texts, strict=True):
        found.setdefault(lang, []).append(text)
    return dict(sorted(found.items()))


def _spread(texts: Sequence[str], count: int) -> list[str]:
    """So many texts, evenly over the lengths that there are."""
    ordered = sorted(texts, key=len)
    places = np.linspace(0, len(ordered) - 1, min(count, len(ordered))).astype(int)
    return [ordered[place] for place in places]


def _milliseconds(models: Mapping[str, Transformer], texts: Sequence[str]) -> dict[str, Floats]:
    """Of one listing by model and round; each round runs all models, so that load is shared."""
    rounds: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(ROUNDS):
        for name, model in models.items():
            started = time.perf_counter()
            model.score(texts)
            rounds[name].append((time.perf_counter() - started) * 1000 / len(texts))
    return {name: np.array(values, np.float32) for name, values in rounds.items()}
