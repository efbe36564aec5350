"""A server that answers with whatever fault a test asks for, and a listener nobody may reach."""

import gzip
import os
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Asked:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]


def reply(
    body: bytes | str = b"",
    status: int = 200,
    *,
    length: int | None = None,
    **headers: str,
) -> bytes:
    """Return a whole HTTP answer; `length` is what it claims, where that is not the truth."""
    body = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": "text/html; charset=utf-8", **headers}
    fields["Content-Length"] = str(len(body) if length is None else length)
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """Return a redirect."""
    return reply(status=status, Location=location)


@dataclass(frozen=True)
class Drip:
    """An answer that comes a byte every tenth of a second, for so many seconds."""

    seconds: float
    head: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"

    def send(self, connection: socket.socket) -> None:
        """Send it all."""
        connection.sendall(self.head)
        for _ in range(int(self.seconds * 10)):
            time.sleep(0.1)
            connection.sendall(b"x")


@dataclass(frozen=True)
class Reset:
    """An answer that is broken off by a reset, not by an end."""

    data: bytes

    def send(self, connection: socket.socket) -> None:
        """Send what there is, and reset the connection."""
        connection.sendall(self.data)
        time.sleep(0.05)  # so that the data is read before the reset overtakes it
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        # shutdown() by the server would end it in peace
        os.close(connection.detach())


@dataclass(frozen=True)
class Endless:
    """An answer that goes on until nobody listens any more; `sent` counts its bytes."""

    head: bytes
    piece: bytes
    limit: int = 256 << 20
    sent: list[int] = field(default_factory=list)

    def send(self, connection: socket.socket) -> None:
        """Send until the client has had enough."""
        self.sent.append(0)
        connection.sendall(self.head)
        while self.sent[-1] < self.limit:
            connection.sendall(self.piece)
            self.sent[-1] += len(self.piece)


Answer = bytes | Drip | Reset | Endless | Callable[[Asked], bytes]


def zipped(body: bytes, cut: int = 0) -> bytes:
    """Return an answer whose body is gzip, `cut` bytes short of its end."""
    packed = gzip.compress(body)
    return reply(packed[: len(packed) - cut], Content_Encoding="gzip")


@dataclass
class FaultServer:
    """Answers on a port of its own; what it does not know is 404, robots.txt allows all."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def base(self) -> str:
        """The address of the server, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """What the guard has to allow."""
        return f"127.0.0.1:{self.port}"

    def targets(self, prefix: str = "/") -> list[str]:
        """Return what has been asked for, but for robots.txt."""
        found = [asked.target for asked in self.asked if asked.target != "/robots.txt"]
        return [target for target in found if target.startswith(prefix)]

    def answer(self, asked: Asked) -> Answer:
        """Return the answer for a request."""
        path = asked.target
        found = self.answers.get(path)
        if found is None and path == "/robots.txt":
            return reply("User-agent: *\nAllow: /\n")
        if found is None:
            return reply("not here", 404)
        return found


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        with suppress(OSError, ValueError):
            self._answer()

    def _answer(self) -> None:
        line = self.rfile.readline().decode("latin-1").split()
        headers = {}
        while (raw := self.rfile.readline().decode("latin-1").strip()) != "":
            name, _, value = raw.partition(":")
            headers[name.lower()] = value.strip()
        if len(line) < 2:
            return
        asked = Asked(line[0], line[1], headers)
        self.server.site.asked.append(asked)
        answer = self.server.site.answer(asked)
        if isinstance(answer, Drip | Reset | Endless):
            answer.send(self.request)
        else:
            self.request.sendall(answer if isinstance(answer, bytes) else answer(asked))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, site: FaultServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site
        site.port = self.server_address[1]


def serving(context: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    """Yield a running server."""
    site = FaultServer()
    with _Server(site) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()


class Canary:
    """Listens on 127.0.0.1 and ::1 at one port, and counts who comes."""

    def __init__(self) -> None:
        self.connections = 0
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port: int = self._sockets[0].getsockname()[1]
        if socket.has_ipv6:
            with suppress(OSError):
                self._sockets.append(
                    socket.create_server(("::1", self.port), family=socket.AF_INET6)
                )
        for listener in self._sockets:
            threading.Thread(target=self._count, args=(listener,), daemon=True).start()

    def _count(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.connections += 1
                connection.sendall(reply("the canary's secret"))
                connection.close()

    def close(self) -> None:
        """Stop listening."""
        for listener in self._sockets:
            listener.close()


def article_page(headline: str, *paragraphs: str) -> str:
    """Return a plain article page as a small regional site would serve it."""
    texts = paragraphs or (
        "记者从嘉禾市水务局获悉,今年全市完成河道清淤三十六公里,新增亲水步道十二处。",
        "施工单位表示,第二批工程将于下月开工,预计明年汛期之前全部完工并投入使用。",
        "沿河居民说,清淤以后水面宽了,傍晚来散步的人也比往年多了不少。",
    )
    body = "".join(f"<p>　　{text}</p>" for text in texts)
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{headline}</title></head><body>"
        f"<h1>{headline}</h1><div class=issue>发布时间 | 2026-01-02 09:23:40</div>"
        f"<div class=content>{body}</div><p>来源:嘉禾日报</p></body></html>"
    )


def list_page(*hrefs: str) -> str:
    """Return a section page that links to these addresses."""
    items = "".join(f"<li><a href='{href}'>{href}</a></li>" for href in hrefs)
    return f"<!doctype html><html><body><ul>{items}</ul></body></html>"
