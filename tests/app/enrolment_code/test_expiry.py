"""Until when a code is valid, in a technician's words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.enrolment_code.expiry import EXPIRED, is_past, told

NOW = datetime(2026, 11, 24, 12, 53, tzinfo=UTC)
LONDON_SUMMER = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=12), "valid until 14:05 — 12 min"),
        (timedelta(minutes=12, seconds=59), "valid until 14:05 — 12 min"),
        (timedelta(minutes=1), "valid until 13:54 — 1 min"),
        (timedelta(seconds=59.9), "valid until 13:53 — 59 s"),
        (timedelta(milliseconds=1), "valid until 13:53 — 1 s"),
        (timedelta(hours=5, minutes=10), "valid until 19:03 — 5 h 10 min"),
        (timedelta(hours=26), "valid until 25 Nov 15:53 — 26 h 0 min"),
        (timedelta(days=90), "valid until 22 Feb 13:53 — 90 days"),
        (timedelta(0), EXPIRED),
        (timedelta(days=-1), EXPIRED),
    ],
)
def test_a_code_says_until_when_it_is_valid_on_the_clock_on_the_wall(
    left: timedelta, words: str
) -> None:
    assert told(NOW + left, NOW, LONDON_SUMMER) == words


def test_a_code_of_which_nobody_said_it_does_not_expire_and_says_so() -> None:
    assert not is_past(None, NOW)
    assert told(None, NOW) == "nobody said until when it is valid"


def test_a_code_is_past_at_the_very_moment() -> None:
    assert is_past(NOW, NOW)
    assert not is_past(NOW + timedelta(milliseconds=1), NOW)
