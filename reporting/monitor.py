"""`/healthz` and Prometheus' `/metrics`, on an address of this machine unless told otherwise."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from news.backoff import CircuitState
from storage.engine import Engine
from storage.errors import ArchiveError
from storage.roster import Roster, WatchedSite

# A tick may be late by so much before the daemon counts as stalled, in seconds.
MOST_LATE = 180.0
_PER_SITE: dict[str, tuple[str, Callable[[WatchedSite], float]]] = {
    "site_last_success_timestamp_seconds": (
        "End of the site's last crawl that went through, in seconds since the epoch.",
        lambda site: _stamp(site.standing.answered_at),
    ),
    "site_seeds_read_timestamp_seconds": (
        "When the site's seeds were read last, in seconds since the epoch.",
        lambda site: _stamp(site.seeds_read_at),
    ),
    "site_failures_in_a_row": (
        "Crawls of the site in a row that came to nothing.",
        lambda site: float(site.standing.failures),
    ),
    "site_circuit_open": (
        "1 while the site is left alone, because it fails or asked for it.",
        lambda site: float(site.standing.circuit is not CircuitState.CLOSED),
    ),
    "site_paused": ("1 while the site is paused.", lambda site: float(site.paused_at is not None)),
    "site_looks_left": ("Looks left in the site's budget.", lambda site: site.looks_left),
}


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


class Monitor:
    """Counts what the daemon tells of, and answers those who ask how it is."""

    def __init__(self, engine: Engine, told: Callable[[], Mapping[str, float]]) -> None:
        """Take the database, and what only the daemon knows: `on_duty`, `late`, and gauges."""
        self._roster, self._told = Roster(engine), told
        self.address: str | None = None
        self._server: ThreadingHTTPServer | None = None
        self.registry = CollectorRegistry()
        self.registry.register(self)
        labels = ("kind", "status")
        self._crawls = Counter(
            "variorum_crawls", "Crawls that have ended.", labels, registry=self.registry
        )
        self._looks = Counter(
            "variorum_looks", "Looks by what they came to.", ("outcome",), registry=self.registry
        )
        self._seconds = Histogram(
            "variorum_crawl_seconds",
            "How long crawls took.",
            ("kind",),
            buckets=(1, 5, 15, 60, 300, 900, 3600),
            registry=self.registry,
        )

    def count(self, kind: str, status: str, seconds: float, counts: Mapping[str, int]) -> None:
        """Count a crawl that has ended."""
        self._crawls.labels(kind, status).inc()
        self._seconds.labels(kind).observe(seconds)
        for name in ("new", "changed", "unchanged", "missing", "not_article", "blocked", "failed"):
            self._looks.labels(name).inc(counts.get(name, 0))

    def collect(self) -> Iterator[Metric]:
        """Yield what is asked anew each time; see prometheus_client's registry."""
        for name, value in self._told().items():
            yield GaugeMetricFamily(f"variorum_{name}", _TOLD[name], value=value)
        try:
            sites, outage = self._roster.sites(), self._roster.outage_since()
        except ArchiveError:
            yield _gauge("database_up", "1 while the database answers.", 0.0)
            return
        yield _gauge("database_up", "1 while the database answers.", 1.0)
        lost = "1 while no site can be reached from here."
        yield _gauge("network_lost", lost, float(outage is not None))
        yield from _site_metrics(sites)

    def health(self) -> tuple[HTTPStatus, dict[str, Any]]:
        """Return whether the daemon does its work, and what is wrong where it does not.

        One that waits for another to end is healthy; so is one whose sites fail.
        """
        told, wrong = self._told(), []
        if told["late"] > MOST_LATE:
            wrong.append(f"a tick is late by {told['late']:.0f} s")
        try:
            self._roster.outage_since()
        except ArchiveError as error:
            wrong.append(str(error))
        state = "on duty" if told["on_duty"] else "waiting"
        status = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return status, {"state": state, "wrong": wrong, "at": at}

    def listen(self, address: str | None) -> None:
        """Answer at `host:port`, and no longer where it was before; None or "" is nowhere."""
        self.close()
        if not address:
            return
        host, _, port = address.rpartition(":")
        self._server = _Server((host.strip("[]"), int(port)), self)
        self.address = address
        threading.Thread(
            target=self._server.serve_forever, name="monitor", args=(0.2,), daemon=True
        ).start()

    @property
    def port(self) -> int | None:
        """The port it answers at; None where it does not."""
        return self._server.server_address[1] if self._server else None

    def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._server, self.address = None, None


_TOLD = {
    "on_duty": "1 while this daemon runs the schedule, 0 while it waits for another.",
    "late": "Seconds by which the latest tick is behind.",
    "crawler_processes": "Crawler processes that run.",
    "crawler_memory": "Bytes of memory of the crawler processes.",
    "crawlers_started": "Crawler processes started on this duty.",
    "crawlers_lost": "Crawler processes that ended otherwise than they should.",
}


def _gauge(name: str, purpose: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"variorum_{name}", purpose, value=value)


def _site_metrics(sites: Iterable[WatchedSite]) -> Iterator[Metric]:
    found = list(sites)
    for name, (purpose, measure) in _PER_SITE.items():
        family = GaugeMetricFamily(f"variorum_{name}", purpose, labels=["site"])
        for site in found:
            family.add_metric([site.key], measure(site))
        yield family


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], monitor: Monitor) -> None:
        self.monitor = monitor
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "variorum"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:
        """Answer /healthz and /metrics."""
        path = self.path.partition("?")[0]
        if path == "/healthz":
            status, told = self.server.monitor.health()
            self._send(status, "application/json", json.dumps(told).encode() + b"\n")
        elif path == "/metrics":
            body = generate_latest(self.server.monitor.registry)
            self._send(HTTPStatus.OK, CONTENT_TYPE_LATEST, body)
        else:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"/healthz or /metrics\n")

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep requests out of the log."""
