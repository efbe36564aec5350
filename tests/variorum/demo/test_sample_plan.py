"""The plan of the sample site: complete, repeatable, and such that a crawl can find all of it."""

from datetime import timedelta
from itertools import pairwise

import pytest

from variorum.demo.plan import ROUND_HOURS, draw_timeline, timeline_edits
from variorum.demo.timeline import Habit, Timeline
from variorum.demo.truth import timeline_truth

HOME = "http://127.0.0.1:8437/"


@pytest.fixture(scope="module", params=range(8))
def timeline(request: pytest.FixtureRequest) -> Timeline:
    return draw_timeline(request.param)


def test_the_same_seed_draws_the_same_truth() -> None:
    assert timeline_truth(draw_timeline(4), HOME) == timeline_truth(draw_timeline(4), HOME)


def test_another_seed_draws_another_truth() -> None:
    first, second = (timeline_truth(draw_timeline(seed), HOME) for seed in (4, 5))
    assert first["articles"] != second["articles"]


def test_every_kind_of_edit_occurs_whatever_the_seed(timeline: Timeline) -> None:
    names = {edit.name for _, edit in timeline_edits(timeline)}
    assert len(names) == 19


def test_articles_are_taken_away_in_all_four_ways_and_three_come_back(timeline: Timeline) -> None:
    truth = timeline_truth(timeline, HOME)
    how = [removal["how"] for article in truth["articles"] for removal in article["removals"]]
    assert set(how) == {"not_found", "gone", "notice", "redirect_home"}
    returns = [back["edited"] for article in truth["articles"] for back in article["returns"]]
    assert sorted(returns) == [False, False, True]


def test_no_version_lasts_less_than_one_round(timeline: Timeline) -> None:
    """An edit between two rounds that another one overtakes could be seen by nobody."""
    for course in timeline.courses.values():
        for before, after in pairwise(course.entries):
            assert any(before.at <= at < after.at for at in timeline.rounds)


def test_a_removal_lasts_over_two_rounds_half_an_hour_apart(timeline: Timeline) -> None:
    for course in timeline.courses.values():
        for before, after in pairwise(course.entries):
            if before.habit and not before.hiccup:
                seen = [at for at in timeline.rounds if before.at <= at < after.at]
                assert len(seen) >= 2
                assert seen[1] - seen[0] >= timedelta(minutes=30)


def test_every_removal_can_be_confirmed_before_the_end(timeline: Timeline) -> None:
    for course in timeline.courses.values():
        if course.last.habit:
            looks = sum(at >= course.last.at for at in timeline.rounds)
            assert looks >= (1 if course.last.habit is Habit.GONE else 2)


def test_an_article_that_no_list_shows_any_more_is_edited(timeline: Timeline) -> None:
    delisted = [course for course in timeline.courses.values() if course.delisted_at]
    assert [
        course
        for course in delisted
        if course.delisted_at and course.last.at > course.delisted_at and course.last.edits
    ]
    for course in delisted:
        listed = {story.path for story in timeline.listed(None, timeline.rounds[-1])}
        assert course.path not in listed


def test_nothing_is_edited_between_the_first_two_rounds(timeline: Timeline) -> None:
    start, end = timeline.rounds[:2]
    assert not [s for s, _ in timeline_edits(timeline) if start <= s.at < end]
    assert len(timeline.rounds) == len(ROUND_HOURS)


def test_an_edit_taken_back_is_a_third_version_equal_to_the_first(timeline: Timeline) -> None:
    truth = timeline_truth(timeline, HOME)
    again = [
        version
        for article in truth["articles"]
        for version in article["versions"]
        if version["same_as"]
    ]
    assert len(again) >= 2
    assert all(version["same_as"] < version["number"] for version in again)
