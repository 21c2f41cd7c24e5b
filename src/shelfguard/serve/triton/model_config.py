"""A model's `config.pbtxt`, in protobuf's text format.

Source: model_config.proto and the model configuration guide of Triton Inference Server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shelfguard.serve.triton.names import DIGEST_PARAMETER

Form = Literal["python", "onnxruntime"]

LARGEST_BATCH: Mapping[Form, int] = {"python": 2, "onnxruntime": 1}
"""The Python form takes a batch apart, and larger ones leave other instances idle. ONNX Runtime
would quantize the windows of a batch together, so that a score would depend on the others."""

THREADS = {"intra_op_thread_count": "1", "inter_op_thread_count": "1"}

TEMPLATE = """\
name: "{name}"
backend: "{form}"
max_batch_size: {largest}
input [
  {{ name: "embedded" data_type: TYPE_FP32 dims: [ -1, {width} ]{ragged} }},
  {{ name: "attention_mask" data_type: TYPE_INT64 dims: [ -1 ]{ragged} }}
]
output [
  {{ name: "logits" data_type: TYPE_FP32 dims: [ {clauses} ] }}
]
instance_group [ {{ kind: KIND_CPU count: {instances} }} ]
dynamic_batching {{ max_queue_delay_microseconds: {queue_delay} }}
version_policy {{ specific {{ versions: [ {versions} ] }} }}
{parameters}"""


@dataclass(frozen=True, slots=True)
class Scheduling:
    """How the server spreads requests: instances a model, microseconds to wait for a batch."""

    instances: int = 1
    queue_delay: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Numbers a word piece has, and clauses a model scores."""

    width: int
    clauses: int


def model_config(
    name: str, form: Form, shape: Shape, digests: Mapping[int, str], scheduling: Scheduling
) -> str:
    """The configuration of a model that serves versions of graphs with these SHA-256 digests."""
    parameters = THREADS if form == "onnxruntime" else {}
    named = {DIGEST_PARAMETER.format(version=each): sha256 for each, sha256 in digests.items()}
    return TEMPLATE.format(
        name=name,
        form=form,
        largest=LARGEST_BATCH[form],
        ragged=" allow_ragged_batch: true" if form == "python" else "",
        width=shape.width,
        clauses=shape.clauses,
        instances=scheduling.instances,
        queue_delay=scheduling.queue_delay,
        versions=", ".join(map(str, digests)),
        parameters="".join(_parameter(*each) for each in (parameters | named).items()),
    )


def _parameter(key: str, value: str) -> str:
    return f'parameters {{ key: "{key}" value {{ string_value: "{value}" }} }}\n'
