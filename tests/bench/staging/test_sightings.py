"""A handset that another bench has in hand, as the centre tells it while work goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.custody.corrections import conflicts
from bench.custody.corrections.kinds import Why
from bench.custody.phases import IN_HAND, Phase
from bench.events.central import (
    CentreHeard,
    CentreState,
    CentreView,
    Sighting,
    SightingsHeard,
    SyncRequested,
)
from bench.events.device import HandsetIdentified
from bench.events.orders import AskCentre, CustodyKind, Identify, Record, SyncNow
from bench.events.run import Fact
from bench.events.views import Category
from bench.identity.identifiers import Imei
from bench.ports import Handset
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.advance import advance
from bench.staging.crew import Crew, Services
from bench.staging.enrolled import asked
from bench.staging.run import State
from bench.staging.transitions.elsewhere import questions
from tests.bench.custody.epochs.set_aside import FIRST, SECOND
from tests.bench.staging.bench_talk import awaiting_scan, fresh, handset, imei, staging
from tests.bench.staging.workplace import A1, PATHS, workplace

WHEN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def seen(phase: str = "at-bench", number: int = 1) -> SightingsHeard:
    return SightingsHeard("run1", (Sighting(imei(number), "bench-02", phase, WHEN),))


def test_the_centre_is_asked_when_a_handset_is_met_and_when_its_box_is_scanned() -> None:
    asks = (AskCentre("run1", handset().imeis),)
    assert questions(fresh(), awaiting_scan()) == asks
    assert questions(awaiting_scan(), staging()) == asks
    assert questions(staging(), replace(staging(), step=1)) == ()
    assert questions(awaiting_scan(), awaiting_scan()) == ()
    held = staging().held(ProblemCode.UNPLUGGED)
    assert questions(held, staging()) == asks, "what came while it was held was not listened to"
    assert questions(staging(), held) == ()


@pytest.mark.parametrize("phase", Phase)
def test_only_a_handset_in_another_bench_s_hand_is_set_aside(phase: Phase) -> None:
    after, orders = advance(staging(), seen(phase))
    if phase in IN_HAND:
        assert after.state is State.HELD
        assert after.hold
        assert after.hold.code is ProblemCode.HELD_ELSEWHERE
        assert after.hold.detail == f"bench-02 has it {phase}, 2026-11-24 08:30 UTC"
        kinds = [order.kind for order in orders if isinstance(order, Record)]
        assert kinds == [CustodyKind.QUARANTINED]
    else:
        assert (after, orders) == (staging(), ())


def test_another_imei_than_was_asked_about_is_no_word_about_this_handset() -> None:
    assert advance(staging(), seen(number=2)) == (staging(), ())


def test_what_two_persons_let_pass_is_not_caught_again() -> None:
    passed = replace(staging(), waived=(ProblemCode.HELD_ELSEWHERE,))
    assert advance(passed, seen()) == (passed, ())


def test_a_duplicate_is_set_aside_in_the_record_and_waits_for_a_supervisor(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1)
        (order,) = (order for order in bench.orders if isinstance(order, AskCentre))
        bench.scan(imei(1))
        answer = Sighting(imei(1), "bench-02", "staged", WHEN)
        bench.post(SightingsHeard(order.run, (answer,)))
        assert bench.slot().category is Category.HELD
        assert bench.slot().word == "At other bench"
        device = bench.ledger.device_by_imei(imei(1))
        assert device
        assert device.phase is Phase.QUARANTINED


def test_what_waits_for_the_centre_is_shown(tmp_path: Path) -> None:
    view = CentreView(CentreState.AWAY, 12, WHEN, detail="no route")
    with workplace(tmp_path) as bench:
        assert bench.views[-1].centre is None
        bench.post(CentreHeard(view))
        assert bench.views[-1].centre == view
        bench.post(SyncRequested())
        assert bench.orders[-1] == SyncNow()


class Telephone:
    """A centre that answers when told to, or says that it is away."""

    def __init__(self, answer: tuple[Sighting, ...] | None) -> None:
        self.answer = answer
        self.asked: list[tuple[Imei, ...]] = []
        self.looked = 0

    async def sightings(self, imeis: tuple[Imei, ...]) -> tuple[Sighting, ...]:
        self.asked.append(imeis)
        if self.answer is None:
            raise ProblemError(Problem(ProblemCode.CENTRE_UNREACHABLE))
        return self.answer

    def look_now(self) -> None:
        self.looked += 1


class NoHandsets:
    def open(self, session: int) -> Handset:
        raise AssertionError(session)


class NoDesk:
    async def work(self, _: object) -> None:
        await asyncio.sleep(3600)

    def cancel(self, _: str) -> None:
        pass


@pytest.mark.parametrize("answer", [(), None])
def test_nobody_waits_for_the_centre(answer: tuple[Sighting, ...] | None) -> None:
    central = Telephone(answer)
    crew = Crew(NoHandsets(), {}, NoDesk(), services=Services(central=central))  # type: ignore[arg-type]
    told: list[Fact] = []

    async def work() -> None:
        task = asyncio.ensure_future(crew.work(told.append))
        await asyncio.sleep(0)
        crew.carry_out(AskCentre("run1", (imei(1),)))
        crew.carry_out(SyncNow())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait({task})

    asyncio.run(work())
    assert central.asked == [(imei(1),)]
    assert central.looked == 1
    assert told == ([] if answer is None else [SightingsHeard("run1", ())])


def resolved(folder: Path, keeper: str) -> None:
    """Have a handset set aside at this bench, and two persons say who has it."""
    with workplace(folder) as bench:
        bench.plug(1)
        run = bench.station._board.at(A1)
        assert run
        bench.post(SightingsHeard(run.run, (Sighting(imei(1), "bench-02", "staged", WHEN),)))
        entry = asked(
            bench.ledger, lambda each: conflicts.resolve(each, imei(1), keeper, why=Why.ELSEWHERE)
        )
        bench.ledger.append([entry], by=FIRST, second=SECOND)


def test_what_two_persons_resolved_while_the_program_was_closed_goes_on(tmp_path: Path) -> None:
    resolved(tmp_path, "bench-07")
    with workplace(tmp_path) as bench:
        assert bench.slot().word == "Unplugged"
        bench.plug(1)
        assert isinstance(bench.orders[-1], Identify), "it is asked who it is now"
        bench.post(HandsetIdentified(PATHS[0], 1, handset(1)))
        bench.scan(imei(1))
        assert bench.steps(), bench.slot()


def test_what_was_resolved_for_another_bench_stays_set_aside(tmp_path: Path) -> None:
    resolved(tmp_path, "bench-02")
    with workplace(tmp_path) as bench:
        assert bench.slot().word == "At other bench"
