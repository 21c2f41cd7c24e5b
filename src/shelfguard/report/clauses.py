"""The clauses of a pack as the report speaks of them, with what calibration says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shelfguard.policy.calibration import Calibration
from shelfguard.policy.pack import IMAGE, Citation, Clause, Pack
from shelfguard.report.charts import FLAGS
from shelfguard.report.words import Catalogue


@dataclass(frozen=True)
class ClauseView:
    """`lang` is that of the title, which may fall back to another one than the page's."""

    id: str
    title: str
    lang: str
    kind: str
    sources: Sequence[Citation]
    counts: Sequence[int] = ()

    @property
    def total(self) -> int:
        return sum(self.counts)


def view(
    pack: Pack, clause_id: str, t: Catalogue, counts: dict[str, int] | None = None
) -> ClauseView:
    """One clause in the page's language; an unknown or empty id says so."""
    flags = [(counts or {}).get(outcome, 0) for outcome in FLAGS]
    clause = pack.clauses.get(clause_id)
    if clause is None:
        title = t("clauses.unknown" if clause_id else "clauses.no_reason")
        return ClauseView(clause_id, title, t.lang, "", (), flags)
    lang = t.lang if t.lang in clause.title else next(iter(clause.title), "")
    title = t.say(clause.title)
    return ClauseView(clause_id, title, lang, t.name("class", clause.kind), clause.cite, flags)


def link(citation: Citation) -> str | None:
    """The citation's address, where it is one that a browser may open."""
    url = citation.url or ""
    return url if url.startswith(("https://", "http://")) else None


def is_judged(clause: Clause, *, pictures: bool) -> bool:
    """Whether a scan judges this clause: one of text alone leaves those of pictures alone out."""
    return pictures or not set(clause.signals) <= {IMAGE}


def unsupported(calibration: Calibration) -> list[tuple[str, str, str]]:
    """(clause, "act" or "review", reason) of each goal that the data could not support."""
    return [
        (clause, which, goal.reason or "")
        for clause, goals in sorted(calibration.clauses.items())
        for which, goal in (("act", goals.act), ("review", goals.review))
        if not goal.supported
    ]
