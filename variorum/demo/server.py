"""Serves the sample site on loopback, in a thread of its own, with its clock handed in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from variorum.demo.site import Answer, Site

PREFERRED_PORT = 8437  # so that addresses are the same from run to run where it is free
_HOST = "127.0.0.1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept open
    server_version = "sample"
    disable_nagle_algorithm = True
    server: "SampleServer"

    def do_GET(self) -> None:
        """Answer with the body."""
        self._send(self.server.answer(self.path, dict(self.headers.items())), body=True)

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self._send(self.server.answer(self.path, dict(self.headers.items())), body=False)

    def _send(self, answer: Answer, *, body: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if body and answer.body:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the demo's output free of request lines."""


class SampleServer(ThreadingHTTPServer):
    """The sample site on a port of loopback."""

    daemon_threads = True

    def __init__(self, port: int, site: Site, clock: Callable[[], datetime]) -> None:
        self._site, self._clock = site, clock
        super().__init__((_HOST, port), _Handler)

    def answer(self, target: str, conditions: dict[str, str]) -> Answer:
        """Answer one request at the present simulated time."""
        return self._site.answer(target, conditions, self._clock())

    @property
    def address(self) -> str:
        """The `host:port` it listens on."""
        return f"{_HOST}:{self.server_address[1]}"


@contextmanager
def serving(site: Site, clock: Callable[[], datetime]) -> Iterator[SampleServer]:
    """Serve the site until the block ends; on the preferred port where that is free."""
    try:
        server = SampleServer(PREFERRED_PORT, site, clock)
    except OSError:
        server = SampleServer(0, site, clock)
    thread = Thread(target=server.serve_forever, args=(0.05,), name="sample-site", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
