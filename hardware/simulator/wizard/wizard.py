"""One handset's set-up: what it reads, joins, loads and enrols at, and what it shows meanwhile.

It goes on by itself, over plugging and unplugging, as a handset with a battery does. On the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from bench.events.person import HiddenText
from hardware.simulator.faults import RestartWhileEnrolling
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.wizard.joining import why_not_joined
from hardware.simulator.wizard.provisioning import (
    CodeRefusedError,
    Provisioning,
    WantedNetwork,
    read_code,
    read_custom_json,
)
from hardware.simulator.wizard.stages import Stage
from hardware.simulator.wizard.surroundings import (
    Network,
    NotEnrolledError,
    PortalProfile,
    SetUpTimes,
    Surroundings,
)

_ASKS = (Stage.JOINING, "Connect to Wi-Fi")
_NOT_REACHED = "Can't reach the server"


class Wizard:
    """The set-up of a handset, which is from now on as it left its box.

    `screen` is what it shows, which is never a secret. Use as `async with`, or call `switch_off`.
    """

    def __init__(
        self,
        handset: SimulatedHandset,
        surroundings: Surroundings,
        times: SetUpTimes | None = None,
    ) -> None:
        self.handset = handset
        self.is_managed = False
        """Whether it is under management and has all its policies."""
        self._surroundings = surroundings
        self._times = times or SetUpTimes()
        self._network: Network | None = None
        self._picked: asyncio.Future[WantedNetwork] | None = None
        self._going: asyncio.Task[None] | None = None
        self._be_as_new()

    # hands and eyes
    @property
    def wants_network(self) -> bool:
        """Whether it waits for somebody to pick a network."""
        return self._picked is not None and not self._picked.done()

    def read_code(self, code: HiddenText) -> bool:
        """Hold its camera to a code; False when its camera is not open, as after the first one."""
        if self.stage is not Stage.WELCOME:
            return False
        try:
            wanted = read_code(code.text)
        except CodeRefusedError as refused:
            self.screen = refused.screen
            return False
        self._be(*((Stage.READING, "Scan the code") if self._times.read else _ASKS))
        self._go(self._read(wanted))
        return True

    def join(self, ssid: str, password: HiddenText) -> bool:
        """Pick a network by hand; False when it asks for none. From its first screen it goes on."""
        security = "WPA" if password.text else "NONE"
        wanted = WantedNetwork(ssid, security, password.text)
        if self._picked is not None and self.wants_network:
            self._picked.set_result(wanted)
        elif self.stage is Stage.WELCOME:
            self._be(*_ASKS)
            self._go(self._ask_portals(wanted))
        else:
            return False
        return True

    def set_up_by_hand(self, account: str) -> bool:
        """Set it up with somebody's own account; False when it asks for none."""
        if self.stage not in (Stage.WELCOME, Stage.ACCOUNT):
            return False
        self.handset.accounts = (account,)
        self._arrive()
        return True

    def reset(self) -> None:
        """Set it back to how it left its box, whatever it is doing."""
        self._be(Stage.RESTARTING, "")
        self._go(self._start_anew())

    async def switch_off(self) -> None:
        """End what it is doing, and do nothing more."""
        if self._going is not None:
            self._going.cancel()
            await asyncio.wait([self._going])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.switch_off()

    # what it does by itself
    def _be_as_new(self) -> None:
        self.handset.reset()
        self.is_managed, self._network, self._picked = False, None, None
        self._be(Stage.WELCOME, "Welcome")

    def _be(self, stage: Stage, screen: str) -> None:
        self.stage, self.screen = stage, screen

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this from now on, and nothing of what was begun before."""
        if self._going is not None:
            self._going.cancel()
        self._going = asyncio.create_task(work)
        self._going.add_done_callback(_ended)

    async def _start_anew(self) -> None:
        self.is_managed = False
        await self.handset.bus.leave()
        await asyncio.sleep(self._times.restart)
        self._be_as_new()
        await self.handset.bus.come_back()

    async def _ask_portals(self, wanted: WantedNetwork) -> None:
        await self._join(wanted)
        await self._reach()
        for portal in self._surroundings.portals:
            profile = portal.profile_for(self.handset.serial, self.handset.imeis)
            if profile is not None:
                await self._follow(profile)
                return
        self._be(Stage.ACCOUNT, "Sign in with your account")

    async def _follow(self, profile: PortalProfile) -> None:
        try:
            token = read_custom_json(profile.custom_json)
        except CodeRefusedError as refused:
            self.screen = refused.screen
            return
        checksum = self._surroundings.apps.get(profile.admin, "")
        await self._set_up(Provisioning(profile.admin, checksum, token=token))

    async def _read(self, wanted: Provisioning) -> None:
        await asyncio.sleep(self._times.read)
        self.handset.note("code read")
        self._be(*_ASKS)
        await self._set_up(wanted)

    async def _set_up(self, wanted: Provisioning) -> None:
        if wanted.network or self._network is None:
            await self._join(wanted.network)
        if await self._load(wanted):
            await self._enrol(wanted)

    async def _join(self, wanted: WantedNetwork | None) -> None:
        """Try until it is in; one that is picked by hand goes before the one it tries."""
        while wanted is None:
            wanted = await self._picked_by_hand(None)
        await asyncio.sleep(self._times.join)
        while True:
            there = self._surroundings.networks.get(wanted.ssid)
            self.screen = why_not_joined(wanted, there)
            if there is not None and not self.screen:
                self._network, self._picked = there, None
                return
            wanted = await self._picked_by_hand(self._times.retry) or wanted

    async def _picked_by_hand(self, seconds: float | None) -> WantedNetwork | None:
        """Return the network that somebody picks within that time."""
        picked = self._picked = asyncio.get_running_loop().create_future()
        await asyncio.wait([picked], timeout=seconds)
        return picked.result() if picked.done() else None

    async def _reach(self) -> None:
        """Wait until the network leads somewhere."""
        before = self.screen
        while self._network is not None and not self._network.reaches_out:
            self.screen = _NOT_REACHED
            await asyncio.sleep(self._times.retry)
        self.screen = before

    async def _load(self, wanted: Provisioning) -> bool:
        """Load the management app and compare its checksum; return whether it is the right one."""
        self._be(Stage.DOWNLOADING, "Getting ready for work setup…")
        await self._reach()
        await asyncio.sleep(self._times.download)
        known = self._surroundings.apps.get(wanted.admin)
        if known is None:
            self.screen = "Can't set up device: couldn't download the admin app"
        elif known != wanted.checksum:
            self.screen = "Can't set up device: checksum error"
        return known is not None and known == wanted.checksum

    async def _enrol(self, wanted: Provisioning) -> None:
        self._be(Stage.ENROLLING, "Setting up your work phone…")
        self.handset.packages[wanted.admin.partition("/")[0]] = "1.0"
        self.handset.device_owner = wanted.admin
        await asyncio.sleep(self._times.enrol / 2)
        if fault := self.handset.faults.take(RestartWhileEnrolling):
            await self._restart(wanted, is_listed=fault.is_listed)
            return
        if self._times.blink:
            await self._leave_for(self._times.blink)
        await asyncio.sleep(self._times.enrol / 2)
        await self._reach()
        if self._is_taken(wanted.token):
            self._arrive()
            await self._report()

    async def _restart(self, wanted: Provisioning, *, is_listed: bool) -> None:
        """Come back looking enrolled: at its home screen, listed maybe, and never with a policy."""
        if is_listed:
            self._is_taken(wanted.token)
        self._be(Stage.RESTARTING, "")
        self.handset.restart()
        await self._leave_for(self._times.restart)
        self._arrive()

    async def _leave_for(self, seconds: float) -> None:
        await self.handset.bus.leave()
        await asyncio.sleep(seconds)
        await self.handset.bus.come_back()

    def _is_taken(self, token: str) -> bool:
        """Enrol with the token; return whether the service took it."""
        handset = self.handset
        try:
            self._surroundings.management.enrol(
                token,
                serial=handset.serial,
                imeis=handset.imeis,
                model=handset.properties.get("ro.product.model", ""),
            )
        except NotEnrolledError as error:
            self.screen = f"Can't enrol this phone: {error.reason}"
            return False
        return True

    def _arrive(self) -> None:
        self.handset.provisioned = True
        self._be(Stage.HOME, "Home")

    async def _report(self) -> None:
        await asyncio.sleep(self._times.check_in)
        await self._reach()
        self._surroundings.management.check_in(self.handset.serial)
        self.is_managed = True


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        trouble = {"message": "a simulated set-up failed", "exception": error, "task": task}
        task.get_loop().call_exception_handler(trouble)
