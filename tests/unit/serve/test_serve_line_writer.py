"""Log lines go out together, none is lost, and what is urgent does not wait."""

from __future__ import annotations

import io
import logging
import threading

import pytest

from shelfguard.serve import line_writer
from shelfguard.serve.line_writer import LineWriter
from tests.waiting import wait_until


class Counted(io.StringIO):
    """A stream that knows how often it was written to."""

    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


def record(message: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("test", level, __file__, 1, message, None, None)


def test_a_burst_of_lines_is_one_write() -> None:
    stream = Counted()
    writer = LineWriter(stream)
    for number in range(100):
        writer.handle(record(str(number)))
    wait_until(lambda: len(stream.getvalue().split()) == 100)
    assert stream.getvalue().split() == [str(number) for number in range(100)]
    assert stream.writes < 10


def test_a_warning_goes_out_at_once_after_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_writer, "SOON", 60.0)
    stream = Counted()
    writer = LineWriter(stream)
    writer.handle(record("first"))
    assert stream.getvalue() == ""
    writer.handle(record("second", logging.WARNING))
    assert stream.getvalue() == "first\nsecond\n"


def test_lines_of_many_threads_all_arrive_whole() -> None:
    stream = Counted()
    writer = LineWriter(stream)

    def log(name: int) -> None:
        for number in range(500):
            writer.handle(record(f"{name}-{number}"))

    threads = [threading.Thread(target=log, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.flush()
    expected = {f"{name}-{number}" for name in range(8) for number in range(500)}
    assert sorted(stream.getvalue().split()) == sorted(expected)


def test_whoever_logs_too_much_waits_for_the_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_writer, "SOON", 60.0)
    monkeypatch.setattr(line_writer, "MOST_LINES", 3)
    stream = Counted()
    writer = LineWriter(stream)
    for number in range(4):
        writer.handle(record(str(number)))
    assert stream.getvalue().split() == ["0", "1", "2", "3"]


def test_what_could_not_be_written_waits_for_the_next_write() -> None:
    class Full(Counted):
        full = True

        def write(self, text: str) -> int:
            if self.full:
                raise BlockingIOError("nobody reads")
            return super().write(text)

    stream = Full()
    writer = LineWriter(stream)
    for number in range(3):
        writer.handle(record(str(number)))
    with pytest.raises(BlockingIOError):
        writer.flush()
    stream.full = False
    writer.flush()
    assert stream.getvalue().split() == ["0", "1", "2"]


def test_what_logs_while_lines_are_written_does_not_wait_for_itself() -> None:
    """As a task that failed does, when it is collected just then."""

    class Logging(Counted):
        def write(self, text: str) -> int:
            if not self.writes:
                self.writes += 1
                writer.handle(record("collected", logging.ERROR))
            return super().write(text)

    stream = Logging()
    writer = LineWriter(stream)
    writer.handle(record("first", logging.WARNING))
    assert sorted(stream.getvalue().split()) == ["collected", "first"]
