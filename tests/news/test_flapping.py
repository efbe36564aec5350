"""Versions of content that goes to and fro: none new is lost, and their number is bounded."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from news.article import Article, Block
from news.versions import Flips, Known, Policy, content_digest, decide
from news.visits import Finding, State, Visit

START = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = Policy()
Looks = list[tuple[str, float]]  # what a look saw, and hours since the look before

SEEN = st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0.1, 40)), min_size=1, max_size=40)


def replay(looks: Looks) -> list[tuple[str, datetime]]:
    """Return the versions that a series of looks opens, with their times."""
    versions: list[tuple[str, datetime]] = []
    returns: list[datetime] = []
    run: tuple[str, datetime] | None = None  # the content the last looks saw, since when
    flapping, at = False, START
    for content, hours in looks:
        at += timedelta(hours=hours)
        steady = run[1] if run and run[0] == content else None
        flips = Flips(
            flapping=flapping,
            seen_before=content in {version for version, _ in versions},
            returns=sum(moment > at - POLICY.flap_time for moment in returns),
            steady_since=steady,
        )
        known = Known(State.LIVE, versions[-1][0] if versions else None, flips=flips)
        visit = Visit("s", "http://n.example/1.html", at, Finding.READ)
        decision = decide(known, visit, content, POLICY)
        if decision.opens_version:
            returns += [at] if flips.seen_before else []
            versions.append((content, at))
        flapping = decision.flapping
        run = (content, steady or at)
    return versions


@given(SEEN)
def test_every_content_that_was_never_seen_before_is_a_version_at_once(looks: Looks) -> None:
    opened = {content for content, _ in replay(looks)}
    assert opened == {content for content, _ in looks}


@given(SEEN)
def test_neighbouring_versions_differ(looks: Looks) -> None:
    contents = [content for content, _ in replay(looks)]
    assert all(one != other for one, other in pairwise(contents))


@given(SEEN)
def test_within_a_day_no_more_returns_are_versions_than_the_policy_says(looks: Looks) -> None:
    versions = replay(looks)
    met: set[str] = set()
    returns = []
    for content, at in versions:
        returns += [at] if content in met else []
        met.add(content)
    for at in returns:
        within = [one for one in returns if at - POLICY.flap_time < one <= at]
        # one more may be the content that stood when the flapping had ended
        assert len(within) <= POLICY.most_returns + 1


@given(st.sampled_from(["AB", "BC", "CA"]), st.floats(25, 400))
def test_slow_flips_are_versions_all(pair: str, hours: float) -> None:
    looks = [(content, hours) for content in pair * 6]
    assert len(replay(looks)) == len(looks)


def test_there_and_back_is_three_versions() -> None:
    assert [content for content, _ in replay([("A", 1), ("B", 1), ("A", 1)])] == ["A", "B", "A"]


NOISE = st.sampled_from(["\u200b", "\u3000", "\ufeff", " \u3000"])
TEXT = st.text(st.sampled_from("大桥今日通车两岸居民出行方便"), min_size=1, max_size=30)


@given(TEXT, NOISE, st.integers(0, 30))
def test_presentation_never_makes_a_version(text: str, noise: str, place: int) -> None:
    changed = text[:place] + noise + text[place:]
    assert digest(text) == digest(changed)


@given(TEXT, st.sampled_from("0123456789一不未？"), st.integers(0, 30))
def test_a_character_with_meaning_always_does(text: str, sign: str, place: int) -> None:
    assert digest(text) != digest(text[:place] + sign + text[place:])


def digest(text: str) -> str:
    return content_digest(Article("http://n.example/1.html", "标题", body=(Block(text),)))
