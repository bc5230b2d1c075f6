"""A simulated Intune tenant: what it manages, who may ask, and what goes wrong on demand.

`async with SimulatedIntune() as intune:` serves it on the loopback. Everything happens on that
loop; what makes keys and certificates takes tenths of a second in a thread.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from bench.events.management import Compliance, TokenKind
from bench.ports import ManagementAddress
from hardware.simulator.intune.asking import ServerClock
from hardware.simulator.intune.devices import Register
from hardware.simulator.intune.enrolling import newly_enrolled, redeem
from hardware.simulator.intune.faults import Faults
from hardware.simulator.intune.identities import Identities
from hardware.simulator.intune.profiles import Profiles, ProfileWifi

if TYPE_CHECKING:
    from hardware.simulator.intune.certificates import Papers
    from hardware.simulator.intune.sign_in import SignIn
    from hardware.simulator.intune.site import Site

LEAST: Final = frozenset(
    {
        "DeviceManagementConfiguration.ReadWrite.All",
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementServiceConfig.ReadWrite.All",
    }
)
"""What an administrator consents to for all that the bench can ask."""
_LOG_KEEPS: Final = 20_000
_PERSON: Final = "technician@training.example"


class SimulatedIntune:
    """One tenant, one application in it; an async context manager, open once.

    `granted` is what the application may do from its next sign-in on. `log` holds (method, path
    without query, status) of each request, parts of a batch before the batch itself; status 0: the
    connection was cut. `interval` is how often a device code may be asked for.
    """

    def __init__(self, *, interval: timedelta = timedelta(seconds=5)) -> None:
        self._clock = ServerClock()
        self.faults = Faults(self._clock)
        self.tenant = str(uuid.uuid4())
        self.client = str(uuid.uuid4())
        self.granted = set(LEAST)
        self.log: list[tuple[str, str, int]] = []
        self.profiles = Profiles(self.tenant)
        self.devices = Register()
        self.identities = Identities()
        self._interval = interval
        self._address: ManagementAddress | None = None
        self._sign_in: SignIn | None = None
        self._site: Site | None = None
        self._home: tempfile.TemporaryDirectory[str] | None = None

    @property
    def address(self) -> ManagementAddress:
        """Where it answers, and as whom; only while it is open."""
        assert self._address is not None, "it is not open"
        return self._address

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

    def approve_device_code(self, user_code: str, user: str = _PERSON) -> None:
        """Sign in on another computer with the code that was shown; unknown: `KeyError`."""
        self._open_sign_in().codes.approve(user_code, user)

    def decline_device_code(self, user_code: str) -> None:
        """Refuse to, on another computer; unknown: `KeyError`."""
        self._open_sign_in().codes.decline(user_code)

    def void_tokens(self) -> None:
        """Take back every access and refresh token that was given out."""
        self._open_sign_in().tokens.void()

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

    # the site
    async def __aenter__(self) -> Self:
        from hardware.simulator.intune.certificates import (  # noqa: PLC0415 - heavy: only if used
            make_papers,
        )

        papers = await asyncio.to_thread(make_papers, "Staging Bench in training")
        self._home = tempfile.TemporaryDirectory(prefix="staging-bench-intune-")
        home = Path(self._home.name)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        origin = f"https://127.0.0.1:{listening.getsockname()[1]}"
        self._site = self._build(papers, origin)
        await self._site.open(listening, _tls(papers, home))
        trusted = home / "authority.pem"
        trusted.write_text(papers.authority)
        self._address = ManagementAddress(
            f"{origin}/beta", f"{origin}/{self.tenant}", self.client, trusted, papers.application
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._site is not None:
            await self._site.close()
        if self._home is not None:
            self._home.cleanup()
        self._address = None

    def _build(self, papers: Papers, origin: str) -> Site:
        from hardware.simulator.intune.front_desk import FrontDesk  # noqa: PLC0415 - as above
        from hardware.simulator.intune.graph import Graph  # noqa: PLC0415 - as above
        from hardware.simulator.intune.sign_in import Registration, SignIn  # noqa: PLC0415 - as above
        from hardware.simulator.intune.site import Site  # noqa: PLC0415 - as above

        app = Registration(origin, self.tenant, self.client, papers.registered, self.granted)
        self._sign_in = SignIn(app, self._clock, self._interval)
        graph = Graph(self.profiles, self.devices, self.identities, self._clock)
        desk = FrontDesk(app, self._sign_in, graph, self.faults, self._clock, self._note)
        return Site(desk, self.faults, self._note)

    def _open_sign_in(self) -> SignIn:
        assert self._sign_in is not None, "it is not open"
        return self._sign_in

    def _note(self, method: str, path: str, status: int) -> None:
        self.log.append((method, path, status))
        if len(self.log) > _LOG_KEEPS:
            del self.log[: _LOG_KEEPS // 2]


def _tls(papers: Papers, home: Path) -> ssl.SSLContext:
    """Return the context; `ssl` takes a key from a file only, which does not outlive this."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = home / "server.pem"
    file.touch(mode=0o600)
    file.write_text(papers.server)
    context.load_cert_chain(file)
    file.unlink()
    return context
