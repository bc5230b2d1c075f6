"""Handsets of which nobody but their screen can say who they are: slot, box, screen, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.events.device import HandsetAttached, HandsetDetached
from bench.events.modem import ModemAnswered
from bench.events.person import RunVoided, StepConfirmed
from bench.events.views import Category, ScanTone, ScanView
from bench.events.work import LabelPrinted
from bench.identity.identifiers import UsbPath
from tests.bench.staging.bench_talk import foreseen, imei
from tests.bench.staging.test_enrolling import QR
from tests.bench.staging.workplace import A1, A2, PATHS, Workplace, workplace

PLAN = replace(QR, steps=QR.steps[2:], enrolling=range(0), licences=(), reads_modem=False)
SCREEN = "dial *#06#"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path, PLAN) as made:
        yield made


def plug(at: Workplace, path: UsbPath = PATHS[0]) -> None:
    at.post(HandsetAttached(path))


def answer(at: Workplace) -> ScanView:
    scan = at.views[-1].scan
    assert scan is not None
    return scan


def dial(at: Workplace) -> None:
    at.watch.seconds += 6


def meet(at: Workplace, number: int, slot: str = "SLOT-A1") -> None:
    """Scan slot, box and screen, as a technician does."""
    at.scan(slot)
    at.scan(imei(number))
    dial(at)
    at.scan(imei(number))


def kinds(at: Workplace) -> list[str]:
    rows = at.ledger.events(1, 100)
    return [event.body.decode().partition('"type":"')[2].partition('"')[0] for event in rows]


def test_slot_box_and_screen_take_a_handset_into_custody(at: Workplace) -> None:
    plug(at)
    assert at.slot().word == "Scan slot, box"
    at.scan("SLOT-A1")
    at.scan(imei(1))
    assert SCREEN in answer(at).answer
    assert at.slot().word == "Scan screen"
    dial(at)
    at.scan(imei(1))
    assert at.slot().word == "Confirm"
    at.post(StepConfirmed(A1, 1))
    at.post(LabelPrinted(at.labels()[-1].run, at.labels()[-1].ticket))
    at.scan(at.labels()[-1].asset_tag)
    assert at.slot().category is Category.DONE
    assert b'"said_by":"screen"' in at.ledger.events(1, 100)[-1].body


def test_a_box_alone_reaches_no_slot(at: Workplace) -> None:
    plug(at)
    at.scan(imei(1))
    assert answer(at).tone is ScanTone.BAD
    assert at.slot().word == "Scan slot, box"


def test_the_box_scanned_again_at_once_is_not_taken_for_the_screen(at: Workplace) -> None:
    plug(at)
    at.scan("SLOT-A1")
    at.scan(imei(1))
    at.scan(imei(1))
    assert answer(at).tone is ScanTone.REPEATED
    assert SCREEN in answer(at).answer
    assert at.slot().word == "Scan screen"
    dial(at)
    at.scan(imei(1))
    assert at.slot().word == "Confirm"


def test_a_screen_that_says_something_else_is_held_and_recorded(at: Workplace) -> None:
    plug(at)
    at.scan("SLOT-A1")
    at.scan(imei(1))
    dial(at)
    at.scan(imei(2))
    assert at.slot().word == "Wrong box"
    assert kinds(at)[-1] == "held"
    at.scan("SLOT-A1")
    at.scan(imei(1))
    assert at.slot().word == "Wrong box"
    at.post(RunVoided(A1, "set aside"))


def test_a_handset_that_another_slot_reports_is_not_taken_for_the_one_whose_screen_is_awaited(
    at: Workplace,
) -> None:
    plug(at)
    at.scan("SLOT-A1")
    at.scan(imei(1))
    plug(at, PATHS[1])
    at.post(ModemAnswered(PATHS[1], foreseen(2)))
    dial(at)
    at.scan(imei(2))
    assert at.slot(A2).word == "Confirm"
    assert at.slot(A1).word == "Scan screen"


def test_a_slot_that_was_chosen_is_forgotten_with_its_handset(at: Workplace) -> None:
    plug(at)
    at.scan("SLOT-A1")
    at.post(HandsetDetached(PATHS[0]))
    plug(at)
    at.scan(imei(1))
    assert answer(at).tone is ScanTone.BAD
    assert at.slot().word == "Scan slot, box"


def test_one_imei_in_two_slots_is_a_duplicate_also_by_screen(at: Workplace) -> None:
    plug(at)
    meet(at, 1)
    plug(at, PATHS[1])
    at.scan("SLOT-A2")
    at.scan(imei(1))
    dial(at)
    at.scan(imei(1))
    assert at.slot(A2).word != "Confirm"
    assert at.slot(A1).category in (Category.HELD, Category.NEEDS_YOU)


def test_a_modem_s_word_of_before_is_not_taken_for_a_handset_that_came_later(
    tmp_path: Path,
) -> None:
    with workplace(tmp_path, replace(PLAN, reads_modem=True)) as at:
        plug(at)
        at.post(ModemAnswered(PATHS[0], foreseen(1)))
        at.scan(imei(1))
        at.post(HandsetDetached(PATHS[0]))
        plug(at)
        at.scan(imei(2))
        assert at.slot().category is Category.HELD
        at.scan(imei(1))
        assert at.slot().word == "Confirm", "its own code, scanned by a person, proves it"
