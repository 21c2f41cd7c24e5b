"""What the server's Python backend runs: a graph on ONNX Runtime, one window at a time.

`shelfguard model export` copies this file into the repository as `model.py`. It imports nothing of
Shelfguard, since only NumPy and ONNX Runtime must be installed beside the server.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnxruntime
import triton_python_backend_utils as triton


class TritonPythonModel:
    """One instance of a model, on one thread."""

    def initialize(self, args: Mapping[str, str]) -> None:
        """Load the graph of this version, if it is the one that the configuration names."""
        graph = Path(args["model_repository"], args["model_version"], "model.onnx").read_bytes()
        parameters = json.loads(args["model_config"])["parameters"]
        named = parameters[f"sha256_of_version_{args['model_version']}"]["string_value"]
        self._sha256 = hashlib.sha256(graph).hexdigest()
        if self._sha256 != named:
            raise triton.TritonModelException("model.onnx is not the graph that was exported")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Answer each request of a batch by itself, so that no score depends on the others."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Any) -> Any:
        if json.loads(request.parameters()).get("sha256", self._sha256) != self._sha256:
            return triton.InferenceResponse(error=triton.TritonError("meant for another graph"))
        feed = {
            name: triton.get_input_tensor_by_name(request, name).as_numpy()
            for name in ("embedded", "attention_mask")
        }
        (logits,) = self._session.run(["logits"], feed)
        return triton.InferenceResponse([triton.Tensor("logits", logits)])
