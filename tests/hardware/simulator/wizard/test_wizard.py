"""A handset from its welcome screen to its home screen, and what keeps it from getting there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bench.events.person import HiddenText
from hardware.simulator.faults import RestartWhileEnrolling
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.portals.portal import Portal
from hardware.simulator.portals.rules import KNOX
from hardware.simulator.wizard.stages import Stage
from hardware.simulator.wizard.surroundings import (
    Network,
    NotEnrolledError,
    PortalProfile,
    SetUpTimes,
    Surroundings,
)
from hardware.simulator.wizard.wizard import Wizard
from tests.hardware.simulator.wizard.codes import TOKEN_KEY, shown

QUICK = SetUpTimes(
    join=0.01, download=0.01, enrol=0.02, check_in=0.01, blink=0.01, restart=0.05, retry=0.01
)
PASSWORD = "canary-password"


@dataclass
class Service:
    """Takes one token, and keeps what it was told."""

    token: str = "canary-token"
    enrolled: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    checked_in: list[str] = field(default_factory=list)

    def enrol(self, token: str, *, serial: str, imeis: tuple[str, ...], model: str) -> str:
        if token != self.token:
            raise NotEnrolledError("the token was revoked")
        self.enrolled.append((serial, imeis, model))
        return f"phone of {serial}"

    def check_in(self, serial: str) -> None:
        self.checked_in.append(serial)


class Room:
    """A handset at its welcome screen, and all that is around it."""

    def __init__(self) -> None:
        self.service = Service()
        self.network = Network(PASSWORD)
        self.portal = Portal(KNOX, PortalProfile("A32", f'{{"{TOKEN_KEY}": "canary-token"}}'))
        self.handset: SimulatedHandset = make_handset(1)
        self.moves: list[bool] = []
        around = Surroundings(self.service, {"bench": self.network}, (self.portal,))
        self.wizard = Wizard(self.handset, around, QUICK)
        self.handset.bus.port = self._moved

    async def _moved(self, is_there: bool) -> None:
        self.moves.append(is_there)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.002)

    async def stays(self, stage: Stage, screen: str) -> None:
        await self.until(lambda: screen in self.wizard.screen)
        await asyncio.sleep(0.06)
        assert (self.wizard.stage, self.wizard.is_managed) == (stage, False)
        assert screen in self.wizard.screen
        assert "canary" not in self.wizard.screen


@asynccontextmanager
async def room() -> AsyncIterator[Room]:
    there = Room()
    async with there.wizard:
        yield there


def play(scene: Callable[[Room], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with room() as there:
            await scene(there)

    asyncio.run(run())


def test_a_handset_fresh_from_its_box_shows_its_welcome_screen() -> None:
    async def scene(room: Room) -> None:
        assert (room.wizard.stage, room.wizard.screen) == (Stage.WELCOME, "Welcome")
        assert not room.handset.debugging
        assert not room.handset.provisioned

    play(scene)


def test_a_code_brings_a_handset_home_managed() -> None:
    async def scene(room: Room) -> None:
        assert room.wizard.read_code(shown())
        await room.until(lambda: room.wizard.is_managed)
        handset = room.handset
        assert room.wizard.stage is Stage.HOME
        assert room.service.enrolled == [(handset.serial, handset.imeis, "SM-A325F")]
        assert room.service.checked_in == [handset.serial]
        assert handset.provisioned
        assert handset.device_owner

    play(scene)


def test_it_blinks_once_while_it_changes_what_it_is_on_usb() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown())
        await room.until(lambda: room.wizard.is_managed)
        assert room.moves == [False, True]

    play(scene)


def test_a_camera_reads_one_code_and_no_second_one() -> None:
    async def scene(room: Room) -> None:
        assert room.wizard.read_code(shown())
        assert not room.wizard.read_code(shown("other"))
        await room.until(lambda: room.wizard.is_managed)
        assert not room.wizard.read_code(shown())

    play(scene)


def test_a_camera_takes_a_while_to_read_a_code() -> None:
    async def scene(room: Room) -> None:
        slow = replace(QUICK, read=0.05)
        wizard = Wizard(room.handset, Surroundings(room.service, {"bench": room.network}), slow)
        async with wizard:
            assert wizard.read_code(shown())
            assert wizard.stage is Stage.READING
            assert not wizard.read_code(shown())
            await room.until(lambda: wizard.is_managed)

    play(scene)


def test_a_code_that_is_none_leaves_it_at_its_welcome_screen() -> None:
    async def scene(room: Room) -> None:
        assert not room.wizard.read_code(HiddenText("canary"))
        await room.stays(Stage.WELCOME, "Can't read this code")
        assert room.wizard.read_code(shown())

    play(scene)


def test_no_secret_of_a_code_is_in_the_handsets_log() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown())
        await room.until(lambda: room.wizard.is_managed)
        assert "canary" not in "".join(room.handset.log)

    play(scene)


def test_a_wrong_password_is_said_and_the_handset_stays() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown(WIFI_PASSWORD="canary-wrong"))
        await room.stays(Stage.JOINING, "check the password")
        assert room.wizard.join("bench", HiddenText(PASSWORD))
        await room.until(lambda: room.wizard.is_managed)

    play(scene)


def test_an_open_network_is_not_one_with_a_password() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown(WIFI_SECURITY_TYPE="NONE"))
        await room.stays(Stage.JOINING, "another kind of security")

    play(scene)


def test_a_network_that_is_not_there_is_said() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown(WIFI_SSID="elsewhere"))
        await room.stays(Stage.JOINING, "Can't find")

    play(scene)


def test_a_network_that_never_associates_is_tried_until_it_does() -> None:
    async def scene(room: Room) -> None:
        room.network.associates = False
        room.wizard.read_code(shown())
        await room.stays(Stage.JOINING, "Connecting to Wi-Fi")
        assert room.service.enrolled == []
        room.network.associates = True
        await room.until(lambda: room.wizard.is_managed)

    play(scene)


def test_a_network_that_leads_nowhere_is_waited_for() -> None:
    async def scene(room: Room) -> None:
        room.network.reaches_out = False
        room.wizard.read_code(shown())
        await room.stays(Stage.DOWNLOADING, "Can't reach the server")
        room.network.reaches_out = True
        await room.until(lambda: room.wizard.is_managed)

    play(scene)


def test_a_code_without_network_waits_for_hands() -> None:
    async def scene(room: Room) -> None:
        wifi = ("WIFI_SSID", "WIFI_SECURITY_TYPE", "WIFI_PASSWORD")
        room.wizard.read_code(shown(without=wifi))
        await room.stays(Stage.JOINING, "Connect to Wi-Fi")
        assert room.wizard.wants_network
        assert room.wizard.join("bench", HiddenText(PASSWORD))
        await room.until(lambda: room.wizard.is_managed)
        assert not room.wizard.wants_network

    play(scene)


def test_an_app_of_another_signature_is_a_checksum_error() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown(DEVICE_ADMIN_SIGNATURE_CHECKSUM="A" * 43))
        await room.stays(Stage.DOWNLOADING, "checksum error")

    play(scene)


def test_an_app_that_is_nowhere_to_be_had_is_said() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown(DEVICE_ADMIN_COMPONENT_NAME="org.example/.Receiver"))
        await room.stays(Stage.DOWNLOADING, "couldn't download")

    play(scene)


def test_a_token_that_is_not_good_is_said_on_the_screen() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown("canary-other"))
        await room.stays(Stage.ENROLLING, "the token was revoked")
        assert room.service.checked_in == []

    play(scene)


def test_a_restart_in_mid_enrolment_looks_enrolled_and_never_has_a_policy() -> None:
    async def scene(room: Room) -> None:
        room.handset.faults.add(RestartWhileEnrolling(once=True))
        room.wizard.read_code(shown())
        await room.until(lambda: room.wizard.stage is Stage.HOME)
        assert room.moves == [False, True]
        await room.stays(Stage.HOME, "Home")
        assert room.service.enrolled
        assert room.service.checked_in == []

    play(scene)


def test_a_restart_may_leave_it_out_of_the_services_list() -> None:
    async def scene(room: Room) -> None:
        room.handset.faults.add(RestartWhileEnrolling(once=True, is_listed=False))
        room.wizard.read_code(shown())
        await room.until(lambda: room.wizard.stage is Stage.HOME)
        assert room.service.enrolled == []

    play(scene)


def test_a_handset_reset_in_the_middle_is_back_at_its_welcome_screen() -> None:
    async def scene(room: Room) -> None:
        room.network.reaches_out = False
        room.wizard.read_code(shown())
        await room.until(lambda: room.wizard.stage is Stage.DOWNLOADING)
        room.wizard.reset()
        await room.until(lambda: room.moves == [False, True])
        await room.stays(Stage.WELCOME, "Welcome")
        room.network.reaches_out = True
        assert room.wizard.read_code(shown())
        await room.until(lambda: room.wizard.is_managed)
        room.wizard.reset()
        await room.until(lambda: room.wizard.stage is Stage.WELCOME)
        assert not room.handset.provisioned
        assert room.handset.device_owner is None

    play(scene)


def test_a_handset_reset_while_it_is_off_the_bus_comes_back_once() -> None:
    async def scene(room: Room) -> None:
        room.handset.faults.add(RestartWhileEnrolling(once=True))
        room.wizard.read_code(shown())
        await room.until(lambda: room.moves == [False])
        room.wizard.reset()
        await room.until(lambda: room.wizard.stage is Stage.WELCOME)
        await room.until(lambda: room.moves == [False, True])

    play(scene)


def test_a_handset_of_a_portal_gets_its_profile_once_it_is_on_line() -> None:
    async def scene(room: Room) -> None:
        room.portal.hand_in(room.handset.imeis[0].encode())
        room.portal.approve()
        assert room.wizard.join("bench", HiddenText(PASSWORD))
        await room.until(lambda: room.wizard.is_managed)
        assert room.service.checked_in == [room.handset.serial]

    play(scene)


def test_a_handset_that_no_portal_knows_asks_for_an_account() -> None:
    async def scene(room: Room) -> None:
        room.portal.hand_in(room.handset.imeis[0].encode())  # and nobody approves it
        room.wizard.join("bench", HiddenText(PASSWORD))
        await room.stays(Stage.ACCOUNT, "Sign in")
        assert room.wizard.set_up_by_hand("somebody@mail.example")
        await room.stays(Stage.HOME, "Home")
        assert room.handset.accounts == ("somebody@mail.example",)
        assert room.service.enrolled == []
        assert not room.wizard.set_up_by_hand("somebody@mail.example")

    play(scene)


def test_only_a_handset_that_asks_for_a_network_takes_one() -> None:
    async def scene(room: Room) -> None:
        room.wizard.set_up_by_hand("somebody@mail.example")
        assert not room.wizard.join("bench", HiddenText(PASSWORD))

    play(scene)


def test_a_handset_that_is_switched_off_does_nothing_more() -> None:
    async def scene(room: Room) -> None:
        room.wizard.read_code(shown())
        await room.wizard.switch_off()
        await asyncio.sleep(0.1)
        assert room.service.enrolled == []

    play(scene)
