"""What the account of a period tells."""

from rich.cells import cell_len
from sqlalchemy.engine import Engine

from reporting.account import render_account
from reporting.export import export_versions
from reporting.history import render_history
from reporting.period import load_period
from storage.history import article_history
from tests.storage.newsroom import at, url_of

EXPECTED = """\
What changed (times in Asia/Shanghai)

湖滨大桥今日通车
  http://news.example.com/a/2026-11-01/1.html
  Edited (1 → 2) between 2026-11-01 16:30 and 17:30, not announced
    credits
      editor [-乙小红-]{+丁大山+}
      correspondent [-丙小刚 (山城晚报)-]
    body: fact
        事故造成死亡[-3-]{+13+}人。
    editor named: 丁大山
  Edited (2 → 3) between 2026-11-01 17:30 and 18:30, not announced, the text of
    version 1 again
    credits: reversal
      editor [-丁大山-]{+乙小红+}
      correspondent {+丙小刚 (山城晚报)+}
    body: fact, reversal
        事故造成死亡[-13-]{+3+}人。
    editor named: 乙小红
  Removed between 2026-11-01 18:30 and 19:30, confirmed 2026-11-01 20:30
  Returned, seen again 2026-11-01 21:30, missing since 2026-11-01 19:30

=HYPERLINK(1)新楼落成
  http://news.example.com/a/2026-11-01/2.html
  Edited (1 → 2) between 2026-11-01 16:31 and 17:31, announced
    body: correction
      + {+更正：本文此前楼层有误。+}
    editor named: 乙小红

In all
  2 articles read for the first time
  2 articles edited, 3 edits: 1 announced, 2 not
  by kind: credit 2, fact 2, correction 1, reversal 1
  1 removal, 1 return"""


def test_an_account_tells_each_edit_removal_and_return(told: Engine) -> None:
    assert render_account(told) == EXPECTED


def test_a_period_starts_with_its_first_moment_and_ends_before_its_last(told: Engine) -> None:
    assert [len(story.edits) for story in load_period(told, at(60), at(61)).stories] == [1]
    assert load_period(told, at(61), at(61)).stories == ()
    assert load_period(told, at(0), at(1)).first_read == 1


def test_an_account_of_a_site_that_is_not_there_is_empty(told: Engine) -> None:
    text = render_account(told, site="mountain")

    assert "0 articles edited" in text
    assert "湖滨" not in text


def test_an_account_with_colour_has_no_signs(told: Engine) -> None:
    text = render_account(told, colour=True)

    assert "[-" not in text
    assert "\x1b[32;4m13\x1b[0m" in text


def test_a_history_tells_versions_events_and_looks_in_80_columns(told: Engine) -> None:
    history = article_history(told, url_of("1"))
    assert history is not None
    text = render_history(history)

    assert "times in UTC+08:00" in text
    assert "   2    2026-11-01 17:30  2026-11-01 17:30  湖滨大桥今日通车" in text
    assert "same as version 1" in text
    assert "body: fact, reversal (0.92)" in text
    assert "2026-11-01 20:30  removed (last seen 2026-11-01 18:30, first missing" in text
    assert "6 looks, 2026-11-01 16:30 to 2026-11-01 21:30" in text
    assert max(map(cell_len, text.splitlines())) <= 80


def test_an_export_holds_every_version_on_a_line(told: Engine) -> None:
    lines = list(export_versions(told))

    assert len(lines) == 5
    assert all("\n" not in line for line in lines)
    assert '"version":2' in lines[1]
    assert '"is_open":false' in lines[1]
