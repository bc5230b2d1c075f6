"""Where handsets of an exercise come under management: a network, a service, and two portals.

The service is the simulated Intune, over real HTTP for the bench; handsets enrol at it directly.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.events.management import TokenKind
from bench.events.person import HiddenText
from bench.identity.identifiers import SlotCode
from bench.ports import ManagementAddress
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.intune import EnrolmentRefusedError, SimulatedIntune
from hardware.simulator.portals.portal import Portal, Receipt
from hardware.simulator.portals.rules import KNOX, ZERO_TOUCH
from hardware.simulator.setting_up import SettingUp
from hardware.simulator.wifi import NetworkInReach
from hardware.simulator.wizard.provisioning import TOKEN_KEY
from hardware.simulator.wizard.surroundings import (
    Network,
    NotEnrolledError,
    PortalProfile,
    SetUpTimes,
    Surroundings,
)
from hardware.simulator.wizard.wizard import Wizard

if TYPE_CHECKING:
    from hardware.simulator.intune.certificates import Papers

FULLY_MANAGED, STAGED = "Training fully managed", "Training staging"
BY_PORTAL = {"knox": "Training Knox", "zero-touch": "Training zero-touch"}
"""The enrolment profiles at the service; of the portals, by the portal's name."""
FROM_BOX = frozenset({"qr", "staging-token", *BY_PORTAL})
"""The methods whose handsets come as they left their box."""
_LASTS = 1.0
"""Days of a token."""


def _portals() -> Mapping[str, Portal]:
    return {rules.name: Portal(rules) for rules in (KNOX, ZERO_TOUCH)}


@dataclass(frozen=True, slots=True)
class Ground:
    """The network of the exercise and its portals, each by its service's name.

    The code of "Training fully managed" brings the network along; for that of "Training staging"
    and for a portal's handset it is picked by hand.
    """

    ssid: str = "bench"
    password: HiddenText = field(default_factory=lambda: HiddenText(secrets.token_urlsafe(12)))
    portals: Mapping[str, Portal] = field(default_factory=_portals)
    times: SetUpTimes = field(default_factory=SetUpTimes)

    def hand_in(self, service: str, data: bytes) -> Receipt:
        """Hand an upload file in at a portal (`knox`, `zero-touch`), and approve what is in it.

        Raises `FileRefusedError` where nothing of it was taken.
        """
        receipt = self.portals[service].hand_in(data)
        self.portals[service].approve()
        return receipt


@dataclass(frozen=True, slots=True)
class GroundInUse:
    """What there is to do at its handsets, the service that they enrol at, and their network."""

    setting_up: SettingUp
    intune: SimulatedIntune
    network: Network

    @property
    def management(self) -> ManagementAddress:
        """Where the service is asked about them."""
        return self.intune.address


@asynccontextmanager
async def in_use(
    ground: Ground,
    handsets: Mapping[SlotCode, SimulatedHandset],
    methods: Mapping[SlotCode, str],
    papers: Papers | None = None,
) -> AsyncIterator[GroundInUse]:
    """Open the service; handsets that come from their box are at their first screen from now on.

    `papers` are those of `SimulatedIntune`.
    """
    for handset in handsets.values():
        handset.wifi.in_reach[ground.ssid] = NetworkInReach("wpa2", ground.password.text)
    async with SimulatedIntune(papers=papers) as intune, AsyncExitStack() as stack:
        _make_profiles(intune, ground)
        network = Network(ground.password.text)
        portals = tuple(ground.portals.values())
        around = Surroundings(_Enrolling(intune), {ground.ssid: network}, portals)
        wizards = {
            slot: await stack.enter_async_context(Wizard(handset, around, ground.times))
            for slot, handset in handsets.items()
            if methods.get(slot) in FROM_BOX
        }
        by_network = frozenset(slot for slot in wizards if methods[slot] in BY_PORTAL)
        hands = SettingUp(wizards, by_network, ground.ssid, ground.password)
        yield GroundInUse(hands, intune, network)


def _make_profiles(intune: SimulatedIntune, ground: Ground) -> None:
    """Let an administrator make the profiles, and tell the portals those that are theirs."""
    ssid, password = ground.ssid, ground.password.text
    intune.make_profile(FULLY_MANAGED, days=_LASTS, wifi_ssid=ssid, wifi_password=password)
    intune.make_profile(STAGED, kind=TokenKind.STAGING, days=_LASTS)
    for name, portal in ground.portals.items():
        token = intune.make_profile(BY_PORTAL[name], days=_LASTS)
        portal.profile = PortalProfile(BY_PORTAL[name], json.dumps({TOKEN_KEY: token}))


class _Enrolling:
    """The service as a handset knows it."""

    def __init__(self, intune: SimulatedIntune) -> None:
        self._intune = intune

    def enrol(self, token: str, *, serial: str, imeis: tuple[str, ...], model: str) -> str:
        try:
            return self._intune.enrol(token, serial=serial, imeis=imeis, model=model)
        except EnrolmentRefusedError as error:
            raise NotEnrolledError(error.reason) from None

    def check_in(self, serial: str) -> None:
        self._intune.check_in(serial)
