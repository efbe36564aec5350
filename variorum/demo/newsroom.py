"""The invented newsroom: articles composed from a seed, so that texts differ from seed to seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from itertools import cycle
from random import Random
from typing import TypeVar

from news.article import Article, Block, Credit, Image, Precision, PrintedTime, Role
from variorum.demo.prose import Filler, Genre, World, load_genres, load_world

T = TypeVar("T")

ZONE = timezone(timedelta(hours=8))
OLD_TEMPLATE = frozenset({"jy"})  # channels still on the portal's earlier template, in GBK
CITY_PATH = "/zj/jiahe"
FIRST_NUMBER = 418200

# Slips an input method makes: what should stand, and what was typed.
SLIPS = {
    "已经": "己经",
    "安排": "按排",
    "作为": "做为",
    "账户": "帐户",
    "坐落": "座落",
    "必须": "必需",
    "提前": "题前",
    "缩短": "缩断",
}


@dataclass(frozen=True, slots=True)
class Material:
    """What the desk has at hand to edit a story with: wordings that are not in it."""

    headlines: tuple[str, ...]
    original_headline: str
    headings: tuple[tuple[str, str], ...]  # (a heading, another wording of it)
    quotes: tuple[tuple[str, str], ...]  # (a quotation, what it is made to say)
    paragraphs: tuple[str, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Story:
    """One article as the desk holds it. The addresses in `article` are paths on the site."""

    number: int
    channel: str
    genre: str
    article: Article
    material: Material

    @property
    def path(self) -> str:
        """The address on the site, which no edit changes."""
        return self.article.url

    @property
    def old_template(self) -> bool:
        """Whether its channel has not been moved to the present template."""
        return self.channel in OLD_TEMPLATE


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works for the portal and its papers; drawn once a seed, nobody twice."""

    reporters: tuple[str, ...]
    correspondents: tuple[str, ...]
    editors: tuple[str, ...]
    reviewers: tuple[str, ...]

    @property
    def everyone(self) -> frozenset[str]:
        """All names, so that nobody of the staff also appears in a story."""
        return frozenset(self.reporters + self.correspondents + self.editors + self.reviewers)


def hire(rng: Random, world: World) -> Staff:
    """Draw the staff."""
    pools = world.pools
    names = [a + b for a in pools["surname"] for b in pools["given"]]
    drawn = rng.sample(names, 34)
    return Staff(*(tuple(drawn[a:b]) for a, b in ((0, 14), (14, 24), (24, 30), (30, 34))))


class Newsroom:
    """Composes stories one after another; the same seed gives the same stories in order."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(f"{seed}/newsroom")
        self.world = load_world()
        self.staff = hire(self.rng, self.world)
        self._genres = _assignment(self.rng)
        self._number = FIRST_NUMBER
        self._headlines: set[str] = set()

    def compose(self, published_at: datetime) -> Story:
        """Compose the next story, published at the given time (whole seconds, Chinese time)."""
        genre = next(self._genres)
        story = self._compose(genre, published_at)
        while story.article.headline in self._headlines:
            story = self._compose(genre, published_at)
        self._headlines.add(story.article.headline)
        return story

    def _compose(self, genre: Genre, published_at: datetime) -> Story:
        self._number += self.rng.randint(1, 40)
        pools = {**self.world.pools, **genre.pools, "quote": genre.quotes}
        filler = Filler(self.rng, published_at, pools, self.staff.everyone)
        body, headings = self._body(genre, filler)
        headlines = [filler.fill(item) for item in _shuffled(self.rng, genre.headlines)]
        original = f"{headlines[1]}——{filler.fill(self.rng.choice(genre.subtitles))}"
        article = Article(
            url=_path(genre.channel, published_at, self._number),
            headline=headlines[0],
            original_headline=original if self.rng.random() < 0.3 else None,
            section=self._section(genre.channel),
            published_at=_printed(genre.channel, published_at),
            source=self.rng.choice(self.world.pools["outlet"]),
            credits=self._credits(),
            body=body,
            images=self._images(genre, filler, published_at),
            contact_email=self.world.site.email,
            contact_phone=self.world.site.phone,
        )
        material = Material(
            headlines=tuple(headlines[2:]),
            original_headline=original,
            headings=headings,
            quotes=tuple(zip(genre.quotes, genre.requotes, strict=True)),
            paragraphs=tuple(filler.fill(spare) for spare in genre.spares),
            caption=filler.fill(genre.captions[-1]),
        )
        return Story(self._number, genre.channel, genre.key, article, material)

    def _section(self, channel: str) -> tuple[str, ...]:
        site = self.world.site
        return ("首页", site.province, site.city, self.world.channels[channel])

    def _body(
        self, genre: Genre, filler: Filler
    ) -> tuple[tuple[Block, ...], tuple[tuple[str, str], ...]]:
        """Compose the body: a lead, then two or three sections, most of them under a heading."""
        blocks = [Block(filler.fill(self.rng.choice(genre.leads)))]
        headings: list[tuple[str, str]] = []
        with_headings = self.rng.random() < 0.75
        for part in genre.parts[: self.rng.choice((2, 3, 3))]:
            wordings = [filler.fill(item) for item in _shuffled(self.rng, part.headings)]
            if with_headings:
                blocks.append(Block(wordings[0], heading=True))
                headings.append((wordings[0], wordings[1]))
            count = self.rng.randint(1, len(part.paragraphs))
            chosen = sorted(self.rng.sample(range(len(part.paragraphs)), count))
            blocks += [Block(filler.fill(part.paragraphs[index])) for index in chosen]
        return self._with_slip(tuple(blocks)), tuple(headings)

    def _with_slip(self, body: tuple[Block, ...]) -> tuple[Block, ...]:
        """Leave a slip of the pen in half of the articles that can hold one."""
        if self.rng.random() > 0.5:
            return body
        for index, block in enumerate(body):
            for right, wrong in SLIPS.items():
                if right in block.text and "“" not in block.text and not block.heading:
                    slipped = replace(block, text=block.text.replace(right, wrong, 1))
                    return (*body[:index], slipped, *body[index + 1 :])
        return body

    def _credits(self) -> tuple[Credit, ...]:
        """Draw who signs: reporters with correspondents or one writer, an editor, a reviewer."""
        rng, staff = self.rng, self.staff
        if rng.random() < 0.2:
            named = [Credit(Role.WRITER, rng.choice(staff.reporters))]
        else:
            names = rng.sample(staff.reporters, rng.choice((1, 1, 2, 2, 3)))
            named = [Credit(Role.REPORTER, name) for name in names]
            names = rng.sample(staff.correspondents, rng.choice((0, 1, 1, 2)))
            named += [Credit(Role.CORRESPONDENT, name) for name in names]
        named.append(Credit(Role.EDITOR, rng.choice(staff.editors)))
        if rng.random() < 0.7:
            named.append(Credit(Role.REVIEWER, rng.choice(staff.reviewers)))
        return tuple(named)

    def _images(self, genre: Genre, filler: Filler, published_at: datetime) -> tuple[Image, ...]:
        captions = _shuffled(self.rng, genre.captions)[: self.rng.choice((0, 1, 1, 2))]
        return tuple(
            Image(image_path(published_at, self._number, index), filler.fill(caption))
            for index, caption in enumerate(captions, 1)
        )


def image_path(published_at: datetime, number: int, index: int) -> str:
    """Return the address of a story's picture."""
    return f"/upload/{published_at:%Y/%m/%d}/{number}_{index}.jpg"


def _path(channel: str, published_at: datetime, number: int) -> str:
    return f"{CITY_PATH}/{channel}/{published_at:%Y-%m-%d}/{number}.html"


def _printed(channel: str, at: datetime) -> PrintedTime:
    """Return a time as the channel's template prints it: the old one knows no seconds."""
    if channel in OLD_TEMPLATE:
        return PrintedTime(at.replace(second=0), Precision.MINUTE)
    return PrintedTime(at, Precision.SECOND)


def _assignment(rng: Random) -> Iterator[Genre]:
    """Return the genres in turn, in an order of the seed's, so that every channel fills evenly."""
    by_channel: dict[str, list[Genre]] = {}
    for genre in load_genres():
        by_channel.setdefault(genre.channel, []).append(genre)
    turns = {channel: cycle(_shuffled(rng, found)) for channel, found in by_channel.items()}
    return (next(turns[channel]) for channel in cycle(_shuffled(rng, tuple(by_channel))))


def _shuffled(rng: Random, items: Sequence[T]) -> list[T]:
    return rng.sample(list(items), len(items))
