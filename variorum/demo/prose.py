"""The text of the sample site: the invented region and its genres, read from TOML, slots filled."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random

from pydantic import BaseModel, ConfigDict

_SLOT = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?::\w+)?")
_DAY = re.compile(r"day([+-]\d+)?")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteName(_Model):
    """What the invented portal calls itself and where readers may write."""

    name: str
    province: str
    city: str
    email: str
    phone: str


class World(_Model):
    """The invented region: the portal, its channels by address part, and pools of names."""

    site: SiteName
    channels: dict[str, str]
    pools: dict[str, tuple[str, ...]]


class Part(_Model):
    """One section of an article: wordings for its heading, and paragraphs in order."""

    headings: tuple[str, ...]
    paragraphs: tuple[str, ...]


class Genre(_Model):
    """One kind of story, from which many differing articles can be composed."""

    key: str
    channel: str
    headlines: tuple[str, ...]
    subtitles: tuple[str, ...]
    leads: tuple[str, ...]
    spares: tuple[str, ...]
    quotes: tuple[str, ...]
    requotes: tuple[str, ...]  # the quotes as worded later, in the same order
    captions: tuple[str, ...]
    pools: dict[str, tuple[str, ...]] = {}
    parts: tuple[Part, ...]


@cache
def load_world() -> World:
    """Load the invented region."""
    return World.model_validate(tomllib.loads(_bundled_text("world.toml")))


@cache
def load_genres() -> tuple[Genre, ...]:
    """Load all kinds of story."""
    genres = tomllib.loads(_bundled_text("genres.toml"))["genre"]
    return tuple(Genre.model_validate(genre) for genre in genres)


def _bundled_text(name: str) -> str:
    return files("variorum.demo").joinpath(name).read_text(encoding="utf-8")


@dataclass(slots=True)
class Filler:
    """Fills the slots of one article: a slot written the same way gets the same filling."""

    rng: Random
    day: datetime
    pools: Mapping[str, tuple[str, ...]]
    taken: frozenset[str] = frozenset()  # names of people who must not appear
    filled: dict[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """Return text with every slot filled; quotes may hold slots of their own."""
        return _SLOT.sub(lambda match: self._filling(match.group(1)), text)

    def _filling(self, slot: str) -> str:
        if slot not in self.filled:
            self.filled[slot] = self.fill(self._draw(slot))
        return self.filled[slot]

    def _draw(self, slot: str) -> str:
        if match := _RANGE.fullmatch(slot):
            return self._number(*match.groups())
        if match := _DAY.fullmatch(slot):
            day = self.day + timedelta(days=int(match.group(1) or 0))
            return f"{day.month}月{day.day}日"
        pool = slot.partition(":")[0]
        return self._person() if pool == "person" else self._fresh(pool)

    def _person(self) -> str:
        while True:
            name = self.rng.choice(self.pools["surname"]) + self.rng.choice(self.pools["given"])
            if name not in self.taken and name not in self.filled.values():
                return name

    def _number(self, low: str, high: str) -> str:
        if "." in low:
            return f"{self.rng.uniform(float(low), float(high)):.1f}"
        return str(self.rng.randint(int(low), int(high)))

    def _fresh(self, pool: str) -> str:
        """Draw what this article has not used yet, as long as the pool lasts."""
        used = set(self.filled.values())
        choices = self.pools[pool]
        return self.rng.choice([item for item in choices if item not in used] or choices)
