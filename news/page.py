"""The page as a value: what came over the wire for one address."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


def body_digest(body: bytes) -> str:
    """Return the SHA-256 of an entity body, in hex: a capture's name."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Page:
    """One complete answer. `body` is the entity body after content decoding."""

    url: str  # the address asked for
    final_url: str  # where redirects ended; equal to `url` without any
    status: int
    headers: tuple[tuple[str, str], ...]  # as the client received them, in order
    body: bytes
    fetched_at: datetime  # aware UTC

    @property
    def digest(self) -> str:
        """The SHA-256 of the body, in hex."""
        return body_digest(self.body)

    @property
    def ends(self) -> bool:
        """Whether the body has an end tag of `html` near its end."""
        return b"</html" in self.body[-65_536:].lower()

    def header(self, name: str) -> str | None:
        """Return the first header of that name, compared without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)
