"""The simulated Intune keeps to itself what it is told and what it gives out."""

from __future__ import annotations

import asyncio
import gc
import http.client
import logging
import ssl
from contextlib import closing, suppress

import aiohttp
import pytest

from bench.events.management import TokenKind
from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.faults import Silence
from tests.peers.intune.intune_room import (
    DEVICE_GRANT,
    DEVICES,
    PROFILES,
    SCOPE,
    Asker,
    assertion,
    papers,
    told,
)


def test_no_log_and_no_repr_holds_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    secrets: list[str] = []

    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        enrolment = intune.make_profile(
            "A32", kind=TokenKind.STAGING, wifi_ssid="bench", wifi_password="canary-password"
        )
        proof = assertion(intune)
        await asker.by_assertion(proof)
        code = await asker.form(
            "devicecode", client_id=intune.client, scope=f"{SCOPE} openid offline_access"
        )
        device_code = code.json["device_code"]
        fields = {"grant_type": DEVICE_GRANT, "client_id": intune.client}
        await asker.form("token", **fields, device_code=device_code)
        intune.approve_device_code(code.json["user_code"])
        given = (await asker.form("token", **fields, device_code=device_code)).json
        await asker.get(PROFILES)
        await asker.ask("GET", DEVICES, headers={"Authorization": "Bearer canary-token"})
        await asker.form("token", client_id="canary-client", refresh_token="canary-refresh")
        secrets.extend(
            [
                enrolment, "canary-password", "canary-token", "canary-refresh", proof, device_code,
                given["access_token"], given["refresh_token"], given["id_token"], asker.token,
                intune.address.key.splitlines()[3],
            ]
        )  # fmt: skip
        inside = [intune.profiles, intune.devices, intune._sign_in, intune.address, papers()]
        assert intune._sign_in is not None
        inside += [intune._sign_in.tokens, *intune._sign_in.codes._codes.values()]
        shown = repr(inside) + repr(list(intune.profiles))
        assert not [secret for secret in secrets if secret in shown]

    with caplog.at_level(logging.DEBUG):
        intune = told(story)
    assert len(intune.log) >= 8
    told_of = caplog.text + repr(intune.log) + repr(intune)
    assert len(secrets) == 11
    assert not [secret for secret in secrets if secret in told_of]


def test_nothing_is_left_behind_when_it_ends_in_the_middle() -> None:
    """Of four who ask, one is waiting for an answer, one has not said anything yet."""

    async def run() -> None:
        async with SimulatedIntune(papers=papers()) as intune, aiohttp.ClientSession() as session:
            home = intune.address.certificates
            assert home is not None
            trusted = ssl.create_default_context(cafile=str(home))
            port = int(intune.address.graph.split(":")[2].split("/")[0])
            intune.faults.add(Silence(), times=None)
            url = intune.address.graph + DEVICES
            asking = [asyncio.ensure_future(session.post(url, ssl=trusted)) for _ in range(3)]
            _, silent = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.05)
            await intune.__aexit__(None, None, None)
            ends = await asyncio.gather(*asking, return_exceptions=True)
            assert [isinstance(end, aiohttp.ClientConnectionError) for end in ends] == [True] * 3
            silent.close()
            assert not home.parent.exists()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def test_whoever_says_no_goodbye_keeps_nothing_open() -> None:
    """A library that keeps its connection for later never answers the end of TLS."""

    def ask(url: str, trusted: ssl.SSLContext) -> http.client.HTTPSConnection:
        host, _, path = url.removeprefix("https://").partition("/")
        kept = http.client.HTTPSConnection(host, context=trusted, timeout=10)
        kept.request("GET", f"/{path}")
        assert kept.getresponse().read().startswith(b'{"error"')
        return kept

    async def run() -> http.client.HTTPSConnection:
        async with SimulatedIntune(papers=papers()) as intune:
            trusted = ssl.create_default_context(cafile=str(intune.address.certificates))
            return await asyncio.to_thread(ask, intune.address.graph + DEVICES, trusted)

    kept = asyncio.run(run())
    gc.collect()  # what the loop left open would complain now
    assert kept.sock is not None
    with closing(kept), suppress(ConnectionResetError):
        assert kept.sock.recv(1) == b""
