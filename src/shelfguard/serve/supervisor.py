"""Holds the socket, so that a restart refuses nobody: workers come and go behind it."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from multiprocessing.connection import Connection
from pathlib import Path

from shelfguard.errors import ServeError
from shelfguard.serve.child import Child
from shelfguard.serve.json_log import log_json
from shelfguard.serve.line import Followed
from shelfguard.serve.options import Options
from shelfguard.serve.shared_measures import Share, shared_folder
from shelfguard.serve.signals import Signals

log = logging.getLogger(__name__)

START_SECONDS = 120.0
"""How long a worker may take to load its models."""

PAUSE_SECONDS = 1.0
"""Between a worker's unexpected end and the next one's start."""

LONGEST_PAUSE_SECONDS = 30.0
"""Between two starts when one after another fails; the pause doubles up to this."""


class Supervisor:
    """Keeps `workers` processes at work on one socket.

    SIGTERM and SIGINT end it once all that was accepted is answered. SIGHUP replaces each worker:
    the next one is ready before the last one is told to leave. A worker that decides by another
    pack or other models tells so; then the others are replaced by workers that do too.

    Once it serves, a worker that cannot be started ends nothing: the others go on.
    """

    def __init__(self, options: Options, host: str, port: int, workers: int) -> None:
        self._options, self._count = options, workers
        self._socket = _bind(host, port)
        self._children: list[Child] = []
        self._leaving: list[Child] = []
        self._leader: Child | None = None
        """Who waits to hear that all others have followed."""
        self._following = False
        """Whether any has not, whoever waits."""
        self._pause, self._next_start = PAUSE_SECONDS, 0.0
        self._folder: Path | None = None
        """Where workers count together."""

    @property
    def address(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def run(self) -> Iterator[None]:
        """Serve; yields once all workers are ready, and ends when told to.

        Raises:
            ServeError: a worker cannot start, before all were ready.
        """
        log_json(self._options.log_level)
        # One worker alone counts faster in its own memory.
        sharing = shared_folder() if self._count > 1 else nullcontext()
        with Signals.watched() as self._signals, sharing as self._folder:
            try:
                if all(self._start() for _ in range(self._count)):
                    yield
                    self._watch()
            finally:
                for child in self._children:
                    child.leave()
                for child in (*self._children, *self._leaving):
                    child.end()
                self._socket.close()

    def _share(self) -> Share | None:
        """Where the next worker counts."""
        if self._folder is None:
            return None
        others = (child.share for child in (*self._children, *self._leaving) if child.share)
        return Share.beside(others, self._folder)

    def _watch(self) -> None:
        while not self._signals.stop:
            self._reap()
            self._hear()
            self._tell_the_leader()
            seconds = self._seconds_to_start()
            if seconds == 0:
                self._renew()
            else:
                self._signals.wait(self._news(), seconds)

    def _news(self) -> list[Connection | int]:
        """What can be read from when a worker says something or ends."""
        ends = [child.process.sentinel for child in (*self._children, *self._leaving)]
        return [*ends, *(child.line for child in self._children)]

    def _reap(self) -> None:
        for children in (self._children, self._leaving):
            for child in [each for each in children if not each.process.is_alive()]:
                child.end()
                children.remove(child)
                if children is self._children:
                    code = child.process.exitcode
                    log.error("a worker ended with code %s, another takes its place", code)
                    self._next_start = time.monotonic() + self._pause

    def _hear(self) -> None:
        if self._signals.hangup:
            self._signals.hangup = False
            self._replace(self._children)
        for child in self._children:
            while change := child.heard():
                self._options = self._options.deciding_by(change.pack, change.model)
                self._leader, self._following = child, True
                child.outdated = False
                self._replace([each for each in self._children if each is not child])

    def _replace(self, children: Iterable[Child]) -> None:
        self._next_start = 0.0
        for child in children:
            child.outdated = True

    def _tell_the_leader(self) -> None:
        """Once no process decides by anything else, and none that did has a request left."""
        if self._following and not self._leaving and self._seconds_to_start() is None:
            log.info("all workers decide by %s", self._options.pack)
            self._following = False
            self._answer(Followed(self._count))

    def _answer(self, followed: Followed) -> None:
        if self._leader is not None:
            self._leader.tell(followed)
            self._leader = None

    def _outdated(self) -> list[Child]:
        return [child for child in self._children if child.outdated]

    def _seconds_to_start(self) -> float | None:
        """Until another worker should be started; None where all is as it should be."""
        if len(self._children) == self._count and not self._outdated():
            return None
        return max(self._next_start - time.monotonic(), 0)

    def _renew(self) -> None:
        """Start one worker and, where none was missing, have an outdated one leave for it."""
        try:
            started = self._start()
        except ServeError as error:
            self._put_up_with(error)
            return
        if started:
            self._pause = PAUSE_SECONDS
            if len(self._children) > self._count:
                outdated = self._outdated()[0]
                outdated.leave()
                self._children.remove(outdated)
                self._leaving.append(outdated)

    def _put_up_with(self, error: ServeError) -> None:
        """Go on with the workers there are, and try again where they are too few or not alike."""
        missing = self._count - len(self._children)
        if not missing and not self._following:
            what = "no worker with pack '%s' can be started, so the others go on as they are: %s"
            log.error(f"{what}. Put it right and send SIGHUP again", self._options.pack, error)
            for child in self._children:
                child.outdated = False
            return
        problem = f"{missing} workers are missing" if missing else "not all workers have followed"
        problem = f"{problem}, trying again in {self._pause:g} s: {error}"
        log.error("%s", problem)
        self._answer(Followed(len(self._children) - len(self._outdated()), problem))
        self._next_start = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)

    def _start(self) -> bool:
        """Add a worker that is ready; false where a stop was asked for meanwhile.

        Raises:
            ServeError: it cannot start.
        """
        child = Child.start(self._options, self._socket, self._share())
        until = time.monotonic() + START_SECONDS
        try:
            while not self._signals.wait([child.line], max(until - time.monotonic(), 0)):
                if self._signals.stop:
                    child.leave()
                    self._leaving.append(child)
                    return False
                if time.monotonic() > until:
                    raise ServeError(f"a worker was not ready within {START_SECONDS:g} s")
            child.expect_ready()
        except ServeError:
            child.kill()
            raise
        self._children.append(child)
        return True


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
