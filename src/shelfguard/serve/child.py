"""A worker process, as its supervisor holds it."""

from __future__ import annotations

import multiprocessing
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from socket import socket

from shelfguard.errors import ServeError
from shelfguard.serve.line import Change, Followed, Ready, Unable
from shelfguard.serve.options import Options
from shelfguard.serve.shared_measures import Share
from shelfguard.serve.worker import work


@dataclass(slots=True, eq=False)
class Child:
    """The process, the line to it, where it counts, and whether another should take its place."""

    process: SpawnProcess
    line: Connection
    share: Share | None = None
    outdated: bool = False

    @classmethod
    def start(cls, options: Options, listening: socket, share: Share | None) -> Child:
        """A process that is about to load what it decides by.

        Raises:
            ServeError: the system has no room for another process.
        """
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(options, listening, theirs, share))
        try:
            process.start()
        except OSError as error:
            ours.close()
            raise ServeError(f"no process can be started: {error.strerror or error}") from error
        finally:
            theirs.close()
        return cls(process, ours, share)

    def expect_ready(self) -> None:
        """Take the first word of a process that has said one, or has ended without.

        Raises:
            ServeError: it cannot start, with its exit code.
        """
        try:
            said = self.line.recv()
        except (EOFError, OSError):
            self.process.join()
            raise ServeError(f"a worker ended with code {self.process.exitcode}") from None
        if isinstance(said, Unable):
            error = ServeError(said.message)
            error.exit_code = said.exit_code
            raise error
        assert said == Ready()

    def heard(self) -> Change | None:
        """What it has said since, one thing at a time; None when there is no more."""
        try:
            said = self.line.recv() if self.line.poll() else None
        except (EOFError, OSError):
            return None
        assert said is None or isinstance(said, Change)
        return said

    def tell(self, followed: Followed) -> None:
        """Answer what it has said; one that has ended needs no answer."""
        with suppress(OSError):
            self.line.send(followed)

    def leave(self) -> None:
        """Tell it to end once all that it accepted is answered."""
        if self.process.is_alive():
            self.process.terminate()

    def end(self) -> None:
        """Wait for its end."""
        self.process.join()
        self.line.close()
        if self.share:
            self.share.end()

    def kill(self) -> None:
        """End it at once; nobody waits for an answer of it."""
        self.process.kill()
        self.end()
