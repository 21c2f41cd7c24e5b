"""An audit finds each fault that can make a figure wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("datasketch")

from shelfguard.learn.data.audit import Audit, Finding, audit
from shelfguard.learn.data.dataset import (
    LABELS,
    LISTINGS,
    MANIFEST,
    ROW_SCHEMA,
    ROWS,
    Dataset,
    Manifest,
    file_digest,
    read_manifest,
)
from shelfguard.learn.data.datasheet import DATASHEET
from shelfguard.learn.data.split import SplitRule
from tests.unit.learn.data.tiny_dataset import CLAUSE, TODAY, YESTERDAY, TinyInputs, facts
from tests.unit.policy.tinypack import labelled

Rows = list[dict[str, Any]]


@pytest.fixture
def tiny(tmp_path: Path) -> TinyInputs:
    return TinyInputs(tmp_path)


@pytest.fixture
def dataset(tiny: TinyInputs) -> Dataset:
    labels = tiny.write_labels(
        *(tiny.label(f"p{n}", annotator="ana" if n % 2 else "ben") for n in range(4))
    )
    return tiny.build(tiny.feed, labels)


def spoil(dataset: Dataset, change: Callable[[Rows], Any], **manifest: Any) -> Dataset:
    """The dataset with other rows, and a manifest that vouches for them."""
    rows = dataset.everything.rows.to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, ROW_SCHEMA), dataset.root / ROWS)
    vouch(dataset.root, **manifest)
    return Dataset.load(dataset.root)


def vouch(root: Path, **changes: Any) -> None:
    digests = {name: file_digest(root / name) for name in (LISTINGS, ROWS, LABELS)}
    old = read_manifest(root).model_dump() | changes | {"files": digests}
    manifest = Manifest.model_validate(old | {"id": Manifest.model_validate(old).digest})
    (root / MANIFEST).write_text(manifest.model_dump_json())


def found(audited: Audit, code: str) -> Finding:
    (finding,) = [finding for finding in audited.findings if finding.code == code]
    return finding


def codes(dataset: Dataset) -> set[str]:
    return {finding.code for finding in audit(dataset).findings}


def place(dataset: Dataset, listing: str) -> int:
    return dataset.everything.batch.ids().index(listing)


def test_what_was_just_built_has_no_errors(dataset: Dataset) -> None:
    audited = audit(dataset)
    assert audited.clean
    assert {finding.code for finding in audited.findings} == {"few-violations"}


def test_a_listing_in_two_splits_is_an_error(dataset: Dataset) -> None:
    one, other = place(dataset, "c1"), place(dataset, "v0")

    def change(rows: Rows) -> None:
        rows[other]["content_hash"] = rows[one]["content_hash"]

    audited = audit(spoil(dataset, change))
    assert not audited.clean
    assert found(audited, "same-listing").severity == "error"


def test_a_group_in_two_splits_is_an_error(dataset: Dataset) -> None:
    one, other = place(dataset, "c1"), place(dataset, "v0")

    def change(rows: Rows) -> None:
        rows[other]["group"] = rows[one]["group"]

    finding = found(audit(spoil(dataset, change)), "group")
    assert finding.severity == "error"
    assert set(finding.rows) == {dataset.everything.column("content_hash")[n] for n in (one, other)}


def test_near_duplicates_in_two_splits_are_an_error(tiny: TinyInputs) -> None:
    """Whatever the groups say: the texts are compared again."""
    tiny.write_examples("Knuckle duster in solid brass", "Knuckle duster in solid brass!")
    dataset = tiny.build()
    assert "near-duplicate" not in codes(dataset)

    def change(rows: Rows) -> None:
        rows[place(dataset, "v0")] |= {"split": "test", "group": "alone"}

    finding = found(audit(spoil(dataset, change)), "near-duplicate")
    assert finding.severity == "error"
    assert "test" in finding.message


def test_a_real_seller_in_two_splits_is_an_error(tiny: TinyInputs) -> None:
    lines = [f"p{n},Plain thing {n * 7919},s{n % 2}\n" for n in range(6)]
    tiny.feed.write_text("id,title,seller_id\n" + "".join(lines), encoding="utf-8")
    dataset = tiny.build()
    assert "seller" not in codes(dataset)

    def change(rows: Rows) -> None:
        rows[place(dataset, "p0")] |= {"split": "test", "group": "alone"}

    assert found(audit(spoil(dataset, change)), "seller").severity == "error"


def test_one_group_of_most_rows_is_a_warning(tiny: TinyInputs) -> None:
    lines = [f"p{n},Plain thing {n * 7919},s{n % 60 // 59}\n" for n in range(80)]
    tiny.feed.write_text("id,title,seller_id\n" + "".join(lines), encoding="utf-8")
    finding = found(audit(tiny.build()), "large-group")
    assert (finding.severity, finding.count > 50) == ("warning", True)


def test_a_dataset_that_nothing_can_be_learned_from_is_an_error(tiny: TinyInputs) -> None:
    tiny.write_examples()
    assert found(audit(tiny.build()), "no-clauses").severity == "error"


def test_learning_from_what_came_after_the_cut_is_an_error(tiny: TinyInputs) -> None:
    label = tiny.label("p1", as_of=YESTERDAY.isoformat())
    cut = YESTERDAY + timedelta(hours=1)
    rule = SplitRule("by-rule", cut)
    dataset = tiny.build(tiny.feed, tiny.write_labels(label, tiny.label("p4")), rule=rule)
    assert "future" not in codes(dataset)

    def change(rows: Rows) -> None:
        rows[place(dataset, "p4")]["split"] = "train"

    assert found(audit(spoil(dataset, change)), "future").severity == "error"


def test_testing_on_older_rows_than_learned_from_is_a_warning(dataset: Dataset) -> None:
    def change(rows: Rows) -> None:
        rows[place(dataset, "p1")]["split"] = "train"
        rows[place(dataset, "p2")]["as_of"] = TODAY - timedelta(days=9)

    assert found(audit(spoil(dataset, change)), "future").severity == "warning"


@pytest.mark.parametrize("probability", [0.0, -1.0, 1.5, float("nan")])
def test_a_sampling_probability_that_is_none_is_an_error(
    dataset: Dataset, probability: float
) -> None:
    def change(rows: Rows) -> None:
        rows[0]["sampling_prob"] = probability

    assert found(audit(spoil(dataset, change)), "sampling-probability").count == 1


def test_one_row_that_outweighs_all_others_is_a_warning(tiny: TinyInputs) -> None:
    tiny.write_feed({f"p{n}": f"Plain thing {n * 7919}" for n in range(40)})
    dataset = tiny.build()

    def change(rows: Rows) -> None:
        first = next(row for row in rows if row["split"] == "train")
        first["sampling_prob"] = 1e-6

    finding = found(audit(spoil(dataset, change)), "extreme-weights")
    assert "count as 1" in finding.message


def test_near_duplicates_with_opposite_labels_are_named(tiny: TinyInputs) -> None:
    tiny.write_feed({"p0": "Plain bath towel in cotton", "p1": "Plain bath towel in cotton."})
    dataset = tiny.build(tiny.feed, tiny.write_labels(tiny.label("p0"), tiny.label("p1", "ok")))
    finding = found(audit(dataset), "contradiction")
    assert finding.clause == CLAUSE
    assert set(finding.rows) == {facts(dataset)[name]["content_hash"] for name in ("p0", "p1")}


def test_a_legal_twin_that_an_author_wrote_contradicts_nothing(tiny: TinyInputs) -> None:
    text = "Knuckle duster in solid brass, "
    twins = [
        labelled("t-1.a", "positive", f"{text}new"),
        labelled("t-1.b", "hard_negative", f"{text}toy"),
    ]
    tiny.pack.rows("examples/y.jsonl", *twins)
    assert "contradiction" not in codes(tiny.build())
    same = labelled("t-1.c", "hard_negative", f"{text}new")
    tiny.pack.rows("examples/y.jsonl", *twins, same)
    assert "contradiction" in codes(tiny.build(out="other"))


def test_clauses_with_few_violations_are_named_with_their_splits(dataset: Dataset) -> None:
    finding = found(audit(dataset), "few-violations")
    assert finding.clause == CLAUSE
    assert "to train on" in finding.message


def test_a_language_without_violations_in_a_split_is_named(tiny: TinyInputs) -> None:
    french = [labelled(f"f{n}", "positive", f"Poing en laiton {n}", lang="fr") for n in range(9)]
    tiny.pack.rows("examples/y.jsonl", *french)
    assert "none in 'fr' to test on" in found(audit(tiny.build()), "few-violations").message


def test_figures_on_written_text_alone_are_a_warning(tiny: TinyInputs) -> None:
    assert "no-real-violations" in codes(tiny.build())


def test_one_annotator_for_everything_is_a_warning(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(*(tiny.label(f"p{n}") for n in range(5)))
    finding = found(audit(tiny.build(tiny.feed, labels)), "one-annotator")
    assert "ana gave 100% of 5 labels" in finding.message


def test_test_rows_that_no_person_judged_are_an_error(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("p1", source="model", annotator="m1"))
    dataset = tiny.build(tiny.feed, labels)
    counts = dataset.manifest.counts
    moved = [label | {"split": "test"} for label in counts["labels"]]
    spoiled = spoil(dataset, lambda rows: None, counts=counts | {"labels": moved})
    assert found(audit(spoiled), "tested-on-machine-labels").severity == "error"


def test_changed_files_are_errors(dataset: Dataset) -> None:
    path = dataset.root / LABELS
    path.write_bytes(path.read_bytes() + b"x")
    finding = found(audit(dataset), "changed-file")
    assert (finding.severity, LABELS in finding.message) == ("error", True)


def test_a_manifest_that_does_not_name_its_files_is_an_error(dataset: Dataset) -> None:
    file = dataset.root / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | {"files": {}}))
    audited = audit(Dataset.load(dataset.root))
    assert len([f for f in audited.findings if f.code == "changed-file"]) == 3


def test_a_changed_manifest_is_an_error(dataset: Dataset) -> None:
    file = dataset.root / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pack": "other"}))
    assert found(audit(Dataset.load(dataset.root)), "changed-manifest").severity == "error"


def test_a_datasheet_that_says_something_else_is_a_warning(dataset: Dataset) -> None:
    (dataset.root / DATASHEET).write_text("Trust me.")
    assert found(audit(dataset), "datasheet").severity == "warning"


def test_labels_that_unseeing_models_doubt_are_named(dataset: Dataset) -> None:
    pytest.importorskip("shelfguard.learn.labels.suspects")
    pytest.importorskip("cleanlab")
    probabilities = np.nan_to_num(dataset.everything.targets, nan=0.5) * 0.9 + 0.05
    wrong = place(dataset, "v0")
    probabilities[wrong] = 0.01
    finding = found(audit(dataset, probabilities), "suspect-labels")
    assert finding.clause == CLAUSE
    assert facts(dataset)["v0"]["content_hash"] in finding.rows


def test_errors_come_first_and_all_is_ready_for_json(dataset: Dataset) -> None:
    (dataset.root / ROWS).unlink()
    told = json.loads(json.dumps(audit(dataset).as_dict()))
    assert (told["dataset"], told["clean"]) == (dataset.id, False)
    severities = [finding["severity"] for finding in told["findings"]]
    assert severities == sorted(severities)
    assert severities[0] == "error"
