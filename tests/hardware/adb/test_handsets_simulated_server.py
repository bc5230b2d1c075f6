"""Handsets that no real adb server can be made to show: crossed, swapped, spoofed, sixty-four."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.events.device import (
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    ProblemRaised,
)
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode
from hardware.simulator.adb_server.listing import NO_PERMISSIONS
from hardware.simulator.adb_server.server import SimulatedAdbServer
from hardware.simulator.faults import DropPush
from hardware.simulator.handset import make_handset
from tests.hardware.adb.real_server import LIMIT, Peer, ignore, lost, package_of
from tests.hardware.adb.simulated_server import code_of, path, with_simulated_server

_A1, _A2 = path("1-1.1"), path("1-1.2")


def _unreachable(port: UsbPath, code: ProblemCode) -> HandsetUnreachable:
    return HandsetUnreachable(port, Problem(code))


@pytest.mark.parametrize(
    ("state", "fact"),
    [
        ("device", HandsetOnline(_A1, 1)),
        ("unauthorized", HandsetUnauthorised(_A1)),
        (NO_PERMISSIONS, _unreachable(_A1, ProblemCode.NO_PERMISSION)),
        ("recovery", _unreachable(_A1, ProblemCode.IN_RECOVERY)),
        ("sideload", _unreachable(_A1, ProblemCode.IN_SIDELOAD)),
        ("rescue", _unreachable(_A1, ProblemCode.IN_RESCUE)),
        ("bootloader", _unreachable(_A1, ProblemCode.IN_BOOTLOADER)),
        ("host", _unreachable(_A1, ProblemCode.AS_HOST)),
        ("detached", _unreachable(_A1, ProblemCode.ADB_DETACHED)),
    ],
)
def test_each_state_is_told_on_its_port_and_the_way_back_too(state: str, fact: Fact) -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following():
            plugged = server.plug(make_handset(1), "usb:1-1.1", state=state)
            await peer.wait_for(fact)
            if state != "device":
                server.become(plugged, "device")
                await peer.wait_for(HandsetOnline(_A1, 1))
            assert len(peer.told) == 1 + (state != "device")

    with_simulated_server(work)


def test_a_handset_plugged_again_is_never_the_session_that_was() -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            handset, plugged = make_handset(1), server.plug(make_handset(1), "usb:1-1.1")
            await peer.wait_for(HandsetOnline(_A1, 1))
            before = handsets.open(1)
            server.unplug(plugged)
            server.plug(handset, "usb:1-1.1")
            await peer.wait_for(lost(_A1))
            await peer.wait_for(HandsetOnline(_A1, 2))
            assert await code_of(before.shell("reboot")) == ProblemCode.LINK_LOST
            assert not handset.log
            assert await code_of(handsets.open(2).shell("true")) is None

    with_simulated_server(work)


def test_work_on_a_handset_just_plugged_again_meets_the_old_connection_closed() -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            handset, plugged = make_handset(1), server.plug(make_handset(1), "usb:1-1.1")
            await peer.wait_for(HandsetOnline(_A1, 1))
            before = handsets.open(1)
            server.plugged.remove(plugged)  # and nobody has been told yet
            server.plugged.append(server.plug(handset, "usb:1-1.1"))
            assert await code_of(before.shell("reboot")) == ProblemCode.LINK_LOST
            assert not handset.log

    with_simulated_server(work)


def test_a_server_that_counts_from_one_again_gives_no_old_session_another_handset() -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            server.plug(make_handset(1), "usb:1-1.1")
            await peer.wait_for(HandsetOnline(_A1, 1))
            before = handsets.open(1)
            server.restart()
            other = make_handset(2)
            assert server.plug(other, "usb:1-1.1").transport == 1
            await peer.wait_for(lost(_A1))
            await peer.wait_for(HandsetOnline(_A1, 2))
            assert await code_of(before.shell("reboot")) == ProblemCode.LINK_LOST
            assert not other.log

    with_simulated_server(work)


def test_a_connection_that_leads_to_another_handset_ends_the_session() -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            plugged = server.plug(make_handset(1), "usb:1-1.1")
            await peer.wait_for(HandsetOnline(_A1, 1))
            before = handsets.open(1)
            await before.identify()
            plugged.handset = make_handset(2)
            assert await code_of(before.identify()) == ProblemCode.IDENTITY_CHANGED
            await peer.wait_for(_unreachable(_A1, ProblemCode.IDENTITY_CHANGED))
            assert await code_of(before.shell("reboot")) == ProblemCode.LINK_LOST
            await peer.wait_for(HandsetOnline(_A1, 2))
            assert str((await handsets.open(2).identify()).serial) == "R58N00002XY"

    with_simulated_server(work)


def test_two_handsets_that_answer_for_each_other_are_both_refused() -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            one = server.plug(make_handset(1), "usb:1-1.1")
            other = server.plug(make_handset(2), "usb:1-1.2")
            one.handset, other.handset = other.handset, one.handset
            await peer.wait_for(HandsetOnline(_A2, 2))
            for session in (1, 2):
                refused = handsets.open(session).identify()
                assert await code_of(refused) == ProblemCode.IDENTITY_CHANGED

    with_simulated_server(work)


def test_a_serial_number_of_the_cable_that_is_not_the_handsets_own_says_nothing() -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            server.plug(make_handset(1), "usb:1-1.1", serial="4d0063f2")
            server.plug(make_handset(1), "usb:1-1.2", serial="4d0063f2")
            await peer.wait_for(HandsetOnline(_A2, 2))
            known = [await handsets.open(session).identify() for session in (1, 2)]
            assert {str(identity.serial) for identity in known} == {"R58N00001XY"}

    with_simulated_server(work)


def test_imeis_that_a_handset_learns_while_it_starts_make_it_no_other_handset() -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            handset = make_handset(1)
            imeis, handset.imeis = handset.imeis, ()
            server.plug(handset, "usb:1-1.1")
            await peer.wait_for(HandsetOnline(_A1, 1))
            assert (await handsets.open(1).identify()).imeis == ()
            handset.imeis = imeis
            assert len((await handsets.open(1).identify()).imeis) == 2
            handset.imeis = make_handset(2).imeis
            changed = handsets.open(1).identify()
            assert await code_of(changed) == ProblemCode.IDENTITY_CHANGED

    with_simulated_server(work)


def test_a_handset_that_is_gone_is_not_blamed_for_anothers_missing_rights() -> None:
    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        server.plug(make_handset(1), "usb:1-1.1", state=NO_PERMISSIONS)
        assert await code_of(peer.client.shell(7, "true")) == ProblemCode.LINK_LOST

    with_simulated_server(work)


def test_a_serial_number_that_names_anothers_port_puts_its_handset_on_none() -> None:
    name = "R58N00009XYR58N00009XY device usb:1-1.1 product:a32"
    problem = Problem(ProblemCode.UNKNOWN_PORT, name)

    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following():
            server.plug(make_handset(1), "usb:1-1.1")
            await peer.wait_for(HandsetOnline(_A1, 1))
            server.plug(make_handset(9), "usb:1-1.2", serial=name, state="unauthorized")
            raised = await peer.facts.get()
            assert isinstance(raised, ProblemRaised)
            assert raised.problem.code == problem.code
            assert len(peer.told) == 2

    with_simulated_server(work)


def test_a_handset_pulled_in_mid_push_is_lost_and_the_others_do_not_notice(tmp_path: Path) -> None:
    source = package_of(tmp_path, bytes(2_000_000))

    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            server.plug(make_handset(1, faults=[DropPush(after=99, once=True)]), "usb:1-1.1")
            server.plug(make_handset(2), "usb:1-1.2")
            await peer.wait_for(HandsetOnline(_A2, 2))
            broken, whole = (handsets.open(n).push(source, "/sdcard/a", ignore) for n in (1, 2))
            ends = list(await asyncio.gather(code_of(broken), code_of(whole)))
            assert ends == [ProblemCode.LINK_LOST, None]
            await peer.wait_for(lost(_A1))
            assert peer.told == [HandsetOnline(_A1, 1), HandsetOnline(_A2, 2), lost(_A1)]

    with_simulated_server(work)


def test_sixty_four_handsets_are_joined_to_their_ports() -> None:
    ports = {
        UsbPath(bus, (hub, port)): 8 * hub + port
        for bus in (1, 3)
        for hub in range(1, 5)
        for port in range(1, 9)
    }
    numbers = {port: number + 100 * port.bus for port, number in ports.items()}

    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        async with peer.following() as handsets:
            for port, number in numbers.items():
                server.plug(make_handset(number), f"usb:{port}")
            async with asyncio.timeout(LIMIT):
                online = [await peer.facts.get() for _ in numbers]
            sessions = {
                fact.path: fact.session for fact in online if isinstance(fact, HandsetOnline)
            }
            assert sessions.keys() == numbers.keys()
            known = await asyncio.gather(*(handsets.open(s).identify() for s in sessions.values()))
            told = {port: str(who.serial) for port, who in zip(sessions, known, strict=True)}
            assert told == {port: f"R58N{number:05d}XY" for port, number in numbers.items()}

    with_simulated_server(work)
