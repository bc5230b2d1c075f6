"""What the scripted technician does at handsets from their box, on a ground of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bench.events.enrolment import ShownCode
from bench.events.person import HiddenText, StepConfirmed
from bench.events.run import Fact
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from hardware.simulator.faults import RestartWhileEnrolling
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.training_ground import (
    FULLY_MANAGED,
    STAGED,
    Ground,
    GroundInUse,
    in_use,
)
from hardware.simulator.wizard.stages import Stage
from hardware.simulator.wizard.surroundings import SetUpTimes
from hardware.simulator.wizard.wizard import Wizard

SLOT = SlotCode.parse("A1")
QUICK = SetUpTimes(
    join=0.01, download=0.01, enrol=0.02, check_in=0.01, blink=0.01, restart=0.05, retry=0.01
)


@dataclass
class Place:
    """One handset on its ground, and what the technician posts about it."""

    ground: Ground
    now: GroundInUse
    handset: SimulatedHandset
    posted: list[Fact] = field(default_factory=list)

    @property
    def wizard(self) -> Wizard:
        return self.now.setting_up.wizards[SLOT]

    def code(self, profile: str) -> ShownCode:
        text = self.now.intune.profiles.named(profile).json()["qrCodeContent"]
        return ShownCode((), HiddenText(str(text)), "M", 18)

    def act(self, **shown: Any) -> bool:
        view = SlotView(SLOT, **{"category": Category.NEEDS_YOU, **shown})
        return self.now.setting_up.act(view, self.posted.append)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.002)


def play(
    method: str, scene: Callable[[Place], Coroutine[Any, Any, None]], times: SetUpTimes = QUICK
) -> None:
    async def run() -> None:
        handset = make_handset(1)
        ground = Ground(times=times)
        handsets: Mapping[SlotCode, SimulatedHandset] = {SLOT: handset}
        async with in_use(ground, handsets, {SLOT: method}) as now:
            await scene(Place(ground, now, handset))

    asyncio.run(run())


def test_the_camera_is_held_to_the_code_and_only_then_it_is_confirmed() -> None:
    async def scene(place: Place) -> None:
        shown: dict[str, Any] = {"code": place.code(FULLY_MANAGED), "confirms": "It was taken"}
        assert place.act(**shown)
        assert place.posted == []
        assert place.wizard.stage is not Stage.WELCOME
        assert place.act(**shown)
        assert place.posted == [StepConfirmed(SLOT, 0)]
        await place.until(lambda: place.wizard.is_managed)
        assert place.now.intune.devices[place.handset.serial].compliance == "compliant"

    play("qr", scene)


def test_a_code_is_not_confirmed_while_the_camera_still_reads_it() -> None:
    async def scene(place: Place) -> None:
        shown: dict[str, Any] = {"code": place.code(FULLY_MANAGED), "confirms": "It was taken"}
        assert place.act(**shown)
        assert not place.act(**shown)
        await place.until(lambda: place.wizard.stage is not Stage.READING)
        assert place.act(**shown)
        assert place.posted == [StepConfirmed(SLOT, 0)]

    play("qr", scene, replace(QUICK, read=0.05))


def test_a_code_that_was_not_taken_is_not_confirmed() -> None:
    async def scene(place: Place) -> None:
        broken = ShownCode((), HiddenText("canary"), "M", 1)
        assert not place.act(code=broken, confirms="It was taken")
        assert place.posted == []

    play("qr", scene)


def test_a_staging_code_needs_a_network_from_hands_and_names_the_handset_staged() -> None:
    async def scene(place: Place) -> None:
        assert place.act(code=place.code(STAGED))
        await place.until(lambda: place.wizard.wants_network)
        assert place.act(category=Category.WORKING)
        await place.until(lambda: place.wizard.is_managed)
        name = place.now.intune.devices[place.handset.serial].name
        assert name.startswith(f"Staging_{place.handset.serial}_")

    play("staging-token", scene)


@pytest.mark.parametrize("service", ["knox", "zero-touch"])
def test_a_portals_handset_is_put_on_line_once_its_run_is_at_work(service: str) -> None:
    async def scene(place: Place) -> None:
        title = "imei" if service == "knox" else "modemid"
        place.ground.hand_in(service, f"{title}\r\n{place.handset.imeis[0]}\r\n".encode())
        assert not place.act(category=Category.NEEDS_YOU)
        assert not place.act(category=Category.ATTACHED)
        assert place.act(category=Category.WORKING)
        await place.until(lambda: place.wizard.is_managed)

    play(service, scene)


def test_a_gate_is_confirmed_once_the_policies_are_there() -> None:
    async def scene(place: Place) -> None:
        gate = "The home screen shows the launcher"
        place.act(code=place.code(FULLY_MANAGED))
        assert not place.act(confirms=gate)
        await place.until(lambda: place.wizard.is_managed)
        assert place.act(confirms=gate)
        assert place.posted == [StepConfirmed(SLOT, 0)]

    play("qr", scene)


def test_no_gate_is_confirmed_of_a_handset_that_only_looks_enrolled() -> None:
    async def scene(place: Place) -> None:
        place.handset.faults.add(RestartWhileEnrolling(once=True))
        place.act(code=place.code(FULLY_MANAGED))
        await place.until(lambda: place.wizard.stage is Stage.HOME)
        assert place.handset.serial in place.now.intune.devices
        assert not place.act(confirms="The home screen shows the launcher")

    play("qr", scene)


def test_a_handset_prepared_over_adb_is_confirmed_as_it_is() -> None:
    async def scene(place: Place) -> None:
        assert place.handset.debugging
        assert place.act(confirms="It lies flat")
        assert not place.act(category=Category.HELD, confirms="It lies flat")

    play("adb", scene)


def test_the_networks_password_is_shown_nowhere() -> None:
    async def scene(place: Place) -> None:
        secret = place.ground.password.text
        place.act(code=place.code(FULLY_MANAGED))
        await place.until(lambda: place.wizard.is_managed)
        said = (repr(place.ground), repr(place.now.setting_up), *place.handset.log)
        assert secret not in "".join(said)

    play("qr", scene)


def test_a_revoked_token_is_said_on_the_screen() -> None:
    async def scene(place: Place) -> None:
        code = place.code(FULLY_MANAGED)
        place.now.intune.revoke(FULLY_MANAGED)
        place.act(code=code)
        await place.until(lambda: "revoked" in place.wizard.screen)
        assert not place.wizard.is_managed

    play("qr", scene)
