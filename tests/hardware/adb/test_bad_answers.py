"""Every answer of an adb server cut at every byte, garbled at every byte, or without end."""

from __future__ import annotations

import asyncio
import gc
import random
import tracemalloc
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeAlias

import pytest

from bench.events.device import HandsetIdentity, HandsetOnline
from bench.identity.plain import LIMIT
from bench.ports import HandsetRefusalError
from bench.problems import ProblemCode, ProblemError
from hardware.adb.client import AdbClient
from hardware.adb.handset import AdbHandset
from hardware.simulator import adbd
from hardware.simulator.adb_server.faults import CutAnswer, GarbleAnswer, ServerFault
from hardware.simulator.adb_server.server import SimulatedAdbServer
from hardware.simulator.cable import Cable
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.packages import write_package
from tests.hardware.adb.real_server import PORT, Peer, ignore, package_of, with_server
from tests.hardware.adb.simulated_server import path, with_simulated_server

Call: TypeAlias = Callable[[AdbClient], Awaitable[object]]
_SEED = 4
_SERVER = {ProblemCode.ADB_SERVER_LOST}
_STRANGE = _SERVER | {ProblemCode.ADB_PORT_TAKEN, ProblemCode.ADB_REFUSED}
_LINK = {ProblemCode.LINK_LOST, ProblemCode.UNAUTHORISED}
_END = object()


def _package(folder: Path) -> Path:
    package = folder / "p.apk"
    write_package(package, "com.example.staging")
    return package


def _calls(folder: Path) -> dict[str, tuple[str, Call, set[ProblemCode]]]:
    """Return what can be asked: which service answers, how, and whose loss a cut is."""
    package = _package(folder)
    return {
        "version": ("host:version", lambda adb: adb.version(), _SERVER),
        "devices": ("host:devices-l", lambda adb: adb.devices(), _SERVER),
        "track": ("host:track-devices-l", _tracked, _SERVER),
        "transport": ("host:transport*", lambda adb: adb.shell(1, "true"), _SERVER),
        "shell": ("shell*", lambda adb: adb.shell(1, "echo hi; cat /nothing"), _LINK),
        "push": ("sync:", lambda adb: adb.push(1, package, "/sdcard/f", ignore), _LINK),
        "install": ("exec:*", lambda adb: adb.install(1, package, ignore), _LINK),
    }


async def _tracked(adb: AdbClient) -> None:
    async for _ in adb.track():
        pass


_DESCRIPTION = "product:a32nsxx model:SM_A325F device:a32"
_LINE = f"R58N00001XY            device usb:1-1.3 {_DESCRIPTION} transport_id:1\n"
_LENGTHS = {
    "version": 4 + 4 + 4,
    "devices": 4 + 4 + len(_LINE),
    "track": 4 + 4 + len(_LINE),
    "transport": 4,
    "shell": 4 + 5 + len("hi\n") + 5 + len("cat: /nothing: No such file or directory\n") + 5 + 1,
    "push": 4 + 8,
    "install": 4 + len("Success"),
}
"""Bytes of each answer that are needed to understand it."""


async def _end_of(work: Awaitable[object]) -> object:
    """Return the problem's code, the refusal, or `_END` when it went well."""
    try:
        await work
    except ProblemError as error:
        return error.problem.code if error.problem.advice.do else None
    except HandsetRefusalError as refusal:
        return refusal if len(refusal.reason) <= 200 else None
    return _END


def _try(
    call: Call, faults: Iterable[list[ServerFault]], handset: SimulatedHandset | None = None
) -> list[object]:
    """Return how a call ends with each fault in turn."""

    async def run() -> list[object]:
        ends = []
        async with SimulatedAdbServer() as server:
            client = AdbClient(server.port)
            for fault in faults:
                server.restart()
                server.plug(handset or make_handset(1), "usb:1-1.3")
                server.faults[:] = fault
                ends.append(await _end_of(call(client)))
        return ends

    return asyncio.run(run())


@pytest.mark.parametrize("name", _LENGTHS)
def test_an_answer_cut_at_any_byte_is_a_loss_and_never_taken_for_whole(
    tmp_path: Path, name: str
) -> None:
    pattern, call, codes = _calls(tmp_path)[name]
    cuts: list[list[ServerFault]] = [
        [CutAnswer(pattern=pattern, after=after)] for after in range(_LENGTHS[name])
    ]
    ends = _try(call, cuts)
    assert set(ends) <= codes
    whole: list[ServerFault] = [CutAnswer(pattern=pattern, after=_LENGTHS[name])]
    assert name in ("track", "transport") or _try(call, [whole]) == [_END]


@pytest.mark.parametrize("name", _LENGTHS)
def test_garbage_at_any_byte_of_an_answer_is_a_problem_or_a_refusal(
    tmp_path: Path, name: str
) -> None:
    chance = random.Random(_SEED)
    pattern, call, codes = _calls(tmp_path)[name]
    faults: list[list[ServerFault]] = [
        [GarbleAnswer(pattern=pattern, after=after, data=chance.randbytes(chance.randrange(40)))]
        for after in range(_LENGTHS[name])
    ]
    allowed = codes | _STRANGE
    for end in _try(call, faults):
        assert end in allowed or end is _END or isinstance(end, HandsetRefusalError)
        assert end is not _END or name in ("version", "devices", "shell", "push", "install")


def test_an_identity_cut_or_garbled_anywhere_is_never_a_wrong_one() -> None:
    chance, handset = random.Random(_SEED), make_handset(1)
    found: list[HandsetIdentity] = []

    async def identify(client: AdbClient) -> None:
        found.append(await AdbHandset(client, 1).identify())

    assert _try(identify, [[]], handset) == [_END]
    (right,) = found
    cuts = [chance.randrange(2200) for _ in range(150)]
    faults: list[list[ServerFault]] = [[CutAnswer(pattern="shell*", after=cut)] for cut in cuts]
    faults += [
        [GarbleAnswer(pattern="shell*", after=cut, data=chance.randbytes(cut % 99))] for cut in cuts
    ]
    ends = _try(identify, faults, handset)
    assert {end for end in ends if not isinstance(end, HandsetRefusalError)} <= _LINK | _REFUSED
    assert set(found) == {right}


# ── without end ─────────────────────────────────────────────────────────────────────────────────
_MANY = 1 << 20


@pytest.mark.parametrize("name", ["ro.product.model", "ro.csc.sales_code", "ro.crypto.state"])
def test_a_property_of_a_megabyte_is_a_short_word(name: str) -> None:
    handset = make_handset(1, properties={name: "x" * _MANY})
    found: list[HandsetIdentity] = []

    async def identify(client: AdbClient) -> None:
        found.append(await AdbHandset(client, 1).identify())

    assert _try(identify, [[]], handset) == [_END]
    assert len(found[0].model) <= LIMIT
    assert len(found[0].condition.sales_code) <= LIMIT
    assert len(found[0].condition.encryption_state) <= LIMIT
    assert str(found[0].serial) == handset.serial


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("version", b"OKAY" + b"ffff" + b"9" * 0xFFFF),
        ("version", b"FAIL" + b"ffff" + b"x" * 0xFFFF),
        ("devices", b"OKAY" + b"100000" + b"x y\n" * (_MANY // 4)),
        ("devices", b"OKAY" + b"\n" * (17 << 20)),
        ("shell", b"OKAY" + b"\x01\0\0\x10\0" + bytes(_MANY)),
        ("shell", b"OKAY" + b"\x01\xff\xff\xff\xff" + bytes(_MANY)),
        ("shell", b"OKAY" + b"\x07\0\0\0\0" * (_MANY // 5)),
        ("push", b"OKAY" + b"FAIL\0\0\x10\0" + b"x" * _MANY),
        ("push", b"OKAY" + b"FAIL\xff\xff\xff\xff" + b"x" * _MANY),
        ("install", b"OKAY" + b"x" * _MANY),
        ("install", b"OKAY" + b"\n" * _MANY),
    ],
)
def test_an_answer_of_a_megabyte_ends_in_words(tmp_path: Path, name: str, data: bytes) -> None:
    pattern, call, codes = _calls(tmp_path)[name]
    (end,) = _try(call, [[GarbleAnswer(pattern=pattern, after=0, data=data)]])
    allowed = codes | _STRANGE
    assert end in allowed or end is _END or isinstance(end, HandsetRefusalError)
    assert end is not _END or name == "devices"


def test_a_handset_with_a_name_without_end_hides_no_other_handset(
    tmp_path: Path, adb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adbd, "_BANNER_VALUE", _MANY)
    loud = make_handset(1, properties={"ro.product.name": "x" * 300_000})

    async def work(peer: Peer) -> None:
        async with peer.following() as handsets, Cable(loud) as one, Cable(make_handset(2)) as two:
            await peer.connect(one, path("1-9"))
            await peer.connect(two, PORT)
            online = [await asyncio.wait_for(peer.facts.get(), 20) for _ in range(2)]
            sessions = {f.path: f.session for f in online if isinstance(f, HandsetOnline)}
            identity = await handsets.open(sessions[PORT]).identify()
            assert str(identity.serial) == "R58N00002XY"

    with_server(tmp_path, work, adb)


def test_a_pull_in_mid_push_over_the_real_server_is_a_lost_link(tmp_path: Path, adb: str) -> None:
    source = package_of(tmp_path, bytes(8_000_000))

    async def work(peer: Peer) -> None:
        async with peer.following() as handsets, Cable(make_handset(1)) as cable:
            await peer.connect(cable)
            online = await asyncio.wait_for(peer.facts.get(), 20)
            assert isinstance(online, HandsetOnline)

            def pull(share: float) -> None:
                if share > 0.3:
                    cable.cut_links()

            push = handsets.open(online.session).push(source, "/sdcard/f", pull)
            assert await _end_of(push) == ProblemCode.LINK_LOST

    with_server(tmp_path, work, adb)


def test_a_server_that_says_random_things_harms_nothing() -> None:
    assert _hear_random_things(400) < _GROWTH


@pytest.mark.soak
def test_a_server_that_says_random_things_for_long_harms_nothing() -> None:
    assert _hear_random_things(20_000) < _GROWTH


_GROWTH = 256 << 10
"""Bytes: as little for the full count as for the sample."""
_REFUSED = {ProblemCode.IDENTITY_UNREAD, _END}
_RANDOM_CALLS: tuple[Call, ...] = (
    lambda adb: adb.version(),
    lambda adb: adb.devices(),
    _tracked,
    lambda adb: adb.shell(1, "true"),
    lambda adb: AdbHandset(adb, 1).identify(),
)


def _hear_random_things(count: int) -> int:
    """Hear so many, and return the bytes that the second half took."""
    sizes: list[int] = []

    async def work(server: SimulatedAdbServer, peer: Peer) -> None:
        server.plug(make_handset(1), "usb:1-1.3")
        chance = random.Random(_SEED)
        for _ in range(2):
            for _ in range(count // 2):
                await _hear_something_random(server, peer.client, chance)
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    try:
        with_simulated_server(work)
    finally:
        tracemalloc.stop()
    return sizes[1] - sizes[0]


async def _hear_something_random(
    server: SimulatedAdbServer, client: AdbClient, chance: random.Random
) -> None:
    call = chance.choice(_RANDOM_CALLS)
    after, size = chance.randrange(_LENGTHS["version"]), chance.randrange(300)
    data = chance.choice((b"", b"OKAY", b"FAIL", b"OKAY00ff")) + chance.randbytes(size)
    server.faults[:] = [GarbleAnswer(pattern="*", after=after, data=data)]
    end = await _end_of(call(client))
    assert end in _LINK | _STRANGE | _REFUSED or isinstance(end, HandsetRefusalError)
    server.asked.clear()
