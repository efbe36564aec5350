"""An article survives the database unchanged."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from news.article import Article, Block, Credit, Image, PartyKind, Precision, PrintedTime, Role
from storage.columns import UtcDateTime, utc_text
from storage.rows import load, save, storable

# Everything a database can hold: no NUL, no halves of surrogate pairs.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
lines = texts.map(lambda text: text.replace("\n", "").replace("\r", ""))
maybe = st.none() | texts


@st.composite
def printed_times(draw: st.DrawFn) -> PrintedTime:
    precision = draw(st.sampled_from(Precision))
    zone = timezone(timedelta(minutes=draw(st.integers(-14 * 60, 14 * 60))))
    at = draw(st.datetimes()).replace(microsecond=0, tzinfo=zone)
    if precision is Precision.DAY:
        at = at.replace(hour=0, minute=0, second=0)
    elif precision is Precision.MINUTE:
        at = at.replace(second=0)
    return PrintedTime(at, precision, draw(st.booleans()))


articles = st.builds(
    Article,
    url=texts,
    headline=texts,
    kicker=maybe,
    subheadline=maybe,
    original_headline=maybe,
    section=st.lists(texts | st.sampled_from([">", " > ", "\\", "a\\>"]), max_size=4).map(tuple),
    published_at=st.none() | printed_times(),
    modified_at=st.none() | printed_times(),
    source=maybe,
    source_url=maybe,
    credits=st.lists(
        st.builds(
            Credit,
            role=st.sampled_from(Role),
            name=texts,
            kind=st.sampled_from(PartyKind),
            affiliation=maybe,
            level=st.none() | st.integers(1, 3),
            label=maybe,
        ),
        max_size=4,
    ).map(tuple),
    body=st.lists(st.builds(Block, text=lines, heading=st.booleans()), max_size=5).map(tuple),
    images=st.lists(st.builds(Image, url=texts, caption=maybe), max_size=3).map(tuple),
    contact_email=maybe,
    contact_phone=maybe,
    keywords=st.lists(texts, max_size=3).map(tuple),
    language=maybe,
    declared_canonical=maybe,
)


class Row:
    """A row as the database gives it: values by attribute."""

    def __init__(self, values: dict[str, object]) -> None:
        self.__dict__.update(values)


@given(articles)
def test_loading_what_was_saved_gives_the_same_article(article: Article) -> None:
    rows = save(article)
    assert load(rows.columns, rows.text, [Row(credit) for credit in rows.credits]) == article


@given(articles)
def test_a_printed_time_comes_back_as_it_was_printed(article: Article) -> None:
    rows = save(article)
    loaded = load(rows.columns, rows.text, [Row(credit) for credit in rows.credits])
    for before, after in (
        (article.published_at, loaded.published_at),
        (article.modified_at, loaded.modified_at),
    ):
        assert (before and before.isoformat()) == (after and after.isoformat())


@given(articles)
def test_what_can_be_stored_is_left_as_it_is(article: Article) -> None:
    assert storable(article) == article


@given(articles, articles)
def test_the_digest_of_all_fields_is_equal_for_equal_articles_alone(
    one: Article, other: Article
) -> None:
    equal = save(one).columns["fields_digest"] == save(other).columns["fields_digest"]
    printed = [
        [
            time and (time.isoformat(), time.at.utcoffset())
            for time in (a.published_at, a.modified_at)
        ]
        for a in (one, other)
    ]
    assert equal == (one == other and printed[0] == printed[1])


def test_a_section_reads_well_in_sql() -> None:
    assert save(Article("u", "h", section=("首页", "湖滨", "要闻"))).columns["section"] == (
        "首页 > 湖滨 > 要闻"
    )


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01T00:00:00.000000Z"),
        (
            datetime(2026, 11, 1, 8, tzinfo=timezone(timedelta(hours=8))),
            "2026-11-01T00:00:00.000000Z",
        ),
        (datetime(812, 1, 1, tzinfo=UTC), "0812-01-01T00:00:00.000000Z"),
    ],
)
def test_a_moment_is_stored_as_text_that_sorts(moment: datetime, text: str) -> None:
    assert utc_text(moment) == text


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_moments_sort_as_their_texts(one: datetime, other: datetime) -> None:
    assert (one < other) == (utc_text(one) < utc_text(other))


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 1), sqlite.dialect())  # noqa: DTZ001
