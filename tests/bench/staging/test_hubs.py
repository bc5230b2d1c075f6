"""The power of a slot's port: offered where a hub can switch it, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bench.events.device import HandsetAttached, ProblemCleared, ProblemRaised
from bench.events.orders import CyclePower
from bench.events.person import PowerCycleRequested, RunHeld
from bench.events.power import PortsSwitchable
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.power_desk import PowerDesk
from tests.bench.staging.bench_talk import imei
from tests.bench.staging.workplace import A1, A2, PATHS, Workplace, workplace

_PORT = PATHS[0]


def _ordered(bench: Workplace) -> list[CyclePower]:
    return [order for order in bench.orders if isinstance(order, CyclePower)]


def _answer(bench: Workplace) -> str:
    scan = bench.views[-1].scan
    return scan.answer if scan else ""


def test_a_port_that_can_be_switched_is_offered_and_switched(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(PortsSwitchable(frozenset({_PORT})))
        assert bench.slot(A1).can_cycle
        bench.post(PowerCycleRequested(A1))
        assert _ordered(bench) == [CyclePower(A1, _PORT)]


def test_a_port_that_cannot_be_switched_is_not_offered_and_asking_is_refused(
    tmp_path: Path,
) -> None:
    with workplace(tmp_path) as bench:
        bench.post(PortsSwitchable(frozenset({_PORT})))
        bench.plug(2, PATHS[1])
        assert not bench.slot(A2).can_cycle
        bench.post(PowerCycleRequested(A2))
        assert _ordered(bench) == []
        assert "cannot switch the port" in _answer(bench)


def test_what_a_hub_can_no_longer_switch_is_no_longer_offered(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(PortsSwitchable(frozenset({_PORT})), PortsSwitchable(frozenset()))
        assert not bench.slot(A1).can_cycle


def test_no_port_is_switched_off_under_a_step(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(PortsSwitchable(frozenset({_PORT})))
        bench.plug(1)
        bench.scan(imei(1))
        bench.post(PowerCycleRequested(A1))
        assert _ordered(bench) == []
        assert "hold it first" in _answer(bench)
        bench.post(RunHeld(A1), PowerCycleRequested(A1))
        assert _ordered(bench) == [CyclePower(A1, _PORT)]


def test_a_port_that_becomes_a_slot_in_use_is_offered_then(tmp_path: Path) -> None:
    with workplace(tmp_path, learns=True) as bench:
        bench.post(PortsSwitchable(frozenset({_PORT})), HandsetAttached(_PORT))
        assert bench.slot(A1).can_cycle


class _Hub:
    """A hub that switches one port, or says why not; counts how many switch at once."""

    def __init__(self, *answers: ProblemCode | None) -> None:
        self._answers = list(answers)
        self._busy = 0
        self.most = 0
        self.cycled: list[UsbPath] = []

    async def switchable(self) -> frozenset[UsbPath]:
        return frozenset({_PORT})

    async def cycle(self, path: UsbPath) -> None:
        self._busy += 1
        self.most = max(self.most, self._busy)
        await asyncio.sleep(0)
        self._busy -= 1
        self.cycled.append(path)
        if self._answers and (code := self._answers.pop(0)):
            raise ProblemError(Problem(code, "hub", "port 1"))


def _switch(hub: _Hub | None, orders: Sequence[CyclePower]) -> list[Fact]:
    facts: list[Fact] = []

    async def switch() -> None:
        desk = PowerDesk(hub)
        work = asyncio.create_task(desk.work(facts.append))
        await asyncio.sleep(0)
        await asyncio.gather(*(desk.cycle(order, facts.append) for order in orders))
        work.cancel()

    asyncio.run(switch())
    return facts


def test_one_port_is_switched_at_a_time() -> None:
    hub = _Hub()
    facts = _switch(hub, [CyclePower(A1, _PORT), CyclePower(A2, PATHS[1])])
    assert facts == [PortsSwitchable(frozenset({_PORT}))]
    assert (hub.cycled, hub.most) == ([_PORT, PATHS[1]], 1)


def test_why_a_port_was_not_switched_stands_at_its_slot_until_it_is_tried_again() -> None:
    facts = _switch(_Hub(ProblemCode.NO_PERMISSION), [CyclePower(A1, _PORT)] * 2)
    problem = Problem(ProblemCode.NO_PERMISSION, "A1", "port 1")
    assert facts[1:] == [ProblemRaised(problem), ProblemCleared(problem.code, "A1")]


def test_a_bench_whose_hubs_switch_nothing_says_nothing() -> None:
    assert _switch(None, [CyclePower(A1, _PORT)]) == []
