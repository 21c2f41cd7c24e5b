"""What each row may be used for, so that no figure is measured on what was learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shelfguard.learn.data.collected import Entry
from shelfguard.learn.data.corpus import CALIBRATION, HELD_OUT_SHARE, is_held_out
from shelfguard.learn.data.dataset import Split
from shelfguard.learn.data.judgements import REVIEWED
from shelfguard.policy.similar import NEAR_DUPLICATE

ReviewedSplit = Literal["test", "by-rule"]


@dataclass(frozen=True, slots=True)
class SplitRule:
    """Where reviewed rows go, and the time after which a judged row can only test."""

    reviewed: ReviewedSplit = "test"
    test_after: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """The rule in values and in words, as the manifest holds it."""
        time = self.test_after.isoformat() if self.test_after else None
        return {"reviewed": self.reviewed, "test_after": time, "steps": self._steps()}

    def _steps(self) -> list[str]:
        reviewed = {"test": "Rows that people reviewed test.", "by-rule": None}[self.reviewed]
        after = self.test_after and f"Rows last judged after {self.test_after.isoformat()} test."
        steps = [
            "Rows are grouped, and a group is on one side. A group is what hangs together by "
            f"near-duplicates (Jaccard similarity of character 5-grams of at least "
            f"{NEAR_DUPLICATE}), by twins (names alike but for a letter after the last dot), and, "
            "among real rows of feeds with several sellers, by seller. Invented sellers of "
            "written rows count for nothing.",
            "Unit cases of the pack test.",
            reviewed,
            after,
            "Of a group with a row that tests, reviewed rows test too and all others are dropped.",
            f"Rows of example files that end in {CALIBRATION} calibrate, with their groups.",
            f"Of all other groups one in {HELD_OUT_SHARE} calibrates, drawn by the CRC-32 of the "
            "first row's name; the rest are trained on.",
        ]
        return [step for step in steps if step]

    def reserved(self, entry: Entry) -> Split | None:
        """The split that a row must have, whatever its group."""
        too_new = self.test_after and entry.as_of and entry.as_of > self.test_after
        if too_new or (entry.kind == REVIEWED and self.reviewed == "test"):
            return Split.TEST
        return entry.fixed


def assign(entries: Sequence[Entry], groups: Sequence[str], rule: SplitRule) -> list[Split | None]:
    """The split of each row; None where it must be dropped, for it is too like a test row."""
    members: dict[str, list[Entry]] = defaultdict(list)
    for entry, name in zip(entries, groups, strict=True):
        members[name].append(entry)
    sides = {name: _side(group, rule) for name, group in members.items()}
    return [_place(entry, sides[name], rule) for entry, name in zip(entries, groups, strict=True)]


def _side(group: Sequence[Entry], rule: SplitRule) -> Split:
    reserved = {rule.reserved(entry) for entry in group}
    for split in (Split.TEST, Split.CALIBRATION):
        if split in reserved:
            return split
    first = min(entry.name for entry in group)
    return Split.CALIBRATION if is_held_out(first) else Split.TRAIN


def _place(entry: Entry, side: Split, rule: SplitRule) -> Split | None:
    may_test = rule.reserved(entry) is Split.TEST or entry.kind == REVIEWED
    return None if side is Split.TEST and not may_test else side
