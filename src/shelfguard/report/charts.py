"""The page's charts as Vega-Lite specifications, each with the table of its numbers.

Colours are CSS variables: the page's style sheet sets them for light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from shelfguard.decision import Outcome
from shelfguard.report.words import SEPARATORS, Catalogue

FLAGS = tuple(outcome for outcome in reversed(Outcome) if outcome is not Outcome.ALLOW)
TOP_CLAUSES = 15

Datum = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A figure: its specification, and the same numbers as rows under a header."""

    name: str
    spec: dict[str, Any]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def outcome_chart(counts: dict[str, int], t: Catalogue) -> Chart:
    """Flagged listings by outcome, the most severe first."""
    rows: list[Datum] = [{"outcome": t.name("outcome", o), "n": counts.get(o, 0)} for o in FLAGS]
    chart = _bars(rows, "outcome", t("axis.listings")).encode(color=_outcome_colour(t, None))
    table = [(row["outcome"], t.number(row["n"])) for row in rows]
    return Chart("outcomes", _finish(chart, t), (t("table.outcome"), t("table.listings")), table)


def clause_chart(clauses: dict[str, dict[str, int]], t: Catalogue) -> Chart:
    """The clauses that flagged most, stacked by outcome."""
    ranked = sorted(clauses, key=lambda c: (-sum(clauses[c].values()), c))[:TOP_CLAUSES]
    rows = [
        {"clause": c, "outcome": t.name("outcome", o), "rank": o.severity, "n": clauses[c][o]}
        for c in ranked
        for o in FLAGS
        if clauses[c].get(o)
    ]
    chart = (
        _chart(rows)
        .mark_bar(height={"band": 0.7}, stroke="var(--paper)")
        .encode(
            y=_category("clause", ranked),
            x=alt.X("n:Q", title=t("axis.reasons"), axis=_amounts()),
            color=_outcome_colour(t, alt.Legend(title=None, orient="top", columns=2)),
            order=alt.Order("rank:Q", sort="descending"),
            tooltip=[
                alt.Tooltip("clause:N", title=t("table.clause")),
                alt.Tooltip("outcome:N", title=t("table.outcome")),
                alt.Tooltip("n:Q", title=t("axis.reasons")),
            ],
        )
        .properties(height=22 * len(ranked))
    )
    header = (t("table.clause"), *(t.name("outcome", o) for o in FLAGS))
    table = [(c, *(t.number(clauses[c].get(o, 0)) for o in FLAGS)) for c in ranked]
    return Chart("clauses", _finish(chart, t), header, table)


def probability_chart(bins: Sequence[int], t: Catalogue) -> Chart:
    """Flagged listings by the probability of their first reason."""
    width = 1 / len(bins)
    rows = [{"from": i * width, "to": (i + 1) * width, "n": n} for i, n in enumerate(bins)]
    chart = (
        _chart(rows)
        .mark_bar(color="var(--accent)", binSpacing=1)
        .encode(
            x=alt.X("from:Q", bin="binned", title=t("axis.probability"), axis=_ticks()),
            x2="to:Q",
            y=alt.Y("n:Q", title=t("axis.listings"), axis=_amounts()),
        )
        .properties(height=130)
    )
    table = [
        (f"{t.number(r['from'], 2)} – {t.number(r['to'], 2)}", t.number(r["n"]))
        for r in rows
        if r["n"]
    ]
    return Chart(
        "probabilities", _finish(chart, t), (t("axis.probability"), t("table.listings")), table
    )


def stage_chart(
    name: str, values: dict[str, float], title: str, t: Catalogue, digits: int
) -> Chart:
    """One number a stage, in the order of the cascade."""
    rows: list[Datum] = [{"stage": t.name("stage", s), "n": value} for s, value in values.items()]
    chart = _bars(rows, "stage", title, "~g" if digits else "~s").encode(
        color=alt.value("var(--accent)")
    )
    table = [(row["stage"], t.number(row["n"], digits)) for row in rows]
    return Chart(name, _finish(chart, t), (t("table.stage"), title), table)


def _chart(rows: list[Datum]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))


def _bars(rows: list[Datum], label: str, title: str, form: str = "~s") -> alt.Chart:
    order = [row[label] for row in rows]
    bars: alt.Chart = (
        _chart(rows)
        .mark_bar(height={"band": 0.7})
        .encode(
            y=_category(label, order),
            x=alt.X("n:Q", title=title, axis=_amounts(form)),
            tooltip=[alt.Tooltip(f"{label}:N", title=" "), alt.Tooltip("n:Q", title=title)],
        )
        .properties(height=26 * len(rows))
    )
    return bars


def _category(name: str, order: list[Any]) -> alt.Y:
    return alt.Y(f"{name}:N", sort=order, title=None, axis=alt.Axis(labelLimit=130, ticks=False))


def _amounts(form: str = "~s") -> alt.Axis:
    """Few labels; each number is written by itself, as 500 and 1k rather than 0.5k and 1k."""
    step = 1 if form == "~s" else alt.Undefined
    label = f"format(datum.value, '{form}')"
    return alt.Axis(tickMinStep=step, tickCount=4, labelExpr=label, domain=False)


def _ticks() -> alt.Axis:
    return alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2f", grid=False)


def _outcome_colour(t: Catalogue, legend: alt.Legend | None) -> alt.Color:
    scale = alt.Scale(
        domain=[t.name("outcome", outcome) for outcome in FLAGS],
        range=[f"var(--{outcome})" for outcome in FLAGS],
    )
    return alt.Color("outcome:N", scale=scale, legend=legend)


def _finish(chart: alt.Chart, t: Catalogue) -> dict[str, Any]:
    ink, quiet, line = "var(--ink)", "var(--muted)", "var(--line)"
    font = "system-ui, sans-serif"
    finished = (
        chart.properties(width="container", background="transparent")
        .configure(font=font, locale=alt.Locale(number=_locale(t)))
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=ink,
            titleColor=quiet,
            gridColor=line,
            domainColor=line,
            tickColor=line,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_legend(labelColor=ink, labelFontSize=12, symbolType="square")
    )
    spec: dict[str, Any] = finished.to_dict()
    return spec


def _locale(t: Catalogue) -> alt.NumberLocale:
    thousands, decimal, _ = SEPARATORS[t.lang]
    return alt.NumberLocale(currency=["", ""], decimal=decimal, grouping=[3], thousands=thousands)
