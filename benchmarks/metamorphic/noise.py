"""What changes on a page while the article stays: none of it may make a version."""

import random
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from lxml import etree, html

from benchmarks.metamorphic.sheet import Sheet

# Takes a sheet to change and a source of chance; returns the page's bytes, None where the page
# has nothing that the operator is about.
Noise = Callable[[Sheet, random.Random], bytes | None]


def _element(markup: str) -> etree._Element:
    element: etree._Element = html.fragment_fromstring(markup)
    return element


def _body(sheet: Sheet) -> etree._Element:
    body = sheet.root.find(".//body")
    return body if body is not None else sheet.root


def _beside_text(sheet: Sheet, markup: str, place: float) -> bytes | None:
    """Put an element between two paragraphs of the article."""
    found = [node for node in sheet.paragraphs() if not node.tail]
    if len(found) < 3:
        return None
    holder = found[int(place * (len(found) - 1))].holder()
    if holder is None or holder.tag != "p":
        return None
    holder.addnext(_element(markup))
    return sheet.bytes()


def _below_headline(sheet: Sheet, markup: str) -> bytes | None:
    for element in sheet.root.iter("h1", "h2", "h3"):
        if "".join(map(str, element.itertext())).split() == sheet.article.headline.split():
            parent = element.getparent()
            if parent is not None and parent.tag not in {"body", "html"}:
                element.addnext(_element(markup))
                return sheet.bytes()
    return None


def _at_end(sheet: Sheet, markup: str) -> bytes:
    _body(sheet).append(_element(markup))
    return sheet.bytes()


def _at_start(sheet: Sheet, markup: str) -> bytes:
    _body(sheet).insert(0, _element(markup))
    return sheet.bytes()


def counter(sheet: Sheet, chance: random.Random) -> bytes | None:
    """A counter of readers below the headline."""
    return _below_headline(sheet, f"<div class='cnt'>阅读 {chance.randint(1, 99999)}</div>")


def comment_counter(sheet: Sheet, chance: random.Random) -> bytes | None:
    """A counter of comments with a link."""
    count = chance.randint(1, 999)
    return _below_headline(
        sheet, f"<div class='pl'><a href='#c'>{count}人参与 {count}条评论</a></div>"
    )


def clock(sheet: Sheet, chance: random.Random) -> bytes | None:
    """The day of the visit at the head of the page."""
    day = chance.randint(1, 28)
    return _at_start(
        sheet, f"<div class='top'>今天是2026年3月{day}日 星期{chance.choice('一二三')}</div>"
    )


def relative_time(sheet: Sheet, chance: random.Random) -> bytes | None:
    """How long ago other stories came, in a list beside the article."""
    ago = chance.randint(2, 50)
    return _at_end(
        sheet,
        "<div class='side'><ul><li><a href='/x/1.html'>另一条不相干的本地新闻标题</a>"
        f"<span>{ago}分钟前</span></li></ul></div>",
    )


def advert_inside(sheet: Sheet, chance: random.Random) -> bytes | None:
    """An advertisement between two paragraphs."""
    number = chance.randint(1, 999)
    return _beside_text(
        sheet,
        f"<div class='ad'><a href='http://ad.example/{number}'>第{number}号广告，点击了解</a></div>",
        0.5,
    )


def advert_banner(sheet: Sheet, chance: random.Random) -> bytes | None:
    """A banner above the page."""
    return _at_start(
        sheet,
        f"<div class='banner'><a href='/ad/{chance.randint(1, 99)}'><img src='/b.gif'></a></div>",
    )


def related_inside(sheet: Sheet, chance: random.Random) -> bytes | None:
    """A box of related stories between the last paragraphs."""
    number = chance.randint(100, 999)
    items = "".join(
        f"<li><a href='/r/{number + i}.html'>第{number + i}期相关报道的新闻标题在此</a></li>"
        for i in range(4)
    )
    return _beside_text(sheet, f"<div class='related'><h4>相关阅读</h4><ul>{items}</ul></div>", 0.9)


def hot_list(sheet: Sheet, chance: random.Random) -> bytes | None:
    """A list of the most read stories, which another hour orders otherwise."""
    numbers = chance.sample(range(100, 999), 8)
    items = "".join(
        f"<li><a href='/h/{n}.html'>热门排行榜上的第{n}条新闻标题</a></li>" for n in numbers
    )
    return _at_end(sheet, f"<div class='hot'><h3>热门新闻</h3><ul>{items}</ul></div>")


def share_bar(sheet: Sheet, _chance: random.Random) -> bytes | None:
    """A bar of buttons below the headline."""
    return _below_headline(
        sheet,
        "<div class='share'>分享到：<a href='#'>微信</a> <a href='#'>微博</a></div>",
    )


def script_nonce(sheet: Sheet, chance: random.Random) -> bytes | None:
    """Tokens in scripts and hidden inputs."""
    token = f"{chance.getrandbits(64):x}"
    script = etree.SubElement(_body(sheet), "script")
    script.text = f'var csrf = "{token}"; var now = {chance.randint(10**9, 2 * 10**9)};'
    return _at_end(sheet, f"<form><input type='hidden' name='token' value='{token}'></form>")


def html_comment(sheet: Sheet, chance: random.Random) -> bytes | None:
    """A comment that says when and where the page was made."""
    _body(sheet).append(
        etree.Comment(f" built in {chance.randint(1, 900)} ms by node {chance.randint(1, 9)} ")
    )
    return sheet.bytes()


def foot_year(sheet: Sheet, chance: random.Random) -> bytes | None:
    """The year in the copyright line."""
    return _at_end(
        sheet, f"<div class='footer'>版权所有 1999-{chance.randint(2020, 2030)} 某某网</div>"
    )


def greeting(sheet: Sheet, chance: random.Random) -> bytes | None:
    """A greeting and the weather above the page."""
    return _at_start(
        sheet,
        f"<div class='topbar'>欢迎您，游客 | 青屏 晴 {chance.randint(-9, 39)}℃ | 登录 注册</div>",
    )


def image_host(sheet: Sheet, chance: random.Random) -> bytes | None:
    """Images from another host, with another token."""
    found = False
    for image in sheet.root.iter("img"):
        for name in ("src", "data-src", "data-original"):
            parts = urlsplit(image.get(name) or "")
            if parts.scheme in {"http", "https"} and not parts.query:
                host = f"img{chance.randint(1, 9)}.cdn.example"
                image.set(name, f"https://{host}{parts.path}?t={chance.random()}")
                found = True
    return sheet.bytes() if found else None


def image_size(sheet: Sheet, chance: random.Random) -> bytes | None:
    """Images in another size, as content servers are asked for it."""
    found = False
    for image in sheet.root.iter("img"):
        address = image.get("src") or ""
        if re.search(r"/[^/?!@_]+\.(?:jpe?g|png)$", address):
            width = chance.randint(200, 1200)
            image.set("src", f"{address}!w{width}")
            found = True
    return sheet.bytes() if found else None


def image_token(sheet: Sheet, chance: random.Random) -> bytes | None:
    """Images whose addresses bear a signature that runs out."""
    found = False
    for image in sheet.root.iter("img"):
        address = image.get("src") or ""
        if re.search(r"\.(?:jpe?g|png)$", address):
            image.set("src", f"{address}?sign={chance.getrandbits(64):x}&expires={chance.random()}")
            found = True
    return sheet.bytes() if found else None


def age_of_article(sheet: Sheet, chance: random.Random) -> bytes | None:
    """How long ago the article was put up, below the headline."""
    return _below_headline(sheet, f"<div class='ago'>{chance.randint(2, 59)}分钟前</div>")


def other_classes(sheet: Sheet, chance: random.Random) -> bytes | None:
    """Another build of the template: every class name with another ending."""
    ending = f"{chance.getrandbits(24):06x}"
    for element in sheet.root.iter(etree.Element):
        names = (element.get("class") or "").split()
        if names:
            element.set("class", " ".join(f"{name} {name}-{ending}" for name in names))
    return sheet.bytes()


def width_of_signs(sheet: Sheet, _chance: random.Random) -> bytes | None:
    """Commas, colons and brackets of the other width, quotes of another shape."""
    table = str.maketrans(
        {"，": ",", "：": ":", "（": "(", "）": ")", "“": '"', "”": '"', "；": ";"}
    )
    nodes = sheet.paragraphs()
    for node in nodes:
        node.put(node.text.translate(table))
    return sheet.bytes() if nodes else None


def width_of_digits(sheet: Sheet, _chance: random.Random) -> bytes | None:
    """Digits and letters of the other width."""
    table = {code: code + 0xFEE0 for code in [*range(0x30, 0x3A), *range(0x41, 0x5B)]}
    nodes = [node for node in sheet.paragraphs() if re.search("[0-9A-Z]", node.text)]
    for node in nodes:
        node.put(node.text.translate(table))
    return sheet.bytes() if nodes else None


def zero_width(sheet: Sheet, chance: random.Random) -> bytes | None:
    """Characters without width among the letters."""
    nodes = sheet.paragraphs()
    for node in nodes:
        at = chance.randint(0, len(node.text))
        node.put(f"{node.text[:at]}\u200b{node.text[at:]}")
    return sheet.bytes() if nodes else None


def indents(sheet: Sheet, _chance: random.Random) -> bytes | None:
    """Another indent and blanks at the ends of paragraphs."""
    nodes = sheet.paragraphs()
    for node in nodes:
        node.put(f"\u3000\u3000{node.text.strip()} \n")
    return sheet.bytes() if nodes else None


def entities(sheet: Sheet, _chance: random.Random) -> bytes | None:
    """Every Chinese character as a numeric entity."""
    parts = re.split(r"(?s)(<script.*?</script>)", sheet.bytes().decode())
    for place in range(
        0, len(parts), 2
    ):  # the others are scripts, where entities are no characters
        parts[place] = re.sub("[一-鿿]", lambda match: f"&#{ord(match.group())};", parts[place])
    return "".join(parts).encode()


def other_charset(sheet: Sheet, _chance: random.Random) -> bytes | None:
    """The page in GB 18030, declared so."""
    text = re.sub(r"(?i)charset\s*=\s*[\"']?[\w-]+", "charset=gb18030", sheet.bytes().decode())
    return text.encode("gb18030", "xmlcharrefreplace") if "charset=gb18030" in text else None


def lazy_images(sheet: Sheet, _chance: random.Random) -> bytes | None:
    """Images that a script loads: the address stands in another attribute."""
    found = False
    for image in sheet.root.iter("img"):
        address = image.get("src")
        if address and not address.startswith("data:") and image.get("data-src") is None:
            image.set("data-src", address)
            image.set("src", "/static/blank.gif")
            found = True
    return sheet.bytes() if found else None


def attribute_order(sheet: Sheet, _chance: random.Random) -> bytes | None:
    """Attributes in another order."""
    for element in sheet.root.iter(etree.Element):
        given = list(element.attrib.items())
        element.attrib.clear()
        for name, value in reversed(given):
            element.set(name, value)
    return sheet.bytes()


def redesigned(sheet: Sheet, chance: random.Random) -> bytes | None:
    """Another template: a wrapper around the page, other class names for headlines and lists."""
    body = _body(sheet)
    wrapper = etree.Element("div", {"class": f"layout-{chance.randint(2, 9)}"})
    wrapper.text, body.text = body.text, None
    wrapper.extend(list(body))
    body.append(wrapper)
    for element in body.iter("ul", "ol"):
        element.set("class", f"list-{chance.randint(2, 9)}")
    return _at_start(
        sheet, "<div class='nav'><a href='/'>首页</a> <a href='/v2/'>新版频道</a></div>"
    )


OPERATORS: tuple[Noise, ...] = (
    counter, comment_counter, clock, relative_time, advert_inside, advert_banner, related_inside,
    hot_list, share_bar, script_nonce, html_comment, foot_year, greeting, image_host,
    width_of_signs, width_of_digits, zero_width, indents, entities, other_charset, lazy_images,
    attribute_order, redesigned, image_size, image_token, age_of_article, other_classes,
)  # fmt: skip
