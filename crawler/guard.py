"""The guard at the reactor's connectors: no connection to a private address, whoever asks for it.

Every connection of Twisted's HTTP client, direct, through a proxy or through a tunnel, is made by
`reactor.connectTCP`, after the reactor's name resolver has answered (`HostnameEndpoint` asks it
for address literals too). Both are replaced here. The resolver refuses a name when any of its
records is forbidden; the connector looks at the very address it is about to connect to. Between
them there is no second resolution, so a name cannot be rebound.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.addresses import BlockedAddress, address_key, classify

DNS_TIMEOUT_SECONDS = 10.0
# What the resolver answers for a refused name. TCP cannot reach it, and no allow-list opens it.
_REFUSED = "255.255.255.255"
_FAMILY = {IPv4Address: socket.AF_INET, IPv6Address: socket.AF_INET6}

GetAddrInfo = Callable[..., list[tuple[Any, ...]]]


class Guard:
    """What may be connected to: everything public, and what crawls have been permitted."""

    def __init__(self) -> None:
        # Counted, since crawls that overlap may permit the same address.
        self._named: Counter[str] = Counter()  # host:port as asked for
        self._reached: Counter[str] = Counter()  # host:port, or ip:port after resolution
        self._granted: set[tuple[str, int]] = set()  # where a permitted name led

    @contextmanager
    def permit(self, allowed: frozenset[str], proxies: frozenset[str]) -> Iterator[None]:
        """Let these `host:port` keys through while the context lasts.

        A proxy is let through by the host and port it is configured with, and by no name that
        happens to lead to the same place.
        """
        self._named.update(allowed | proxies)
        self._reached.update(allowed)
        try:
            yield
        finally:
            self._named = self._named - Counter(allowed | proxies)
            self._reached = self._reached - Counter(allowed)
            if not self._named:
                self._granted.clear()

    def screen(self, host: str, port: int, addresses: Sequence[str]) -> Sequence[str]:
        """Return the addresses of a name, or the refused one when any of them is forbidden."""
        if self._named[_key(host, port)]:
            self._granted.update((address, port) for address in addresses)
            return addresses
        for address in addresses:
            if classify(_bare(address)) and not self._reached[_key(address, port)]:
                return [_REFUSED]
        return addresses

    def check(self, host: str, port: int) -> None:
        """Raise `BlockedAddress` unless this very address may be connected to."""
        if host == _REFUSED:
            raise BlockedAddress(f"a name with a forbidden address, port {port}")
        if (host, port) in self._granted or self._named[_key(host, port)]:
            return
        try:
            fault = classify(_bare(host))
        except ValueError:
            # A name here would be resolved again behind our back; only a proxy's may be.
            raise BlockedAddress(f"unresolved name {host!r}") from None
        if fault and not self._reached[_key(host, port)]:
            raise BlockedAddress(f"{host}:{port}: {fault} address")


def _bare(address: str) -> str:
    return address.partition("%")[0]


def _key(host: str, port: int) -> str:
    try:
        return address_key(_bare(host), port)
    except ValueError:
        return f"{host}:{port}"


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Do nothing: an answer that comes late is dropped by its receiver."""


@implementer(IHostnameResolver)
class ScreenedResolver:
    """Resolves through the system, in a thread, within `DNS_TIMEOUT_SECONDS`, and screens it all.

    No answer is kept: a site that moves is found at its new address by the next connection.
    """

    def __init__(self, guard: Guard, getaddrinfo: GetAddrInfo | None = None) -> None:
        self._guard = guard
        self._getaddrinfo = getaddrinfo
        # Its own threads: lookups that hang must not keep the archive waiting.
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="dns")
        self._tasks: set[asyncio.Task[None]] = set()

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve a name for the receiver, an IResolutionReceiver; see IHostnameResolver."""
        del transportSemantics
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        types = addressTypes or (IPv4Address, IPv6Address)
        task = asyncio.get_running_loop().create_task(
            self._answer(resolutionReceiver, hostName, portNumber, tuple(types))
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return resolution

    async def _answer(self, receiver: Any, host: str, port: int, types: tuple[Any, ...]) -> None:
        for address in self._guard.screen(host, port, await self._addresses(host, types)):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()

    async def _addresses(self, host: str, types: tuple[Any, ...]) -> list[str]:
        """Return the name's addresses; none when it has none or DNS does not answer in time."""
        family = _FAMILY[types[0]] if len(types) == 1 else socket.AF_UNSPEC
        lookup = self._getaddrinfo or socket.getaddrinfo
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(DNS_TIMEOUT_SECONDS):
                found = await loop.run_in_executor(
                    self._threads, lookup, host, None, family, socket.SOCK_STREAM
                )
        except (OSError, UnicodeError, TimeoutError):
            return []
        return list(dict.fromkeys(str(answer[4][0]) for answer in found))


def install_guard(reactor: Any) -> Guard:
    """Put the guard into a reactor, once; return the one that is there."""
    installed = getattr(reactor, "_variorum_guard", None)
    if isinstance(installed, Guard):
        return installed
    guard = Guard()
    for name in ("connectTCP", "connectSSL"):
        setattr(reactor, name, _guarded(guard, getattr(reactor, name)))
    reactor.installNameResolver(ScreenedResolver(guard))
    reactor._variorum_guard = guard  # noqa: SLF001 - the mark that it is there
    return guard


def _guarded(guard: Guard, connect: Callable[..., Any]) -> Callable[..., Any]:
    def checked(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        guard.check(host, port)
        return connect(host, port, *args, **kwargs)

    return checked


def configured_proxies() -> frozenset[str]:
    """Return the `host:port` keys of the proxies the environment configures for http and https."""
    keys = set()
    for scheme, proxy in getproxies().items():
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if scheme in {"http", "https"} and parts.hostname:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            keys.add(_key(parts.hostname, port))
    return frozenset(keys)
