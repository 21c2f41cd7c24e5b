"""Several annotators' answers merged into P(violates), and how good each annotator is.

The model is that of Dawid and Skene, Maximum Likelihood Estimation of Observer Error-Rates
Using the EM Algorithm (1979): every annotator has a confusion matrix, learned together with
the truth. What we decided around it:

- Confusion matrices and the share of violations are pooled over clauses: most clauses have too
  few answers for matrices of their own.
- `unsure` is an abstention, as in data programming (Ratner et al., 2016): it is counted and
  shown but moves no probability, because crowd-kit's truths are its answers and no listing is
  "unsure" in truth. A question that nobody was sure of stays at 0.5.
- People outrank rules and models. Where people answered, the truth is learned from them alone,
  and rules and models are measured against it: two rules that share a blind spot cannot outvote
  a person. Every answer then counts by its annotator's confusion matrix. Without people, all
  learn together.
- Everyone starts with `PRIOR_ANSWERS` imagined answers under each truth, of which a person got
  more right than a model, and a model more than a rule: what little data says is tempered, and
  no annotator is read upside down for a handful of answers.
- One person alone cannot be checked: what they say is the truth that rules are measured against.
  Where there is one annotator in all, each answer is taken as it is: 1, 0, or 0.5 for unsure.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.errors import DataError
from shelfguard.learn.labels.label import Source
from shelfguard.learn.labels.merged import (
    ANSWERS,
    OK,
    PEOPLE,
    VIOLATES,
    Doubles,
    Merged,
    Numbers,
    Votes,
)

PRIOR_ANSWERS = 10
PRIOR_RIGHT = {**dict.fromkeys(PEOPLE, 9), Source.MODEL: 8, Source.RULE: 7}
"""Of the imagined answers under each truth, how many an annotator of a source got right."""

ROUNDS, TOLERANCE = 100, 1e-7
"""EM stops when the likelihood of an answer grows by less."""

DIGITS = 6
"""Probabilities are rounded, so that they do not depend on the order of sums."""


def merge(labels: pa.Table) -> Merged:
    """P(violates) of every (listing, clause) in a table of LABEL_SCHEMA.

    Raises:
        DataError: there are no labels.
    """
    if not labels.num_rows:
        raise DataError("no labels to merge")
    votes = _votes(labels)
    if len(votes.annotators) == 1:
        taken = np.array([0.0, 1.0, 0.5])[votes.answer]
        return Merged(votes, taken, np.full((1, 2, 2), np.nan))
    confusion, share = _learn(votes)
    return Merged(votes, _posterior(votes, confusion, share), confusion)


def _votes(labels: pa.Table) -> Votes:
    """Labels by number, in an order that does not depend on that of the rows."""
    keys = ["listing_hash", "clause", "source", "annotator"]
    labels = labels.sort_by([(key, "ascending") for key in keys])
    hashes, clauses, sources, names = (labels.column(key).to_pylist() for key in keys)
    asked = list(zip(hashes, clauses, strict=True))
    given = list(zip(names, map(Source, sources), strict=True))
    pairs, annotators, listings = sorted(set(asked)), sorted(set(given)), sorted(set(hashes))
    answers = pc.index_in(labels.column("answer"), pa.array([a.value for a in ANSWERS]))
    return Votes(
        pairs,
        annotators,
        question=_numbers(asked, pairs),
        listing=_numbers(hashes, listings),
        annotator=_numbers(given, annotators),
        answer=answers.to_numpy().astype(np.int64),
    )


def _numbers(values: list[Any], known: list[Any]) -> Numbers:
    places = {value: number for number, value in enumerate(known)}
    return np.array([places[value] for value in values], np.int64)


def _learn(votes: Votes) -> tuple[Doubles, Doubles]:
    """(P(answer | truth) [annotators, answer, truth], P(truth) [truth])"""
    prior = np.array([_imagined(source) for _, source in votes.annotators])
    truth, share = _truth(votes, prior)
    known = votes.checked & votes.sure
    counts = prior.astype(np.float64)
    np.add.at(counts, (votes.annotator[known], votes.answer[known]), truth[votes.question[known]])
    return counts / counts.sum(axis=1, keepdims=True), share


def _truth(votes: Votes, prior: Numbers) -> tuple[Doubles, Doubles]:
    """(P(truth) [questions, truth] of those with a leading answer, P(truth) [truth])"""
    given = np.column_stack([votes.question, votes.annotator, votes.answer])[votes.leading]
    truth, questions = np.full((len(votes.pairs), 2), np.nan), np.unique(given[:, 0])
    if len(np.unique(given[:, 1])) == 1:
        truth[given[:, 0]] = np.eye(2)[given[:, 2]]
    else:
        truth[questions] = _dawid_skene(given, prior, questions)
    known = np.concatenate([truth[questions], np.eye(2)])
    return truth, np.asarray(known.mean(axis=0), np.float64)


def _dawid_skene(given: Numbers, prior: Numbers, questions: Numbers) -> Doubles:
    """P(truth) [questions, truth] from `given` [answers, (question, annotator, answer)].

    The imagined answers are given to crowd-kit as answers to two questions of known truth.
    """
    from crowdkit.aggregation import DawidSkene

    who, said, true = np.nonzero(prior)
    imagined = np.repeat(np.column_stack([-1 - true, who, said]), prior[who, said, true], axis=0)
    columns = zip(("task", "worker", "label"), np.concatenate([given, imagined]).T, strict=True)
    truths = pa.table({"task": [-1, -2], "label": [OK, VIOLATES]}).to_pandas()
    with warnings.catch_warnings():
        # crowd-kit 1.4 uses arguments that pandas 3 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        found = DawidSkene(n_iter=ROUNDS, tol=TOLERANCE).fit_predict_proba(
            pa.table(dict(columns)).to_pandas(), truths.set_index("task")["label"]
        )
    return np.asarray(found.loc[questions, [OK, VIOLATES]].to_numpy(), np.float64)


def _imagined(source: Source) -> list[list[int]]:
    """Imagined answers [answer, truth] of an annotator."""
    right = PRIOR_RIGHT[source]
    wrong = PRIOR_ANSWERS - right
    return [[right, wrong], [wrong, right]]


def _posterior(votes: Votes, confusion: Doubles, share: Doubles) -> Doubles:
    """P(violates) [questions] by Bayes' rule; 0.5 where nobody was sure."""
    weight = np.log(confusion[:, :, VIOLATES] / confusion[:, :, OK])
    question, size = votes.question[votes.sure], len(votes.pairs)
    said = weight[votes.annotator[votes.sure], votes.answer[votes.sure]]
    log_odds = np.log(share[VIOLATES] / share[OK]) + np.bincount(question, said, size)
    answered = np.bincount(question, minlength=size) > 0
    # The logistic function, written so that no log-odds overflow.
    probability = np.where(answered, 0.5 * (1 + np.tanh(log_odds / 2)), 0.5)
    return np.asarray(np.round(probability, DIGITS), np.float64)
