"""Scanners: frames cut from any stream of bytes, and a serial port that comes and goes."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serial.tools.list_ports_common import ListPortInfo

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.person import TextScanned
from bench.events.run import Fact
from bench.problems import ProblemCode
from hardware.scanners import FRAME_LIMIT, IDLE, Framer, SerialScanner, find_scanner
from hardware.simulator.scanner import SimulatedScanner


# ── frames ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("sent", "scans"),
    [
        (b"A\r", ["A"]),
        (b"A\r\n", ["A"]),
        (b"A\n\r\nB\r\n", ["A", "B"]),
        (b"\x02A\x03", ["A"]),
        (b"\x02A\x03\x02B\x03", ["A", "B"]),
        (b"A\x04", ["A"]),
        (b"]d201A\x1d21B\r", ["]d201A\x1d21B"]),
        (b"\r\n\r\n\x02\x03", []),
        (b"\xc3\xa4\xff\r", ["ä\ufffd"]),
        (b"A", []),
    ],
)
def test_a_scan_ends_where_its_suffix_says(sent: bytes, scans: list[str]) -> None:
    assert Framer().feed(sent) == scans


frames = st.lists(st.text("AB12-]\x1dä", min_size=1, max_size=20), max_size=6)
wrappings = st.sampled_from(
    [(b"", b"\r"), (b"", b"\r\n"), (b"\x02", b"\x03"), (b"\x02", b"\x03\r\n")]
)


@given(frames, wrappings, st.lists(st.integers(0, 200)))
def test_scans_are_the_same_however_the_bytes_are_split(
    texts: list[str], wrapping: tuple[bytes, bytes], cuts: list[int]
) -> None:
    sent = b"".join(wrapping[0] + text.encode() + wrapping[1] for text in texts)
    places = [0, *sorted(cuts), len(sent)]
    framer = Framer()
    scans = [scan for start, end in pairwise(places) for scan in framer.feed(sent[start:end])]
    assert scans == texts
    assert not framer.pending


def test_a_scan_without_a_suffix_ends_in_silence() -> None:
    framer = Framer()
    assert framer.feed(b"PHN-") == []
    assert framer.pending
    assert framer.feed(b"000001") == []
    assert framer.flush() == ["PHN-000001"]
    assert not framer.pending
    assert framer.flush() == []


def test_an_endless_frame_is_cut_and_the_next_scan_is_whole() -> None:
    framer = Framer()
    for _ in range(100):
        assert framer.feed(b"x" * 1000) == []
    assert framer.feed(b"y\rPHN-000001\r") == ["x" * FRAME_LIMIT, "PHN-000001"]


def garbage_is_survived(count: int, seed: int) -> None:
    noise = random.Random(seed)
    framer = Framer()
    scans = []
    for _ in range(count // 1000):
        scans += framer.feed(noise.randbytes(noise.randrange(2001)))
    assert all(len(scan) <= FRAME_LIMIT and not re.search("[\r\n\x03\x04]", scan) for scan in scans)
    framer.feed(b"\r")
    assert framer.feed(b"PHN-000001\r") == ["PHN-000001"]


def test_a_hundred_thousand_bytes_of_garbage_are_survived() -> None:
    garbage_is_survived(100_000, 1)


@pytest.mark.soak
def test_ten_million_bytes_of_garbage_are_survived() -> None:
    garbage_is_survived(10_000_000, 2)


# ── the port ────────────────────────────────────────────────────────────────────────────────────
@asynccontextmanager
async def followed(
    device: str | None, name: str = "Scanner", idle: float = IDLE
) -> AsyncIterator[asyncio.Queue[Fact]]:
    facts: asyncio.Queue[Fact] = asyncio.Queue()
    scanner = SerialScanner(device, name, retry=0.02, idle=idle)
    task = asyncio.create_task(scanner.follow(facts.put_nowait))
    await asyncio.sleep(0)  # its first turn opens the port
    try:
        yield facts
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def test_scans_arrive_whole_and_in_pieces(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device, idle=20) as facts:
            for number in range(20):
                scanner.scan(f"PHN-{number:06d}")
            for number in range(20):
                assert await facts.get() == TextScanned(f"PHN-{number:06d}", "Scanner")
            await scanner.scan_in_pieces("PHN-000099", 3)
            assert await facts.get() == TextScanned("PHN-000099", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_scanner_without_a_suffix_is_heard(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            scanner.send(b"PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_late_wake_up_does_not_cut_a_scan_in_two(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            for _ in range(5):
                scanner.send(b"PHN-")
                await asyncio.sleep(0.01)
                scanner.send(b"000001\r")
                time.sleep(2 * IDLE)  # noqa: ASYNC251 - a busy bench
                assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_scanner_pulled_out_is_a_problem_until_it_is_back(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            for _ in range(3):
                scanner.send(b"half a sc")
                scanner.unplug()
                lost = await facts.get()
                assert isinstance(lost, ProblemRaised)
                assert (lost.problem.code, lost.problem.where) == (
                    ProblemCode.SCANNER_LOST,
                    "Scanner",
                )
                await asyncio.sleep(0.1)
                assert facts.empty()
                scanner.replug()
                assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_LOST, "Scanner")
                scanner.scan("PHN-000001")
                assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_scanner_that_is_not_there_is_missing_once_until_it_is(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")
    scanner.unplug()

    async def story() -> None:
        async with followed(scanner.device) as facts:
            missing = await facts.get()
            assert isinstance(missing, ProblemRaised)
            assert missing.problem.code == ProblemCode.SCANNER_MISSING
            assert "No such file" in missing.problem.detail
            await asyncio.sleep(0.1)
            assert facts.empty()
            scanner.replug()
            assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_MISSING, "Scanner")
            scanner.scan("PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_what_is_no_serial_port_is_a_missing_scanner(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("not a scanner")

    async def story() -> None:
        async with followed(str(path)) as facts:
            missing = await facts.get()
            assert isinstance(missing, ProblemRaised)
            assert missing.problem.code == ProblemCode.SCANNER_MISSING

    asyncio.run(story())


def test_a_port_that_another_program_reads_is_not_shared(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            async with followed(scanner.device, "Second") as others:
                missing = await others.get()
                assert isinstance(missing, ProblemRaised)
                assert missing.problem.code == ProblemCode.SCANNER_MISSING
            scanner.scan("PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_two_scanners_at_once_are_told_apart(tmp_path: Path) -> None:
    one, two = (SimulatedScanner(tmp_path / name) for name in ("one", "two"))

    async def story() -> None:
        async with followed(one.device, "One") as ones, followed(two.device, "Two") as twos:
            for number in range(50):
                one.send(b"ONE-%06d" % number)
                two.send(b"TWO-%06d\r" % number)
                one.send(b"\r")
            for number in range(50):
                assert await ones.get() == TextScanned(f"ONE-{number:06d}", "One")
                assert await twos.get() == TextScanned(f"TWO-{number:06d}", "Two")

    asyncio.run(story())
    one.unplug()
    two.unplug()


# ── finding one ─────────────────────────────────────────────────────────────────────────────────
def ports(*found: tuple[str, int | None]) -> list[ListPortInfo]:
    listed = []
    for device, vendor in found:
        port = ListPortInfo(device)
        port.vid = vendor
        listed.append(port)
    return listed


def test_the_first_port_of_a_scanner_maker_is_the_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = ports(
        ("/dev/ttyS0", None), ("/dev/ttyACM0", 0x04E8), ("/dev/ttyACM2", 0x05E0),
        ("/dev/ttyACM1", 0x1EAB),
    )  # fmt: skip
    monkeypatch.setattr("hardware.scanners.list_ports.comports", lambda: listed)
    assert find_scanner() == "/dev/ttyACM1"
    monkeypatch.setattr("hardware.scanners.list_ports.comports", lambda: listed[:2])
    assert find_scanner() is None


def test_a_scanner_that_comes_back_under_another_name_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (SimulatedScanner(tmp_path / name) for name in ("one", "two"))
    listed = ports((one.device, 0x05E0))
    monkeypatch.setattr("hardware.scanners.list_ports.comports", lambda: listed)

    async def story() -> None:
        async with followed(None) as facts:
            one.scan("PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")
            listed[:] = ports((two.device, 0x05E0))
            one.unplug()
            assert isinstance(await facts.get(), ProblemRaised)
            assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_LOST, "Scanner")
            two.scan("PHN-000002")
            assert await facts.get() == TextScanned("PHN-000002", "Scanner")

    asyncio.run(story())
    two.unplug()
