"""`triton://host:port`: where to find the server, and the transformers that use it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from shelfguard.errors import ServeError
from shelfguard.models.embedding import Embedding
from shelfguard.serve.triton.breaker import PAUSE, CircuitBreaker
from shelfguard.serve.triton.server import TritonServer
from shelfguard.serve.triton.transformer import Told, TritonTransformer

DEADLINE = 1.0
"""Seconds for one window, its wait in the server's queue included."""


class TritonBackend:
    """Judges the windows of transformers on a Triton server: `Engine.from_pack(backend=...)`.

    `deadline` is in seconds for each call, `pause` from one trial to the next while it fails;
    `told` hears who judged each window.

    Raises:
        ServeError: `url` names no server.
    """

    def __init__(
        self,
        url: str,
        *,
        deadline: float = DEADLINE,
        pause: float = PAUSE,
        told: Told = lambda model, what: None,
    ) -> None:
        self._server, self._pause = TritonServer(_address(url), deadline), pause
        self._told = told

    def transformer(self, stage: str, graph: Path, embedding: Embedding) -> TritonTransformer:
        """A stage's transformer, on the server wherever that works.

        Raises:
            ModelError: the server serves another model, or gives other scores.
        """
        breaker = CircuitBreaker(pause=self._pause)
        return TritonTransformer(stage, graph, embedding, self._server, breaker, self._told)


def _address(url: str) -> str:
    """`host:port` of a URL."""
    try:
        parts = urlsplit(url)
        named = parts.scheme == "triton" and parts.hostname and parts.port
    except ValueError:  # a port that is no number
        named = False
    if not named or url != f"triton://{parts.netloc}":
        fix = "Name host and gRPC port, as in triton://localhost:8001"
        raise ServeError(f"'{url}' is no Triton server", field="backend", fix=fix)
    return parts.netloc
