"""A site gets a new template and the extractor new rules, at the same time: no edit is made up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.extraction.identity import extractor_id
from crawler.run import CrawlOptions, CrawlSummary, crawl, run
from crawler.sites.load import find_profile
from crawler.sites.profile import SiteProfile
from storage.archive import Archive
from storage.engine import reading
from storage.integrity import check
from storage.tables import changes, events, readings, versions
from variorum.demo.clock import SimulatedClock
from variorum.demo.plan import draw_timeline
from variorum.demo.server import SampleServer, serving
from variorum.demo.site import Answer, Site

SEED = 4


@dataclass
class Redesigned(Site):
    """The sample site; once redesigned, the same articles in other markup, always sent whole."""

    redesigned: bool = False

    def answer(self, target: str, conditions: Mapping[str, str], now: datetime) -> Answer:
        found = super().answer(target, {}, now)
        if not self.redesigned or found.status != 200 or b"<body" not in found.body:
            return found
        return replace(found, body=redesign(found.body.decode("latin-1")).encode("latin-1"))


def redesign(page: str) -> str:
    """Other class names, headlines in h1, wrappers, a new bar; on bytes of either charset."""
    page = re.sub(r'<div class="title">(.*?)</div>', r'<h1 class="headline">\1</h1>', page)
    page = re.sub(r'class="([\w-]+)"', r'class="v2-\1"', page)
    links = '<a href="/">&#39318;&#39029;</a> <a href="/v2/">&#26032;&#29256;</a>'
    bar = f'<nav class="v2-bar">{links}</nav>'
    page = re.sub(r"(<body[^>]*>)", rf'\1{bar}<div class="v2-app"><div class="v2-grid">', page)
    return page.replace("</body>", "</div></div></body>")


class Story:
    """The sample site with its archive, crawled whenever that is asked for."""

    def __init__(self, archive: Archive, server: SampleServer, site: Redesigned) -> None:
        self.archive, self.server, self.site = archive, server, site
        self.clock = SimulatedClock(site.timeline.rounds[0])

    def profile(self, *, upgraded: bool) -> SiteProfile:
        """The site's profile; upgraded it reads by the general rules alone."""
        found = find_profile("sample").with_home(f"http://{self.server.address}/")
        rules = found.reading.model_copy(update={"templates": ()}) if upgraded else found.reading
        return found.model_copy(update={"reading": rules})

    def crawl(self, *, upgraded: bool) -> CrawlSummary:
        options = CrawlOptions(allow_addresses=frozenset({self.server.address}), use_proxy=False)
        profile = self.profile(upgraded=upgraded)
        return run(lambda: crawl(self.archive, profile, options=options, clock=self.clock))


@pytest.mark.parametrize(
    ("redesigned", "upgraded"),
    [(True, False), (False, True), (True, True)],
    ids=["redesign", "upgrade", "redesign and upgrade"],
)
def test_neither_a_redesign_nor_an_upgrade_makes_an_edit(
    engine: Engine, redesigned: bool, upgraded: bool
) -> None:
    timeline = draw_timeline(SEED)
    site = Redesigned(timeline)
    with serving(site, lambda: timeline.rounds[0] + timedelta(minutes=1)) as server:
        story = Story(Archive(engine), server, site)
        first = story.crawl(upgraded=False)
        site.redesigned = redesigned
        second = story.crawl(upgraded=upgraded)
    assert first.counts.new >= 15
    assert (second.counts.changed, second.counts.new) == (0, 0)
    assert second.counts.unchanged == first.counts.new, "each one was read and held against"
    with reading(engine) as connection:
        count = sa.func.count()
        assert connection.scalar(sa.select(count).select_from(changes)) == 0
        assert connection.scalar(sa.select(count).select_from(versions)) == first.counts.new
        kinds = set(connection.scalars(sa.select(events.c.kind)))
        assert kinds == {"first_read"}
        extractors = connection.scalar(sa.select(sa.func.count(readings.c.extractor.distinct())))
        assert extractors == 1 + upgraded
    assert check(engine) == []


def test_the_upgraded_rules_are_another_extractor() -> None:
    rules = find_profile("sample").reading
    assert extractor_id(rules) != extractor_id(rules.model_copy(update={"templates": ()}))
