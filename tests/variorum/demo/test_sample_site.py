"""What the sample site answers: pages, noise, validators, habits of removal."""

from datetime import datetime
from http.client import HTTPConnection
from random import Random

import pytest
from lxml import html

from variorum.demo.plan import draw_timeline
from variorum.demo.server import serving
from variorum.demo.site import Site, article_validators
from variorum.demo.timeline import Course, Habit, Timeline

TIMELINE = draw_timeline(2)
START = TIMELINE.rounds[0]
LIVE = [course for course in TIMELINE.courses.values() if course.at(START)]


@pytest.fixture
def site() -> Site:
    return Site(TIMELINE, Random(0))


def page(site: Site, path: str, now: datetime = START) -> html.HtmlElement:
    answer = site.answer(path, {}, now)
    assert answer.status == 200
    encoding = "utf-8" if "utf-8" in dict(answer.headers)["Content-Type"] else "gbk"
    return html.fromstring(answer.body.decode(encoding))


@pytest.mark.parametrize("old", [False, True], ids=["present template", "earlier template"])
def test_an_article_page_shows_every_fact_of_its_story(site: Site, old: bool) -> None:
    for course in LIVE:
        story = course.entries[0].story
        if story.old_template is old:
            text = page(site, course.path).text_content()
            facts = [story.article.headline, story.article.source, story.article.original_headline]
            facts += [block.text for block in story.article.body]
            facts += [credit.name for credit in story.article.credits]
            facts += [image.caption for image in story.article.images]
            assert [fact for fact in facts if fact and fact not in text] == []


def test_two_fetches_of_a_page_differ_in_noise_and_in_nothing_of_the_article(site: Site) -> None:
    course = next(course for course in LIVE if not course.entries[0].story.old_template)
    first, second = page(site, course.path), page(site, course.path)
    assert html.tostring(first) != html.tostring(second)
    paragraphs = "//div[@class='pimg']/p"
    assert [p.text_content() for p in first.xpath(paragraphs)] == [
        p.text_content() for p in second.xpath(paragraphs)
    ]


def test_pages_of_the_earlier_template_are_the_same_bytes_at_every_fetch(site: Site) -> None:
    course = next(course for course in LIVE if course.entries[0].story.old_template)
    assert site.answer(course.path, {}, START).body == site.answer(course.path, {}, START).body


def test_the_lists_lead_to_every_article_that_is_listed(site: Site) -> None:
    found: set[str] = set()
    for channel in ("yw", "sh", "ms", "jj", "wh", "jy"):
        first = page(site, f"/zj/jiahe/{channel}/")
        for address in first.xpath("//div[@class='page']/a/@href"):
            found.update(page(site, address).xpath("//ul[@class='list']//a/@href"))
    assert found == {story.path for story in TIMELINE.listed(None, START)}
    assert len(found) == len(LIVE)


def test_a_list_page_beyond_the_last_is_not_found(site: Site) -> None:
    assert site.answer("/zj/jiahe/yw/index_99.html", {}, START).status == 404


def test_a_matching_tag_or_date_is_answered_304_and_an_old_one_in_full(site: Site) -> None:
    kinds = set()
    for course in LIVE:
        validators = article_validators(course.entries[0])
        kinds.add(frozenset(validators))
        names = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        asked = {names[name]: value for name, value in validators.items()}
        wanted = 304 if validators else 200
        assert site.answer(course.path, asked, START).status == wanted
        stale = dict.fromkeys(asked, 'W/"other"')
        assert site.answer(course.path, stale, START).status == 200
    assert len(kinds) == 4  # both, either, none


def test_validators_change_with_the_article() -> None:
    for course in TIMELINE.courses.values():
        edited = [served for served in course.entries if served.edits]
        for served in edited:
            first = article_validators(course.entries[0])
            now = article_validators(served)
            if first and served.edits[0].name != "reversal":
                assert first != now


ANSWERS = {
    Habit.NOT_FOUND: (404, "不存在"),
    Habit.GONE: (410, "已删除"),
    Habit.NOTICE: (200, "文章不存在或已被删除"),
    Habit.REDIRECT_HOME: (302, ""),
    Habit.ERROR: (500, "错误"),
}


@pytest.mark.parametrize("habit", ANSWERS, ids=str)
def test_each_habit_of_removal_has_its_answer(site: Site, habit: Habit) -> None:
    status, text = ANSWERS[habit]
    course, at = _first(TIMELINE, habit)
    answer = site.answer(course.path, {}, at)
    assert answer.status == status
    assert text in answer.body.decode()
    assert ("Location", "/") in answer.headers or habit is not Habit.REDIRECT_HOME


def _first(timeline: Timeline, habit: Habit) -> tuple[Course, datetime]:
    return next(
        (course, served.at)
        for course in timeline.courses.values()
        for served in course.entries
        if served.habit is habit
    )


def test_a_list_page_fails_for_one_round_and_works_again(site: Site) -> None:
    (hiccup,) = TIMELINE.list_hiccups
    assert site.answer(hiccup.path, {}, hiccup.since).status == 500
    assert site.answer(hiccup.path, {}, hiccup.until).status == 200


def test_the_server_answers_over_http_with_the_clock_it_was_given(site: Site) -> None:
    course = LIVE[0]
    with serving(site, lambda: START) as server:
        connection = HTTPConnection(server.address, timeout=10)
        for path, status in ((course.path, 200), ("/robots.txt", 200), ("/none", 404)):
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == status
            assert len(body) == int(answer.headers["Content-Length"])
        connection.close()
