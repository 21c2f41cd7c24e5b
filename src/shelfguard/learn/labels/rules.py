"""The pack's rule signals as annotators: each family gives weak labels of its own.

Silence is no vote. A rule that finds nothing has not read the listing as a person does: most
violations are written in words that no rule knows, so `ok` from silence would be wrong just
where a label is worth most. A family says `ok` only where it recognises an innocent case.

On the sample pack's training rows a decisive phrase is right 83 times in 100, one beside an
innocent neighbour is innocent 89 times, and a weak phrase means a violation 18 times: weak ones
do not vote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import pyarrow as pa

from shelfguard.learn.labels.label import LABEL_SCHEMA, Answer, Source
from shelfguard.listing import Batch
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.registry import build_signals

Vote = tuple[str, Answer]
"""(clause, answer)"""

BEYOND_THE_LIMIT = {
    "thc>0mg": "CA-CAN-001",
    "thc>10mg": "CA-CAN-001",
    "thc-share>0.3%": "CA-CAN-001",
    "incline>7deg": "CA-CPS-007",
    "magnet-size<32mm": "CA-CPS-010",
    "npn-malformed": "CA-HLT-001",
    "hydroquinone>2%": "CA-HLT-005",
    "nicotine-dose>4mg": "CA-HLT-006",
    "price-below-brand": "CA-IPR-001",
    "transmit-power>0.5W": "CA-RAD-002",
    "transmit-power>2W": "CA-RAD-002",
    "nicotine>20mg/mL": "CA-TOB-002",
    "crossbow<50cm": "CA-WPN-004",
    "stun<48cm": "CA-WPN-005",
    "magazine>10": "CA-WPN-008",
    "muzzle-energy>5.7J": "CA-WPN-008",
    "muzzle-velocity>152.4m/s": "CA-WPN-008",
}
"""Facts of a listing that lie past the line that the clause's law draws."""

WITHIN_THE_LIMIT = {
    "magnet-size>32mm": "CA-CPS-010",
    "npn": "CA-HLT-001",
    "din": "CA-HLT-002",
    "crossbow>50cm": "CA-WPN-004",
    "alcohol<0.5%": "MKT-ALC-001",
}
"""Facts that make a listing lawful under the clause: a licence number, a size without risk."""

LEADS_OFF_SITE = frozenset({"phone", "email", "url", "handle", "obfuscated", "cue"})
"""Contact findings that vote. A means of payment alone does not: half of them are innocent."""


def rule_labels(pack: Pack, batch: Batch, as_of: datetime) -> pa.Table:
    """What the pack's rules say of a batch, as a table of LABEL_SCHEMA.

    One annotator a family: `rule:lexicon` says violates at a decisive phrase and ok where all
    its phrases stand beside an innocent neighbour, `rule:attributes` judges facts by the
    law's numbers, `rule:contact` finds ways off the site. Rules read every listing, so the
    sampling probability is 1.
    """
    derived, hashes = Derived(batch), batch.content_hashes()
    rows = []
    for signal in build_signals(pack):
        votes = _settled(_votes(pack, signal.name, signal.run(derived)))
        for (row, clause), answer in sorted(votes.items()):
            label = (hashes[row], clause, answer, Source.RULE, f"rule:{signal.name}", 1.0, as_of)
            rows.append(dict(zip(LABEL_SCHEMA.names, label, strict=True)))
    table = pa.Table.from_pylist(rows, schema=LABEL_SCHEMA)
    return table.group_by(LABEL_SCHEMA.names, use_threads=False).aggregate([])


def _votes(pack: Pack, family: str, hits: Iterable[Hit]) -> Iterator[tuple[int, Vote]]:
    """(row, vote) of each hit that says something of a clause of the pack."""
    vote = VOTES[family]
    for hit in hits:
        for clause, answer in vote(pack, hit.feature):
            if clause in pack.clauses:
                yield hit.row, (clause, answer)


def _settled(votes: Iterable[tuple[int, Vote]]) -> dict[tuple[int, str], Answer]:
    """One answer a listing and clause: a violation outweighs what is innocent beside it."""
    settled: dict[tuple[int, str], Answer] = {}
    for row, (clause, answer) in votes:
        if answer is Answer.VIOLATES or (row, clause) not in settled:
            settled[row, clause] = answer
    return settled


def _phrase(pack: Pack, feature: str) -> Iterator[Vote]:
    kind, _, clause = feature.partition(":")
    if kind == "lexicon":
        yield clause, Answer.VIOLATES
    elif kind == "lexicon-context":
        yield clause, Answer.OK


def _fact(pack: Pack, feature: str) -> Iterator[Vote]:
    _, _, fact = feature.partition(":")
    if fact in BEYOND_THE_LIMIT:
        yield BEYOND_THE_LIMIT[fact], Answer.VIOLATES
    if fact in WITHIN_THE_LIMIT:
        yield WITHIN_THE_LIMIT[fact], Answer.OK


def _contact(pack: Pack, feature: str) -> Iterator[Vote]:
    _, _, kind = feature.partition(":")
    if kind in LEADS_OFF_SITE:
        for name, clause in pack.clauses.items():
            if "contact" in clause.signals:
                yield name, Answer.VIOLATES


VOTES: dict[str, Callable[[Pack, str], Iterator[Vote]]] = {
    "lexicon": _phrase,
    "attributes": _fact,
    "contact": _contact,
}
