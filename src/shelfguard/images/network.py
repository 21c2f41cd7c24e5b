"""A network on ONNX Runtime, on one thread, so that the same picture gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from shelfguard.errors import ModelError
from shelfguard.models.source import digest

Floats = npt.NDArray[np.float32]

Shape = tuple[int | None, ...]
"""Sizes, with `None` for one that may be anything."""

DIGEST_LETTERS = 12
"""Of a file's digest, in the version of a detector: enough to tell any two files apart."""


class Network:
    """One tensor of shape `takes` in, one of shape `makes` out: the first output, or a named one.

    Raises:
        ModelError: the file is no graph, or one of another form.
    """

    def __init__(self, graph: Path, takes: Shape, makes: Shape, output: str | None = None) -> None:
        self._graph, self._makes, self._session = graph, makes, open_session(graph)
        inputs = {each.name: each.shape for each in self._session.get_inputs()}
        outputs = [each.name for each in self._session.get_outputs()]
        self._input, self._output = next(iter(inputs)), output or outputs[0]
        if len(inputs) != 1 or not _fits(inputs[self._input], takes):
            raise self._misfit(f"takes {inputs}, not one tensor of shape {_named(takes)}")
        if self._output not in outputs:
            raise self._misfit(f"has no output {output}, only {', '.join(outputs)}")
        self.version = digest(graph)[:DIGEST_LETTERS]

    def run(self, tensor: Floats) -> Floats:
        """What the graph makes of a tensor.

        Raises:
            ModelError: it has another shape than promised.
        """
        found: Floats = self._session.run([self._output], {self._input: tensor})[0]
        if not _fits(found.shape, self._makes):
            raise self._misfit(f"gives {list(found.shape)}, not {_named(self._makes)}")
        return found

    def _misfit(self, problem: str) -> ModelError:
        fix = "Name a graph that was made for this detector"
        return ModelError(problem, file=self._graph, fix=fix)


def open_session(graph: Path) -> onnxruntime.InferenceSession:
    """A graph ready to run, on one thread, one node after the other.

    Raises:
        ModelError: the file is no graph.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.enable_mem_pattern = False  # a plan of memory for each size costs a third more of it
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises classes of its own
        raise ModelError(f"no model ({error})", file=graph, fix="Name an ONNX file") from error


def _fits(found: Sequence[int | str | None], wanted: Shape) -> bool:
    """Whether two shapes agree wherever both name a number."""
    return len(found) == len(wanted) and all(
        size == want
        for size, want in zip(found, wanted, strict=True)
        if isinstance(size, int) and want is not None
    )


def _named(shape: Shape) -> str:
    return " x ".join("any" if size is None else str(size) for size in shape)
