from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.central import calm, words
from app.central.moments import ago, clock, number
from bench.events.central import CentreState, CentreView

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
HERE = timezone(timedelta(hours=1))
THEN = NOW - timedelta(minutes=5)
IN_STEP, SENDING, WAITING, AWAY, STOPPED = (
    CentreView(state)
    for state in (
        CentreState.IN_STEP,
        CentreState.SENDING,
        CentreState.WAITING,
        CentreState.AWAY,
        CentreState.STOPPED,
    )
)


@pytest.mark.parametrize(
    ("view", "line"),
    [
        (IN_STEP, "In step"),
        (
            replace(IN_STEP, detail="handed over", receipt=1200),
            "Handed over, confirmed up to 1,200",
        ),
        (replace(WAITING, waiting=None), "Not asked yet"),
        (replace(WAITING, waiting=None, detail="another is at it"), "Waiting: another is at it"),
        (WAITING, "Asking the centre"),
        (replace(SENDING, waiting=8000), "Sending 60 %, 8,000 left"),
        (replace(WAITING, waiting=1, since=THEN), "1 waits, since 15:25"),
        (replace(WAITING, waiting=12, since=THEN), "12 wait, since 15:25"),
        (replace(WAITING, waiting=12), "12 wait"),
        (AWAY, "Centre away"),
        (
            replace(AWAY, waiting=340, since=NOW - timedelta(days=1)),
            "Centre away, 340 wait since Mon 15:30",
        ),
        (replace(AWAY, waiting=1), "Centre away, 1 waits"),
        (STOPPED, "Stopped"),
        (replace(STOPPED, detail="two histories"), "Stopped: two histories"),
    ],
)
def test_the_chip_says_what_waits_and_since_when(view: CentreView, line: str) -> None:
    assert words.said(view, 0.6, NOW, HERE).line == line


def test_no_text_of_the_centre_is_longer_than_anybody_reads() -> None:
    view = replace(STOPPED, detail="<b>\u202e" + "x" * 10_000)
    assert len(words.said(view, 0, NOW).line) <= 220
    assert "\u202e" not in words.said(view, 0, NOW).line
    assert len(words.trouble(view, ())) <= 300


def test_times_say_their_day_unless_it_is_today() -> None:
    def told(**ago: float) -> str:
        return clock(NOW - timedelta(**ago), NOW, HERE)

    assert told(minutes=5) == "15:25"
    assert told(hours=15, minutes=29) == "00:01"
    assert told(hours=15, minutes=31) == "Mon 23:59"
    assert told(days=6) == "Wed 15:30"
    assert told(days=7) == "17 Nov 15:30"
    assert told(days=365) == "24 Nov 2025 15:30"
    assert told(days=-1) == "25 Nov 15:30"


def test_ages_are_said_in_one_unit() -> None:
    def told(**since: float) -> str:
        return ago(NOW - timedelta(**since), NOW)

    assert told(seconds=59) == "just now"
    assert told(minutes=1) == "1 min ago"
    assert told(hours=47) == "47 h ago"
    assert told(days=2) == "2 days ago"
    assert told(seconds=-30) == "just now"
    assert "ahead" in told(hours=-1)


def test_one_is_one_and_all_others_are_many() -> None:
    told = [number(count, "event waits", "events wait") for count in (0, 1, 2, 12_000)]
    assert told == ["0 events wait", "1 event waits", "2 events wait", "12,000 events wait"]


def test_the_panel_says_everything_line_by_line() -> None:
    view = CentreView(
        CentreState.AWAY, 1, THEN, THEN - timedelta(hours=3), NOW - timedelta(days=9),
        store="the centre", receipt=12_000,
    )  # fmt: skip
    told = dict(words.rows(view, NOW, HERE))
    assert told["To be sent"] == "1 event waits"
    assert told["The oldest is from"] == "15:25 — 5 min ago"
    assert told["Last answer"] == "12:25 — 3 h ago"
    assert told["Release taken down"] == "15 Nov 15:30 — 9 days ago"
    assert told["Central store"] == "the centre"
    assert told["Proof of receipt"].endswith("the centre has all events up to 12,000.")


def test_a_centre_that_never_answered_has_given_no_proof() -> None:
    told = dict(words.rows(replace(WAITING, waiting=None), NOW))
    assert told["Last answer"] == told["Release taken down"] == "never yet"
    assert told["Proof of receipt"].startswith("None yet")
    assert told["To be sent"] == told["Central store"] == "Not known yet."


def test_what_is_handed_over_is_not_said_to_be_there() -> None:
    there = dict(words.rows(IN_STEP, NOW))["To be sent"]
    handed_over = dict(words.rows(replace(IN_STEP, detail="handed over"), NOW))["To be sent"]
    assert there == "Everything that was recorded is there."
    assert handed_over.startswith("Everything is handed over; the centre has not confirmed")


def test_what_is_wrong_comes_with_what_to_do() -> None:
    assert words.trouble(IN_STEP, ()) == words.trouble(SENDING, ()) == ""
    assert words.trouble(replace(AWAY, detail="no route."), ()).startswith("no route. Work goes on")
    assert "seen to it" in words.trouble(STOPPED, ())
    assert words.trouble(WAITING, ()) == ""
    assert "by itself" in words.trouble(replace(WAITING, detail="another is at it"), ())
    assert words.trouble(STOPPED, ("Do this.", "And that.")) == "Do this.\nAnd that."


# ── calm ────────────────────────────────────────────────────────────────────────────────────────
def test_bad_news_is_shown_at_once_and_a_moments_waiting_never() -> None:
    assert calm.hold(None, WAITING) == 0
    assert calm.hold(IN_STEP, STOPPED) == calm.hold(SENDING, AWAY) == 0
    assert calm.hold(IN_STEP, WAITING) == calm.hold(IN_STEP, SENDING) == calm.PATIENCE
    assert calm.hold(SENDING, replace(SENDING, waiting=1)) == calm.BETWEEN
    assert calm.hold(AWAY, replace(AWAY, waiting=1)) == calm.BETWEEN
    assert calm.hold(SENDING, IN_STEP) == calm.BETWEEN


def test_trouble_and_its_end_are_told_once() -> None:
    heard, last = [], calm.AT_FIRST
    course = (IN_STEP, WAITING, SENDING, IN_STEP, AWAY, WAITING, AWAY, SENDING, IN_STEP, STOPPED)
    for view in course:
        if calm.is_told(last, view.state):
            heard.append(view.state)
        if view.state in calm.TOLD:
            last = view.state
    assert heard == [CentreState.AWAY, CentreState.IN_STEP, CentreState.STOPPED]


def test_the_share_is_of_what_waited_when_sending_began() -> None:
    spell = calm.Spell()
    shares = [spell.share(replace(SENDING, waiting=waiting)) for waiting in (100, 75, 80, 200, 50)]
    assert shares == [0, 0.25, 0.2, 0, 0.75]
    assert spell.share(IN_STEP) == 1
    assert spell.share(replace(SENDING, waiting=10)) == 0
