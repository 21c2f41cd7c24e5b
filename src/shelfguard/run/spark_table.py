"""Deciding listings that are in a Spark table already."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.config import one_core_a_worker
from shelfguard.decision import DECISION_SCHEMA, Mode
from shelfguard.errors import FeedError
from shelfguard.feeds import read_feed
from shelfguard.listing import LISTING_SCHEMA, Batch
from shelfguard.policy.pack import Pack
from shelfguard.run.reading import named_after
from shelfguard.run.worker import Build, Engine

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ROWS = 4096
"""Listings decided together."""

SOURCE = "spark"
"""The `source_uri` of decisions on rows of a feed's shape; `source_row` counts in their batch."""


def decide(
    frame: DataFrame, pack: Pack, *, market: str | None = None, mode: Mode = "shadow"
) -> DataFrame:
    """One row of DECISION_SCHEMA for each listing.

    The columns are those of LISTING_SCHEMA, of which only `id` and `title` must be there, or
    those of any feed in a flat format, with titles as plain text. A row without a title, or one
    that repeats an id within a batch, fails the job with a FeedError: filter such rows out.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    from shelfguard.engine import Engine as PackEngine

    build = partial(PackEngine.from_pack, pack, market=market, mode=mode)
    decided = partial(_decided, partial(_engine, uuid4().hex, build), frame.columns)
    # Spark takes `attributes.material` for a field of a struct, and so refuses such a column.
    plain = frame.toDF(*(f"column_{number}" for number in range(len(frame.columns))))
    with warnings.catch_warnings():
        # PySpark warns of pandas 3, of which nothing is used here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        return plain.mapInArrow(decided, from_arrow_schema(DECISION_SCHEMA, False))


@lru_cache(maxsize=1)
def _engine(_frame: str, build: Build) -> Engine:
    one_core_a_worker()
    return build()


def _decided(
    engine: Callable[[], Engine], names: Sequence[str], rows: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        table = pa.Table.from_batches([batch]).rename_columns(list(names))
        for start in range(0, table.num_rows, ROWS):
            listings = _listings(table.slice(start, ROWS))
            yield from engine().run(listings).table.to_batches()


def _listings(table: pa.Table) -> Batch:
    is_listing = "title" in table.column_names and pa.types.is_map(table.schema.field("title").type)
    return _from_listings(table) if is_listing else _from_feed(table)


def _from_listings(table: pa.Table) -> Batch:
    names = table.column_names
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in names
        else pa.nulls(table.num_rows, field.type)
        for field in LISTING_SCHEMA
    ]
    return Batch(pa.table(columns, schema=LISTING_SCHEMA).combine_chunks())


def _from_feed(table: pa.Table) -> Batch:
    with tempfile.TemporaryDirectory(prefix="shelfguard-rows-") as folder:
        path = Path(folder) / "rows.parquet"
        pq.write_table(table, path)
        (chunk,) = read_feed(path, format="parquet", rows=ROWS)
    for bad in chunk.quarantined:
        fix = "Filter such rows out of the table first."
        raise FeedError(bad.reason, file=bad.excerpt, field=bad.field, fix=fix)
    return named_after(chunk.batch, SOURCE)
