"""A small server of the Open Inference Protocol over real gRPC, which misbehaves as asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import numpy as np

from shelfguard.models.embedding import Floats
from shelfguard.models.transformer import Transformer
from shelfguard.serve.triton.protocol import CLASSES

MODEL = "shelfguard-encoder"
WORKERS = 8

Answer = Callable[[Floats], Floats]
"""Log-odds [clauses] of embedded tokens [tokens, width]."""


class FakeTriton:
    """Serves one model: `digests` by version, judged by `answer`, which may be replaced."""

    def __init__(self, transformer: Transformer, digests: dict[str, str]) -> None:
        self.digests, self.answer = digests, self.judge
        self.name, self.ready, self.fails = MODEL, True, False
        self._transformer = transformer
        self._server: grpc.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"triton://127.0.0.1:{self.port}"

    def judge(self, embedded: Floats) -> Floats:
        return self._transformer._judge(embedded)

    def start(self) -> None:
        """Listen on a free port, and on that one again after `stop`."""
        self._server = grpc.server(ThreadPoolExecutor(WORKERS))
        calls = {name: self._handler(name) for name in ("ModelConfig", "ModelReady", "ModelInfer")}
        service = grpc.method_handlers_generic_handler("inference.GRPCInferenceService", calls)
        self._server.add_generic_rpc_handlers((service,))
        self.port = self._server.add_insecure_port(f"127.0.0.1:{self.port}")
        self._server.start()

    def stop(self) -> None:
        if self._server:
            self._server.stop(grace=None).wait()

    def _handler(self, name: str) -> Any:
        answers = {
            "ModelConfig": self._config,
            "ModelReady": self._is_ready,
            "ModelInfer": self._infer,
        }

        def handle(request: Any, context: Any) -> Any:
            if self.fails:
                context.abort(grpc.StatusCode.UNAVAILABLE, "out of order")
            return answers[name](request, context)

        return grpc.unary_unary_rpc_method_handler(
            handle,
            request_deserializer=CLASSES[f"{name}Request"].FromString,
            response_serializer=CLASSES[f"{name}Response"].SerializeToString,
        )

    def _config(self, request: Any, context: Any) -> Any:
        if request.name != self.name:
            problem = f"Request for unknown model: '{request.name}' is not found"
            context.abort(grpc.StatusCode.NOT_FOUND, problem)
        response = CLASSES["ModelConfigResponse"]()
        for version, sha256 in self.digests.items():
            parameter = response.config.parameters.add(key=f"sha256_of_version_{version}")
            parameter.value.string_value = sha256
        return response

    def _is_ready(self, _request: Any, _context: Any) -> Any:
        return CLASSES["ModelReadyResponse"](ready=self.ready)

    def _infer(self, request: Any, context: Any) -> Any:
        (parameter,) = request.parameters
        assert parameter.key == "sha256"
        if self.digests.get(request.model_version) != parameter.value.string_param:
            context.abort(grpc.StatusCode.INTERNAL, "meant for another graph")
        tensor = dict(
            zip((i.name for i in request.inputs), request.raw_input_contents, strict=True)
        )
        shape = tuple(request.inputs[0].shape)
        embedded = np.frombuffer(tensor["embedded"], "<f4").reshape(shape)[0]
        assert tensor["attention_mask"] == np.ones(shape[:2], "<i8").tobytes()
        logits = self.answer(embedded)
        return CLASSES["ModelInferResponse"](raw_output_contents=[logits.tobytes()])


class Held:
    """An answer that does not come before `release`."""

    def __init__(self, answer: Answer) -> None:
        self._answer, self._released = answer, threading.Event()

    def __call__(self, embedded: Floats) -> Floats:
        self._released.wait()
        return self._answer(embedded)

    def release(self) -> None:
        self._released.set()
