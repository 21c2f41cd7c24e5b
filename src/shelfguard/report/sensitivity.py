"""Which pictures of a scan the page never shows, and which it blurs until a reader asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shelfguard.decision import Outcome
from shelfguard.report.folder import ScanFolder

WITHHELD_CLAUSES = frozenset({"CA-SEX-001"})
"""Child sexual abuse: the law and the clause leave its media to the specialist team alone."""

BLURRED_CLAUSES = frozenset({"MKT-ADT-001", "CA-HAT-001", "MKT-OFF-001", "MKT-BDY-001"})
"""Explicit sex, hate symbols, slurs and threats, human remains: a reader chooses to see them."""

BLURRED_SIGNALS = frozenset({"nudity"})

COLUMNS = (
    "outcome",
    "pictures.list.element.sha256",
    "reasons.list.element.clause",
    "reasons.list.element.evidence.list.element.signal",
    "reasons.list.element.evidence.list.element.picture",
)


@dataclass(frozen=True)
class Sensitivity:
    """SHA-256 digests of pictures that are withheld or blurred in every listing that has them."""

    withheld: frozenset[str]
    blurred: frozenset[str]

    @classmethod
    def of(cls, folder: ScanFolder) -> Sensitivity:
        """Look through all flagged decisions of a scan."""
        withheld, blurred = set[str](), set[str]()
        for decision in folder.flagged(COLUMNS):
            digests = {seen["sha256"] for seen in decision["pictures"] or () if seen["sha256"]}
            if withholds(decision):
                withheld |= digests
            else:
                blurred |= _of_signals(decision)
        return cls(frozenset(withheld), frozenset(blurred))


def withholds(decision: Mapping[str, Any]) -> bool:
    """Whether nobody but specialists may see the pictures of this listing."""
    escalated = decision["outcome"] == Outcome.ESCALATE
    return escalated or bool(_clauses(decision) & WITHHELD_CLAUSES)


def blurs(decision: Mapping[str, Any]) -> bool:
    """Whether all pictures of this listing are blurred, for what it is flagged for."""
    return bool(_clauses(decision) & BLURRED_CLAUSES)


def _clauses(decision: Mapping[str, Any]) -> set[str]:
    return {reason["clause"] for reason in decision["reasons"] or ()}


def _of_signals(decision: Mapping[str, Any]) -> set[str]:
    """The pictures that a signal finds sensitive, whatever the clause."""
    return {
        item["picture"]
        for reason in decision["reasons"] or ()
        for item in reason["evidence"] or ()
        if item["signal"] in BLURRED_SIGNALS and item["picture"]
    }
