"""The computer's clock is set: the record says so before it goes on, and stays in order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.custody.chain import parse
from bench.custody.ledger import Ledger
from bench.custody.verification import Verdict, verify_file
from bench.events.orders import Json
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.attacks.busy_bench import ShiftClock, opened
from tests.bench.custody.record import scanned

HOUR = timedelta(hours=1)


def said(ledger: Ledger) -> list[tuple[Json, Json]]:
    """What each event is, and by how many milliseconds it says the clock was set."""
    bodies = [parse(event.body) for event in ledger.events(0, 1000)]
    return [(body["type"], data_of(body).get("by_ms")) for body in bodies]


def data_of(body: dict[str, Json]) -> dict[str, Json]:
    data = body["data"]
    assert isinstance(data, dict)
    return data


@pytest.fixture
def clock() -> ShiftClock:
    return ShiftClock(0)


@pytest.fixture
def ledger(tmp_path: Path, clock: ShiftClock) -> Iterator[Ledger]:
    with closing(opened(tmp_path, clock)) as ledger:
        ledger.append([scanned(1)])
        yield ledger
    assert verify_file(tmp_path / "ledger.db").verifies


@pytest.mark.parametrize(("by", "by_ms"), [(-HOUR, -3_600_000), (HOUR, 3_600_000)])
def test_a_clock_that_was_set_is_told_of_before_the_next_event(
    ledger: Ledger, clock: ShiftClock, by: timedelta, by_ms: int
) -> None:
    clock.set_by = by
    ledger.append([scanned(2), scanned(3)])
    ledger.append([scanned(4)])
    told = [("clock_stepped", by_ms), ("scanned", None), ("scanned", None), ("scanned", None)]
    assert said(ledger)[2:] == told


@pytest.mark.parametrize(("by_ms", "is_told"), [(2000, False), (2001, True), (-2001, True)])
def test_a_clock_that_is_kept_in_step_is_not_told_of(
    ledger: Ledger, clock: ShiftClock, by_ms: int, is_told: bool
) -> None:
    clock.set_by = timedelta(milliseconds=by_ms)
    ledger.append([scanned(2)])
    assert (("clock_stepped", by_ms) in said(ledger)) is is_told


def test_over_a_restart_only_a_clock_that_went_back_can_be_told(tmp_path: Path) -> None:
    for boot, at in (("first", 10_000), ("second", 20_000), ("third", 15_000)):
        clock = ShiftClock(0, boot=boot)
        clock.set_by = timedelta(seconds=at)
        with closing(opened(tmp_path, clock)) as ledger:
            ledger.append([scanned(1)])
            found = said(ledger)
    assert [by for kind, by in found if kind == "clock_stepped"] == [-5_000_000]
    assert verify_file(tmp_path / "ledger.db") == Verdict(len(found))


def test_a_time_since_boot_that_runs_backwards_is_refused(
    ledger: Ledger, clock: ShiftClock
) -> None:
    before = ledger.tail()
    clock.mono -= 10_000
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(2)])
    assert refused.value.problem.code is ProblemCode.LEDGER_UNUSABLE
    assert ledger.tail() == before
    clock.mono += 10_000
    ledger.append([scanned(2)])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-(10**8), 10**8), max_size=12))
def test_however_often_the_clock_is_set_every_set_is_told_and_ids_rise(steps: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = ShiftClock(0)
        with closing(opened(Path(folder), clock)) as ledger:
            for number, step in zip(count(1), steps):
                clock.set_by += timedelta(milliseconds=step)
                ledger.append([scanned(number)])
            told = [by for kind, by in said(ledger) if kind == "clock_stepped"]
        verdict = verify_file(Path(folder) / "ledger.db")
    assert told == [step for step in steps if abs(step) > 2000]
    assert verdict == Verdict(1 + len(steps) + len(told))
