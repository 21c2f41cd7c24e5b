"""A web server on the loopback interface whose answers a test scripts."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]

NOTHING: Mapping[str, str] = {}

POLL_SECONDS = 0.01
"""How soon a server notices that its test is over."""


class Site:
    """Paths with their answers, one after the other (the last for ever), and what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self.closing = threading.Event()
        self.port = 0

    def on(self, path: str, *answers: Answer) -> str:
        """Script the answers of a path, and give its URL."""
        self.answers[path] = list(answers)
        return f"http://127.0.0.1:{self.port}{path}"

    def asked(self, path: str) -> int:
        return sum(path == each for each, _ in self.requests)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.requests.append((handler.path, headers))
        answers = self.answers.get(handler.path, [reply(404)])
        (answers.pop(0) if len(answers) > 1 else answers[0])(handler)


def reply(status: int = 200, body: bytes = b"", headers: Mapping[str, str] = NOTHING) -> Answer:
    """Answer with a status, headers and a body of the length that is announced, unless told."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        sent = {"Content-Length": str(len(body)), **headers}
        for name, value in sent.items():
            if status != 304 or name != "Content-Length":
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def redirect(to: str, status: int = 302) -> Answer:
    return reply(status, headers={"Location": to})


@contextmanager
def serve(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run a site until the block ends."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with suppress(ConnectionError):
                site.answer(self)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Clients that refuse a certificate or hang up are part of the tests."""

    with Server(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,))
        thread.start()
        try:
            yield site
        finally:
            site.closing.set()
            server.shutdown()
            thread.join()
