"""The lead: a summary that stands between the info line and the element with the text."""

from crawler.extraction import phrases
from crawler.extraction.headline import FoundHeadline
from crawler.extraction.lines import Line
from crawler.extraction.marks import BOILERPLATE, Mark

_LEAD_WITHIN = 16  # lines below the headline
_SHORTEST_LEAD = 15  # characters
_NO_LEAD = sum(BOILERPLATE) | Mark.HIDDEN | Mark.CAPTION


def with_lead(lines: list[Line], inside: list[Line], headline: FoundHeadline) -> list[Line]:
    """Return the lines with those of a summary that stands between the info line and them."""
    end = inside[0].index
    if headline.last is None or not 0 < end - headline.last <= _LEAD_WITHIN:
        return inside
    dated, start = False, None
    for line in lines[headline.last + 1 : end]:
        if dated and start is None and phrases.ends_as_caption(line.text):
            start = line.index
        if dated and _is_lead(line):
            return lines[line.index if start is None else start : inside[-1].index + 1]
        dated = dated or phrases.is_clock_line(line.text) or phrases.is_day_line(line.text)
        dated = dated or phrases.tells_time(line.text)
    return inside


def _is_lead(line: Line) -> bool:
    """Tell whether a line is a plain sentence, no link, notice or credit."""
    text = line.text
    sentence = len(text) >= _SHORTEST_LEAD and text.endswith(("。", "！", "？", "”", "……"))
    if not sentence or line.linked or line.marks & _NO_LEAD:
        return False
    return not (phrases.is_notice(text) or phrases.is_prompt(text) or phrases.is_teaser(text))
