"""Holds the socket, so that a restart refuses nobody: workers come and go behind it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType

from shelfguard.errors import ServeError
from shelfguard.serve.options import Options
from shelfguard.serve.worker import READY, work

START_SECONDS = 120
"""How long a worker may take to load its models."""

PAUSE_SECONDS = 1.0
"""Between a worker's unexpected end and the next one's start."""


@dataclass(slots=True)
class Child:
    """A worker process, and the line to it."""

    process: SpawnProcess
    line: Connection


class Supervisor:
    """Keeps `workers` processes at work on one socket.

    SIGTERM and SIGINT end it once all that was accepted is answered. SIGHUP replaces each worker:
    the next one is ready before the last one is told to stop.
    """

    def __init__(self, options: Options, host: str, port: int, workers: int) -> None:
        self._options, self._count = options, workers
        self._socket = _bind(host, port)
        self._children: list[Child] = []
        self._asked: list[int] = []
        self._context = multiprocessing.get_context("spawn")

    @property
    def address(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def run(self) -> Iterator[None]:
        """Serve; yields once all workers are ready, and ends when told to.

        Raises:
            ServeError: a worker cannot start.
        """
        with self._signals():
            try:
                for _ in range(self._count):
                    self._children.append(self._start())
                yield
                self._watch()
            finally:
                self._stop(self._children)
                self._socket.close()

    def _watch(self) -> None:
        while True:
            wait([self._wakes, *(child.process.sentinel for child in self._children)])
            with suppress(BlockingIOError):
                os.read(self._wakes, 64)
            if any(number != signal.SIGHUP for number in self._asked):
                return
            if self._asked:
                self._asked.clear()
                self._replace(self._children)
            self._replace([child for child in self._children if not child.process.is_alive()])

    def _replace(self, before: list[Child]) -> None:
        """Start a worker for each of these, then end them."""
        for child in list(before):
            if not child.process.is_alive():
                time.sleep(PAUSE_SECONDS)
            self._children.append(self._start())
            self._children.remove(child)
            self._stop([child])

    def _start(self) -> Child:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(self._options, self._socket, theirs))
        process.start()
        theirs.close()
        if not ours.poll(START_SECONDS):
            process.kill()
            raise ServeError(f"a worker was not ready within {START_SECONDS} s")
        try:
            said = ours.recv()
        except EOFError:
            process.join()
            raise ServeError(f"a worker ended with code {process.exitcode}") from None
        if said != READY:
            raise _told(*said)
        return Child(process, ours)

    def _stop(self, children: list[Child]) -> None:
        for child in children:
            if child.process.is_alive():
                child.process.terminate()
        for child in children:
            child.process.join()
            child.line.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Note signals, and wake whoever waits for one."""
        self._wakes, waker = os.pipe()
        for end in (self._wakes, waker):
            os.set_blocking(end, False)
        watched = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        handlers = {number: signal.signal(number, self._note) for number in watched}
        before = signal.set_wakeup_fd(waker)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            os.close(waker)
            os.close(self._wakes)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._asked.append(number)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(4096)
    except OSError as error:
        problem = f"cannot listen on {host}:{port}: {error.strerror or error}"
        raise ServeError(problem, fix="Choose another --host or --port") from error
    return bound


def _told(code: int, message: str) -> ServeError:
    error = ServeError(message)
    error.exit_code = code
    return error
