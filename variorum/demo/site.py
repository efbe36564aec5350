"""Answers requests to the sample site: a pure function of address, conditions, time and noise."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from random import Random
from threading import Lock

from news.versions import content_digest
from variorum.demo.newsroom import CITY_PATH, Story
from variorum.demo.pages import (
    Noise,
    page_count,
    render_article,
    render_gone,
    render_home,
    render_list,
    stylesheet,
)
from variorum.demo.prose import load_world
from variorum.demo.timeline import Habit, Served, Timeline

_LIST_PATH = re.compile(rf"{CITY_PATH}/([a-z]+)/(?:index(?:_([1-9]\d*))?\.html)?")
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="360">'
    '<rect width="600" height="360" fill="#{colour}"/></svg>'
)
ROBOTS = "User-agent: *\nDisallow: /ad/\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, headers without the length, body."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Site:
    """The sample site: its plan and the noise it adds to every page."""

    timeline: Timeline
    rng: Random = field(default_factory=Random)
    _requests: int = 0
    _lock: Lock = field(default_factory=Lock)

    def answer(self, target: str, conditions: Mapping[str, str], now: datetime) -> Answer:
        """Answer one GET; `conditions` holds the request's headers, `now` is aware.

        Queries are ignored, as many portals do.
        """
        path = target.partition("?")[0]
        noise = self._noise(now)
        if served := self.timeline.at(path, now):
            return self._answer_article(served, conditions, noise)
        if self.timeline.fails(path, now):
            return _page(500, "服务器内部错误")
        return self._answer_list(path, noise) or _answer_other(path)

    def _noise(self, now: datetime) -> Noise:
        with self._lock:
            self._requests += 1
            return Noise.draw(self.rng, now, self._requests)

    def _answer_article(
        self, served: Served, conditions: Mapping[str, str], noise: Noise
    ) -> Answer:
        match served.habit:
            case Habit.NOT_FOUND:
                return _page(404, "404 页面不存在")
            case Habit.GONE:
                return _page(410, "410 页面已删除")
            case Habit.ERROR:
                return _page(500, "服务器内部错误")
            case Habit.REDIRECT_HOME:
                return Answer(302, headers=(("Location", "/"),))
            case Habit.NOTICE:
                return _page(200, render_gone(noise))
        validators = article_validators(served)
        if _matches(validators, conditions):
            return Answer(304, headers=tuple(validators.items()))
        text = render_article(served.story, self._latest(noise.now), noise)
        return _page(200, text, old=served.story.old_template, headers=validators)

    def _answer_list(self, path: str, noise: Noise) -> Answer | None:
        channels = load_world().channels
        if path in {"/", "/index.html"}:
            by_channel = {key: self.timeline.listed(key, noise.now) for key in channels}
            return _page(200, render_home(by_channel, noise))
        match = _LIST_PATH.fullmatch(path)
        if not match or match.group(1) not in channels:
            return None
        channel, page = match.group(1), int(match.group(2) or 1)
        stories = self.timeline.listed(channel, noise.now)
        if page > page_count(stories):
            return None
        text = render_list(channel, stories, page, self._latest(noise.now), noise)
        return _page(200, text)

    def _latest(self, now: datetime) -> list[Story]:
        return self.timeline.listed(None, now)[:8]


def article_validators(served: Served) -> dict[str, str]:
    """Return an article page's validators: some pages carry both, some one, some none.

    They are honest: they change when the article does and only then.
    """
    sort = served.story.number % 4
    validators = {}
    if sort in {0, 1}:
        digest = content_digest(served.story.article)
        validators["ETag"] = f'W/"{sha256(digest.encode()).hexdigest()[:16]}"'
    if sort in {0, 2}:
        validators["Last-Modified"] = format_datetime(served.at.astimezone(UTC), usegmt=True)
    return validators


def _matches(validators: Mapping[str, str], conditions: Mapping[str, str]) -> bool:
    """Tell whether a conditional request may be answered 304 (RFC 9110: the tag comes first)."""
    if tag := conditions.get("If-None-Match"):
        return validators.get("ETag") == tag
    since = conditions.get("If-Modified-Since")
    return since is not None and validators.get("Last-Modified") == since


def _page(
    status: int, text: str, old: bool = False, headers: Mapping[str, str] | None = None
) -> Answer:
    # The old template's server names no charset, the page itself does, as of old.
    kind = "text/html" if old else "text/html; charset=utf-8"
    body = text.encode("gbk" if old else "utf-8")
    return Answer(status, body, (("Content-Type", kind), *(headers or {}).items()))


def _answer_other(path: str) -> Answer:
    """Answer for robots.txt, the style sheet and pictures; 404 for anything else."""
    if path == "/robots.txt":
        return Answer(200, ROBOTS.encode(), (("Content-Type", "text/plain"),))
    if path == "/static/site.css":
        return Answer(200, stylesheet().encode(), (("Content-Type", "text/css"),))
    if path.startswith("/upload/"):
        colour = sha256(path.encode()).hexdigest()[:6]
        picture = _PICTURE.format(colour=colour).encode()
        return Answer(200, picture, (("Content-Type", "image/svg+xml"),))
    return _page(404, "404 页面不存在")
