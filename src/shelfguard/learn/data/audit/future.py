"""No row is tested by a model that learned from its future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from shelfguard.learn.data.audit.finding import Finding, Subject
from shelfguard.learn.data.dataset import Split


def check(subject: Subject) -> Iterator[Finding]:
    """Rows that are later than the rule's cut, or than what they are to test."""
    times = subject.dataset.everything.column("as_of")
    testing = subject.rows_of(Split.TEST)
    learned = [n for n in np.flatnonzero(~testing).tolist() if times[n]]
    tested = [n for n in np.flatnonzero(testing).tolist() if times[n]]
    if cut := subject.dataset.manifest.split_rule.get("test_after"):
        late = [n for n in learned if times[n] > datetime.fromisoformat(cut)]
        if late:
            message = f"{len(late):,} rows to learn from were judged after {cut}"
            fix = "Build the dataset again with --test-after"
            yield Finding("error", "future", message, fix, len(late), rows=subject.named(late))
    elif learned and tested:
        newest = max(times[n] for n in learned)
        early = [n for n in tested if times[n] < newest]
        if early:
            message = f"{len(early):,} test rows are older than what a model learns from"
            fix = "Build with --test-after, if the figure is to tell of the future"
            yield Finding("warning", "future", message, fix, len(early), rows=subject.named(early))
