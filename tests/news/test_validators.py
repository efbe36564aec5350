"""Validators are believed as far as they proved honest."""

from datetime import UTC, datetime, timedelta

import pytest

from news.validators import ValidatorTrust

AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("trust", "asked", "share", "why"),
    [
        (ValidatorTrust(), True, 1.0, "nothing is known yet: every 304 is controlled"),
        (ValidatorTrust(agreed=19), True, 1.0, "nearly enough"),
        (ValidatorTrust(agreed=20), True, 0.05, "proven: a sample"),
        (ValidatorTrust(agreed=500, lied=1), True, 1.0, "perhaps an edit in between: control all"),
        (ValidatorTrust(agreed=500, lied=2), False, 1.0, "a liar is not asked"),
    ],
)
def test_304_is_controlled_as_far_as_it_is_not_proven(
    trust: ValidatorTrust, asked: bool, share: float, why: str
) -> None:
    drawn = sum(trust.wants_control("u", AT + timedelta(hours=n)) for n in range(2000)) / 2000
    assert trust.is_asked_conditionally is asked, why
    assert drawn == pytest.approx(share, abs=0.02), why


@pytest.mark.parametrize(
    ("kept", "moved", "of_use"),
    [(0, 0, True), (0, 4, True), (0, 5, False), (9, 5, True), (1, 30, False)],
)
def test_a_tag_that_differs_on_every_fetch_is_ignored(kept: int, moved: int, of_use: bool) -> None:
    assert ValidatorTrust(etags_kept=kept, etags_moved=moved).is_etag_of_use is of_use
