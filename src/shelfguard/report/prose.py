"""An explanation as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from shelfguard.report.findings import failure
from shelfguard.report.folder import Row
from shelfguard.report.marks import visible
from shelfguard.report.words import Catalogue

WIDTH = 96

VISION = "vision"
"""The stage that looks at pictures."""


def prose(record: Row, t: Catalogue) -> str:
    """The explanation in words. Characters that could deceive are written as numbers."""
    lines = [*_head(record, t), "", *_body(record, t), "", *_grounds(record, t)]
    return "\n".join(lines) + "\n"


def _head(record: Row, t: Catalogue) -> Iterator[str]:
    source = record["source"]
    yield f"{t('explain.listing')} {visible(record['listing_id'])}"
    if source["uri"]:
        row = "–" if source["row"] is None else source["row"]
        yield t("explain.file", file=visible(source["uri"]), row=row)
    yield t("explain.outcome", outcome=t.name("outcome", record["outcome"]))
    yield t("explain.settled", stage=t.name("stage", record["stage"] or "–"))
    yield t("explain.mode", mode=t.name("mode", record["mode"] or "–"))
    if record["same_id"] > 1:
        yield t("explain.duplicates", n=record["same_id"])


def _body(record: Row, t: Catalogue) -> Iterator[str]:
    reasons = record["reasons"]
    if not reasons:
        yield from _without_reason(record, t)
    for i, reason in enumerate(reasons, 1):
        title, outcome = reason["title"], t.name("outcome", reason["outcome"])
        if i > 1:
            yield ""
        yield t(
            "explain.reason", i=i, n=len(reasons), clause=reason["clause"], title=title,
            outcome=outcome,
        )  # fmt: skip
        yield from (_indent(line) for line in _reason(reason, t))


def _without_reason(record: Row, t: Catalogue) -> Iterator[str]:
    checked = record["checked"]
    if record["outcome"] == "allow":
        yield _indent(t("explain.allowed", n=checked["clauses"]), 0)
    else:
        yield _indent(t("sample.no_reason"), 0)
    names = [t.name("signal", name) for name in checked["signals"]]
    yield _indent(t("explain.signals", signals=", ".join(names)), 0)
    if checked["not_evaluated"]:
        clauses = ", ".join(checked["not_evaluated"])
        yield _indent(t("explain.unevaluated", clauses=clauses), 0)


def _reason(reason: Row, t: Catalogue) -> Iterator[str]:
    if reason["rule"]:
        yield t("explain.rule", rule=reason["rule"])
    yield t("explain.citation", citation="; ".join(reason["sources"]) or reason["citation"])
    yield t("explain.probability", probability=_number(reason["probability"], t, "uncalibrated"))
    limits = reason["thresholds"]
    if any(limit is not None for limit in limits.values()):
        shown = {which: _number(limit, t, "no_threshold") for which, limit in limits.items()}
        yield t("explain.threshold", **shown)
    if reason["unsupported"] is not None:
        yield t("explain.unsupported", reason=reason["unsupported"])
    yield t("explain.stage", stage=t.name("stage", reason["stage"] or "–"))
    yield t("explain.evidence")
    yield from (f"- {line}" for line in _evidence(reason, t))
    if reason["fix"]:
        yield t("explain.fix", fix=reason["fix"])


def _evidence(reason: Row, t: Catalogue) -> Iterator[str]:
    if not reason["evidence"]:
        yield t("explain.overall_pictures" if reason["stage"] == VISION else "explain.overall")
    for item in reason["evidence"]:
        label, said = _place(item, t), visible(item["note"])
        note = f" ({said})" if said else ""
        if item["absent"]:
            yield t("explain.absent", field=label) + note
        elif item["quote"] is None:
            yield t("explain.seen", field=label, what=said)
        elif item["context"]:
            yield t("explain.quote", field=label, quote=item["context"]) + note
        else:
            yield t("explain.value", field=label, quote=visible(item["quote"])) + note


def _place(item: Row, t: Catalogue) -> str:
    """The field, and for a picture which part of it."""
    label = visible(item["label"])
    if item["box"]:
        sides = ("left", "top", "right", "bottom")
        shares = (t.percent(share, 0) for share in item["box"])
        return t("explain.box", field=label, **dict(zip(sides, shares, strict=True)))
    return t("explain.masked", field=label) if item["mask_size"] else label


def _pictures(record: Row, t: Catalogue) -> Iterator[str]:
    """Where each picture came from, or why it was not looked at."""
    if record["pictures"] and record["pictures_withheld"]:
        yield t("explain.withheld")
        return
    for picture in record["pictures"]:
        n, uri = picture["place"] + 1, visible(picture["uri"] or "–")
        if picture["failure"] or not picture["sha256"]:
            reason = visible(failure(picture["failure"], t))
            yield t("explain.no_picture", n=n, uri=uri, reason=reason)
        else:
            yield t("explain.picture", n=n, uri=uri, sha256=picture["sha256"])


def _grounds(record: Row, t: Catalogue) -> Iterator[str]:
    if record["degraded"]:
        yield _indent(t("explain.degraded", what=visible("; ".join(record["degraded"]))), 0)
    else:
        yield t("explain.everything_ran")
    yield from (_indent(line, 0) for line in _pictures(record, t))
    yield t("explain.pack", pack=record["pack"])
    yield t("explain.models", models=record["models"] or "–")
    yield t("explain.decision", id=record["decision"])
    if record["pack_changed"]:
        yield _indent(t("explain.pack_changed"), 0)


def _number(value: float | None, t: Catalogue, absent: str) -> str:
    return t(f"explain.{absent}") if value is None else t.number(value, 3)


def _indent(text: str, by: int = 2) -> str:
    pad = " " * by
    return fill(
        text,
        WIDTH,
        initial_indent=pad,
        subsequent_indent=pad + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
