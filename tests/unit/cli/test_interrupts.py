"""Interrupting a command."""

from __future__ import annotations

import signal

import pytest

from shelfguard.cli.interrupts import interrupts


def test_an_interrupt_that_a_library_swallowed_is_raised_again() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts() as check:
        check()
        with pytest.raises(KeyboardInterrupt):  # as pyarrow does, without telling
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            check()
    assert signal.getsignal(signal.SIGINT) is before


def test_without_an_interrupt_nothing_happens() -> None:
    with interrupts() as check:
        check()
