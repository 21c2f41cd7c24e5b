"""Parquet files, row by row under the names of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.errors import FeedError
from shelfguard.feeds.chunk import UNFIT, Quarantined, excerpt
from shelfguard.feeds.draft import Flat, Item
from shelfguard.feeds.fields import Target, plan
from shelfguard.feeds.stream import Bytes

_ROWS = 2048
_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_map)
_AMOUNT = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, *_TEXT[:2])
_FITTING = {
    "title": (_TEXT, "text"),
    "description": (_TEXT, "text"),
    "price": (_AMOUNT, "numbers or text"),
    "id": ((*_TEXT[:3], pa.types.is_integer), "text or whole numbers"),
}


def items(stream: Bytes, flat: Flat) -> Iterator[Item]:
    """Every row.

    Raises:
        FeedError: the file is no whole Parquet file, or a column has the wrong type.
    """
    file = stream.path.name
    if stream.codec:
        raise FeedError("is Parquet packed again", file=stream.path, fix="Unpack it first.")
    try:
        source = pq.ParquetFile(stream.raw)
        _check(source.schema_arrow, plan(source.schema_arrow.names, flat.mapping), stream.path)
        for record in _records(source):
            try:
                yield Item(None, flat.draft(record))
            except UNFIT as error:
                bad = Quarantined(file, None, None, None, str(error), excerpt(record))
                yield Item(None, bad)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise FeedError(
            f"is not a whole Parquet file ({error})", file=stream.path, fix="Export the feed again."
        ) from None


def _records(source: pq.ParquetFile) -> Iterator[dict[str, Any]]:
    for group in range(source.num_row_groups):  # all at once, pyarrow reads far ahead
        for batch in source.iter_batches(batch_size=_ROWS, row_groups=[group]):
            columns = [_microseconds(column) for column in batch.columns]
            rows = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
            yield from rows.to_pylist(maps_as_pydicts="lossy")


def _microseconds(column: pa.Array) -> pa.Array:
    """The column in the finest unit of Python's times, for Arrow turns no finer one into them."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return column


def _check(schema: pa.Schema, targets: Sequence[Target], path: Path) -> None:
    for field, target in zip(schema, targets, strict=True):
        fitting, wanted = _FITTING.get(target.name, ((), ""))
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if target.group == "field" and fitting and not any(fits(kind) for fits in fitting):
            raise FeedError(
                f"holds {field.type}, not {wanted}",
                file=path,
                field=field.name,
                fix="Write the column with that type, or name another one in a mapping file.",
            )
