"""A dataset is made of a pack's rows, real catalogs and labels, and named by its content."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("datasketch")

from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError, FeedError
from shelfguard.learn.data.catalog import Sampling
from shelfguard.learn.data.dataset import Dataset, Origin, Split
from shelfguard.learn.data.sources import Sources
from shelfguard.learn.data.split import SplitRule
from shelfguard.learn.labels.label import LABEL_SCHEMA
from shelfguard.listing import LISTING_SCHEMA
from tests.unit.learn.data.tiny_dataset import CLAUSE, TODAY, YESTERDAY, TinyInputs, facts
from tests.unit.policy.tinypack import labelled


@pytest.fixture
def tiny(tmp_path: Path) -> TinyInputs:
    return TinyInputs(tmp_path)


def test_every_row_says_what_it_is_and_where_it_comes_from(tiny: TinyInputs) -> None:
    rows = facts(tiny.build())
    assert len(rows) == 12 + 2 + 6
    case, example, real = rows["c1"], rows["v0"], rows["p0"]
    assert (case["split"], case["kind"], case["source"]) == ("test", "positive", "cases/x.jsonl")
    assert (example["origin"], example["near"], example["complete"]) == ("written", CLAUSE, True)
    assert (real["origin"], real["kind"], real["source"]) == ("real", "catalog", "feed.csv")
    assert real["content_hash"] == tiny.hashes()["p0"]


def test_trainers_get_the_listings_with_their_targets(tiny: TinyInputs) -> None:
    dataset = tiny.build()
    assert dataset.clauses == [CLAUSE]
    assert dataset.everything.batch.table.schema == LISTING_SCHEMA
    violating = {
        name
        for part in (dataset.train, dataset.calibration, dataset.test)
        for name, target in zip(part.batch.ids(), part.targets[:, 0], strict=True)
        if target == 1
    }
    assert violating == {"c1", *(f"v{n}" for n in range(6))}
    assert len(dataset.part(Split.TRAIN, Origin.REAL)) < len(dataset.train)


def test_the_same_inputs_give_the_same_bytes_in_any_order_and_place(tmp_path: Path) -> None:
    """Paths are no part of a dataset, nor is the order in which sources are named."""
    built = []
    for place, turn in (("a", 1), ("b", -1)):
        (tmp_path / place).mkdir()
        tiny = TinyInputs(tmp_path / place)
        other = tiny.write_feed({"q1": "Silver ring", "q2": "Paper cups"}, "other.csv")
        labels = tiny.write_labels(tiny.label("p1"), tiny.label("p2", "ok"))
        built.append(tiny.build(*[tiny.feed, other, labels][::turn]))
    assert built[0].id == built[1].id
    files = [sorted(dataset.root.iterdir()) for dataset in built]
    assert [f.read_bytes() for f in files[0]] == [f.read_bytes() for f in files[1]]


CHANGES: dict[str, Callable[[TinyInputs], object]] = {
    "a title": lambda tiny: tiny.write_feed({**tiny.titles, "p5": "Plain bread knife, long"}),
    "a row more": lambda tiny: tiny.write_feed({**tiny.titles, "p9": "Plain ladder"}),
    "a row less": lambda tiny: tiny.write_feed(dict(list(tiny.titles.items())[:-1])),
    "a label": lambda tiny: tiny.write_labels(tiny.label("p1", "ok")),
    "an annotator": lambda tiny: tiny.write_labels(tiny.label("p1", annotator="ben")),
    "an example": lambda tiny: tiny.write_examples("Knuckle duster, new"),
    "a case": lambda tiny: tiny.pack.rows("cases/x.jsonl", labelled("c9", "benign", "Bowl")),
    "the pack": lambda tiny: tiny.pack.edit("pack.yaml", "1.0.0", "1.0.1"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_of_the_inputs_changes_the_id(
    tiny: TinyInputs, change: Callable[[TinyInputs], object]
) -> None:
    given = tiny.feed, tiny.write_labels(tiny.label("p1"))
    before = tiny.build(*given).id
    change(tiny)
    assert tiny.build(*given, overwrite=True).id != before


@pytest.mark.parametrize("rule", [SplitRule("by-rule"), SplitRule(test_after=TODAY)])
def test_another_rule_is_another_dataset(tiny: TinyInputs, rule: SplitRule) -> None:
    assert tiny.build().id != tiny.build(rule=rule, out="other").id


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(6)), st.integers(0, 6))
def test_how_a_catalog_is_cut_into_feeds_and_ordered_moves_no_row(
    order: list[int], cut: int
) -> None:
    with TemporaryDirectory() as folder:
        tiny = TinyInputs(Path(folder))
        whole = facts(tiny.build())
        rows = [(f"p{n}", tiny.titles[f"p{n}"]) for n in order]
        parts = [part for part in (rows[:cut], rows[cut:]) if part]
        files = []
        for number, part in enumerate(parts):
            (tiny.root / str(number)).mkdir()
            files.append(tiny.write_feed(dict(part), f"{number}/feed.csv"))
        assert facts(tiny.build(*files, out="other")) == whole


def test_rows_are_in_one_order_wherever_they_come_from(tiny: TinyInputs) -> None:
    hashes = tiny.build().everything.column("content_hash")
    assert hashes == sorted(hashes)


def test_a_listing_that_comes_twice_is_kept_once_and_counted(tiny: TinyInputs) -> None:
    twice = tiny.write_feed({"p0": "Plain bath towel", "z": "Silver ring"}, "again.csv")
    dataset = tiny.build(tiny.feed, twice)
    assert len(set(dataset.everything.column("content_hash"))) == len(dataset.everything)
    assert dataset.manifest.counts["listed_twice"] == 1


def test_a_file_given_twice_is_read_once(tiny: TinyInputs) -> None:
    assert tiny.build(tiny.feed, tiny.feed).id == tiny.build(tiny.feed, out="other").id


def test_an_example_too_like_a_case_is_dropped_and_counted(tiny: TinyInputs) -> None:
    tiny.write_examples("Fighting rings for four fingers!", "Knuckle duster of brass")
    dataset = tiny.build()
    assert "v0" not in facts(dataset)
    (dropped,) = dataset.manifest.counts["dropped"]
    assert (dropped["source"], dropped["rows"]) == ("examples/x.jsonl", 1)


def test_a_folder_gives_every_feed_in_it_that_reads(tiny: TinyInputs) -> None:
    folder = tiny.root / "feeds"
    folder.mkdir()
    tiny.write_feed({"q1": "Silver ring"}, "feeds/one.csv")
    (folder / "pairs.csv").write_text("left,right\n1,2\n")
    (folder / "README").write_text("source: somewhere  licence: CC BY 4.0  note: tidy\n")
    manifest = tiny.build(folder).manifest
    (source,) = [source for source in manifest.sources if source["role"] == "catalog"]
    assert (source["name"], source["licence"]) == ("one.csv", "CC BY 4.0")
    assert set(manifest.counts["skipped"]) == {"pairs.csv", "README"}


def test_a_feed_that_is_named_must_be_readable(tiny: TinyInputs) -> None:
    bad = tiny.root / "pairs.csv"
    bad.write_text("left,right\n1,2\n")
    with pytest.raises(FeedError, match="no title column"):
        tiny.build(bad)
    with pytest.raises(DataError, match="no such file"):
        tiny.build(tiny.root / "nowhere.csv")


def test_rows_of_an_unlabelled_feed_are_not_presumed_innocent(tiny: TinyInputs) -> None:
    dataset = tiny.build(sources=Sources([tiny.feed], unlabelled=[tiny.feed]))
    row = facts(dataset)["p0"]
    assert (row["kind"], row["complete"]) == ("unlabelled", False)
    place = dataset.everything.batch.ids().index("p0")
    assert np.isnan(dataset.everything.targets[place]).all()


def test_a_sample_says_with_what_probability_it_was_drawn(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("p3", sampling_prob=0.25))
    given = [tiny.feed, labels]
    dataset = tiny.build(sources=Sources(given, sampling=Sampling(sample=2, seed=5)))
    real = {name: row for name, row in facts(dataset).items() if row["origin"] == "real"}
    assert real.pop("p3")["sampling_prob"] == 0.25, "reviewed rows are kept in any case"
    assert [row["sampling_prob"] for row in real.values()] == [2 / 5] * 2
    (drawn,) = [source["sampled"] for source in dataset.manifest.sources if source.get("sampled")]
    assert (drawn["rows"], drawn["of"]) == (2, 5)


def test_a_draw_does_not_depend_on_the_order_of_the_feed() -> None:
    hashes = [f"{n:x}" for n in range(50)]
    draw = Sampling(sample=7, seed=1).pick(hashes)
    assert draw == Sampling(sample=7, seed=1).pick(hashes[::-1])
    assert draw != Sampling(sample=7, seed=2).pick(hashes)
    assert Sampling(limit=3).pick(hashes) == set(hashes[:3])


# Labels


def test_a_reviewed_row_tests_unless_said_otherwise(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("p1"), tiny.label("p2", "ok"))
    dataset = tiny.build(tiny.feed, labels)
    rows = facts(dataset)
    assert {rows[name]["split"] for name in ("p1", "p2")} == {"test"}
    assert {rows[name]["kind"] for name in ("p1", "p2")} == {"reviewed"}
    assert rows["p1"]["as_of"] == TODAY
    place = dataset.everything.batch.ids().index("p1")
    assert dataset.everything.targets[place].tolist() == [1]
    by_rule = tiny.build(tiny.feed, labels, out="other", rule=SplitRule("by-rule"))
    assert facts(by_rule)["p1"]["split"] != "test"


def test_a_row_is_complete_only_where_every_clause_was_asked(tiny: TinyInputs) -> None:
    """Of two clauses to learn, one listing was asked of both."""
    second = "CA-HLT-002"
    clause = (tiny.pack.root / "clauses/CA-WPN-001.yaml").read_text("utf-8")
    tiny.pack.write(f"clauses/{second}.yaml", clause.replace(CLAUSE, second))
    row = labelled("t1", "positive", "Tea that cures") | {"violates": [second], "near": second}
    more = [row, row | {"id": "t2", "title": "Herbs against all ills"}]
    tiny.pack.rows("examples/y.jsonl", *more)
    labels = tiny.write_labels(
        tiny.label("p1"), tiny.label("p1", "ok", clause=second), tiny.label("p2", "ok")
    )
    dataset = tiny.build(tiny.feed, labels)
    assert set(dataset.clauses) == {CLAUSE, second}
    rows = facts(dataset)
    assert (rows["p1"]["complete"], rows["p2"]["complete"]) == (True, False)


def test_a_reviewer_stands_above_the_author(tiny: TinyInputs) -> None:
    before = tiny.build()
    name = facts(before)["v0"]["content_hash"]
    labels = tiny.write_labels(tiny.label(name, "ok"))
    dataset = tiny.build(tiny.feed, labels, out="other")
    place = dataset.everything.batch.ids().index("v0")
    assert dataset.everything.targets[place].tolist() == [0]
    assert facts(dataset)["v0"]["kind"] == "positive"


def test_rules_and_models_label_without_making_a_row_reviewed(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("p1", source="rule", annotator="lexicon"))
    dataset = tiny.build(tiny.feed, labels)
    row = facts(dataset)["p1"]
    assert (row["kind"], row["sampling_prob"]) == ("catalog", 1)
    place = dataset.everything.batch.ids().index("p1")
    assert dataset.everything.targets[place].tolist() == [1]


def test_labels_of_listings_in_no_feed_are_counted_or_refused(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("f" * 64), tiny.label("p1"))
    unmatched = tiny.build(tiny.feed, labels).manifest.counts["unmatched"]
    assert unmatched["reviewed listings"] == 1
    with pytest.raises(DataError, match="1 reviewed listings"):
        tiny.build(tiny.feed, labels, out="other", strict=True)


def test_labels_may_be_parquet(tiny: TinyInputs) -> None:
    label: dict[str, Any] = tiny.label("p1") | {"as_of": TODAY}
    file = tiny.root / "labels.parquet"
    pq.write_table(pa.Table.from_pylist([label], LABEL_SCHEMA), file)
    assert facts(tiny.build(tiny.feed, file))["p1"]["kind"] == "reviewed"


def test_who_labelled_is_counted_by_split(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("p1"), tiny.label("p2", annotator="ben"))
    counted = tiny.build(tiny.feed, labels).manifest.counts["labels"]
    assert [(c["annotator"], c["split"], c["labels"]) for c in counted] == [
        ("ana", "test", 1),
        ("ben", "test", 1),
    ]


def test_what_was_judged_after_a_date_only_tests(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(
        *(tiny.label(f"p{n}", as_of=YESTERDAY.isoformat()) for n in range(4)),
        tiny.label("p4"),
    )
    rule = SplitRule("by-rule", datetime(2026, 11, 1, 12, tzinfo=UTC))
    rows = facts(tiny.build(tiny.feed, labels, rule=rule))
    assert rows["p4"]["split"] == "test"
    assert all(rows[f"p{n}"]["split"] != "test" for n in range(4))


# The folder


def test_another_dataset_is_replaced_only_on_request(tiny: TinyInputs) -> None:
    first = tiny.build()
    assert tiny.build().id == first.id, "the same again is no other dataset"
    tiny.write_examples("Knuckle duster, new")
    with pytest.raises(DataError, match="holds another dataset"):
        tiny.build()
    assert Dataset.load(first.root).id == first.id
    assert tiny.build(overwrite=True).id != first.id
    assert [path.name for path in tiny.root.glob(".data*")] == []


def test_a_build_that_was_killed_while_replacing_loses_nothing(tiny: TinyInputs) -> None:
    first = tiny.build()
    first.root.rename(tiny.root / ".data.old")
    tiny.write_examples("Knuckle duster, new")
    with pytest.raises(DataError, match="holds another dataset"):
        tiny.build()
    assert Dataset.load(first.root).id == first.id


def test_a_folder_of_other_things_is_never_replaced(tiny: TinyInputs) -> None:
    (tiny.root / "data").mkdir()
    (tiny.root / "data/thesis.txt").write_text("years of work")
    with pytest.raises(DataError, match=r"thesis\.txt"):
        tiny.build(overwrite=True)


def test_a_changed_file_is_refused(tiny: TinyInputs) -> None:
    dataset = tiny.build()
    rows = pq.read_table(dataset.root / "rows.parquet")
    pq.write_table(rows.slice(1), dataset.root / "rows.parquet")
    with pytest.raises(DataError, match="not the file that the manifest names"):
        Dataset.load(dataset.root)


def test_the_manifest_is_plain_json_without_times_or_paths(tiny: TinyInputs) -> None:
    text = (tiny.build().root / "manifest.json").read_text("utf-8")
    assert str(tiny.root) not in text
    assert json.loads(text)["id"]
    sources = tiny.build().everything.batch.table.column("source").to_pylist()
    assert {source["uri"] for source in sources if source} == {"feed.csv"}


def test_a_licence_may_be_named_for_a_source(tiny: TinyInputs) -> None:
    named = Sources([tiny.feed], licences={"feed.csv": "CC0"})
    (source,) = [s for s in tiny.build(sources=named).manifest.sources if s["name"] == "feed.csv"]
    assert source["licence"] == "CC0"
    with pytest.raises(DataError, match=r"given for fed\.csv, which is no source"):
        tiny.build(sources=Sources([tiny.feed], licences={"fed.csv": "CC0"}), out="other")
