"""What anyone may send to a simulated handset: it answers, drops it, or hangs up; never more."""

from __future__ import annotations

import asyncio
import base64
import socket
import struct
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA1
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.simulator.cable import Cable
from hardware.simulator.faults import HangShell
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.packets import BrokenLinkError
from hardware.simulator.trust import PublicKey

CNXN, AUTH, OPEN, OKAY, CLSE, WRTE = (
    int.from_bytes(name, "little")
    for name in (b"CNXN", b"AUTH", b"OPEN", b"OKAY", b"CLSE", b"WRTE")
)
KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(3, 2048)


def packet(command: int, arg0: int, arg1: int, payload: bytes = b"") -> bytes:
    words = (command, arg0, arg1, len(payload), sum(payload), command ^ 0xFFFFFFFF)
    return struct.pack("<6I", *words) + payload


HELLO = packet(CNXN, 0x01000001, 1 << 20, b"host::features=shell_v2")


def wire_form(key: rsa.RSAPrivateKey, words: int = 64) -> bytes:
    """Return the public key as adb sends it."""
    numbers = key.public_key().public_numbers()
    n = numbers.n
    inverse = -pow(n, -1, 1 << 32) % (1 << 32)
    raw = struct.pack("<II", words, inverse) + n.to_bytes(256, "little")
    raw += pow(1 << 2048, 2, n).to_bytes(256, "little") + struct.pack("<I", numbers.e)
    return base64.b64encode(raw) + b" bench@example\0"


def sign(key: rsa.RSAPrivateKey, token: bytes) -> bytes:
    return key.sign(token, padding.PKCS1v15(), Prehashed(SHA1()))


class Peer:
    """A computer at the other end of the cable, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, *raw: bytes) -> None:
        self._writer.write(b"".join(raw))
        await self._writer.drain()

    async def receive(self) -> tuple[int, int, int, bytes]:
        head = struct.unpack("<6I", await self._reader.readexactly(24))
        return head[0], head[1], head[2], await self._reader.readexactly(head[3])

    async def is_cut_off(self) -> bool:
        """Read whatever comes until the handset hangs up."""
        try:
            while await self._reader.read(1 << 16):
                pass
        except ConnectionError:
            pass
        return True

    def hang_up(self) -> None:
        self._writer.transport.abort()


Talk = Callable[[Peer], Awaitable[None]]


def talk(handset: SimulatedHandset, *talks: Talk) -> None:
    """Connect to the handset as often as there are talks; a bug of its link fails the test."""
    bugs: list[dict[str, Any]] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: bugs.append(context))
        async with Cable(handset) as cable, asyncio.timeout(30):
            for one in talks:
                host, _, port = cable.address.rpartition(":")
                peer = Peer(*await asyncio.open_connection(host, int(port)))
                try:
                    await one(peer)
                finally:
                    peer.hang_up()

    asyncio.run(run())
    assert not bugs


async def until(met: Callable[[], bool]) -> None:
    while not met():
        await asyncio.sleep(0.01)


async def answers(peer: Peer) -> None:
    await peer.send(HELLO)
    command, version, most, banner = await peer.receive()
    assert (command, version, most) == (CNXN, 0x01000001, 1 << 20)
    assert banner.startswith(b"device::ro.product.name=a32nsxx;")


async def shell(peer: Peer, line: bytes) -> bytes:
    await peer.send(packet(OPEN, 5, 0, b"shell:" + line + b"\0"))
    command, local, remote, _ = await peer.receive()
    assert (command, remote) == (OKAY, 5)
    out = b""
    while (answer := await peer.receive())[0] == WRTE:
        out += answer[3]
        await peer.send(packet(OKAY, 5, local))
    assert answer[0] == CLSE
    return out


# ── garbage ─────────────────────────────────────────────────────────────────────────────────────
@given(st.binary(min_size=24, max_size=200))
@settings(deadline=None, max_examples=60)
def test_garbage_ends_the_link_and_the_next_one_is_served(garbage: bytes) -> None:
    async def babble(peer: Peer) -> None:
        await peer.send(garbage)
        assert await peer.is_cut_off()

    talk(make_handset(1), babble, answers)


def packets() -> st.SearchStrategy[bytes]:
    number = st.one_of(st.integers(0, 5), st.integers(0, 0xFFFFFFFF))
    known = st.sampled_from([CNXN, AUTH, OPEN, OKAY, CLSE, WRTE])
    service = st.sampled_from(
        [b"shell:echo", b"sync:", b"exec:cmd package install -S 9", b"shell,v2:", b"jdwp:1", b":"]
    )
    payload = st.one_of(st.binary(max_size=64), service)
    return st.builds(packet, st.one_of(known, number), number, number, payload)


@given(st.booleans(), st.lists(packets(), max_size=12))
@settings(deadline=None, max_examples=60)
def test_packets_in_any_order_do_no_harm(secure: bool, sent: list[bytes]) -> None:
    async def babble(peer: Peer) -> None:
        await peer.send(HELLO, *sent, b"!" * 24)
        assert await peer.is_cut_off()

    handset = make_handset(1, secure=secure)
    talk(handset, babble)
    assert not handset.dialog_is_open
    handset.secure = False
    talk(handset, answers)


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=60)
def test_garbage_in_a_file_transfer_ends_it(garbage: bytes) -> None:
    async def babble(peer: Peer) -> None:
        await answers(peer)
        await peer.send(packet(OPEN, 1, 0, b"sync:\0"))
        _, local, _, _ = await peer.receive()
        await peer.send(packet(WRTE, 1, local, garbage), packet(CLSE, 1, local))
        await peer.send(b"!" * 24)
        assert await peer.is_cut_off()

    handset = make_handset(1)
    talk(handset, babble, answers)
    assert handset.storage.kept_bytes == 0


def test_a_length_beyond_the_limit_ends_the_link_before_anything_is_read() -> None:
    async def boast(peer: Peer) -> None:
        await peer.send(struct.pack("<6I", WRTE, 1, 1, (1 << 20) + 1, 0, WRTE ^ 0xFFFFFFFF))
        assert await peer.is_cut_off()

    talk(make_handset(1), boast, answers)


def test_a_wrong_checksum_ends_the_link_of_an_old_server() -> None:
    async def miscount(peer: Peer) -> None:
        hello = bytearray(packet(CNXN, 0x01000000, 4096, b"host::"))
        hello[16] ^= 1
        await peer.send(bytes(hello))
        assert await peer.is_cut_off()

    talk(make_handset(1), miscount, answers)


# ── flow control ────────────────────────────────────────────────────────────────────────────────
def test_packets_far_ahead_of_their_okay_end_the_link() -> None:
    async def hurry(peer: Peer) -> None:
        await answers(peer)
        await peer.send(packet(OPEN, 1, 0, b"shell:sleep 1000\0"))
        _, local, _, _ = await peer.receive()
        block = packet(WRTE, 1, local, bytes(1 << 20))
        await peer.send(*[block] * 17)
        assert await peer.is_cut_off()

    talk(make_handset(1), hurry, answers)


def test_a_server_that_does_not_wait_for_okay_is_borne_with() -> None:
    async def hurry(peer: Peer) -> None:
        await answers(peer)
        await peer.send(packet(OPEN, 1, 0, b"sync:\0"))
        _, local, _, _ = await peer.receive()
        question = b"STAT" + struct.pack("<I", 7) + b"/sdcard"
        halves = (packet(WRTE, 1, local, half) for half in (question[:5], question[5:]))
        await peer.send(*halves)
        assert (await peer.receive())[0] == WRTE
        await peer.send(packet(OKAY, 1, local))
        assert [(await peer.receive())[0] for _ in range(2)] == [OKAY, OKAY]

    talk(make_handset(1), hurry)


def test_a_long_answer_waits_for_each_okay() -> None:
    handset = make_handset(1)
    handset.storage.write("/sdcard/long", bytes(10_000))

    async def read(peer: Peer) -> None:
        await peer.send(packet(CNXN, 0x01000000, 4096, b"host::"))
        await peer.receive()
        await peer.send(packet(OPEN, 1, 0, b"shell:cat /sdcard/long\0"))
        _, local, _, _ = await peer.receive()
        assert len((await peer.receive())[3]) == 4096
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.receive(), 0.1)
        await peer.send(packet(OKAY, 1, local))
        assert len((await peer.receive())[3]) == 4096

    talk(handset, read)


def test_a_server_that_opens_without_end_is_refused() -> None:
    handset = make_handset(1, faults=[HangShell(word="wait", once=False)])

    async def flood(peer: Peer) -> None:
        await answers(peer)
        await peer.send(*(packet(OPEN, n, 0, b"shell:wait\0") for n in range(1, 301)))
        answered = [(await peer.receive())[0] for _ in range(300)]
        assert answered.count(OKAY) == 128
        assert answered.count(CLSE) == 172
        await peer.send(packet(CLSE, 1, 1))
        assert await shell(peer, b"echo room again") == b"room again\n"

    talk(handset, flood)


def test_a_service_that_is_not_there_is_refused() -> None:
    async def ask(peer: Peer) -> None:
        await answers(peer)
        await peer.send(packet(OPEN, 9, 0, b"jdwp:1\0"))
        assert await peer.receive() == (CLSE, 0, 9, b"")

    talk(make_handset(1), ask)


# ── trust ───────────────────────────────────────────────────────────────────────────────────────
async def challenge(peer: Peer) -> bytes:
    await peer.send(HELLO)
    command, kind, _, token = await peer.receive()
    assert (command, kind, len(token)) == (AUTH, 1, 20)
    return token


def test_only_the_key_that_was_allowed_is_let_in() -> None:
    handset = make_handset(1, secure=True)
    handset.authorised_keys.add(PublicKey.parse(wire_form(KEY)))

    async def known(peer: Peer) -> None:
        await peer.send(packet(AUTH, 2, 0, sign(KEY, await challenge(peer))))
        assert (await peer.receive())[0] == CNXN

    async def unknown(peer: Peer) -> None:
        token = await challenge(peer)
        for signature in (sign(OTHER_KEY, token), sign(KEY, token[::-1]), b"", b"\xff" * 256):
            await peer.send(packet(AUTH, 2, 0, signature))
            command, kind, _, fresh = await peer.receive()
            assert (command, kind) == (AUTH, 1)
            assert fresh != token

    talk(handset, known, unknown)


def test_nothing_is_opened_before_the_technician_allows_it() -> None:
    handset = make_handset(1, secure=True)

    async def impatient(peer: Peer) -> None:
        await challenge(peer)
        await peer.send(packet(OPEN, 1, 0, b"shell:echo\0"), packet(AUTH, 3, 0, wire_form(KEY)))
        await until(lambda: handset.dialog_is_open)
        await peer.send(packet(OPEN, 2, 0, b"shell:echo\0"), packet(AUTH, 2, 0, b"no signature"))
        assert (await peer.receive())[0] == AUTH
        handset.accept_dialog()
        assert (await peer.receive())[0] == CNXN
        assert await shell(peer, b"echo in") == b"in\n"

    talk(handset, impatient)
    assert handset.authorised_keys == {PublicKey.parse(wire_form(KEY))}
    assert "dialog bench@example" in handset.log


def test_the_dialog_goes_when_the_cable_does() -> None:
    handset = make_handset(1, secure=True)

    async def leave(peer: Peer) -> None:
        await challenge(peer)
        await peer.send(packet(AUTH, 3, 0, wire_form(KEY)))
        await until(lambda: handset.dialog_is_open)

    talk(handset, leave)
    assert not handset.dialog_is_open
    assert not handset.accept_dialog()


def test_what_is_no_key_of_adb_is_refused() -> None:
    for bad in (
        b"", b"????", base64.b64encode(b"short"),
        wire_form(KEY, words=32), wire_form(rsa.generate_private_key(65537, 2048))[:-40],
    ):  # fmt: skip
        with pytest.raises(BrokenLinkError):
            PublicKey.parse(bad)


def test_a_hanging_shell_ends_when_its_caller_leaves() -> None:
    handset = make_handset(1, faults=[HangShell(word="wait", once=False)])

    async def run() -> None:
        async with Cable(handset) as cable:
            host, _, port = cable.address.rpartition(":")
            peer = Peer(*await asyncio.open_connection(host, int(port)))
            await answers(peer)
            before = len(asyncio.all_tasks())
            await peer.send(packet(OPEN, 1, 0, b"shell:wait\0"))
            _, local, _, _ = await peer.receive()
            await asyncio.sleep(0)
            assert len(asyncio.all_tasks()) == before + 1
            await peer.send(packet(CLSE, 1, local))
            assert await shell(peer, b"echo on") == b"on\n"
            await asyncio.sleep(0.01)
            assert len(asyncio.all_tasks()) == before
            peer.hang_up()

    bounded(run())


@pytest.mark.parametrize("turns", range(6))
def test_a_server_that_comes_as_the_cable_is_pulled_is_turned_away(turns: int) -> None:
    async def run() -> None:
        cable = Cable(make_handset(1))
        host, _, port = (await cable.plug()).rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as late:
            for _ in range(turns):
                await asyncio.sleep(0)
            await cable.pull()
            for _ in range(6):
                await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            with suppress(ConnectionError):
                assert late.recv(1) == b""

    asyncio.run(run())


def bounded(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 30))
