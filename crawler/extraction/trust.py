"""Whether what a profile's selectors found may be what they were written for: sites change.

A selector that finds nonsense is as good as one that finds nothing: general rules decide then.
"""

from datetime import datetime, timedelta

from crawler.extraction.container import find_container
from crawler.extraction.lines import Line, Node
from crawler.extraction.phrases import key
from news.article import PrintedTime

# A text area with less than this part of the prose of the page's best one is not the article's.
_LEAST = 0.25
_LONGEST_HEADLINE = 150
_SHORTEST_TITLE = 6  # characters of a headline that the page's title can be told by
_LONGEST_SOURCE = 30
_TOMORROW = timedelta(days=1)


def trusted_body(lines: list[Line], chosen: Node | None) -> Node | None:
    """Return the chosen element where it may be an article's text, else None.

    It is not where most of it is links, or where the page has far more prose in another place.
    """
    if chosen is None:
        return None
    inside = lines[chosen.first : chosen.last]
    size = sum(len(line.text) for line in inside)
    if 2 * sum(line.linked for line in inside) > size:
        return None
    best = find_container(lines)
    if best is None or best.is_within(chosen):
        return chosen
    prose = sum(line.prose for line in inside)
    best_prose = sum(line.prose for line in lines[best.first : best.last])
    return chosen if prose >= _LEAST * best_prose else None


def is_headline(text: str, general: str | None, title: str) -> bool:
    """Tell whether a text may be the headline, `general` being what general rules take for it.

    It is not where the page's title begins with the other one and not with it.
    """
    if len(text) > _LONGEST_HEADLINE:
        return False
    other, own, titled = key(general or ""), key(text), key(title)
    if len(other) < _SHORTEST_TITLE or not titled.startswith(other):
        return bool(own)
    shortened = len(own) >= _SHORTEST_TITLE and own in other
    return bool(own) and (titled.startswith(own) or other in own or shortened)


def is_possible_time(time: PrintedTime | None, now: datetime) -> bool:
    """Tell whether an article fetched at `now` may have been published then."""
    return time is not None and time.at <= now + _TOMORROW


def is_possible_source(text: str | None) -> bool:
    """Tell whether a text may name a source: it is short and no date."""
    return bool(text) and len(text or "") <= _LONGEST_SOURCE and not _has_year(text or "")


def _has_year(text: str) -> bool:
    return any(
        text[i : i + 2] in {"19", "20"} and text[i : i + 4].isdigit() for i in range(len(text))
    )
