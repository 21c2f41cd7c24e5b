"""The model card: README.md with Hugging Face front matter, made from the record alone.

Mitchell et al., "Model Cards for Model Reporting", 2019.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from shelfguard.learn.model import ModelRecord
from shelfguard.learn.registry.folder import CARD
from shelfguard.learn.registry.metrics import Figure, figures
from shelfguard.policy.pack import Manifest
from shelfguard.policy.schema import row_problem

LICENCE = "apache-2.0"
BASE_MODEL = "intfloat/multilingual-e5-small"
NOT_MEASURED = "Not measured."
WRITTEN, REAL, OTHER = "Written listings", "Real listings", "Other figures"
SECTIONS = (
    "Intended use",
    "Out of scope",
    "Training data",
    "Evaluation",
    "Limitations",
    "Licence",
)
EMPTY = re.compile(rf"### (?P<name>.+)\n\n{re.escape(NOT_MEASURED)}")

Filled = Annotated[list[Any], Field(min_length=1)]


class FrontMatter(BaseModel):
    """What the front matter must say; the Hub's own fields may stand beside it."""

    language: Filled
    license: str
    tags: Filled
    datasets: Filled
    metrics: Filled
    pipeline_tag: str
    model_index: Filled = Field(alias="model-index")


def render(record: ModelRecord, manifest: Manifest) -> str:
    """The card of a model under a pack: the same record gives the same bytes."""
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("shelfguard.learn.registry"),
        autoescape=False,  # noqa: S701 (Markdown, not HTML)
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return templates.get_template("card.md.j2").render(
        record=record,
        front_matter=_front_matter(record, manifest),
        title=manifest.title.get("en", manifest.id),
        languages=", ".join(manifest.languages),
        base_model=base_model(record),
        evaluation=by_origin(figures(record.metrics)),
        not_measured=NOT_MEASURED,
        licence="Apache-2.0"
        + (", and MIT for the base model's weights." * bool(base_model(record))),
    )


def problems(folder: Path, record: ModelRecord, manifest: Manifest) -> list[str]:
    """What keeps a folder's card from being complete and true, one line each."""
    file = folder / CARD
    if not file.is_file():
        return [f"no {CARD}: write it with `shelfguard model card`"]
    text = file.read_text("utf-8")
    found = [f"{CARD} is not what the record says"] * (text != render(record, manifest))
    return [*found, *incomplete(text)]


def incomplete(text: str) -> list[str]:
    """What a card lacks: front matter that the Hub can read, sections, figures."""
    lines = _front_matter_problems(text)
    for name in SECTIONS:
        body = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if not body or not body[1].strip():
            lines.append(f"nothing under '{name}'")
    unmeasured = [match["name"] for match in EMPTY.finditer(text)]
    return lines + [f"nothing measured on: {name.lower()}" for name in unmeasured if name != OTHER]


def by_origin(found: Sequence[Figure]) -> Mapping[str, list[Figure]]:
    """The figures on written and on real rows apart; others in a part of their own."""
    parts: dict[str, list[Figure]] = {WRITTEN: [], REAL: [], OTHER: []}
    for figure in found:
        words = set(re.split(r"\W+|_", " ".join(figure.path).lower()))
        origins = [name for name in (WRITTEN, REAL) if name.split()[0].lower() in words]
        parts[origins[0] if len(origins) == 1 else OTHER].append(figure)
    return parts


def base_model(record: ModelRecord) -> str | None:
    """The pretrained model that the transformers of a cascade start from."""
    return BASE_MODEL if {"screener.onnx", "encoder.onnx"} & record.files.keys() else None


def _front_matter(record: ModelRecord, manifest: Manifest) -> str:
    from huggingface_hub import EvalResult, ModelCardData

    found = figures(record.metrics)
    results = [
        EvalResult(
            task_type="text-classification",
            task_name="Policy violations by clause",
            dataset_type=record.dataset,
            dataset_name=f"{record.dataset}, {figure.part}",
            metric_type=figure.name,
            metric_name=figure.key,
            metric_value=round(figure.value, 6),
        )
        for figure in found
    ]
    data = ModelCardData(
        language=list(manifest.languages),
        license=LICENCE,
        tags=["trust-and-safety", "content-moderation", "marketplace", manifest.id],
        datasets=[record.dataset],
        metrics=sorted({figure.name for figure in found}),
        pipeline_tag="text-classification",
        base_model=base_model(record),
        model_name=record.name,
        eval_results=results or None,
    )
    return str(data.to_yaml())


def _front_matter_problems(text: str) -> list[str]:
    from huggingface_hub import ModelCard

    try:
        read: Any = ModelCard(text).data
        FrontMatter.model_validate(read.to_dict())
    except ValidationError as error:
        field, problem = row_problem(error, FrontMatter)
        return [f"front matter: {field}: {problem}"]
    except Exception as error:  # the client raises what its YAML reader raises
        return [f"front matter cannot be read: {' '.join(str(error).split())}"]
    return []
