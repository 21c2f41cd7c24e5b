"""One Triton server, over gRPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import grpc
import numpy as np

from shelfguard.errors import ModelError
from shelfguard.models.embedding import Floats
from shelfguard.serve.triton.names import DIGEST, DIGEST_PARAMETER
from shelfguard.serve.triton.protocol import CLASSES, SERVICE

Answer = Callable[[], Floats]
"""Waits for the log-odds [clauses] of a window that was sent. Raises: UnavailableError."""

OPTIONS = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
)

UNKNOWN = "unknown model"


class ServedModel(NamedTuple):
    """A version of a model on a server."""

    name: str
    version: str
    sha256: str


class UnavailableError(Exception):
    """The server gave no answer, or none in time."""


class TritonServer:
    """The calls of the Open Inference Protocol that judging needs; safe among threads.

    `deadline` is in seconds, for each call.
    """

    def __init__(self, address: str, deadline: float) -> None:
        self.address, self.deadline = address, deadline
        channel = grpc.insecure_channel(address, options=OPTIONS)
        self._config = _call(channel, "ModelConfig")
        self._ready = _call(channel, "ModelReady")
        self._infer = _call(channel, "ModelInfer")

    def find(self, model: str, sha256: str) -> ServedModel:
        """The version of a model whose graph has this digest, once it is ready.

        Raises:
            ModelError: the server has no such model, or only other versions of it.
            UnavailableError: it gives no answer, or the version is not ready.
        """
        version = self._find_version(model, sha256)
        request = CLASSES["ModelReadyRequest"](name=model, version=version)
        if not _result(self._ready.future(request, timeout=self.deadline)).ready:
            raise UnavailableError(f"{model} {version} is not ready")
        return ServedModel(model, version, sha256)

    def judge(self, model: ServedModel, embedded: Floats) -> Answer:
        """Send a window's embedded tokens [tokens, width].

        The digest goes along, since another server may have taken this one's place meanwhile.
        """
        mask = np.ones((1, len(embedded)), "<i8")
        window = embedded[None].astype("<f4", copy=False)
        tensor = CLASSES["InferInputTensor"]
        request = CLASSES["ModelInferRequest"](
            model_name=model.name,
            model_version=model.version,
            parameters=[_parameter(DIGEST, model.sha256)],
            inputs=[
                tensor(name="embedded", datatype="FP32", shape=window.shape),
                tensor(name="attention_mask", datatype="INT64", shape=mask.shape),
            ],
            raw_input_contents=[window.tobytes(), mask.tobytes()],
        )
        call = self._infer.future(request, timeout=self.deadline)
        return lambda: _logits(_result(call))

    def _find_version(self, model: str, sha256: str) -> str:
        request = CLASSES["ModelConfigRequest"](name=model)
        try:
            response = _result(self._config.future(request, timeout=self.deadline))
        except UnavailableError as error:
            if UNKNOWN in str(error):
                raise self._refusal(f"does not serve {model}") from error
            raise
        prefix = DIGEST_PARAMETER.format(version="")
        for parameter in response.config.parameters:
            if parameter.value.string_value == sha256 and parameter.key.startswith(prefix):
                return str(parameter.key.removeprefix(prefix))
        raise self._refusal(f"serves another {model} than {sha256[:12]}, which the pack pins")

    def _refusal(self, problem: str) -> ModelError:
        fix = "Export the pack's models into its repository: shelfguard model export"
        return ModelError(problem, file=f"triton://{self.address}", fix=fix)


def _parameter(key: str, value: str) -> Any:
    choice = CLASSES["InferParameter"](string_param=value)
    return CLASSES["InferParameterEntry"](key=key, value=choice)


def _call(channel: grpc.Channel, name: str) -> grpc.UnaryUnaryMultiCallable[Any, Any]:
    return channel.unary_unary(
        f"{SERVICE}/{name}",
        request_serializer=CLASSES[f"{name}Request"].SerializeToString,
        response_deserializer=CLASSES[f"{name}Response"].FromString,
    )


def _result(call: grpc.Future[Any]) -> Any:
    try:
        return call.result()
    except grpc.RpcError as error:
        raise UnavailableError(f"{call.code().name}: {call.details()}") from error


def _logits(response: Any) -> Floats:
    contents = b"".join(response.raw_output_contents)
    if len(contents) % 4:
        raise UnavailableError(f"{len(contents)} bytes came back, which are no numbers")
    return np.frombuffer(contents, "<f4")
