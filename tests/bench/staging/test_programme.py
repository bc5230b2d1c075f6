"""The capacity of the core and the licences of the pools, counted over restarts and returns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bench.enrolment.profiles.profile import Method
from bench.events.device import HandsetAttached, HandsetDetached
from bench.events.person import RunResumed, RunVoided
from bench.events.views import Category, ScanTone
from bench.problems import CATALOGUE, ProblemCode
from bench.staging.programme import Limits
from tests.bench.staging.bench_talk import PLAN, imei
from tests.bench.staging.workplace import A1, PATHS, Workplace, workplace

MANAGED = replace(PLAN, method=Method.ADB, licences=("vpn",), name="managed", version=1)


@contextmanager
def bench(folder: Path, **limits: object) -> Iterator[Workplace]:
    with workplace(folder, MANAGED, limits=Limits(**limits)) as at:  # type: ignore[arg-type]
        yield at


def stage(at: Workplace, number: int) -> None:
    at.stage(number)
    at.post(HandsetDetached(PATHS[0]))


def refused(at: Workplace, number: int, code: ProblemCode) -> bool:
    """Scan a handset's box, and say whether it was refused for that; nothing is changed then."""
    at.plug(number)
    at.scan(imei(number))
    scan = at.views[-1].scan
    assert scan is not None
    said = scan.tone is ScanTone.BAD and CATALOGUE[code].what in scan.answer
    assert said == (at.slot().category is Category.NEEDS_YOU)
    at.post(HandsetDetached(PATHS[0]))
    return said


def test_no_handset_is_staged_past_the_capacity_of_the_core(tmp_path: Path) -> None:
    with bench(tmp_path, capacity=12, in_service=10, licences={"vpn": 9}) as at:
        stage(at, 1)
        stage(at, 2)
        assert refused(at, 3, ProblemCode.CAPACITY_REACHED)
        assert "10 in service and 2 staged of 12" in at.views[-1].scan.answer  # type: ignore[union-attr]


def test_the_count_goes_on_after_a_restart(tmp_path: Path) -> None:
    with bench(tmp_path, capacity=2, licences={"vpn": 9}) as at:
        stage(at, 1)
        stage(at, 2)
    with bench(tmp_path, capacity=2, licences={"vpn": 9}) as at:
        assert refused(at, 3, ProblemCode.CAPACITY_REACHED)


def test_a_handset_that_is_staged_anew_is_not_one_more(tmp_path: Path) -> None:
    with bench(tmp_path, capacity=1, licences={"vpn": 1}) as at:
        stage(at, 1)
        at.plug(1)
        at.post(RunResumed(A1))
        at.scan(imei(1))
        assert at.slot().category is Category.WORKING


def test_a_handset_that_is_voided_frees_its_place_and_its_licence(tmp_path: Path) -> None:
    with bench(tmp_path, capacity=1, licences={"vpn": 1}) as at:
        at.stage(1)
        at.post(RunVoided(A1, "made up"), HandsetDetached(PATHS[0]))
        stage(at, 2)


def test_those_in_hand_count_too(tmp_path: Path) -> None:
    with bench(tmp_path, licences={"vpn": 1}) as at:
        at.plug(1)
        at.scan(imei(1))
        at.plug(2, PATHS[1])
        at.scan(imei(2))
        assert "1 of 1" in at.views[-1].scan.answer  # type: ignore[union-attr]
        assert len(at.steps()) == 1


@pytest.mark.parametrize("licences", [{}, {"vpn": 0}, {"radio": 5}])
def test_without_a_free_licence_nothing_is_staged(tmp_path: Path, licences: dict[str, int]) -> None:
    with bench(tmp_path, licences=licences) as at:
        assert refused(at, 1, ProblemCode.NO_LICENCE)


def test_a_handset_in_service_that_was_plugged_in_by_mistake_keeps_its_place(
    tmp_path: Path,
) -> None:
    with bench(tmp_path, capacity=1, licences={"vpn": 1}) as at:
        stage(at, 1)
        at.plug(1)
        at.post(RunVoided(A1, "plugged in by mistake"), HandsetDetached(PATHS[0]))
        assert refused(at, 2, ProblemCode.CAPACITY_REACHED)
    with bench(tmp_path, licences={"vpn": 1}) as at:
        assert refused(at, 2, ProblemCode.NO_LICENCE)


def test_a_handset_that_only_its_screen_names_is_no_one_more_either(tmp_path: Path) -> None:
    by_screen = replace(MANAGED, before_setup=True)

    def show(at: Workplace, number: int) -> None:
        at.post(HandsetAttached(PATHS[0]))
        for text in ("A1", imei(number), imei(number)):
            at.watch.seconds += 30  # *#06# is dialled meanwhile
            at.scan(text)

    with bench(tmp_path, capacity=1, licences={"vpn": 1}) as at:
        stage(at, 1)
    limits = Limits(capacity=1, licences={"vpn": 1})
    with workplace(tmp_path, by_screen, limits=limits) as at:
        show(at, 1)
        problem = at.slot().problem
        assert problem is not None
        assert problem.code is ProblemCode.ALREADY_STAGED
        at.post(RunResumed(A1))
        at.scan(imei(1))
        assert not said_full(at)
        at.post(RunVoided(A1, "made up"), HandsetDetached(PATHS[0]))
        show(at, 2)
        assert said_full(at)


def said_full(at: Workplace) -> bool:
    scan = at.views[-1].scan
    return scan is not None and CATALOGUE[ProblemCode.CAPACITY_REACHED].what in scan.answer
