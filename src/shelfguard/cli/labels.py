"""`shelfguard labels`: merge what annotators say, doubt it, and pick what to ask next."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shelfguard.config import one_core_a_worker

if TYPE_CHECKING:
    from shelfguard.feeds import Feed
    from shelfguard.policy.pack import Pack

app = typer.Typer(no_args_is_help=True, help="Merge labels, find wrong ones, pick what to ask.")

LabelFiles = Annotated[
    list[Path], typer.Argument(help="Label files: Parquet, JSONL or CSV, the texts also .gz.")
]
PackName = Annotated[str, typer.Option(help="Pack folder, or the name of a shipped one.")]
Source = Annotated[Path, typer.Argument(help="A feed, or the --out folder of a scan.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Share = Annotated[float, typer.Option(min=0, max=1)]

MERGE = """[bold]Examples[/bold]

shelfguard labels merge reviews.csv rules.parquet --out merged.parquet

shelfguard labels merge labels/*.jsonl --out merged.parquet --json
"""

RULES = """[bold]Examples[/bold]

shelfguard labels rules feed.csv --out rules.parquet
"""

SUSPECTS = """[bold]Examples[/bold]

shelfguard labels suspects data/v3 --out suspects.csv

shelfguard labels suspects data/v3 --model models/student --out suspects.jsonl
"""

PICK = """[bold]Examples[/bold]

shelfguard labels pick feed.csv.gz --count 100 --out batch.jsonl

shelfguard labels pick out/ --labelled labels.parquet --out batch.jsonl

shelfguard labels pick feed.csv --margin 0 --diverse 0 --random 1 --out audit.jsonl
"""


@app.command("merge", epilog=MERGE)
def merge_labels(
    files: LabelFiles,
    out: Annotated[Path, typer.Option(help="Parquet file for the merged labels.")],
    pack: PackName = "ca-marketplace",
    shown: Annotated[int, typer.Option("--disagreements", min=0, help="How many to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Merge annotators into P(violates) a listing and clause, and show how good each one is.

    Exits with 8 if labels are invalid or contradict each other.
    """
    import pyarrow.parquet as pq

    from shelfguard.cli.label_tables import print_merged
    from shelfguard.learn.labels.merge import merge
    from shelfguard.learn.labels.read import read_labels
    from shelfguard.policy.load import load_pack

    merged = merge(read_labels(files, load_pack(pack).clauses))
    pq.write_table(merged.targets, out)
    if as_json:
        _print_json(merged.as_dict())
    else:
        print_merged(merged, shown)


@app.command("rules", epilog=RULES)
def label_by_rules(
    source: Source,
    out: Annotated[Path, typer.Option(help="Label file: .parquet, .jsonl or .csv.")],
    pack: PackName = "ca-marketplace",
    as_json: AsJson = False,
) -> None:
    """Let the pack's rules label a feed: one annotator a family, silent where it finds nothing."""
    from datetime import UTC, datetime

    import pyarrow as pa

    from shelfguard.cli.label_tables import print_counts
    from shelfguard.learn.labels.read import write_labels
    from shelfguard.learn.labels.rules import rule_labels

    feeds, loaded, _ = _opened(source, pack)
    now = datetime.now(UTC)
    chunks = (chunk for feed in feeds for chunk in feed.chunks())
    labels = pa.concat_tables(rule_labels(loaded, chunk.batch, now) for chunk in chunks)
    write_labels(labels, out)
    annotators, answers = (labels.column(name).to_pylist() for name in ("annotator", "answer"))
    counts = Counter(zip(annotators, answers, strict=True))
    if as_json:
        _print_json([{"annotator": w, "answer": a, "labels": n} for (w, a), n in counts.items()])
    else:
        print_counts(("Annotator", "Answer", "Labels"), counts)


@app.command("suspects", epilog=SUSPECTS)
def find_suspects(
    data: Annotated[Path, typer.Argument(help="A dataset folder.")],
    out: Annotated[Path, typer.Option(help="List to review again: .jsonl or .csv.")],
    model: Annotated[
        Path | None, typer.Option(help="Judge rows it was not trained on by this model.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most doubtful labels to keep.")] = 500,
    as_json: AsJson = False,
) -> None:
    """List labels that are probably wrong, most doubtful first.

    Without --model, every row is judged by a model that is trained on the others.
    """
    from shelfguard.cli.label_tables import Bar, print_suspects
    from shelfguard.learn.data.dataset import Dataset
    from shelfguard.learn.labels import suspects
    from shelfguard.learn.labels.out_of_fold import unseen_probabilities

    dataset = Dataset.load(data)
    with Bar(shown=not as_json) as bar:
        probabilities = unseen_probabilities(dataset, model, bar.update)
    found = suspects.find_suspects(dataset.everything, probabilities)[:limit]
    suspects.write_suspects(found, out)
    if as_json:
        _print_json([suspect.as_dict() for suspect in found])
    else:
        print_suspects(found, out)


@app.command("pick", epilog=PICK)
def pick_questions(
    source: Source,
    out: Annotated[Path, typer.Option(help="The review batch, .jsonl.")],
    count: Annotated[int, typer.Option(min=1, help="Questions to ask.")] = 100,
    pack: PackName = "ca-marketplace",
    margin: Share = 0.5,
    diverse: Share = 0.25,
    random: Share = 0.25,
    labelled: Annotated[
        list[Path] | None, typer.Option(help="Label files: what they hold is not asked again.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random share.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Pick listings for people to label: near a threshold, unlike the others, and at random.

    Each line says why it was picked and with which probability, so that figures made from the
    answers hold for the whole feed.
    """
    one_core_a_worker()
    from shelfguard.cli.label_tables import Bar, print_counts
    from shelfguard.engine import Engine
    from shelfguard.learn.labels.active import Shares, pick_batch
    from shelfguard.learn.labels.pool import Pool
    from shelfguard.learn.labels.read import read_labels
    from shelfguard.learn.labels.review_batch import write_review_batch
    from shelfguard.learn.labels.texts import text_vectors

    shares = Shares(margin, diverse, random)
    feeds, loaded, market = _opened(source, pack)
    known = read_labels(labelled or [], loaded.clauses).column("listing_hash").to_pylist()
    with Bar(shown=not as_json) as bar:
        engine = Engine.from_pack(loaded, market=market)
        pool = Pool.of_feeds(feeds, engine, known, bar.update)
    picks = pick_batch(pool, text_vectors(pool.batch), count, shares, seed=seed)
    write_review_batch(picks, pool, out)
    counts = Counter((str(pick.reason), f"{pick.sampling_prob:.3g}") for pick in picks)
    if as_json:
        reasons = Counter(pick.reason for pick in picks)
        totals = {"listings": len(pool), "unread": pool.unread, "questions": len(picks)}
        _print_json({**totals, "reasons": reasons})
    else:
        print_counts(("Reason", "Sampling probability", "Questions"), counts)
        read = f"{len(pool):,} listings ({pool.unread:,} rows could not be read)"
        typer.echo(f"{len(picks)} questions about {read} in {out}")


def _opened(source: Path, pack: str) -> tuple[Iterable[Feed], Pack, str | None]:
    """The files, pack and market of a feed, or of the scan in a folder."""
    from shelfguard.feeds import Feed
    from shelfguard.policy.load import load_pack
    from shelfguard.run.records import read_run
    from shelfguard.run.source import feeds_of

    if not source.is_dir():
        return [Feed(source)], load_pack(pack), None
    run = read_run(source)
    return feeds_of(run), load_pack(pack), run["options"]["market"]


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
