"""The door's server with an application of the test's own: who never reads, a renewed TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.inventory.central.certificates import Authority, Identity, utc_now
from bench.inventory.door.limits import Limits
from bench.inventory.door.porter import KNOWN
from bench.inventory.door.server import DoorServer
from bench.inventory.door.tls import RenewableTls, ends_at, server_tls

QUICK = Limits(reading=0.2, farewell=1)
_ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.begin("Centre", utc_now())


def speaking(folder: Path, identity: Identity, clients: Authority) -> ssl.SSLContext:
    for name, content in (
        ("web.crt", identity.certificate),
        ("web.key", identity.key),
        ("ca.crt", clients.identity.certificate),
    ):
        (folder / name).write_bytes(content)
    return server_tls(*(str(folder / name) for name in ("web.crt", "web.key", "ca.crt")))


@asynccontextmanager
async def serving(app: Any, tls: ssl.SSLContext) -> AsyncIterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    ended, ready, said = asyncio.Event(), asyncio.Event(), list[str]()
    server = DoorServer(app, listening, tls, QUICK, said.append)
    answering = asyncio.create_task(server.answer(ended, ready.set))
    await ready.wait()
    try:
        yield port
    finally:
        ended.set()
        await answering
    assert not said


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.identity.certificate.decode())


def test_a_peer_that_never_reads_its_answer_is_hung_up_on(
    authority: Authority, tmp_path: Path
) -> None:
    async def scene() -> None:
        gone = asyncio.Event()

        async def large(scope: Any, _: Callable[[], Any], send: Callable[[Any], Any]) -> None:
            scope[KNOWN] = True
            await send({"type": "http.response.start", "status": 200, "headers": []})
            try:
                for __ in range(100):
                    await send(
                        {"type": "http.response.body", "body": bytes(1 << 20), "more_body": True}
                    )
            finally:
                gone.set()

        tls = speaking(tmp_path, authority.server(["localhost"], utc_now()), authority)
        async with serving(large, tls) as port, asyncio.timeout(20):
            _, line = await asyncio.open_connection(
                "127.0.0.1", port, ssl=trusting(authority), server_hostname="localhost", limit=1
            )
            line.write(_ASKED)
            await gone.wait()
            line.transport.abort()

    asyncio.run(scene())


async def _who(scope: Any, _: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    shown = len(scope["extensions"]["tls"]["client_cert_chain"])
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"shown", b"%d" % shown)]}
    )
    await send({"type": "http.response.body"})


async def _asked(port: int, tls: ssl.SSLContext) -> tuple[bool, bytes]:
    """Return whether the door saw a certificate, and its own."""
    reader, line = await asyncio.open_connection(
        "127.0.0.1", port, ssl=tls, server_hostname="localhost"
    )
    try:
        line.write(_ASKED)
        answer = await reader.readuntil(b"\r\n\r\n")
        return b"shown: 1" in answer, line.get_extra_info("ssl_object").getpeercert(
            binary_form=True
        )
    finally:
        line.transport.abort()


def test_a_renewed_certificate_and_another_authority_of_benches_are_taken(
    authority: Authority, tmp_path: Path
) -> None:
    """What the door trusts from then on is the new authority alone."""
    second = Authority.begin("Centre", utc_now())
    old = authority.server(["localhost"], utc_now(), days=30)
    new = authority.server(["localhost"], utc_now(), days=60)

    def bench_of(its: Authority) -> ssl.SSLContext:
        bench, tls = its.bench("bench-07", utc_now()), trusting(authority)
        for name, content in (("b.crt", bench.certificate), ("b.key", bench.key)):
            (tmp_path / name).write_bytes(content)
        tls.load_cert_chain(tmp_path / "b.crt", tmp_path / "b.key")
        return tls

    async def scene() -> None:
        tls = RenewableTls.of(speaking(tmp_path, old, authority))
        async with serving(_who, tls) as port, asyncio.timeout(20):
            assert await _asked(port, bench_of(authority)) == (True, der(old))
            tls.current = speaking(tmp_path, new, second)
            assert await _asked(port, bench_of(second)) == (True, der(new))
            with pytest.raises((ssl.SSLError, OSError, asyncio.IncompleteReadError)):
                await _asked(port, bench_of(authority))

    asyncio.run(scene())
    assert ends_at(tmp_path / "web.crt") > utc_now() + timedelta(days=58)


def der(identity: Identity) -> bytes:
    return ssl.PEM_cert_to_DER_cert(identity.certificate.decode())
