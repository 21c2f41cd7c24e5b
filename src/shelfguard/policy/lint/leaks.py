"""What a model was trained on cannot test it."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.policy.lint.finding import Finding, Subject
from shelfguard.policy.similar import NEAR_DUPLICATE, similar_pairs


def check(subject: Subject) -> Iterator[Finding]:
    """Cases that are near-duplicates of training examples."""
    cases, examples = subject.cases, subject.examples
    texts = [row.text for row in cases], [row.text for row in examples]
    for n, m, similarity in similar_pairs(*texts, NEAR_DUPLICATE):
        case, example = cases[n], examples[m]
        message = (
            f"case {case.id} is {similarity:.0%} the same as example {example.id} "
            f"({example.file.name}:{example.line})"
        )
        fix = "Move one, so that both are on one side"
        yield Finding("error", "leak", case.file, case.line, case.near, message, fix)
