"""How far a site's validators are believed: 304 counts as unchanged only where it proved honest.

An answer 304 is now and then held against an unconditional look at the same address, at once: each
one until twenty agreed (the sample that the schedule's research asks for), then one in twenty. One
that disagreed puts the site under control again; with the second it is asked conditionally no more.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime

_PROVEN = 20  # agreements after which a sample is enough
_SAMPLE = 20  # one in so many is controlled then
_LIES = 2  # one may have been an edit between the two looks
_MOVED = 5  # entity tags that differed on equal bytes


@dataclass(frozen=True, slots=True)
class ValidatorTrust:
    """What a site's validators have shown so far."""

    agreed: int = 0  # controls that found what 304 had said
    lied: int = 0  # controls that found another content
    etags_kept: int = 0  # equal bytes under an equal entity tag
    etags_moved: int = 0  # equal bytes under another one

    @property
    def is_asked_conditionally(self) -> bool:
        """Whether 304 is worth asking for."""
        return self.lied < _LIES

    @property
    def is_etag_of_use(self) -> bool:
        """Whether entity tags stay with the content; one that differs on every fetch is ignored."""
        return self.etags_moved < _MOVED or self.etags_moved <= 4 * self.etags_kept

    def wants_control(self, url: str, at: datetime) -> bool:
        """Whether a 304 at this address is to be held against an unconditional look."""
        if self.agreed < _PROVEN or self.lied:
            return True
        drawn = zlib.crc32(f"{url} {at.isoformat()}".encode())
        return drawn % _SAMPLE == 0
