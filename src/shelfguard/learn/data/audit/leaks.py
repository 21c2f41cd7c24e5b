"""What a model was trained on cannot calibrate or test it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow.compute as pc

from shelfguard.learn.data.audit.finding import Finding, Subject
from shelfguard.learn.data.groups import telling_sellers

LARGE_SHARE, SMALLEST_LARGE = 0.1, 50
"""A group beyond this share of the rows, and of at least so many, makes the split arbitrary."""

FIX = "Build the dataset again, so that both are on one side"


def check(subject: Subject) -> Iterator[Finding]:
    """Listings, groups, sellers and near-duplicates that are in more than one split."""
    yield from _too_large(subject)
    keys = {
        "same-listing": ("the same listing", subject.hashes),
        "group": ("a group", subject.dataset.everything.column("group")),
        "seller": ("a seller of real listings", _sellers(subject)),
    }
    for code, (what, values) in keys.items():
        if found := list(subject.across(values)):
            rows = subject.named([place for places in found for place in places[:2]])
            message = f"{what} is in more than one split, {len(found):,} times"
            yield Finding("error", code, message, FIX, len(found), rows=rows)
    if leaks := [p for p in subject.pairs if subject.splits[p[0]] != subject.splits[p[1]]]:
        a, b, similarity = max(leaks, key=lambda pair: pair[2])
        sides = f"{subject.splits[a]} and {subject.splits[b]}, {similarity:.0%} the same"
        message = f"{len(leaks):,} near-duplicates are in different splits, such as {sides}"
        rows = subject.named([a, b])
        yield Finding("error", "near-duplicate", message, FIX, len(leaks), rows=rows)


def _too_large(subject: Subject) -> Iterator[Finding]:
    groups = Counter(subject.dataset.everything.column("group"))
    for name, count in groups.most_common(1):
        if count >= SMALLEST_LARGE and count > LARGE_SHARE * groups.total():
            share = f"{count / groups.total():.0%} of all rows"
            message = f"one group holds {share}, so that one draw decides where they go"
            fix = "Look whether a seller or a template ties together what is unlike"
            yield Finding("warning", "large-group", message, fix, count, rows=(name,))


def _sellers(subject: Subject) -> list[str | None]:
    part = subject.dataset.everything
    sellers = pc.struct_field(part.batch.table.column("seller"), "id").to_pylist()
    return telling_sellers(sellers, part.column("origin"), part.column("source"))
