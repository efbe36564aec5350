"""What counts as equal text, and what each look means for an article."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Article, Block, Credit, Image, Precision, PrintedTime, Role
from news.versions import Crowd, Known, Policy, content_digest, decide, normal_form
from news.visits import Finding, Outcome, Reason, State, Visit

NOON = datetime(2022, 11, 7, 4, 0, tzinfo=UTC)
POLICY = Policy()


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("１３人（含３名儿童）", "13人(含3名儿童)", "width of digits and brackets"),
        ("，！？：；％", ",!?:;%", "width of punctuation"),
        ("他说“好”", '他说"好"', "curly and straight quotes"),
        ("他说「好」", "他说“好”", "corner and curly quotes"),
        ("『好』", "「好」", "double and single corner brackets"),
        ("it’s", "it's", "apostrophes"),
        ("杭州——宁波", "杭州—宁波", "one and two dashes"),
        ("杭州―宁波", "杭州–宁波", "horizontal bar and en dash"),
        ("等等……", "等等...", "ellipsis as two signs and as dots"),
        ("等等……", "等等…", "ellipsis as two signs and as one"),
        ("　　本报讯", "本报讯", "the indent of a paragraph"),
        ("本报 讯", "本报讯", "a space between Han characters"),
        ("增长 3% 左右", "增长3%左右", "a space between Han characters and digits"),
        ("New\u00a0 York", "New York", "kinds and number of spaces between words"),
        ("本\u200b报\ufeff讯\u00ad", "本报讯", "characters that print nothing"),
        ("本报讯\r\n", "本报讯", "a line break at the end"),
    ],
)
def test_presentation_is_no_difference(one: str, other: str, reason: str) -> None:
    assert normal_form(one) == normal_form(other), reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("死亡3人", "死亡13人", "another number"),
        ("1.5亿元", "15亿元", "a decimal point"),
        ("1.5亿元", "1.5万元", "another scale"),
        ("3.5%", "35%", "a decimal point before a percent sign"),
        ("面积10²", "面积102", "a superscript is not its digit"),
        ("H₂O", "H2O", "a subscript is not its digit"),
        ("①", "1", "a circled digit is not its digit"),
        ("认罪。", "认罪？", "a statement and a question"),
        ("“专家”", "专家", "scare quotes"),
        ("不认罪", "认罪", "a negation"),
        ("1 234", "1234", "two numbers and one"),
        ("-5℃", "5℃", "below and above zero"),
        ("发布", "發布", "simplified and traditional script"),
        ("the rapist", "therapist", "two words and one"),
        ("A队", "a队", "capitals"),
    ],
)
def test_meaning_is_a_difference(one: str, other: str, reason: str) -> None:
    assert normal_form(one) != normal_form(other), reason


TEXTS = st.text(st.sampled_from("甲乙13.,，。？“”\"'‘’—–-…⋯ \u3000\n\u200b²％%aé"), max_size=30)


@given(TEXTS | st.text(max_size=30))
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)


@given(TEXTS, TEXTS)
def test_texts_of_different_digits_are_never_equal(one: str, other: str) -> None:
    def digits(text: str) -> list[str]:
        return [character for character in text if character.isdigit()]

    if digits(one) != digits(other):
        assert normal_form(one) != normal_form(other)


ARTICLE = Article(
    url="http://news.example/a/1.html",
    headline="湖边新桥建成",
    section=("要闻", "民生"),
    published_at=PrintedTime(NOON, Precision.MINUTE),
    source="湖畔日报",
    credits=(Credit(Role.REPORTER, "安一"), Credit(Role.EDITOR, "白二")),
    body=(Block("桥长300米。"), Block("施工", heading=True), Block("工期两年。")),
    images=(Image("http://img.example/a/1.jpg", "新桥"),),
)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (replace(ARTICLE, url="http://m.news.example/a/1.html"), "another address"),
        (replace(ARTICLE, credits=ARTICLE.credits[::-1]), "the order of credits"),
        (
            replace(ARTICLE, credits=tuple(replace(c, label="x") for c in ARTICLE.credits)),
            "how a role is labelled",
        ),
        (replace(ARTICLE, headline="湖边 新桥建成"), "a space in the headline"),
        (replace(ARTICLE, keywords=("桥",), language="zh"), "keywords and language"),
        (replace(ARTICLE, contact_email="desk@news.example"), "the desk's address"),
        (replace(ARTICLE, modified_at=ARTICLE.published_at), "the time of rendering"),
        (
            replace(ARTICLE, images=(Image("https://cdn2.example/a/1.jpg?token=7", "新桥"),)),
            "host and token of an image",
        ),
    ],
)
def test_what_belongs_to_the_template_makes_no_version(other: Article, reason: str) -> None:
    assert content_digest(other) == content_digest(ARTICLE), reason


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (replace(ARTICLE, headline="湖边新桥通车"), "headline"),
        (replace(ARTICLE, kicker="快讯"), "kicker"),
        (replace(ARTICLE, subheadline="工期两年"), "subheadline"),
        (replace(ARTICLE, original_headline="新桥建成"), "original headline"),
        (replace(ARTICLE, section=("要闻",)), "section"),
        (replace(ARTICLE, source="山前晚报"), "source"),
        (replace(ARTICLE, credits=ARTICLE.credits[:1]), "the editor is gone"),
        (
            replace(ARTICLE, credits=(Credit(Role.EDITOR, "安一"), Credit(Role.REPORTER, "白二"))),
            "the roles are exchanged",
        ),
        (
            replace(ARTICLE, published_at=PrintedTime(NOON, Precision.DAY)),
            "the time is printed less finely",
        ),
        (replace(ARTICLE, body=ARTICLE.body[::-1]), "the order of paragraphs"),
        (
            replace(ARTICLE, body=(*ARTICLE.body[:2], Block("工期两年。", heading=True))),
            "a paragraph made a heading",
        ),
        (replace(ARTICLE, images=(Image(ARTICLE.images[0].url, "旧桥"),)), "a caption"),
        (replace(ARTICLE, images=()), "an image"),
    ],
)
def test_what_the_outlet_says_makes_a_version(other: Article, reason: str) -> None:
    assert content_digest(other) != content_digest(ARTICLE), reason


def test_a_relative_time_makes_no_version() -> None:
    """What is worked out from 3小时前 moves with every fetch."""
    times = [PrintedTime(NOON + timedelta(hours=h), Precision.MINUTE, True) for h in (0, 3)]
    one, other = (replace(ARTICLE, published_at=time) for time in times)
    assert content_digest(one) == content_digest(other)


def look(
    finding: Finding,
    after: timedelta = timedelta(0),
    reason: str | None = None,
    site_answers: bool = True,
) -> Visit:
    """Return a look that long after noon."""
    return Visit(
        "lake",
        ARTICLE.url,
        NOON + after,
        finding,
        reason=reason or (Reason.NOT_FOUND if finding is Finding.MISSING else None),
        site_answers=site_answers,
    )


FOUND = Known()
LIVE = Known(State.LIVE, "1:a", NOON - timedelta(hours=1))
SUSPECT = Known(State.SUSPECT, "1:a", NOON - timedelta(hours=1), NOON - timedelta(minutes=30))
JUST_SUSPECT = replace(SUSPECT, first_missing_at=NOON - timedelta(minutes=29))
REMOVED = replace(SUSPECT, state=State.REMOVED)
NOT_ARTICLE = Known(State.NOT_ARTICLE)
ROWS = [
    # known, finding, digest read, outcome, state, event, opens a version, why
    (FOUND, Finding.READ, "1:a", Outcome.NEW, State.LIVE, "first_read", True, "first sight"),
    (FOUND, Finding.MISSING, None, Outcome.MISSING, State.FOUND, None, False, "never was there"),
    (FOUND, Finding.NOT_MODIFIED, None, Outcome.FAILED, State.FOUND, None, False, "304 of nothing"),
    (FOUND, Finding.SAME_BYTES, None, Outcome.FAILED, State.FOUND, None, False, "as what?"),
    (
        FOUND,
        Finding.NOT_ARTICLE,
        None,
        Outcome.NOT_ARTICLE,
        State.NOT_ARTICLE,
        "not_article",
        False,
        "a list page",
    ),
    (NOT_ARTICLE, Finding.READ, "1:a", Outcome.NEW, State.LIVE, "first_read", True, "one now"),
    (LIVE, Finding.READ, "1:a", Outcome.UNCHANGED, State.LIVE, None, False, "equal content"),
    (LIVE, Finding.READ, "1:b", Outcome.CHANGED, State.LIVE, None, True, "other content"),
    (LIVE, Finding.SAME_BYTES, None, Outcome.UNCHANGED, State.LIVE, None, False, "equal bytes"),
    (LIVE, Finding.NOT_MODIFIED, None, Outcome.NOT_MODIFIED, State.LIVE, None, False, "304"),
    (LIVE, Finding.MISSING, None, Outcome.MISSING, State.SUSPECT, "suspected", False, "once"),
    (LIVE, Finding.NOT_ARTICLE, None, Outcome.NOT_ARTICLE, State.LIVE, None, False, "not proven"),
    (LIVE, Finding.BLOCKED, None, Outcome.BLOCKED, State.LIVE, None, False, "a challenge"),
    (LIVE, Finding.FAILED, None, Outcome.FAILED, State.LIVE, None, False, "a time-out"),
    (SUSPECT, Finding.MISSING, None, Outcome.MISSING, State.REMOVED, "removed", False, "twice"),
    (JUST_SUSPECT, Finding.MISSING, None, Outcome.MISSING, State.SUSPECT, None, False, "too soon"),
    (SUSPECT, Finding.BLOCKED, None, Outcome.BLOCKED, State.SUSPECT, None, False, "unknown"),
    (SUSPECT, Finding.FAILED, None, Outcome.FAILED, State.SUSPECT, None, False, "unknown"),
    (SUSPECT, Finding.READ, "1:a", Outcome.UNCHANGED, State.LIVE, "cleared", False, "there"),
    (SUSPECT, Finding.READ, "1:b", Outcome.CHANGED, State.LIVE, "cleared", True, "and edited"),
    (
        SUSPECT,
        Finding.NOT_MODIFIED,
        None,
        Outcome.NOT_MODIFIED,
        State.LIVE,
        "cleared",
        False,
        "304",
    ),
    (REMOVED, Finding.READ, "1:a", Outcome.UNCHANGED, State.LIVE, "returned", False, "as it was"),
    (REMOVED, Finding.READ, "1:b", Outcome.CHANGED, State.LIVE, "returned", True, "edited"),
    (REMOVED, Finding.MISSING, None, Outcome.MISSING, State.REMOVED, None, False, "still gone"),
    (REMOVED, Finding.FAILED, None, Outcome.FAILED, State.REMOVED, None, False, "unknown"),
]


@pytest.mark.parametrize(
    ("known", "finding", "digest", "outcome", "state", "event", "opens", "reason"), ROWS
)
def test_each_look_moves_an_article_by_the_table(
    known: Known,
    finding: Finding,
    digest: str | None,
    outcome: Outcome,
    state: State,
    event: str | None,
    opens: bool,
    reason: str,
) -> None:
    decision = decide(known, look(finding), digest, POLICY)

    kind = decision.transition.kind if decision.transition else None
    assert (decision.outcome, decision.state, kind) == (outcome, state, event), reason
    assert decision.opens_version is opens, reason


@pytest.mark.parametrize("known", [LIVE, SUSPECT, JUST_SUSPECT])
def test_gone_for_good_is_a_removal_at_once(known: Known) -> None:
    decision = decide(known, look(Finding.MISSING, reason=Reason.GONE), None, POLICY)

    assert decision.state is State.REMOVED


@pytest.mark.parametrize(
    ("crowd", "state", "reason"),
    [
        (Crowd(missing=4, seen=40), State.REMOVED, "most others are there: a few were taken down"),
        (Crowd(missing=2, seen=0), State.REMOVED, "two are not several"),
        (Crowd(missing=3, seen=3), State.SUSPECT, "no more are seen than are missing"),
        (Crowd(missing=40, seen=1), State.SUSPECT, "an outage"),
    ],
)
def test_gone_for_good_is_believed_at_once_unless_an_outage_may_begin(
    crowd: Crowd, state: State, reason: str
) -> None:
    known = replace(LIVE, crowd=crowd)
    gone = look(Finding.MISSING, reason=Reason.GONE)
    assert decide(known, gone, None, POLICY).state is state, reason


def test_absence_on_a_site_that_answers_nothing_confirms_no_removal() -> None:
    decision = decide(SUSPECT, look(Finding.MISSING, site_answers=False), None, POLICY)

    assert decision.state is State.SUSPECT
    assert decision.first_missing_at == SUSPECT.first_missing_at


def test_a_removal_tells_its_bounds() -> None:
    """Last seen there, first found missing: the article went in between."""
    transition = decide(SUSPECT, look(Finding.MISSING), None, POLICY).transition

    assert transition is not None
    assert transition.last_seen_at == SUSPECT.last_seen_at
    assert transition.first_missing_at == SUSPECT.first_missing_at


STEPS = st.lists(
    st.tuples(st.sampled_from(Finding), st.sampled_from("abc"), st.integers(1, 90), st.booleans()),
    max_size=25,
)


def live_through(steps: list[tuple[Finding, str, int, bool]]) -> list[tuple[Known, Visit, Known]]:
    """Return what was known before and after each of a series of looks, minutes apart."""
    known, minutes, lived = Known(), 0, []
    for finding, content, gap, answers in steps:
        minutes += gap
        visit = look(finding, timedelta(minutes=minutes), site_answers=answers)
        digest = f"1:{content}" if finding is Finding.READ else None
        decision = decide(known, visit, digest, POLICY)
        after = Known(
            decision.state,
            digest if decision.opens_version else known.content_digest,
            visit.visited_at if decision.seen else known.last_seen_at,
            decision.first_missing_at,
        )
        lived.append((known, visit, after))
        known = after
    return lived


@given(STEPS)
def test_a_look_that_failed_or_was_blocked_changes_nothing(
    steps: list[tuple[Finding, str, int, bool]],
) -> None:
    for before, visit, after in live_through(steps):
        if visit.finding in {Finding.FAILED, Finding.BLOCKED}:
            assert after == before


@given(STEPS)
def test_no_article_is_removed_by_one_look(steps: list[tuple[Finding, str, int, bool]]) -> None:
    """By 404, a removal needs an earlier miss, half an hour, and a site that answers."""
    for before, visit, after in live_through(steps):
        if after.state is State.REMOVED and before.state is not State.REMOVED:
            assert before.state is State.SUSPECT
            assert visit.site_answers
            assert before.first_missing_at is not None
            assert visit.visited_at - before.first_missing_at >= POLICY.confirm_after


@given(STEPS)
def test_a_page_that_was_read_is_live_with_what_was_read(
    steps: list[tuple[Finding, str, int, bool]],
) -> None:
    for (_, visit, after), (_, content, _, _) in zip(live_through(steps), steps, strict=True):
        if visit.finding is Finding.READ:
            assert after.state is State.LIVE
            assert after.content_digest == f"1:{content}"
            assert after.first_missing_at is None
            assert after.last_seen_at == visit.visited_at


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=12))
def test_a_b_a_is_three_versions(contents: list[str]) -> None:
    steps = [(Finding.READ, content, 10, True) for content in contents]
    opened = [
        after.content_digest
        for before, _, after in live_through(steps)
        if before.content_digest != after.content_digest
    ]
    runs = [c for place, c in enumerate(contents) if place == 0 or contents[place - 1] != c]

    assert opened == [f"1:{content}" for content in runs]
