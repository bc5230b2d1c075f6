"""The modem port itself: whose it is, who may open it, who has it, and what it must never carry."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import queue
import termios
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from serial import Serial

from bench.problems import ProblemCode
from hardware.samsung.allowlist import Command, CutShortError, write
from hardware.samsung.modem import read_modem
from hardware.samsung.port import Port, opened
from hardware.simulator.modem import SimulatedModem
from tests.hardware.samsung.asking import IMEI, QUICK, UNHURRIED, ask, nobody, plugged, refused


def opened_to(modem: SimulatedModem, mode: int) -> str:
    """Give the node of a modem that mode; return where it is, whoever may enter the folder."""
    node = os.path.realpath(modem.device)
    Path(node).chmod(mode)
    return node


async def _yes() -> bool:
    return True


async def _no() -> bool:
    return False


def read_as_nobody(folder: Path, mode: int, *, is_held: bool) -> ProblemCode | None:
    """Ask a modem whose node has that mode; `is_held` by another program in the kernel's way."""

    async def story() -> ProblemCode | None:
        await asyncio.to_thread(str)  # so that threads are loaded while everything may be read
        async with plugged(folder) as modem:
            node = opened_to(modem, mode)
            holder = os.open(node, os.O_RDWR | os.O_NOCTTY) if is_held else None
            if holder is not None:
                fcntl.ioctl(holder, termios.TIOCEXCL)
            try:
                with nobody():
                    reading = read_modem(node, UNHURRIED, is_still=_yes)
                    if is_held or not mode:
                        return (await refused(reading)).code
                    assert str((await reading).imei) == IMEI
                    return None
            finally:
                if holder is not None:
                    fcntl.ioctl(holder, termios.TIOCNXCL)
                    os.close(holder)

    return asyncio.run(story())


def test_a_port_that_anyone_may_open_is_read_without_privileges(tmp_path: Path) -> None:
    assert read_as_nobody(tmp_path, 0o666, is_held=False) is None


def test_a_port_that_may_not_be_opened_asks_for_the_udev_rules(tmp_path: Path) -> None:
    assert read_as_nobody(tmp_path, 0, is_held=False) is ProblemCode.NO_PERMISSION


def test_a_port_that_modem_manager_holds_asks_for_the_udev_rules(tmp_path: Path) -> None:
    assert read_as_nobody(tmp_path, 0o666, is_held=True) is ProblemCode.MODEM_BUSY


def test_a_port_that_another_program_has_locked_is_left_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with plugged(tmp_path) as modem:
            with closing(Serial(str(modem.device), exclusive=True)):
                assert (await refused(ask(modem))).code is ProblemCode.MODEM_BUSY
                assert modem.written == b""
            assert str((await ask(modem)).imei) == IMEI

    asyncio.run(story())


def test_others_are_kept_from_a_port_that_is_being_read_and_get_it_afterwards(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with plugged(tmp_path) as modem:
            node = opened_to(modem, 0o666)
            async with opened(node, 5.0):
                with nobody(), pytest.raises(OSError, match="busy"):
                    os.open(node, os.O_RDWR | os.O_NOCTTY)
            with nobody():
                os.close(os.open(node, os.O_RDWR | os.O_NOCTTY))

    asyncio.run(story())


def test_a_port_that_hangs_while_it_is_closed_is_waited_for_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing, released = threading.Event(), threading.Event()
    close = Port.close

    def hang(port: Port) -> None:
        closing.set()
        assert released.wait(20)
        close(port)

    async def story() -> None:
        async with plugged(tmp_path) as modem:
            async with opened(str(modem.device), 0.05):
                monkeypatch.setattr(Port, "close", hang)
            assert closing.is_set()
            released.set()

    asyncio.run(story())


def test_a_port_that_opens_too_late_is_closed_and_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing it would hang as well: never on the loop itself."""
    late = threading.Event()
    closed_by: queue.SimpleQueue[threading.Thread] = queue.SimpleQueue()
    close = Port.close

    def open_late(node: str, *words: Any, **how: Any) -> Serial:
        assert late.wait(20)
        return Serial(node, *words, **how)

    def note(port: Port) -> None:
        closed_by.put(threading.current_thread())
        close(port)

    async def story() -> None:
        async with plugged(tmp_path) as modem:
            with pytest.raises(OSError, match="not opened in time"):
                async with opened(str(modem.device), 0.05):
                    pass
            late.set()
            assert await asyncio.to_thread(closed_by.get, timeout=20) is not (
                threading.main_thread()
            )

    monkeypatch.setattr("hardware.samsung.port.Serial", open_late)
    monkeypatch.setattr(Port, "close", note)
    asyncio.run(story())


def test_a_port_that_is_gone_is_a_lost_link(tmp_path: Path) -> None:
    reading = read_modem(str(tmp_path / "ttyACM0"), QUICK, is_still=_yes)
    assert asyncio.run(refused(reading)).code is ProblemCode.LINK_LOST


def test_what_is_no_serial_port_is_no_modem_port(tmp_path: Path) -> None:
    (tmp_path / "ttyACM0").write_bytes(b"")
    reading = read_modem(str(tmp_path / "ttyACM0"), QUICK, is_still=_yes)
    assert asyncio.run(refused(reading)).code is ProblemCode.MODEM_HIDDEN
    assert (tmp_path / "ttyACM0").read_bytes() == b""


def test_a_port_that_has_become_another_devices_is_written_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with plugged(tmp_path) as modem:
            problem = await refused(read_modem(str(modem.device), UNHURRIED, is_still=_no))
            assert problem.code is ProblemCode.LINK_LOST
            assert modem.written == b""

    asyncio.run(story())


def test_a_port_never_sends_a_modems_words_back_to_it(tmp_path: Path) -> None:
    """A terminal as it comes echoes: what a modem says would be written to it."""

    async def story() -> None:
        async with plugged(tmp_path) as modem:
            mode = termios.tcgetattr(modem.ends[1])
            mode[0] |= termios.ICRNL | termios.IXOFF
            mode[3] |= termios.ECHO | termios.ICANON
            termios.tcsetattr(modem.ends[1], termios.TCSANOW, mode)
            modem.faults.unasked = b"\r\nAT+FACTORST=0,0\r\n"
            assert str((await ask(modem)).imei) == IMEI
            assert modem.written == b"AT\rAT+DEVCONINFO\rAT+DEVCONINFO\r"

    asyncio.run(story())


def test_a_line_that_was_taken_in_part_is_told_from_a_whole_one() -> None:
    """A port of which the far end takes no more: the line ends in the middle."""
    far, near = pty.openpty()
    os.set_blocking(far, False)
    with closing(Port(os.ttyname(near))) as port, pytest.raises(CutShortError):
        write_for_ever(port)
    for end in (far, near):
        os.close(end)


def write_for_ever(port: Port) -> None:
    while True:
        write(port, Command.REACTIVATION_LOCK)
