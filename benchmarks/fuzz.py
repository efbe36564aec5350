"""Hostile bytes: no reading may raise, and none may take more than its share of time."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from benchmarks.saved import load_pages
from crawler.extraction.extract import extract_article
from crawler.extraction.files import page_from_bytes
from crawler.extraction.rules import GENERIC
from news.article import Article, NotAnArticle, article_json
from news.credits import find_inline_credits, is_credit_line, parse_credit_line, parse_signature

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MUTANTS = 5_000
_SAVED = Path("failing-page.html")
_SIZES = (250_000, 500_000, 1_000_000, 2_000_000)
_HUGE = 50_000_000
# Doubling the bytes may cost this often the time; more is more than linear on any machine.
_GROWTH = 2.8
_PROSE = "县水务局介绍，今年以来全县新改建供水管网46公里，惠及九千多名居民。"
_HEAD = (
    "<html><head><title>供水管网改造</title></head><body><h1>供水管网改造</h1>"
    "<div>2023-05-01 07:30 来源：青屏日报</div><div class=c>"
)
_PIECES = (
    "<", ">", '">', "<p>", "</div>", "<table>", "<!--", "-->", "<script>", "</script>", "</html>",
    "<![CDATA[", "<plaintext>", "<textarea>", "&#x110000;", "&#0;", "&bogus;", "&amp;", "\x00",
    "\ufeff", "\u200b", "\u202e", "记者 ", "来源：", "2023-05-01 07:30", "（", "【编辑：",
    "原标题：",
)  # fmt: skip
# What one unit of each shape is; it is repeated until the page has its size.
SHAPES: dict[str, str] = {
    "paragraphs": f"<p>{_PROSE}</p>",
    "lines": f"{_PROSE}<br>",
    "one line": _PROSE,
    "links": "<a href=/x/1.html>一个链接新闻标题在这里</a>",
    "list of links": "<li><a href=/x/1.html>一个链接新闻标题在这里</a></li>",
    "reporters in one line": "记者 甲乙丙 ",
    "lines of reporters": "<p>记者 王小明 李大川 摄</p>",
    "labels in one line": "责编：王小明 ",
    "sources in one line": "来源：青屏日报 ",
    "lines of times": "<p>2023-05-01 07:30</p>",
    "times in one line": "2023-05-01 07:30 ",
    "digits": "1234567890",
    "open brackets": "（【记者",
    "blanks": " \u3000",
    "bold without end": "<b>",
    "fonts without end": "<font>",
    "divisions without end": "<div>",
    "tables in tables": "<table><tr><td>",
    "comments without end": "<!--",
    "scripts without end": "<script>",
    "scripts": '<script>var a="2023-05-01 07:30";</script>',
    "entities": "&amp;&#20013;&bogus;",
    "brackets alone": "< > ",
    "pictures": "<figure><img src=1.jpg><figcaption>王小明 摄</figcaption></figure>",
    "headings": f"<h2>小标题</h2><p>{_PROSE}</p>",
    "Latin names": "By Aa Bb and ",
    "lines of editors": "<p>责任编辑：王小明</p>",
    "stray ends": "</div></p></span>",
    "cells without end": "<td>甲",
    "brackets in quotes": '<p title="<b>">甲</p>',
    "quotes without end": '<p title="',
    "spans with names": "<p class=x><span class=y>乙</span></p>",
    "comments": "<!-- 甲 -->",
    "ends in other letters": "<SCRIPT>a</script>",
    "lists to choose from": "<select><option>甲<option>乙</select>",
    "linked data": '<script type="application/ld+json">[',
}
WORDS = (
    "记者", "张三、", "（", "【", " ", "1", "2022-", "责编：", "By ", "a", "·", "/", "王小明 ",
    "来源：",
    "\u3000", "|", "原标题：", "摄", "据", "新华社", "12月9日电", "A b", "@", "a@b.", "http://",
    "-",
    "编辑 ", "（记者", '"', "《", "文/图", "By Aa ", "日报", "通讯员 ", "\n", "10:",
)  # fmt: skip


def mutant(pages: list[bytes], chance: random.Random) -> bytes:
    """Return a saved page with parts cut, doubled, moved, spoilt or put in."""
    body = chance.choice(pages)
    for _ in range(chance.randint(1, 8)):
        start = chance.randint(0, len(body))
        stop = min(len(body), start + chance.randint(0, 2000))
        part = body[start:stop]
        put = chance.choice(
            (b"", part * 2, part[::-1], chance.randbytes(8), chance.choice(_PIECES).encode() * 3)
        )
        body = body[:start] + put + body[stop:]
    return body[: chance.randint(1, len(body))] if chance.random() < 0.3 and body else body


def flaw(body: bytes) -> str | None:
    """Read bytes; return what is wrong with the answer, if anything."""
    try:
        found = extract_article(page_from_bytes(body, "http://n.example/1", NOW), GENERIC)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return f"raised {error!r}"[:300]
    if isinstance(found, NotAnArticle):
        return None if found.reason else "no reason"
    return _flaw_of(found)


def _flaw_of(article: Article) -> str | None:
    text = str(article_json(article, "x"))
    if "\x00" in text or text != text.encode("utf-8", "replace").decode():
        return "text that no database holds"
    if any(block.text != " ".join(block.text.split()) for block in article.body):
        return "a block with line breaks"
    times = (article.published_at, article.modified_at)
    naive = any(printed is not None and printed.at.tzinfo is None for printed in times)
    return "a time without a zone" if naive else None


def _seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def growth(work: Callable[[int], Callable[[], object]], sizes: tuple[int, ...]) -> list[float]:
    """Return how often the time of each size is that of the one before."""
    seconds = [_seconds(work(size)) for size in sizes]
    return [after / max(before, 1e-3) for before, after in itertools.pairwise(seconds)]


def page_of(shape: str, size: int) -> bytes:
    """Return a page of about that many bytes made of one shape."""
    unit = SHAPES[shape]
    filling = unit * (size // len(unit.encode()))
    return f"{_HEAD}{filling}{_PROSE * 20}</div></body></html>".encode()


def _of_pages() -> Iterator[tuple[str, list[float]]]:
    for shape in SHAPES:

        def work(size: int, shape: str = shape) -> Callable[[], object]:
            body = page_of(shape, size)
            return lambda: flaw(body)

        yield shape, growth(work, _SIZES)


def _of_lines() -> Iterator[tuple[str, list[float]]]:
    parsers = (parse_credit_line, find_inline_credits, is_credit_line, parse_signature)
    for word in WORDS:

        def work(size: int, word: str = word) -> Callable[[], object]:
            text = word * (size // len(word))
            return lambda: [parse(text) for parse in parsers]

        yield repr(word), growth(work, (50_000, 100_000, 200_000))


def main(folder: Path) -> None:
    """Read mutants and hostile shapes; exit 1 where any reading raised or grew too fast."""
    pages = [page.body for page in load_pages(folder)]
    seed = random.SystemRandom().getrandbits(32)
    chance = random.Random(seed)
    print(f"fuzz: {MUTANTS} mutants of {len(pages)} pages, seed {seed}")
    for number in range(MUTANTS):
        body = mutant(pages, chance)
        if wrong := flaw(body):
            _SAVED.write_bytes(body)
            raise SystemExit(f"mutant {number}: {wrong}; the page is in {_SAVED}")
    print(f"  none of {MUTANTS} raised")
    slow = 0
    for name, ratios in chain(_of_pages(), _of_lines()):
        shown = " ".join(f"{ratio:.1f}" for ratio in ratios)
        fast = max(ratios) > _GROWTH and ratios[-1] > _GROWTH / 1.2
        slow += fast
        print(f"  {name:24} times {shown}{'   TOO FAST' if fast else ''}", flush=True)
    wrong = flaw(page_of("paragraphs", _HUGE))
    print(f"  {_HUGE // 1_000_000} MB in one page: {wrong or 'read'}")
    raise SystemExit(int(bool(wrong or slow)))
