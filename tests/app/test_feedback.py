from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.feedback import RHYTHMS, Sounds, worst
from bench.events.views import ScanTone


def test_each_tone_has_a_rhythm_of_its_own() -> None:
    assert len({RHYTHMS[tone] for tone in ScanTone}) == len(ScanTone)
    assert len({len(RHYTHMS[tone]) for tone in ScanTone}) == len(ScanTone)


def test_a_tone_beeps_as_often_as_its_rhythm_says(qtbot: QtBot) -> None:
    beeps: list[int] = []
    sounds = Sounds(beep=lambda: beeps.append(1))
    sounds.play(ScanTone.REPEATED)
    qtbot.waitUntil(lambda: len(beeps) == 2)


def test_good_news_does_not_cut_bad_news_short(qtbot: QtBot) -> None:
    beeps: list[int] = []
    sounds = Sounds(beep=lambda: beeps.append(1))
    sounds.play(ScanTone.BAD)
    sounds.play(ScanTone.GOOD)
    qtbot.waitUntil(lambda: len(beeps) == len(RHYTHMS[ScanTone.BAD]))


def test_of_several_tones_the_worst_is_heard() -> None:
    assert worst([ScanTone.GOOD, ScanTone.BAD, ScanTone.REPEATED]) is ScanTone.BAD
    assert worst([ScanTone.GOOD, ScanTone.REPEATED]) is ScanTone.REPEATED
