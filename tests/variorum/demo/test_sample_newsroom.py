"""The sample site's stories and edits: drawn from the seed, and each edit what it says it is."""

from datetime import datetime, timedelta
from random import Random

import pytest

from news.article import Precision
from news.versions import compared_fields, content_digest
from variorum.demo.edits import all_edits
from variorum.demo.newsroom import ZONE, Newsroom, Story
from variorum.demo.prose import load_genres, load_world

MORNING = datetime(2026, 3, 2, 7, 30, 12, tzinfo=ZONE)


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    newsroom = Newsroom(11)
    return [newsroom.compose(MORNING - timedelta(hours=hour)) for hour in range(80)]


def test_the_same_seed_composes_the_same_stories_and_another_seed_others() -> None:
    first, again, other = (Newsroom(seed).compose(MORNING) for seed in (5, 5, 6))
    assert first == again
    assert first.article.body != other.article.body


def test_stories_fill_every_channel_and_no_two_have_the_same_headline(
    stories: list[Story],
) -> None:
    assert {story.channel for story in stories} == set(load_world().channels)
    assert len({story.article.headline for story in stories}) == len(stories)


def test_no_slot_of_a_template_is_left_in_a_story(stories: list[Story]) -> None:
    for story in stories:
        texts = [block.text for block in story.article.body]
        texts += [story.article.headline, *story.material.paragraphs]
        assert not [text for text in texts if "{" in text or "}" in text]


def test_every_genre_belongs_to_a_channel_of_the_portal() -> None:
    assert {genre.channel for genre in load_genres()} == set(load_world().channels)


def test_nobody_of_the_staff_appears_in_a_story(stories: list[Story]) -> None:
    staff = Newsroom(11).staff.everyone
    for story in stories:
        text = "".join(block.text for block in story.article.body)
        assert not [name for name in staff if len(name) > 2 and name in text]


def test_the_old_template_prints_no_seconds(stories: list[Story]) -> None:
    for story in stories:
        published = story.article.published_at
        assert published is not None
        wanted = Precision.MINUTE if story.old_template else Precision.SECOND
        assert published.precision is wanted


NAMES = list(all_edits(Newsroom(11).staff, ("甲报", "乙报")))


@pytest.mark.parametrize("name", NAMES)
def test_an_edit_changes_its_own_field_and_nothing_else(name: str, stories: list[Story]) -> None:
    newsroom = Newsroom(11)
    editing = all_edits(newsroom.staff, newsroom.world.pools["outlet"])[name]
    drafts = [(story, editing(story, Random(1))) for story in stories]
    applied = [(story, draft) for story, draft in drafts if draft]
    assert applied, "no story in eighty to which the edit applies"
    for story, (edited, edit) in applied:
        before, after = compared_fields(story.article), compared_fields(edited.article)
        differing = {
            key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
        }
        assert differing == {edit.field}
        assert edited.path == story.path
        assert content_digest(edited.article) != content_digest(story.article)
