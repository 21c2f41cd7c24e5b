"""Which rows become listings, and why the others cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from shelfguard.feeds.build import Builder
from shelfguard.feeds.chunk import UNFIT, Chunk, Quarantined, excerpt
from shelfguard.feeds.columns import Rows
from shelfguard.feeds.seen import SeenIds
from shelfguard.listing import Batch


@dataclass(slots=True)
class Admission:
    """Makes chunks of the runs of one feed; `name` stands in the ids of rows that have none."""

    file: str
    name: str
    builder: Builder
    seen: SeenIds = field(default_factory=SeenIds)

    def chunk(self, run: Rows) -> Chunk:
        """The listings of a run, and every row of it that is none with the reason."""
        ids, bad = self._check(run)
        good = [i for i, id_ in enumerate(ids) if id_ is not None]
        batches = self._build(run, ids, good, bad) if good else []
        warnings = Counter(self.builder.warnings)
        self.builder.warnings.clear()
        return Chunk(_joined(batches), sorted(bad, key=lambda q: q.row or 0), warnings, len(run))

    def _build(
        self, run: Rows, ids: Sequence[str | None], good: list[int], bad: list[Quarantined]
    ) -> list[Batch]:
        """Batches of the `good` rows. One odd value fails a column of all its rows, so that
        halves are tried until it stands alone."""
        warnings = Counter(self.builder.warnings)
        try:
            columns = run.shape.columns([run.rows[i] for i in good])
            numbers = [run.numbers[i] for i in good]
            return [self.builder.build([ids[i] or "" for i in good], numbers, columns)]
        except UNFIT as error:
            self.builder.warnings.clear()
            self.builder.warnings.update(warnings)
            if len(good) == 1:
                reason = f"holds a value that fits no field ({error})"
                bad.append(self._reject(run, good[0], None, reason))
                return []
        middle = len(good) // 2
        halves = (good[:middle], good[middle:])
        return [batch for half in halves for batch in self._build(run, ids, half, bad)]

    def _check(self, run: Rows) -> tuple[list[str | None], list[Quarantined]]:
        """Ids of rows that can become listings, None for others, and why these cannot."""
        bad = list(run.bad)
        ids = self._ids(run)
        titled = run.shape.titled(run.rows)
        known = [i for i, ok in enumerate(titled) if ok]
        numbers = [run.numbers[i] for i in known]
        first = dict(
            zip(known, self.seen.first_rows([ids[i] for i in known], numbers), strict=True)
        )
        checked: list[str | None] = list(ids)
        for i, number in enumerate(run.numbers):
            if not titled[i]:
                bad.append(self._reject(run, i, "title", "has no title"))
            elif first[i] != number:
                bad.append(self._reject(run, i, "id", f"repeats the id of row {first[i]}"))
            else:
                continue
            checked[i] = None
        return checked, bad

    def _ids(self, run: Rows) -> list[str]:
        given = run.shape.ids(run.rows)
        ids = [str(v).strip() if v is not None else "" for v in given]
        if missing := ids.count(""):
            self.builder.warnings["id is missing"] += missing
            ids = [v or f"{self.name}:{n}" for v, n in zip(ids, run.numbers, strict=True)]
        return ids

    def _reject(self, run: Rows, i: int, field: str | None, reason: str) -> Quarantined:
        row = excerpt(run.rows[i])
        return Quarantined(self.file, run.lines[i], run.numbers[i], field, reason, row)


def _joined(batches: Sequence[Batch]) -> Batch:
    if not batches:
        return Batch.from_records([])
    if len(batches) == 1:
        return batches[0]
    return Batch(pa.concat_tables([batch.table for batch in batches]).combine_chunks())
