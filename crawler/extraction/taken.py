"""What a profile's selectors found, and the page's comment states, among what the lines told."""

from datetime import datetime, tzinfo

from crawler.extraction.head import Head
from crawler.extraction.info import Info
from crawler.extraction.selectors import Selected
from crawler.extraction.trust import is_possible_source, is_possible_time
from news.credits import clean_source, parse_credit_line, parse_original_headline
from news.dates import parse_time


def take_selected(selected: Selected, info: Info, zone: tzinfo, now: datetime) -> None:
    """Let what the profile's selectors find stand before what general rules found.

    `now` is when the page was had. What cannot be meant leaves the general rules' finding.
    """
    if selected.published:
        time = parse_time(selected.published, zone=zone, now=now)
        info.published_at, before = None, info.published_at
        info.date(time if is_possible_time(time, now) else None, "profile")
        info.published_at = info.published_at or before
    if selected.source:
        found = parse_credit_line(selected.source, position="head", zone=zone).source
        named = found or clean_source(selected.source)
        info.source, printed = None, info.source
        info.name_source(named if is_possible_source(named) else None, "profile")
        info.source = info.source or printed
    if selected.original_headline:
        original = parse_original_headline(selected.original_headline)
        info.original_headline, read = None, info.original_headline
        info.name_original(original, "profile")
        info.original_headline = info.original_headline or read
    for text in selected.credits:
        info.take(parse_credit_line(text, position="foot", zone=zone), "profile")


def add_stated_author(head: Head, info: Info, zone: tzinfo) -> None:
    """Take the author whom the page's comment states, where the page itself names nobody."""
    author = head.metas.get("enp:author")
    if author and not info.credits:
        stated = parse_credit_line(f"作者：{author}", position="foot", zone=zone)
        info.add(stated.credits, "comment enpproperty")
