"""Ports and hubs: halves of sockets, crowded controllers, power, and handsets not set up yet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetOnline,
    HandsetUnreachable,
    ProblemCleared,
    ProblemRaised,
)
from bench.events.modem import ModemAnswered
from bench.events.orders import CyclePower, Identify
from bench.events.person import PowerCycleRequested, RunHeld
from bench.events.power import PortsSwitchable
from bench.events.run import Fact
from bench.events.usb import (
    ControllerCrowded,
    ControllerRelieved,
    KernelUnheard,
    PortsPaired,
)
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.power_desk import PowerDesk
from tests.bench.staging.bench_talk import foreseen, imei
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


_USB3 = UsbPath(2, (1,))


def test_both_halves_of_a_socket_are_one_slot_whichever_comes_first(tmp_path: Path) -> None:
    with workplace(tmp_path, learns=True) as bench:
        bench.post(PortsPaired(_PORT, _USB3, is_sure=True), HandsetAttached(_USB3))
        assert bench.slot(A1).word == "Attached"
        bench.post(HandsetDetached(_USB3), HandsetAttached(_PORT))
        assert bench.slot(A1).word == "Attached"
        bench.post(HandsetAttached(PATHS[1]))
        assert bench.slot(A2).word == "Attached"


def test_a_half_that_is_heard_of_later_joins_the_slot_of_its_other_half(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(PortsPaired(_PORT, _USB3, is_sure=True), HandsetAttached(_USB3))
        assert bench.slot(A1).word == "Attached"


def test_halves_that_only_look_alike_are_never_made_one_slot(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(PortsPaired(_PORT, _USB3, is_sure=False), HandsetAttached(_USB3))
        assert [p.code for p in bench.views[-1].problems] == [ProblemCode.UNKNOWN_PORT]


@pytest.mark.parametrize("learns", [True, False])
def test_a_handset_that_adb_hears_of_before_usb_is_worked_with(
    tmp_path: Path, *, learns: bool
) -> None:
    with workplace(tmp_path, learns=learns) as bench:
        bench.post(HandsetOnline(_PORT, 1), HandsetAttached(_PORT))
        assert [order.session for order in bench.orders if isinstance(order, Identify)] == [1]


def test_a_handset_that_comes_back_is_worked_with_though_adb_hears_of_it_first(
    tmp_path: Path,
) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1)
        bench.post(HandsetDetached(_PORT), HandsetOnline(_PORT, 2))
        assert bench.slot(A1).word == "Empty"
        bench.post(HandsetAttached(_PORT))
        assert [order.session for order in bench.orders if isinstance(order, Identify)] == [1, 2]


def test_what_adb_takes_back_before_usb_sees_the_next_handset_is_forgotten(tmp_path: Path) -> None:
    lost = HandsetUnreachable(_PORT, Problem(ProblemCode.LINK_LOST))
    with workplace(tmp_path) as bench:
        bench.plug(1)
        bench.post(HandsetDetached(_PORT), HandsetOnline(_PORT, 2), lost, HandsetAttached(_PORT))
        assert [order.session for order in bench.orders if isinstance(order, Identify)] == [1]
        assert bench.slot(A1).word == "Attached"


def test_a_handset_at_a_half_that_was_no_slot_is_taken_when_its_other_half_is_known(
    tmp_path: Path,
) -> None:
    with workplace(tmp_path) as bench:
        bench.post(HandsetAttached(_USB3), HandsetOnline(_USB3, 1))
        assert [p.code for p in bench.views[-1].problems] == [ProblemCode.UNKNOWN_PORT]
        bench.post(PortsPaired(_PORT, _USB3, is_sure=True))
        assert not bench.views[-1].problems
        assert bench.slot(A1).word == "Attached"
        assert [order.path for order in bench.orders if isinstance(order, Identify)] == [_USB3]


def test_two_slots_that_turn_out_to_be_one_socket_stay_two(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(PortsPaired(PATHS[0], PATHS[1], is_sure=True), HandsetAttached(PATHS[1]))
        assert bench.slot(A2).word == "Attached"


def test_a_crowded_controller_says_which_slots_to_move_until_there_is_room(
    tmp_path: Path,
) -> None:
    crowded = ControllerCrowded("PCI 00:14.0", 15, 13, (PATHS[0], _USB3), "PCI 05:00.0")
    with workplace(tmp_path) as bench:
        bench.post(crowded)
        (problem,) = bench.views[-1].problems
        assert problem.code is ProblemCode.USB_CROWDED
        assert "15 handsets, room for 13; move A1, 2-1 to PCI 05:00.0" in problem.detail
        bench.post(ControllerRelieved("PCI 00:14.0"))
        assert bench.views[-1].problems == ()


def test_what_the_kernel_refuses_at_a_port_is_told_of_its_slot(tmp_path: Path) -> None:
    with workplace(tmp_path, learns=True) as bench:
        bench.post(ProblemRaised(Problem(ProblemCode.USB_POWER, "1-9")))
        assert [p.where for p in bench.views[-1].problems] == ["1-9"]
        bench.post(HandsetAttached(UsbPath(1, (9,))))
        bench.post(ProblemCleared(ProblemCode.USB_POWER, "1-9"))
        assert not bench.views[-1].problems
        bench.post(ProblemRaised(Problem(ProblemCode.USB_POWER, "1-9")))
        assert [p.where for p in bench.views[-1].problems] == ["A1"]


def test_a_kernel_that_cannot_be_heard_holds_nothing_up(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(KernelUnheard("no permission"))
        assert bench.views[-1].problems == ()


def test_the_box_of_a_handset_that_is_not_set_up_yet_tells_its_slot(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(HandsetAttached(_PORT), ModemAnswered(_PORT, foreseen(1)))
        view = bench.slot(A1)
        assert (view.word, view.model, view.imei_tail) == ("Set up", "SM-A325F", imei(1).tail)
        assert "not proven on this model" in view.remark
        bench.scan(imei(1))
        assert _answer(bench).startswith("A1 — ")
        assert "not set up yet" in _answer(bench)


class _Hub:
    """A hub that switches one port, or says why not; counts how many switch at once."""

    def __init__(self, *answers: ProblemCode | None) -> None:
        self._answers = list(answers)
        self._busy = 0
        self.most = 0
        self.locked = 0
        self.cycled: list[UsbPath] = []

    async def switchable(self) -> frozenset[UsbPath]:
        if self.locked:
            self.locked -= 1
            raise ProblemError(Problem(ProblemCode.HUB_POWER_LOCKED, "USB hubs"))
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


def test_hubs_that_may_not_be_used_offer_nothing_and_are_told_of_until_they_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.staging.power_desk._ASK_AGAIN", 0.01)
    hub, facts = _Hub(), list[Fact]()
    hub.locked = 2

    async def look() -> None:
        work = asyncio.create_task(PowerDesk(hub).work(facts.append))
        while PortsSwitchable(frozenset({_PORT})) not in facts:
            await asyncio.sleep(0.01)
        work.cancel()

    asyncio.run(look())
    locked = Problem(ProblemCode.HUB_POWER_LOCKED, "USB hubs")
    assert facts[:2] == [ProblemRaised(locked), PortsSwitchable(frozenset())]
    assert facts[-2:] == [
        ProblemCleared(locked.code, "USB hubs"), PortsSwitchable(frozenset({_PORT})),
    ]  # fmt: skip


def test_a_port_that_was_pulled_by_hand_needs_no_power_switched(tmp_path: Path) -> None:
    refused = Problem(ProblemCode.HUB_POWER_REFUSED, "A1")
    with workplace(tmp_path) as bench:
        bench.post(HandsetAttached(_PORT), ProblemRaised(refused), HandsetDetached(_PORT))
        assert not bench.views[-1].problems


def test_a_bench_whose_hubs_switch_nothing_says_nothing() -> None:
    assert _switch(None, [CyclePower(A1, _PORT)]) == []


def test_a_modem_that_answers_before_its_handset_was_counted_is_heard(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(ModemAnswered(_PORT, foreseen(1)), HandsetAttached(_PORT))
        assert bench.slot(A1).imei_tail == imei(1).tail
