"""The headline: the line that the title names, in the place and markup where headlines stand."""

import re
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from crawler.extraction.head import Head, text_of
from crawler.extraction.lines import Line
from crawler.extraction.marks import Mark
from crawler.extraction.phrases import is_info_line, key
from news.names import is_organization
from news.text import fold

_MAX_LENGTH = 160
_PARAGRAPH = 60.0
_LEVEL_WEIGHT = {1: 3.0, 2: 2.5, 3: 2.0, 4: 1.5, 5: 1.5, 6: 1.0}
_OUTSIDE = Mark.CRUMB | Mark.NAVIGATION | Mark.RELATED | Mark.COMMENT | Mark.SHARE | Mark.FOOT
_THRESHOLD = 3.0
_LEAST_MARKED = 0.3  # of a line that markup alone makes a headline
_SHORTEST = 4
_LEAST_PART = 6  # characters of a title that say which story it is
_EDITION = re.compile("[报報](?:多媒体|多媒體)?(?:数字|數字|电子|電子)?(?:[版报報])?$")
_SENTENCE_ENDS = ("。", "；", "：", "，")
_TITLE_BREAKS = ("_", "|", "｜", "-", "—", "–", "丨")


@dataclass(frozen=True, slots=True)
class FoundHeadline:
    """A headline and the indexes of the lines that it stands on; none if from the head alone."""

    text: str
    first: int | None = None
    last: int | None = None


def find_headline(lines: list[Line], head: Head, body_start: int) -> FoundHeadline | None:
    """Return the headline, None where neither a line nor the head gives one.

    `body_start` is the index of the first line of the body's container.
    """
    ranked = rank_headlines(lines, head, body_start)
    if ranked:
        return max(reversed(ranked), key=lambda item: item[0])[1]
    told = head.first("og:title", "articletitle", "twitter:title")
    spare = told or _first_segment(_behind_outlet(head.title))
    if not spare or is_organization(fold(spare)) or _is_linked(spare, lines):
        # The title is the site's name alone: of no help, so layout has to do.
        marked = rank_headlines(lines, head, body_start, least=_LEAST_MARKED)
        if marked:
            return max(reversed(marked), key=lambda item: item[0])[1]
    return FoundHeadline(spare) if spare else None


def rank_headlines(
    lines: list[Line], head: Head, body_start: int, least: float = _THRESHOLD
) -> list[tuple[float, FoundHeadline]]:
    """Return the lines that may be the headline, each with its score, in page order."""
    titles = _titles(head)
    short = _shortened(head)
    told = "\n".join([head.title, *titles])
    scored = [
        (_score(candidate.text, line, (titles, short), body_start), candidate)
        for candidate, line in _candidates(lines, body_start, told)
    ]
    return [item for item in scored if item[0] >= least]


def _titles(head: Head) -> list[str]:
    """Return what the head calls the page, the most telling first, as keys."""
    named = [
        text_of(head.linked_data.get("headline")),
        head.first("og:title"),
        head.first("articletitle", "twitter:title"),
        _behind_outlet(head.title),
    ]
    return [key(title) for title in named if title and len(key(title)) >= 4]


def _shortened(head: Head) -> str:
    """Return the `<title>` without the site's name, as a key: sites cut long headlines there."""
    front = _first_segment(_behind_outlet(head.title))
    return "" if is_organization(fold(front)) else key(front)


def _candidates(lines: list[Line], body_start: int, told: str) -> list[tuple[FoundHeadline, Line]]:
    """Return the lines that may be a headline, those of one heading element joined."""
    found: list[tuple[FoundHeadline, Line]] = []
    # A container that holds the headline too begins above it: look some lines into it, but not
    # below its first paragraphs.
    paragraphs = 0
    for line in lines[: body_start + 12]:
        paragraphs += line.index >= body_start and line.prose >= _PARAGRAPH
        if paragraphs > 1:
            break
        if line.marks & Mark.HIDDEN or len(line.text) > _MAX_LENGTH:
            continue
        if found and line.after_break and line.level and found[-1][1].block is line.block:
            if is_info_line(line.text):
                continue  # set below the headline in one heading element
            joined = f"{found[-1][0].text} {line.text}"
            found[-1] = (FoundHeadline(joined, found[-1][0].first, line.index), line)
        elif len(line.text) >= 2 and _may_score(line, told):
            found.append((FoundHeadline(line.text, line.index, line.index), line))
    return found


def _may_score(line: Line, told: str) -> bool:
    """Spare most lines their score: a button or a link is no headline that no title repeats."""
    if line.level or line.marks & Mark.HEADLINE:
        return True
    text = line.text
    return (len(text) >= 8 and line.linked <= 0.6 * len(text)) or text in told


def _score(text: str, line: Line, told: tuple[list[str], str], body_start: int) -> float:
    wanted = key(text)
    if len(wanted) < 4:
        return 0.0
    titles, short = told
    score = _likeness(wanted, titles)
    heads = line.level or line.marks & Mark.HEADLINE or line.bold >= len(wanted) - 2
    if heads and not text.endswith(_SENTENCE_ENDS) and not is_info_line(text):
        score = max(score, _fullness(wanted, short))
    score += _LEVEL_WEIGHT.get(line.level, 0.0)
    score += 1.5 if line.marks & Mark.HEADLINE else 0.0
    score += 0.5 if line.bold >= len(wanted) - 2 else 0.0
    score -= 3.0 if line.marks & _OUTSIDE else 0.0
    score -= 3.0 if line.linked > 0.6 * len(text) else 0.0
    # Near the text, and above it, is where headlines stand.
    distance = body_start - line.index
    return score - min(2.0, 0.02 * distance if distance >= 0 else 0.1 * -distance)


def _likeness(wanted: str, titles: list[str]) -> float:
    """Return 0 to 6: how well a line agrees with what the head calls the page."""
    best = 0.0
    stem = wanted.rstrip(".…")
    for title in titles:
        if wanted == title:
            return 6.0
        if len(stem) >= 4 and title.startswith(stem):
            best = max(best, 4.0 + min(1.9, 3.0 * len(stem) / len(title)))
        elif stem in title or title in wanted:
            best = max(best, 5.5 * min(len(stem), len(title)) / max(len(stem), len(title)))
        elif len(wanted) >= 8 and wanted[0] in title:
            alike = ratio(wanted, title[: 2 * len(wanted)], score_cutoff=60) / 100
            best = max(best, 5.0 * alike)
    return best


def _fullness(wanted: str, short: str) -> float:
    """Return 0, or 2 to 5.9: how surely a heading is the headline that a title cuts short."""
    if len(short) < _LEAST_PART or short not in wanted:
        return 0.0
    return 2.0 + 2.0 * wanted.startswith(short) + 1.9 * len(short) / len(wanted)


def _is_linked(title: str, lines: list[Line]) -> bool:
    """Tell whether a page links to its title's words alone: they are the site's name then."""
    return any(text == title for line in lines for text, _ in line.anchors)


def _behind_outlet(title: str) -> str:
    """Return what follows the name of a paper's edition that a title begins with."""
    for mark in _TITLE_BREAKS:
        front, _, rest = title.partition(mark)
        if len(rest.strip()) >= _SHORTEST and _EDITION.search(fold(front.strip())):
            return rest.strip()
    return title


def _first_segment(title: str) -> str:
    """Return the title without the names of section and site that follow the headline."""
    for mark in _TITLE_BREAKS:
        front = title.partition(mark)[0].strip()
        if 6 <= len(front) < len(title):
            return front
    return title.strip()
