"""HTTP/1.1 as uvicorn and h11 speak it, with the peer's certificate and without endless patience.

uvicorn puts no certificate into the ASGI scope, and waits for ever for a head that drips and for a
peer that does not read; that is mended here, the first in the form of the ASGI TLS extension.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bench.inventory.door.callers import TLS
from bench.inventory.door.guests import Guests
from bench.inventory.door.limits import Limits
from bench.inventory.door.porter import KNOWN
from bench.inventory.door.refusals import Code, DoorError


class DoorProtocol(H11Protocol):
    """One connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        limits: Limits,
        guests: Guests,
    ) -> None:
        super().__init__(config, server_state, app_state)
        self._limits = limits
        self._guests = guests
        self._patience: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Meet a peer, and know its certificate."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self.app = _telling(self.app, tls_of(transport), lambda: self._guests.vouch(peer[:2]))
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer went."""
        self._be_patient()
        self._has_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hear the peer; between requests it has only so long for the next head."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._expect_head()
        else:
            self._be_patient()

    def pause_writing(self) -> None:
        """The peer does not read its answer: it has only so long for it."""
        super().pause_writing()
        self._has_read()
        self._reading = self.loop.call_later(self._limits.reading, self.transport.abort)

    def resume_writing(self) -> None:
        """The peer has read."""
        self._has_read()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Go on to the next request; if its first bytes are here, for so long and not longer."""
        super().on_response_complete()
        begun = self.cycle.response_complete and self.conn.trailing_data[0]
        if begun and not self.transport.is_closing():
            self._expect_head()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words, not ours
        """Say that this is no HTTP, if that can still be said, and hang up."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(self._no_http())
        self.transport.close()

    def _no_http(self) -> bytes:
        refusal = DoorError(Code.NO_HTTP).refusal
        headers = [*refusal.headers.items(), ("Content-Length", str(len(refusal.body)))]
        status = refusal.status
        response = h11.Response(status_code=status, headers=headers, reason=status.phrase)
        parts = (response, h11.Data(data=refusal.body), h11.EndOfMessage())
        return b"".join(self.conn.send(part) or b"" for part in parts)

    def _expect_head(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(self._limits.head, self.transport.abort)

    def _has_read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _be_patient(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def tls_of(transport: asyncio.BaseTransport) -> dict[str, Any] | None:
    """Return what the ASGI TLS extension says of a connection; None without TLS."""
    spoken = cast("ssl.SSLObject | None", transport.get_extra_info("ssl_object"))
    if spoken is None:
        return None
    shown = spoken.getpeercert(binary_form=True)
    cipher = spoken.cipher()
    return {
        "client_cert_chain": [ssl.DER_cert_to_PEM_cert(shown)] if shown else [],
        "client_cert_error": None,
        "tls_version": spoken.version(),
        "cipher_suite": cipher[0] if cipher else None,
    }


def _telling(app: Any, tls: dict[str, Any] | None, known: Callable[[], None]) -> Any:  # noqa: ANN401 - uvicorn's own types
    """Return an application that hears of TLS, and tells when it knows who asks."""

    async def told(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        if tls is not None:
            scope.setdefault("extensions", {})[TLS] = tls
        await app(scope, receive, send)
        if scope.get(KNOWN):
            known()

    return told
