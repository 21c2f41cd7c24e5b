"""One network in every precision, each an ONNX file that a scan could load."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from shelfguard.learn.compress.quantize import LARGE, quantize, store_weights
from shelfguard.models.embedding import Embedding

PRODUCTS = ["MatMul", "Gemm"]
SEVEN_BITS = {"per_channel": True, "reduce_range": True}
"""A scale a column, and 7 of 8 bits: processors without VNNI add two products in 16 bits."""


def write_variants(
    source: Path, folder: Path, embedding: Embedding, samples: Sequence[str]
) -> dict[str, Path]:
    """Write each variant of a float32 graph; their files by name, float32 first.

    `samples` are texts on which static quantization measures the range of each activation.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prepared = folder / "float32.onnx"
    with _quiet():
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        _keep_metadata(source, prepared)
        for name, write in VARIANTS.items():
            write(prepared, _file(folder, name), Samples(embedding, samples))
            _keep_metadata(source, _file(folder, name))
    return {"float32": prepared} | {name: _file(folder, name) for name in VARIANTS}


class Samples(CalibrationDataReader):
    """The inputs of the graph for each sample text."""

    def __init__(self, embedding: Embedding, texts: Sequence[str]) -> None:
        self._embedding, self._texts = embedding, iter(texts)

    def get_next(self) -> dict[str, Any] | None:
        """The next input, or None after the last."""
        text = next(self._texts, None)
        if text is None:
            return None
        embedded = self._embedding.read(text)[None]
        return {"embedded": embedded, "attention_mask": np.ones(embedded.shape[:2], np.int64)}


def _float16_weights(source: Path, out: Path, _: Samples) -> None:
    """Large weights in half precision, made 32-bit floats again when the graph is loaded."""
    model = onnx.load(str(source))
    large = [tensor for tensor in model.graph.initializer if np.prod(tensor.dims) >= LARGE]
    casts = []
    for tensor in large:
        half = numpy_helper.to_array(tensor).astype(np.float16)
        model.graph.initializer.append(numpy_helper.from_array(half, f"{tensor.name}.half"))
        model.graph.initializer.remove(tensor)
        to = {"to": onnx.TensorProto.FLOAT}
        casts.append(helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], **to))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, str(out))


def _int8_weights(source: Path, out: Path, _: Samples) -> None:
    model = onnx.load(str(source))
    store_weights(model.graph)
    onnx.save(model, str(out))


def _int8_products(source: Path, out: Path, _: Samples) -> None:
    model = onnx.load(str(source))
    quantize(model.graph)
    onnx.save(model, str(out))


def _dynamic(source: Path, out: Path, _: Samples) -> None:
    quantize_dynamic(
        str(source),
        str(out),
        op_types_to_quantize=PRODUCTS,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
        **SEVEN_BITS,
    )


def _static(source: Path, out: Path, samples: Samples) -> None:
    quantize_static(
        str(source),
        str(out),
        samples,
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=PRODUCTS,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
        **SEVEN_BITS,
    )


VARIANTS: dict[str, Callable[[Path, Path, Samples], None]] = {
    "float16 weights": _float16_weights,
    "int8 weights": _int8_weights,
    "int8 products": _int8_products,
    "dynamic int8": _dynamic,
    "static int8": _static,
}
"""`int8 products` is what packs ship; `dynamic` and `static` are ONNX Runtime's own."""


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name.replace(' ', '-')}.onnx"


def _keep_metadata(source: Path, out: Path) -> None:
    """Quantizers drop what the graph says of its clauses and its input."""
    told = onnx.load(str(source)).metadata_props
    model = onnx.load(str(out))
    helper.set_model_props(model, {entry.key: entry.value for entry in told})
    onnx.checker.check_model(model)
    onnx.save(model, str(out))


@contextmanager
def _quiet() -> Iterator[None]:
    """ONNX Runtime's quantizers tell their progress to the root logger as warnings."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)
