"""Who said what the labels say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shelfguard.learn.data.audit.finding import Finding, Subject
from shelfguard.learn.data.dataset import Split
from shelfguard.learn.data.judgements import PEOPLE

MOST_BY_ONE = 0.8
"""Beyond this share of people's labels, one person's habits are taken for the truth."""


def check(subject: Subject) -> Iterator[Finding]:
    """One person alone, or test rows that only rules and models judged."""
    labels = subject.dataset.manifest.counts["labels"]
    people = Counter[str]()
    for label in labels:
        if label["source"] in PEOPLE:
            people[label["annotator"]] += label["labels"]
    for who, count in people.most_common(1):
        if count > MOST_BY_ONE * people.total():
            share = f"{count / people.total():.0%} of {people.total():,}"
            message = f"{who} gave {share} labels by people: nobody can tell how reliable they are"
            yield Finding("warning", "one-annotator", message, "Have a part of them labelled twice")
    testing = [label for label in labels if label["split"] == Split.TEST]
    machine = sum(label["labels"] for label in testing if label["source"] not in PEOPLE)
    if machine and machine == sum(label["labels"] for label in testing):
        message = f"all {machine:,} labels of test rows are by rules and models"
        fix = "Have people label what is to be tested on"
        yield Finding("error", "tested-on-machine-labels", message, fix, machine)
