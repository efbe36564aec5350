"""The section path: the breadcrumb's items, outermost first."""

import re
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.extraction.lines import Line
from crawler.extraction.marks import Mark
from crawler.extraction.phrases import is_tool, key

_LABEL = re.compile(
    r"(?:您|你)?(?:现在|當前|当前|目前|的)?(?:所在|所处)?的?位置(?:是|为|在)?\s?[:：>]?"
    r"|(?:您|你)?(?:现在|當前|当前|目前|所在|的){0,2}(?:栏目|频道|所在地)\s?[:：]"
    r"|(?:您|你)(?:现在|目前|当前)?(?:所)?(?:在|是在)[:：]?\s?|>{0,2}当前位置"
)
_HOME = re.compile(
    r"(?:[^\s>/]{0,8}(?:首页|首頁|主页|主頁)|[^\s>/]{2,8}[网網]|Home)\s?(?:[>›»＞→▶▸〉❯≫]|/|／)"
)
_SEPARATOR = re.compile(r"\s?(?:>+|[›»＞→▶▸〉❯≫]+|&gt;|-&gt;|->|--+>?|/|\\|｜|\|)\s?")
_STRONG_SEPARATOR = re.compile(r"[>›»＞→▶▸〉❯≫]")
# The last step names the kind of page, not a section.
_TRIM = " :：[]【】·>›»　\xa0-"
_LAST_STEP_NAMES = """
正文 文章正文 新闻正文 内容 详情 新闻详情 文章详情 详细内容 内容详情 文章内容 查看 浏览 全文
资讯详情 信息详情 内文 文章 详细 详细信息 新闻内容 阅读正文 申请入驻 订阅 关注 收藏 正文内容
稿件 查看内容 内容页 正文页 本页 當前頁 内容正文 浏览文章 阅读文章 查看文章 文章浏览 文章阅读
"""
_LAST_STEPS = frozenset(_LAST_STEP_NAMES.split())
# A breadcrumb has a separator, a label or a telling name.
_HINT = re.compile(r"[>›»＞→▶▸〉❯≫/\\｜|位栏频在]|\s[-–]\s")
_EDGE = re.compile(r"[>›»＞→:：/]$")
_MAX_ITEM = 24
_MAX_LABEL = 12
_MAX_LINE = 160


def find_section(
    lines: list[Line], headline: str, before: int, text: int | None = None
) -> tuple[str, ...]:
    """Return the breadcrumb's items without 正文 and headline, () where the page has none.

    A breadcrumb stands above the headline, at index `before`; if none does, one may stand below
    it, above the `text`, if its element is named for it.
    """
    ranked = rank_sections(lines, headline, before)
    if not ranked and text is not None and text > before:
        below = rank_sections(lines, headline, text, start=before)
        ranked = [found for found in below if found[1].marks & Mark.CRUMB]
    return max(reversed(ranked), key=lambda found: found[0])[2] if ranked else ()


def rank_sections(
    lines: list[Line], headline: str, before: int, start: int = 0
) -> list[tuple[float, Line, tuple[str, ...]]]:
    """Return what may be breadcrumbs: score, first line and items of each, in page order."""
    found: list[tuple[float, Line, tuple[str, ...]]] = []
    position = start
    while position < min(before, len(lines)):
        line = lines[position]
        if not (line.marks & Mark.CRUMB or _HINT.search(line.text, 0, _MAX_LINE)):
            position += 1
            continue
        run = _run_at(lines, position, before)
        score = _score(run)
        items = section_items(run, headline) if score > 0 else ()
        if items:
            found.append((score, line, items))
        position += len(run) if score > 0 else 1
    return found


def section_items(run: list[Line], headline: str) -> tuple[str, ...]:
    """Return the items on one or more lines, in order."""
    items: list[str] = []
    for line in run:
        for item in _pieces(line):
            if item and (not items or items[-1] != item):
                items.append(item)
    return tuple(_without_ends(items, headline))


def _run_at(lines: list[Line], start: int, before: int) -> list[Line]:
    """Return the lines of one breadcrumb: its items may stand each in an element of its own."""
    first = lines[start]
    run = [first]
    labelled = len(first.text) <= _MAX_LABEL and bool(_LABEL.match(first.text))
    alone = not _STRONG_SEPARATOR.search(first.text.rstrip(">›»＞ "))
    marked = bool(first.marks & Mark.CRUMB) and len(first.text) <= _MAX_ITEM
    if first.level or not alone or not (labelled or marked):
        return run
    for line in lines[start + 1 : min(before, start + 9)]:
        if line.level or len(line.text) > _MAX_ITEM + 10 or _is_buttons(line.text):
            break
        if not _goes_on(run[-1], line):
            break
        run.append(line)
    return run


def _is_buttons(text: str) -> bool:
    return " " in text and is_tool(text)


def _goes_on(last: Line, line: Line) -> bool:
    """Tell whether a line continues the breadcrumb of the line before it."""
    if _EDGE.search(last.text) or _STRONG_SEPARATOR.match(line.text):
        return True
    return line.block.parent is last.block.parent and bool(line.marks & Mark.CRUMB)


def _score(run: list[Line]) -> float:
    """Return how surely lines are a breadcrumb, 0 for not at all."""
    text = " ".join(line.text for line in run)
    if len(text) > _MAX_LINE or run[0].level or run[0].marks & Mark.HIDDEN:
        return 0.0
    label = _LABEL.match(text.lstrip("[【 "))
    marked = bool(run[0].marks & Mark.CRUMB)
    # An arrow at the end of a single link is a button's, unless the page calls it a path.
    strong = len(_STRONG_SEPARATOR.findall(text if label or marked else text.rstrip(">›»＞ ")))
    home = bool(_HOME.match(text.lstrip("[【 ")))  # a path from the front page needs no links
    if home and not strong and len(run) == 1:
        strong = text.count(" / ") + text.count("／")
    links = sum(len(line.anchors) for line in run)
    if strong > 8 or links > 9:
        return 0.0
    score = 4.0 * bool(label) + 1.5 * marked + 2.0 * bool(strong)
    weak = not strong and len(run) == 1 and _weakly_parted(run[0])
    if weak or (len(run) > 1 and not strong):
        score += 1.0
    elif not strong and not label:
        return 0.0
    if not label and not links and not (home and strong):
        score -= 2.0
    if len(text) > 60 and not label:
        score -= 1.0
    return score


def _weakly_parted(line: Line) -> bool:
    """Tell whether links stand with a slash, or with nothing but blanks in a crumb, between."""
    if not 1 <= len(line.anchors) <= 5 or len(line.text) > 60:
        return False
    gaps = line.text
    for text, _ in line.anchors:
        gaps = gaps.replace(text, "\n", 1)
    slashed = bool(re.search(r"\n\s?[/\\]\s?\S", gaps))
    dashed = bool(re.search(r"\n\s?[-–—]\s?\S", gaps))
    # Below the front page stands every page: of two links only a sign between makes a path.
    steps = 2 if dashed else 3
    return slashed or bool(line.marks & Mark.CRUMB) or _leads_down(line, steps)


def _leads_down(line: Line, steps: int) -> bool:
    """Tell whether each link's address stands below that of the one before it: a path, no menu."""
    places = [urlsplit(address).path.rstrip("/") for _, address in line.links]
    deeper = all(low.startswith(f"{high}/") for high, low in pairwise(places))
    return len(places) >= steps and not places[0] and deeper


def _pieces(line: Line) -> list[str]:
    """Part a line at its separators and at the edges of its links."""
    pieces: list[str] = []
    rest = line.text
    parted = bool(_STRONG_SEPARATOR.search(rest))
    for linked, _ in line.anchors:
        if not linked or linked not in rest:
            continue
        before, _, after = rest.partition(linked)
        if parted and pieces and not before.strip():
            pieces.clear()  # what no separator joins to the path stands beside it
        pieces += _parts(before)
        pieces += _parts(linked) if _STRONG_SEPARATOR.search(linked) else [linked]
        rest = after
    return [piece.strip(_TRIM) for piece in [*pieces, *_parts(rest)] if piece.strip(_TRIM)]


def _parts(text: str) -> list[str]:
    return _SEPARATOR.split(_LABEL.sub("", text, count=1))


def _without_ends(items: list[str], headline: str) -> list[str]:
    """Leave out what is no section: the page's kind, the headline whole or cut, long texts."""
    wanted = key(headline)
    kept = []
    for item in items:
        stem = key(item).rstrip(".…")
        is_headline = stem == wanted or (len(stem) >= 6 and stem in wanted)
        if item in _LAST_STEPS or is_headline or not stem:
            continue
        if len(item) <= _MAX_ITEM and any(char.isalnum() for char in item):
            kept.append(item)
    return kept
