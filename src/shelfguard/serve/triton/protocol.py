"""The messages of the Open Inference Protocol that a client of Triton needs, for gRPC.

Source: grpc_predict_v2.proto of the protocol (KServe v2), with Triton's model configuration. Only
fields in use are named; readers of protobuf skip all others. The classes are made at run time, in a
pool of their own: generated code fits one release of protobuf, and another client's may be loaded.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "inference"
SERVICE = f"/{PACKAGE}.GRPCInferenceService"

MESSAGES = {
    "ModelConfigRequest": "string name = 1",
    "ModelConfigResponse": "ModelConfig config = 1",
    "ModelConfig": "repeated ModelParameterEntry parameters = 14",
    "ModelParameterEntry": "string key = 1; ModelParameter value = 2",
    "ModelParameter": "string string_value = 1",
    "ModelReadyRequest": "string name = 1; string version = 2",
    "ModelReadyResponse": "bool ready = 1",
    "ModelInferRequest": """string model_name = 1; string model_version = 2;
        repeated InferParameterEntry parameters = 4; repeated InferInputTensor inputs = 5;
        repeated bytes raw_input_contents = 7""",
    "InferParameterEntry": "string key = 1; InferParameter value = 2",
    "InferParameter": "string string_param = 3",
    "InferInputTensor": "string name = 1; string datatype = 2; repeated int64 shape = 3",
    "ModelInferResponse": "repeated bytes raw_output_contents = 6",
}
"""Each message and its fields, as in a .proto file."""

_Field = descriptor_pb2.FieldDescriptorProto
_TYPES = {
    "bool": _Field.TYPE_BOOL,
    "bytes": _Field.TYPE_BYTES,
    "int64": _Field.TYPE_INT64,
    "string": _Field.TYPE_STRING,
}


def _field(line: str) -> Any:
    """A field's descriptor from a line such as `repeated int64 shape = 3`."""
    *label, kind, name, _, number = line.split()
    repeated = _Field.LABEL_REPEATED if label else _Field.LABEL_OPTIONAL
    field = _Field(name=name, number=int(number), label=repeated)
    if kind in _TYPES:
        field.type = _TYPES[kind]
    else:
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    return field


def _message_classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="inference", package=PACKAGE, syntax="proto3")
    for name, fields in MESSAGES.items():
        lines = fields.split(";")
        file.message_type.add(name=name, field=[_field(line) for line in lines])
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    described = {name: pool.FindMessageTypeByName(f"{PACKAGE}.{name}") for name in MESSAGES}
    return {name: message_factory.GetMessageClass(each) for name, each in described.items()}


CLASSES = _message_classes()
"""Message name: its class."""
