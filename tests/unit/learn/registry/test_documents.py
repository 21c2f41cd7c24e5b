"""The card and the bill of materials: made from the record, valid, and true to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.learn.registry.cascades import (
    CLAUSE,
    METRICS,
    documented,
    make_cascade,
    make_pack,
    sha256,
    sign,
)

pytest.importorskip("huggingface_hub")
pytest.importorskip("cyclonedx")
pytest.importorskip("jsonschema")

from huggingface_hub import ModelCard
from huggingface_hub.repocard_data import model_index_to_eval_results

from shelfguard.learn.model import read_record
from shelfguard.learn.registry.bom import bill_of_materials, schema_problem
from shelfguard.learn.registry.card import REAL, by_origin, incomplete, problems, render
from shelfguard.learn.registry.documents import documents, outdated
from shelfguard.learn.registry.folder import BOM, CARD
from shelfguard.learn.registry.metrics import figures
from shelfguard.policy.pack import Pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("pack") / "tiny")


@pytest.fixture
def cascade(tmp_path: Path, pack: Pack) -> Path:
    return documented(make_cascade(tmp_path / "cascade"), pack)


def test_the_hub_s_own_reader_finds_the_figures_in_the_front_matter(cascade: Path) -> None:
    data: Any = ModelCard((cascade / CARD).read_text()).data
    assert (data.language, data.license, data.datasets) == (["en", "fr"], "apache-2.0", ["d1a2b3"])
    name, results = model_index_to_eval_results(data.to_dict()["model-index"])
    assert name == "tiny-cascade"
    values = {result.metric_name: result.metric_value for result in results}
    assert values["written/average_precision"] == 0.91
    assert values["real/average_precision"] == 0.7


def test_written_and_real_figures_stand_apart(cascade: Path) -> None:
    text = (cascade / CARD).read_text()
    written, real = text.index("### Written listings"), text.index("### Real listings")
    assert written < text.index("| 0.91 (0.88 to 0.94) |") < real
    assert real < text.index("| 0.7 (0.62 to 0.78) |")
    parts = by_origin(figures({**METRICS, "written_less_real": 0.2}))
    assert [figure.value for figure in parts[REAL]] == [0.7]


def test_a_current_card_is_complete(cascade: Path, pack: Pack) -> None:
    assert problems(cascade, read_record(cascade), pack.manifest) == []
    assert outdated(cascade, documents(cascade, pack.manifest)) == []


def test_a_number_changed_in_the_card_is_noticed(cascade: Path, pack: Pack) -> None:
    card = cascade / CARD
    card.write_text(card.read_text().replace("0.7 (", "0.9 ("))
    assert outdated(cascade, documents(cascade, pack.manifest)) == [CARD]
    assert problems(cascade, read_record(cascade), pack.manifest) == [
        "README.md is not what the record says"
    ]


def test_new_figures_make_the_old_card_outdated(cascade: Path, pack: Pack) -> None:
    sign(cascade, metrics={**METRICS, "real": {"average_precision": 0.5}})
    assert outdated(cascade, documents(cascade, pack.manifest)) == [CARD, BOM]


def test_a_model_without_real_figures_is_incomplete(tmp_path: Path, pack: Pack) -> None:
    bare = make_cascade(tmp_path / "bare", metrics={"written": {"recall": 0.9}})
    documented(bare, pack)
    found = problems(bare, read_record(bare), pack.manifest)
    assert found == ["nothing measured on: real listings"]


def test_a_missing_card_and_a_missing_section_are_named(cascade: Path, pack: Pack) -> None:
    text = (cascade / CARD).read_text()
    assert incomplete(text.replace("## Limitations", "## Other")) == ["nothing under 'Limitations'"]
    assert incomplete(text.replace("license:", "licence:"))[0].startswith("front matter: license")
    assert "front matter cannot be read" in incomplete("---\n{\n---\n" + text)[0]
    (cascade / CARD).unlink()
    assert "no README.md" in problems(cascade, read_record(cascade), pack.manifest)[0]


def test_the_bill_of_materials_is_valid_and_names_every_file(cascade: Path) -> None:
    text = (cascade / BOM).read_text()
    assert schema_problem(text) is None
    model = json.loads(text)["metadata"]["component"]
    assert model["type"] == "machine-learning-model"
    hashes = {part["name"]: part["hashes"][0]["content"] for part in model["components"]}
    assert hashes["student.npz"] == sha256(cascade / "student.npz")
    metrics = model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    assert metrics[0] == {
        "type": "average_precision",
        "value": "0.91",
        "slice": "written",
        "confidenceInterval": {"lowerBound": "0.88", "upperBound": "0.94"},
    }


def test_libraries_the_dataset_and_the_base_model_are_components(cascade: Path) -> None:
    (cascade / "encoder.onnx").write_bytes(b"graph")
    made = json.loads(bill_of_materials(read_record(sign(cascade))))
    parts = {part["name"]: part for part in made["components"]}
    assert parts["d1a2b3"]["type"] == "data"
    assert parts["torch"]["purl"] == "pkg:pypi/torch@2.13.0"
    (ancestor,) = made["metadata"]["component"]["pedigree"]["ancestors"]
    assert ancestor["name"] == "multilingual-e5-small"
    assert ancestor["licenses"] == [{"license": {"id": "MIT"}}]


def test_the_same_record_gives_the_same_bytes(cascade: Path, pack: Pack) -> None:
    record = read_record(cascade)
    assert render(record, pack.manifest) == render(record, pack.manifest)
    assert bill_of_materials(record) == bill_of_materials(record)
    assert CLAUSE in record.clauses


def test_a_broken_document_is_no_valid_one() -> None:
    problem = schema_problem('{"bomFormat": "CycloneDX", "specVersion": "1.6", "parts": []}')
    assert problem is not None
    assert "parts" in problem
