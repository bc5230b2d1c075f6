"""Whether somebody is there: by what they do, never by what the bench does."""

from __future__ import annotations

import pytest

from app.enrolment_code.presence import Presence


def test_nobody_is_there_a_minute_after_the_last_key() -> None:
    presence = Presence(60.0, now=100.0)
    presence.acted(130.0)
    assert presence.is_here(189.9)
    assert not presence.is_here(190.0)


def test_somebody_comes_back_by_acting() -> None:
    presence = Presence(60.0, now=0.0)
    assert not presence.is_here(61.0)
    presence.acted(300.0)
    assert presence.is_here(300.0)
    assert presence.remaining(310.0) == pytest.approx(50.0)


def test_a_handset_taken_in_hand_keeps_who_is_there_and_brings_nobody_back() -> None:
    presence = Presence(60.0, now=0.0)
    presence.handled(59.0)
    assert presence.is_here(118.0)
    presence.handled(119.5)
    assert not presence.is_here(119.5)


def test_nobody_is_there_once_the_window_is_out_of_sight() -> None:
    presence = Presence(60.0, now=0.0)
    presence.left(1.0)
    presence.handled(1.0)
    assert not presence.is_here(1.0)
    presence.acted(2.0)
    assert presence.is_here(2.0)


def test_nobody_is_there_while_the_bench_is_locked_whatever_is_pressed() -> None:
    presence = Presence(60.0, now=0.0)
    presence.lock(1.0, locked=True)
    presence.acted(2.0)
    assert not presence.is_here(2.0)
    assert presence.remaining(2.0) == 0.0


def test_whoever_unlocks_the_bench_is_there_and_unlocking_nothing_says_nothing() -> None:
    presence = Presence(60.0, now=0.0)
    presence.lock(1.0, locked=True)
    presence.lock(500.0, locked=False)
    assert presence.is_here(559.0)
    presence.lock(600.0, locked=False)
    assert not presence.is_here(600.0)
