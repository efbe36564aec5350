"""Renders the pages of the sample site: articles in two templates, lists, the home page, noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from random import Random
from string import Template

from news.article import Article, Role
from variorum.demo.newsroom import CITY_PATH, ZONE, Story
from variorum.demo.prose import World, load_world

PER_PAGE = 5  # articles on one page of a list
_INDENT = "　　"  # two full-width spaces, as Chinese typesetting wants
_ADVERTS = (
    "鹤洲家居广场春季特卖，全场八折起",
    "嘉禾银行：存款利率以网点公示为准",
    "云塘农家乐，周末采摘一日游",
    "石笕驾校招生，学费可分期",
)


@dataclass(frozen=True, slots=True)
class Noise:
    """What differs at every fetch and is no part of any article."""

    views: int
    token: str
    advert: str
    now: datetime

    @classmethod
    def draw(cls, rng: Random, now: datetime, requests: int) -> "Noise":
        """Draw the noise of one answer; `requests` is how many the site has answered."""
        return cls(
            1000 + 37 * requests + rng.randrange(30),
            f"{rng.getrandbits(64):016x}",
            rng.choice(_ADVERTS),
            now.astimezone(ZONE),
        )


@cache
def _template(name: str) -> Template:
    path = files("variorum.demo").joinpath("templates", name)
    return Template(path.read_text(encoding="utf-8"))


def stylesheet() -> str:
    """Return the site's style sheet."""
    return _template("site.css").template


def section_path(channel: str, page: int = 1) -> str:
    """Return the address of one page of a channel's list."""
    return f"{CITY_PATH}/{channel}/" + (f"index_{page}.html" if page > 1 else "")


def page_count(stories: Sequence[Story]) -> int:
    """Return how many pages a list takes, at least one."""
    return max(1, -(-len(stories) // PER_PAGE))


def render_article(story: Story, latest: Sequence[Story], noise: Noise) -> str:
    """Render an article's page in its channel's template."""
    if story.old_template:
        return _render_old(story)
    article, site = story.article, load_world().site
    main = _template("article.html").substitute(
        breadcrumb=_breadcrumb(article.section, story.channel),
        headline=escape(article.headline),
        published=_clock(article),
        views=noise.views,
        body=_body(article, noise.token),
        original=_original(article),
        credits=f'<p class="laiYuan">{escape(credit_line(article))}</p>',
        advert=_advert(noise),
        email=site.email,
        phone=site.phone,
    )
    return _page(f"{article.headline}_{site.name}", main, _side(latest, noise), _stamp(noise))


def _render_old(story: Story) -> str:
    """Render the earlier template: no noise in it, its counter is loaded by a script."""
    article, site = story.article, load_world().site
    main = _template("article_old.html").substitute(
        breadcrumb=_breadcrumb(article.section, story.channel),
        headline=escape(article.headline),
        credits="\n".join(f"<li>{escape(item)}</li>" for item in _old_meta(article)),
        body=_body(article, None),
        original=_original(article),
        email=site.email,
        phone=site.phone,
    )
    script = f'<script src="/count.js?id={story.number}"></script>'
    return _page(f"{article.headline}-{site.name}", main, "", script, charset="gb2312")


def render_list(
    channel: str, stories: Sequence[Story], page: int, latest: Sequence[Story], noise: Noise
) -> str:
    """Render one page of a channel's list."""
    world = load_world()
    name = world.channels[channel]
    shown = stories[(page - 1) * PER_PAGE : page * PER_PAGE]
    pages = range(1, page_count(stories) + 1)
    main = _template("list.html").substitute(
        breadcrumb=_breadcrumb(("首页", world.site.province, world.site.city, name), channel),
        items="\n".join(_item(story) for story in shown),
        paging=" ".join(
            f'<a href="{section_path(channel, number)}">{number}</a>' for number in pages
        ),
    )
    return _page(f"{name}_{world.site.name}", main, _side(latest, noise), _stamp(noise))


def render_home(by_channel: dict[str, list[Story]], noise: Noise) -> str:
    """Render the home page: the newest few of every channel."""
    world = load_world()
    blocks = []
    for channel, stories in by_channel.items():
        items = "\n".join(_item(story) for story in stories[:4])
        more = f'<a href="{section_path(channel)}">{world.channels[channel]}</a>'
        blocks.append(f'<h3>{more}</h3>\n<ul class="list">\n{items}\n</ul>')
    main = "\n".join(blocks) + "\n" + _advert(noise)
    return _page(f"{world.site.name}_首页", main, "", _stamp(noise))


def render_gone(noise: Noise) -> str:
    """Render the notice that stands, with status 200, where an article was."""
    main = _template("gone.html").substitute()
    return _page(f"提示信息_{load_world().site.name}", main, "", _stamp(noise))


def credit_line(article: Article) -> str:
    """Return the line at the foot: source, writers by role, editor and reviewer."""
    writers = []
    for role, label in ((Role.REPORTER, "记者 "), (Role.CORRESPONDENT, "通讯员 ")):
        if names := _names(article, role):
            writers.append(label + names)
    writers += [names for names in [_names(article, Role.WRITER)] if names]
    parts = [f"来源:{article.source}"]
    if writers:
        parts.append("撰稿:" + " ".join(writers))
    if names := _names(article, Role.EDITOR):
        parts.append(f"责编:{names}")
    line = "    | ".join(parts)
    reviewers = _names(article, Role.REVIEWER)
    return f"{line}    审核:{reviewers}" if reviewers else line


def _old_meta(article: Article) -> list[str]:
    """Return the items of the earlier template's information list."""
    items = [_clock(article), f"来源：{article.source}"]
    labels = {
        Role.REPORTER: "记者",
        Role.CORRESPONDENT: "通讯员",
        Role.WRITER: "作者",
        Role.EDITOR: "责任编辑",
        Role.REVIEWER: "审核",
    }
    for role, label in labels.items():
        if names := _names(article, role):
            items.append(f"{label}：{names}")
    return items


def _names(article: Article, role: Role) -> str:
    return " ".join(credit.name for credit in article.credits if credit.role is role)


def _clock(article: Article) -> str:
    printed = article.published_at
    return printed.isoformat().replace("T", " ").partition("+")[0] if printed else ""


def _original(article: Article) -> str:
    original = article.original_headline
    return f"<p>{_INDENT}(原文标题:{escape(original)})</p>" if original else ""


def _body(article: Article, token: str | None) -> str:
    """Render the paragraphs, with the pictures after the second block."""
    lines = [
        f"<p><strong>{_INDENT}{escape(block.text)}</strong></p>"
        if block.heading
        else f"<p>{_INDENT}{escape(block.text)}</p>"
        for block in article.body
    ]
    query = f"?t={token}" if token else ""
    pictures = [
        f'<figure><img src="{image.url}{query}" alt="">'
        f"<figcaption>{escape(image.caption or '')}</figcaption></figure>"
        for image in article.images
    ]
    return "\n".join(lines[:2] + pictures + lines[2:])


def _breadcrumb(section: Sequence[str], channel: str) -> str:
    addresses = ["/", "/zj/", f"{CITY_PATH}/", section_path(channel)]
    links = [
        f'<a href="{addresses[min(index, 3)]}">{escape(name)}</a>'
        for index, name in enumerate(section)
    ]
    return " &gt; ".join(links)


def _item(story: Story) -> str:
    published = story.article.published_at
    day = f"{published.at:%m-%d}" if published else ""
    headline = escape(story.article.headline)
    return f'<li><span>{day}</span> <a href="{story.path}">{headline}</a></li>'


def _advert(noise: Noise) -> str:
    return (
        f'<div class="advert"><a href="/ad/{noise.token[:6]}">{noise.advert}</a>'
        f'<img src="/ad/{noise.token}.gif" alt="广告"></div>'
    )


def _side(latest: Sequence[Story], noise: Noise) -> str:
    """Render the side column: what is hot now, and how long ago each was published."""
    items = []
    for story in latest[:8]:
        published = story.article.published_at
        minutes = int((noise.now - published.at).total_seconds() // 60) if published else 0
        ago = f"{minutes}分钟前" if minutes < 600 else f"{minutes // 60}小时前"
        items.append(f'<li><a href="{story.path}">{escape(story.article.headline)}</a> {ago}</li>')
    return f"<h4>热点排行</h4>\n<ul>\n{chr(10).join(items)}\n</ul>\n{_advert(noise)}"


def _stamp(noise: Noise) -> str:
    return (
        f"<p>页面生成时间 {noise.now:%Y-%m-%d %H:%M:%S}</p>\n"
        f'<script nonce="{noise.token}">var views = {noise.views};</script>'
    )


def _page(title: str, main: str, side: str, footer: str, charset: str = "utf-8") -> str:
    world = load_world()
    return _template("chrome.html").substitute(
        charset=charset,
        title=escape(title),
        head='<meta name="viewport" content="width=device-width">',
        site=world.site.name,
        channel_bar=_channel_bar(world),
        main=main,
        side=side,
        footer=footer,
    )


def _channel_bar(world: World) -> str:
    links = [f'<a href="{section_path(key)}">{name}</a>' for key, name in world.channels.items()]
    return '<a href="/">首页</a> ' + " ".join(links)
