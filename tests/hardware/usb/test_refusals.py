"""The kernel's refusals are heard while the bench works; a FIFO stands for `/dev/kmsg`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.run import Fact
from bench.events.usb import KernelUnheard
from bench.identity.identifiers import UsbPath
from bench.problems import ProblemCode
from hardware.usb.refusals import KERNEL_LOG, KernelRefusals
from hardware.usb.words import UsbWords, parse_device
from tests.hardware.usb.kernel_says import FORGED, NOTHING, REFUSALS, record

_LIMIT = 20.0
_PORT = UsbPath.parse("1-1.3")
_FULL = "usb 1-1.3: Not enough host controller resources for new device state."
_UNREADABLE = "usb 1-1.3: device descriptor read/64, error -71"
_TRY = "usb 1-1.3: new high-speed USB device number 12 using xhci_hcd"
_SOCKETS = {
    UsbPath.parse(one): UsbPath.parse(other)
    for one, other in (("1-1.3", "2-1.3"), ("2-1.3", "1-1.3"))
}
_GONE = "usb 1-1.3: USB disconnect, device number 12"


class Kernel:
    """Writes records into the FIFO, as the kernel would; `hear` is what the bench was told."""

    def __init__(self, log: Path) -> None:
        self.log = log
        os.mkfifo(log)
        self._end = os.open(log, os.O_RDWR | os.O_NONBLOCK)
        self.facts: asyncio.Queue[Fact] = asyncio.Queue()
        self.limits: list[tuple[str, int]] = []

    def say(self, *texts: str) -> None:
        for text in texts:
            os.write(self._end, record(text))

    def write(self, data: bytes) -> None:
        os.write(self._end, data)

    def fall_silent(self) -> None:
        os.close(self._end)
        self._end = -1

    def begin_again(self) -> None:
        self._end = os.open(self.log, os.O_RDWR | os.O_NONBLOCK)

    async def hear(self) -> Fact:
        async with asyncio.timeout(_LIMIT):
            return await self.facts.get()

    async def raised(self) -> tuple[ProblemCode, str]:
        fact = await self.hear()
        assert isinstance(fact, ProblemRaised), fact
        return fact.problem.code, fact.problem.where

    def close(self) -> None:
        if self._end >= 0:
            os.close(self._end)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path / "kmsg")
    yield kernel
    kernel.close()


def _play(
    kernel: Kernel,
    scene: Callable[[KernelRefusals], Awaitable[None]],
    *,
    fade: float = 60.0,
    settle: float = 60.0,
) -> None:
    async def play() -> None:
        refusals = KernelRefusals(
            kernel.log, on_limit=lambda *told: kernel.limits.append(told), twin=_SOCKETS.get,
            fade=fade, settle=settle, retry=0.01,
        )  # fmt: skip
        watching = asyncio.create_task(refusals.follow(kernel.facts.put_nowait))
        await asyncio.sleep(0)  # the log is open
        try:
            await scene(refusals)
        finally:
            watching.cancel()
            await asyncio.wait([watching])

    asyncio.run(play())


@pytest.mark.parametrize(("text", "where", "code"), REFUSALS)
def test_a_refusal_becomes_a_problem_at_its_port(
    kernel: Kernel, text: str, where: str, code: ProblemCode
) -> None:
    async def scene(_: KernelRefusals) -> None:
        kernel.say(*NOTHING, *FORGED, text)
        assert await kernel.raised() == (code, where)
        assert kernel.facts.empty()

    _play(kernel, scene)


def test_a_refusal_that_is_repeated_is_told_once(kernel: Kernel) -> None:
    async def scene(_: KernelRefusals) -> None:
        kernel.say(_UNREADABLE, _UNREADABLE, _UNREADABLE, _FULL)
        assert await kernel.raised() == (ProblemCode.USB_UNREADABLE, "1-1.3")
        assert await kernel.raised() == (ProblemCode.USB_FULL, "1-1.3")

    _play(kernel, scene)


def test_a_port_that_is_emptied_is_right_again(kernel: Kernel) -> None:
    async def scene(_: KernelRefusals) -> None:
        kernel.say(_FULL, "usb 1-1.4: USB disconnect, device number 13", _GONE)
        await kernel.hear()
        assert await kernel.hear() == ProblemCleared(ProblemCode.USB_FULL, "1-1.3")
        kernel.say(_FULL)
        assert await kernel.raised() == (ProblemCode.USB_FULL, "1-1.3")

    _play(kernel, scene)


def test_a_handset_that_comes_up_ends_all_refusals_at_its_port(kernel: Kernel) -> None:
    async def scene(refusals: KernelRefusals) -> None:
        kernel.say(_UNREADABLE, _FULL)
        await kernel.hear()
        await kernel.hear()
        configured = parse_device(UsbWords("1-1.3", attributes={"bConfigurationValue": "1"}))
        refusals.on_device(_PORT, None)
        refusals.on_device(_PORT, parse_device(UsbWords("1-1.3")))
        refusals.on_device(UsbPath.parse("1-1.4"), configured)
        assert kernel.facts.empty()
        refusals.on_device(_PORT, configured)
        assert {await kernel.hear(), await kernel.hear()} == {
            ProblemCleared(ProblemCode.USB_UNREADABLE, "1-1.3"),
            ProblemCleared(ProblemCode.USB_FULL, "1-1.3"),
        }

    _play(kernel, scene)


@pytest.mark.parametrize(
    ("up", "twin"), [("1-1.3", "2-1.3"), ("2-1.3", "1-1.3")], ids=["on USB 2", "on USB 3"]
)
def test_a_handset_that_comes_up_on_the_other_half_of_its_socket_ends_its_refusals(
    kernel: Kernel, up: str, twin: str
) -> None:
    async def scene(refusals: KernelRefusals) -> None:
        kernel.say(f"usb {twin}: device descriptor read/64, error -71")
        await kernel.hear()
        kernel.say("usb 1-1.4: device descriptor read/64, error -71")
        await kernel.hear()
        words = UsbWords(up, attributes={"bConfigurationValue": "1"})
        refusals.on_device(UsbPath.parse(up), parse_device(words))
        assert await kernel.hear() == ProblemCleared(ProblemCode.USB_UNREADABLE, twin)
        kernel.say(f"usb {twin}: device descriptor read/64, error -71")
        assert await kernel.raised() == (ProblemCode.USB_UNREADABLE, twin)
        kernel.say(f"usb {up}: USB disconnect, device number 12")
        assert await kernel.hear() == ProblemCleared(ProblemCode.USB_UNREADABLE, twin)
        assert kernel.facts.empty()

    _play(kernel, scene)


@pytest.mark.parametrize("is_heard", [True, False], ids=["kernel", "udev"])
def test_a_hub_that_is_pulled_takes_the_refusals_of_its_ports_with_it(
    kernel: Kernel, is_heard: bool
) -> None:
    async def scene(refusals: KernelRefusals) -> None:
        for port in ("1-1.3", "1-1.3.4", "1-1.4.2", "1-10.3", "1-2"):
            kernel.say(f"usb {port}: device descriptor read/64, error -71")
            await kernel.hear()
        if is_heard:
            kernel.say("usb 1-1: USB disconnect, device number 2")
        else:
            refusals.on_device(UsbPath.parse("1-1"), None)
        gone = {await kernel.hear() for _ in range(3)}
        assert gone == {
            ProblemCleared(ProblemCode.USB_UNREADABLE, port)
            for port in ("1-1.3", "1-1.3.4", "1-1.4.2")
        }
        kernel.say(_FULL)
        assert await kernel.raised() == (ProblemCode.USB_FULL, "1-1.3")

    _play(kernel, scene)


def test_a_refusal_fades_when_the_kernel_says_no_more(kernel: Kernel) -> None:
    async def scene(_: KernelRefusals) -> None:
        kernel.say(_UNREADABLE)
        await kernel.hear()
        assert await kernel.hear() == ProblemCleared(ProblemCode.USB_UNREADABLE, "1-1.3")

    _play(kernel, scene, fade=0.01)


def test_another_try_may_end_a_refusal_and_a_failed_one_does_not(kernel: Kernel) -> None:
    async def scene(_: KernelRefusals) -> None:
        kernel.say(_UNREADABLE, _TRY, _UNREADABLE)
        await kernel.hear()
        await asyncio.sleep(0.1)
        assert kernel.facts.empty()
        kernel.say(_TRY)
        assert await kernel.hear() == ProblemCleared(ProblemCode.USB_UNREADABLE, "1-1.3")

    _play(kernel, scene, settle=0.01)


def test_what_a_controller_can_bear_is_passed_on(kernel: Kernel) -> None:
    async def scene(_: KernelRefusals) -> None:
        kernel.say("xhci_hcd 0000:05:00.0: Max number of devices this xHCI host supports is 32.")
        kernel.say(_FULL)
        await kernel.hear()
        assert kernel.limits == [("0000:05:00.0", 32)]

    _play(kernel, scene)


def test_garbage_between_records_hides_none(kernel: Kernel) -> None:
    async def scene(_: KernelRefusals) -> None:
        kernel.write(b"\x00\xff;;;,,\n\n3,,;x\n" * 40 + record(_FULL))
        kernel.write(os.urandom(1000).replace(b"\n", b"") + b"\n" + record(_UNREADABLE))
        assert await kernel.raised() == (ProblemCode.USB_FULL, "1-1.3")
        assert await kernel.raised() == (ProblemCode.USB_UNREADABLE, "1-1.3")

    _play(kernel, scene)


def test_records_that_were_overwritten_are_lost_and_the_next_are_heard(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A FIFO overwrites nothing, so here the reading itself answers as the kernel documents."""
    answers: Iterator[bytes | OSError] = iter([BrokenPipeError(32, "lost"), OSError(22, "long")])
    read = os.read

    def overrun(log: int, size: int) -> bytes:
        for answer in answers:
            assert isinstance(answer, OSError)
            raise answer
        return read(log, size)

    async def scene(_: KernelRefusals) -> None:
        monkeypatch.setattr("hardware.usb.refusals.os.read", overrun)
        kernel.say(_FULL)
        assert await kernel.raised() == (ProblemCode.USB_FULL, "1-1.3")
        assert next(answers, None) is None

    _play(kernel, scene)


def test_a_log_that_ends_is_told_and_listened_to_again(kernel: Kernel) -> None:
    async def scene(_: KernelRefusals) -> None:
        kernel.fall_silent()
        assert isinstance(await kernel.hear(), KernelUnheard)
        await asyncio.sleep(0.05)
        kernel.begin_again()
        await asyncio.sleep(0.05)
        kernel.say(_FULL)
        assert await kernel.raised() == (ProblemCode.USB_FULL, "1-1.3")

    _play(kernel, scene)


def test_an_account_that_may_not_read_the_log_is_told_once_and_not_held_up(
    tmp_path: Path,
) -> None:
    log = tmp_path / "kmsg"
    facts: list[Fact] = []

    async def scene() -> None:
        watching = asyncio.create_task(KernelRefusals(log, retry=0.001).follow(facts.append))
        await asyncio.sleep(0.05)
        watching.cancel()
        await asyncio.wait([watching])

    asyncio.run(scene())
    assert facts == [KernelUnheard("No such file or directory")]


def test_the_kernels_own_log_is_followed_from_its_end() -> None:
    assert os.access(KERNEL_LOG, os.R_OK), "run this as root: only root may read the kernel's log"
    facts: list[Fact] = []

    async def scene() -> None:
        watching = asyncio.create_task(KernelRefusals().follow(facts.append))
        await asyncio.sleep(0.01)
        await asyncio.to_thread(KERNEL_LOG.write_text, f"<3>{_FULL}\n")
        await asyncio.sleep(0.05)
        assert not watching.done()
        watching.cancel()
        await asyncio.wait([watching])

    asyncio.run(scene())
    assert facts == []
