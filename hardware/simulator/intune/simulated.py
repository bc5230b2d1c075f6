"""A simulated Intune tenant: what it manages, who may ask, and what goes wrong on demand.

`async with SimulatedIntune() as intune:` serves it on the loopback. Everything happens on that
loop; what makes keys and certificates takes tenths of a second in a thread.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from bench.ports import ManagementAddress
from hardware.simulator.intune.tenant import Tenant

if TYPE_CHECKING:
    from hardware.simulator.intune.certificates import Papers
    from hardware.simulator.intune.sign_in import SignIn
    from hardware.simulator.intune.site import Site

_LOG_KEEPS: Final = 20_000
_PERSON: Final = "technician@training.example"


class SimulatedIntune(Tenant):
    """One tenant, one application in it; an async context manager, open once.

    `log` holds (method, path without query, status) of each request, parts of a batch before the
    batch itself; status 0: the connection was cut. A device code may be asked for once an
    `interval`. `papers` are keys and certificates that were made before; none: new ones.
    """

    def __init__(
        self, *, interval: timedelta = timedelta(seconds=5), papers: Papers | None = None
    ) -> None:
        super().__init__()
        self.log: list[tuple[str, str, int]] = []
        self._interval = interval
        self._papers = papers
        self._address: ManagementAddress | None = None
        self._sign_in: SignIn | None = None
        self._stack = AsyncExitStack()

    @property
    def address(self) -> ManagementAddress:
        """Where it answers, and as whom; only while it is open."""
        assert self._address is not None, "it is not open"
        return self._address

    # what people do on another computer
    def approve_device_code(self, user_code: str, user: str = _PERSON) -> None:
        """Sign in there with the code that was shown; unknown: `KeyError`."""
        self._open_sign_in().codes.approve(user_code, user)

    def decline_device_code(self, user_code: str) -> None:
        """Refuse to; unknown: `KeyError`."""
        self._open_sign_in().codes.decline(user_code)

    def void_tokens(self) -> None:
        """Take back every access and refresh token that was given out."""
        self._open_sign_in().tokens.void()

    # the site
    async def __aenter__(self) -> Self:
        # heavy, and only for who opens it
        from hardware.simulator.intune.certificates import make_papers  # noqa: PLC0415

        papers = self._papers
        if papers is None:
            papers = await asyncio.to_thread(make_papers)
        async with AsyncExitStack() as stack:
            folder = tempfile.TemporaryDirectory(prefix="staging-bench-intune-")
            home = Path(stack.enter_context(folder))
            listening = stack.enter_context(socket.socket())
            listening.bind(("127.0.0.1", 0))
            origin = f"https://127.0.0.1:{listening.getsockname()[1]}"
            site = self._build(papers, origin)
            stack.push_async_callback(site.close)
            await site.open(listening, _tls(papers, home))
            self._address = self._at(origin, papers, home)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._address = None
        await self._stack.aclose()

    def _at(self, origin: str, papers: Papers, home: Path) -> ManagementAddress:
        trusted = home / "authority.pem"
        trusted.write_text(papers.authority)
        authority = f"{origin}/{self.tenant}"
        return ManagementAddress(
            f"{origin}/beta", authority, self.client, trusted, papers.application
        )

    def _build(self, papers: Papers, origin: str) -> Site:
        # heavy, and only for who opens it
        from hardware.simulator.intune.front_desk import FrontDesk  # noqa: PLC0415
        from hardware.simulator.intune.graph import Graph  # noqa: PLC0415
        from hardware.simulator.intune.registration import Registration  # noqa: PLC0415
        from hardware.simulator.intune.sign_in import SignIn  # noqa: PLC0415
        from hardware.simulator.intune.site import Site  # noqa: PLC0415

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
