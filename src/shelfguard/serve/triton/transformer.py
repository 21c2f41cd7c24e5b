"""A transformer whose windows a Triton server judges, and this process while the server cannot."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from shelfguard.errors import ModelError
from shelfguard.models.embedding import MAX_TOKENS, Embedding, Floats
from shelfguard.models.source import digest
from shelfguard.models.transformer import Transformer
from shelfguard.serve.triton.breaker import CircuitBreaker
from shelfguard.serve.triton.names import MODEL_NAME
from shelfguard.serve.triton.server import Answer, ServedModel, TritonServer, UnavailableError

IN_FLIGHT = 8
"""Windows that are sent before the first answer is waited for."""

PROBE = "desk lamp\n" + "brushed steel " * (MAX_TOKENS // 2)
"""A text of two windows, whose scores must be the same bits there and here."""

Told = Callable[[str, str], None]
"""Is told of each event of `counts`, with the model's name before it, from any thread."""

logger = logging.getLogger(__name__)


class TritonTransformer(Transformer):
    """As `Transformer`, which it falls back to: a score is the same wherever it was made.

    The server must hold the same graph and give the same bits; both are checked at the start
    and before it is used again after failures. `counts` tells how many windows were judged by
    `triton` and `local`, and how many calls `failed`; `told` hears of each.

    Raises:
        ModelError: the server serves another model, or gives other scores.
    """

    def __init__(
        self,
        stage: str,
        graph: Path,
        embedding: Embedding,
        server: TritonServer,
        breaker: CircuitBreaker,
        told: Told,
    ) -> None:
        super().__init__(graph, embedding)
        self.model, self._sha256 = MODEL_NAME.format(stage=stage), digest(graph)
        self.counts, self._lock = Counter[str](), threading.Lock()
        self._server, self._breaker, self._told = server, breaker, told
        self._served: ServedModel | None = None
        try:
            self._connect()
        except UnavailableError as error:
            self._breaker.open()
            self._log_failure(error)

    def _judge_all(self, windows: Iterable[tuple[int, Floats]]) -> Iterator[tuple[int, Floats]]:
        """As in the base class, with several windows on their way at once."""
        sent: deque[tuple[int, Floats, Answer | None]] = deque()
        for row, embedded in windows:
            sent.append((row, embedded, self._send(embedded)))
            if len(sent) == IN_FLIGHT:
                yield self._receive(*sent.popleft())
        for window in sent:
            yield self._receive(*window)

    def _send(self, embedded: Floats) -> Answer | None:
        if self._breaker.trial_is_due():
            threading.Thread(target=self._reconnect).start()
        if self._served is None or self._breaker.is_open:
            return None
        return self._server.judge(self._served, embedded)

    def _receive(self, row: int, embedded: Floats, answer: Answer | None) -> tuple[int, Floats]:
        judged = self._wait(answer) if answer else None
        self._count("local" if judged is None else "triton")
        return row, self._judge(embedded) if judged is None else judged

    def _wait(self, answer: Answer) -> Floats | None:
        """What the server says; None where it fails, which is noted."""
        try:
            judged = answer()
            if judged.shape != (len(self.clauses),) or not np.isfinite(judged).all():
                raise UnavailableError(f"no {len(self.clauses)} scores came back")
        except UnavailableError as error:
            self._note_failure(error)
            return None
        self._breaker.succeed()
        return judged

    def _connect(self) -> None:
        """Use the server, if it serves this very model.

        Raises:
            ModelError: it serves another one, or gives other scores.
            UnavailableError: it gives no answer.
        """
        served = self._server.find(self.model, self._sha256)
        for embedded in self.embedding.windows(PROBE):
            judged = self._server.judge(served, embedded)()
            if judged.tobytes() != self._judge(embedded).tobytes():
                fix = "Give it the ONNX Runtime of this machine, and processors of the same kind"
                problem = f"{self.model} gives other scores than this machine"
                place = f"triton://{self._server.address}"
                raise ModelError(problem, file=place, fix=fix)
        self._served = served
        self._breaker.close()

    def _reconnect(self) -> None:
        try:
            self._connect()
        except Exception as error:  # whatever it is, another trial must follow
            self._breaker.open()
            logger.info("%s is still judged here: %s", self.model, error)
        else:
            logger.warning("%s is judged by %s again", self.model, self._server.address)

    def _note_failure(self, error: UnavailableError) -> None:
        self._count("failed")
        if self._breaker.fail():
            self._log_failure(error)

    def _log_failure(self, error: UnavailableError) -> None:
        logger.warning(
            "%s is judged here, because %s fails: %s", self.model, self._server.address, error
        )

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1
        self._told(self.model, what)
