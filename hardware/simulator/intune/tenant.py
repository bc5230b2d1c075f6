"""A tenant of Intune: what its administrator and its handsets do; no network, no I/O."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bench.events.management import Compliance, TokenKind
from hardware.simulator.intune.asking import ServerClock
from hardware.simulator.intune.enrolling import newly_enrolled, redeem
from hardware.simulator.intune.faults import Faults
from hardware.simulator.intune.identities import Identities
from hardware.simulator.intune.profiles import Profiles, ProfileWifi, qr_content
from hardware.simulator.intune.register import Register

LEAST: Final = frozenset(
    {
        "DeviceManagementConfiguration.ReadWrite.All",
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementServiceConfig.ReadWrite.All",
    }
)
"""What an administrator consents to for all that the bench can ask."""


class Tenant:
    """One tenant and the application registered in it.

    `granted` is what that application may do from its next sign-in on.
    """

    def __init__(self) -> None:
        self._clock = ServerClock()
        self.faults = Faults(self._clock)
        self.tenant = str(uuid.uuid4())
        self.client = str(uuid.uuid4())
        self.granted = set(LEAST)
        self.profiles = Profiles(self.tenant)
        self.devices = Register()
        self.identities = Identities()

    # what an administrator does
    def make_profile(  # noqa: PLR0913 - what an administrator fills in
        self, name: str, mode: str = "corporateOwnedFullyManaged",
        kind: TokenKind = TokenKind.DEFAULT, *, days: float = 30, template: str = "",
        wifi_ssid: str = "", wifi_password: str = "", wifi_security: str = "wpa",
        wifi_hidden: bool = False,
    ) -> str:  # fmt: skip
        """Make an enrolment profile and return its token, which lasts `days` (0: has expired).

        A name that is taken or a mode that there is not is a `ValueError`.
        """
        wifi = ProfileWifi(wifi_ssid, wifi_password, wifi_security, wifi_hidden)
        now = self._clock.now()
        profile = self.profiles.make(name, mode, kind, wifi, template, now)
        return self.profiles.create_token(profile, timedelta(days=days), now).value

    def revoke(self, name: str) -> None:
        """Revoke the token of a profile; no such profile is a `KeyError`."""
        self.profiles.revoke(self.profiles.named(name), self._clock.now())

    def token(self, name: str) -> str:
        """Return the token that a profile has now; none, or no such profile: `KeyError`."""
        token = self.profiles.named(name).token
        if token is None:
            raise KeyError(name)
        return token.value

    def export_token(self, name: str) -> str:
        """Return what the admin centre's "Export token" saves; none to export is a `KeyError`.

        Source: MicrosoftDocs/memdocs, device-staging-overview.md: "the JSON content required for
        Google Zero Touch or Knox Mobile Enrollment". Its exact layout is not confirmed.
        """
        return json.dumps(json.loads(qr_content(self.token(name), ProfileWifi())), indent=2)

    # what handsets do
    def enrol(self, token: str, *, serial: str, imeis: tuple[str, ...], model: str) -> str:
        """Bring a handset under management and return the device's name there.

        A handset that was enrolled before gets an entry more, as with Intune.

        Raises:
            EnrolmentRefusedError: the token is unknown, replaced, revoked or expired.
        """
        now = self._clock.now()
        profile = redeem(self.profiles, token, now)
        device = self.devices.enrol(newly_enrolled(profile, serial, imeis, model, now))
        self.profiles.count(profile)
        return device.name

    def check_in(self, serial: str) -> None:
        """The handset has applied its policies: its newest entry is compliant. Else `KeyError`."""
        self.comply(serial, Compliance.COMPLIANT)

    def officer_signs_in(self, serial: str, user: str) -> None:
        """Somebody signs in on a staged handset, which is named after them now.

        Source: device-staging-overview.md, "the username replaces the staging prefix".
        """
        device = self.devices[serial]
        name = device.name.replace(f"Staging_{serial}", user, 1)
        self.devices.change(replace(device, name=name, user=user, synced=self._clock.now()))

    def comply(self, serial: str, compliance: Compliance) -> None:
        """Let the newest entry of a handset be as compliant as that; unknown: `KeyError`."""
        device = self.devices[serial]
        self.devices.change(replace(device, compliance=compliance, synced=self._clock.now()))

    def forget(self, serial: str) -> None:
        """Delete every entry of a handset; unknown: `KeyError`."""
        self.devices.forget(serial)

    def add_fleet(self, count: int) -> None:
        """Manage that many made-up devices more; they take no memory."""
        self.devices.add_fleet(count)
