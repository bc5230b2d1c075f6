"""A simulated Samsung modem port: what public recordings show it to answer, and faults on demand.

It speaks at the far end of a pseudo terminal, and keeps every byte that was ever written to it: a
test can tell that nothing but the questions allowed arrived.
"""

from __future__ import annotations

import asyncio
import os
import tty
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.simulator.handset import SimulatedHandset

OK = b"\r\nOK\r\n"
_EMPTY_NUMBER = "00000000000000000000"


def device_info(
    *,
    serial: str,
    imei: str,
    model: str = "SM-A325F",
    build: str = "A325FXXU7DWF1",
    sales_code: str = "EUX",
    country: str = "NL",
    phone_number: str = "",
) -> str:
    """Return what stands behind `+DEVCONINFO: ` for a handset; all fields of a recorded reply."""
    firmware = f"{build}/{build.replace('XXU', 'OXM')}/{build}/{build}"
    return (
        f"MN({model});BASE(UNKNOWN);VER({firmware});HIDVER({firmware});MNC(00,);MCC(000,);"
        f"PRD({sales_code});AID();CC({country});OMCCODE();SN({serial});IMEI({imei});"
        f"UN({_EMPTY_NUMBER});PN({phone_number},);CON(AT,MTP);LOCK(NONE);LIMIT(FALSE);"
        "SDP(RUNTIME);HVID(Data:196609)"
    )


def info_of(handset: SimulatedHandset) -> str:
    """Return what the modem of a simulated handset says of it: the same as it says through ADB."""
    properties = handset.properties
    return device_info(
        serial=handset.serial,
        imei=next(iter(handset.imeis), ""),
        model=properties.get("ro.product.model", ""),
        build=properties.get("ro.build.PDA", ""),
        sales_code=properties.get("ro.csc.sales_code", ""),
    )


@dataclass(slots=True)
class ModemFaults:
    """What is odd about a modem, or wrong with it; the first is what an ordinary one does.

    `echo`: it repeats what it is asked; `chunk`: bytes at a time (0: all at once); `unasked`: sent
    before each answer; `busy`: questions that it answers BUSY; `is_locked`: it is silent;
    `refusal`: said instead of an answer to all but `AT`; `is_marked`: `#OK#` before OK; `garbage`:
    sent instead of any answer; `cut_at`: bytes of each answer after which it falls silent;
    `hangs_up_at`: and after which it is gone; `gaps`: where (from, to) bytes of what it says of its
    handset are lost, an answer each.
    """

    echo: bool = True
    chunk: int = 0
    unasked: bytes = b""
    busy: int = 0
    is_locked: bool = False
    refusal: bytes | None = None
    is_marked: bool = False
    garbage: bytes | None = None
    cut_at: int | None = None
    hangs_up_at: int | None = None
    gaps: list[tuple[int, int]] = field(default_factory=list)


@dataclass(eq=False)
class SimulatedModem:
    """Use as `async with`; in between it is at `device`, a path that it puts up.

    `info` is what it says of its handset (`device_info`).
    """

    device: Path
    info: str
    faults: ModemFaults = field(default_factory=ModemFaults)
    is_reactivation_locked: bool = False
    written: bytearray = field(default_factory=bytearray)
    """Every byte that was written to it, ever."""

    def __post_init__(self) -> None:
        self.ends: tuple[int, ...] = ()
        """The far and the near end of its terminal, while it is plugged in."""
        self._asked = bytearray()
        self._answering: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.plug()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.unplug()
        await asyncio.gather(*self._answering, return_exceptions=True)

    @property
    def questions(self) -> list[bytes]:
        """The whole lines that were written to it."""
        return bytes(self.written).split(b"\r")[:-1]

    def plug(self) -> None:
        """Put the port up."""
        if self.ends:
            return
        self.ends = os.openpty()
        tty.setraw(self.ends[1])
        self.device.symlink_to(os.ttyname(self.ends[1]))
        os.set_blocking(self.ends[0], False)
        asyncio.get_running_loop().add_reader(self.ends[0], self._receive)

    def unplug(self) -> None:
        """Pull the cable: whoever reads is told, and the path is gone."""
        if not self.ends:
            return
        ends, self.ends = self.ends, ()
        loop = asyncio.get_running_loop()
        loop.remove_reader(ends[0])
        loop.remove_writer(ends[0])
        self.device.unlink()
        for end in ends:
            os.close(end)
        for answer in self._answering:
            answer.cancel()

    def _receive(self) -> None:
        data = os.read(self.ends[0], 4096)
        self.written += data
        self._asked += data
        while b"\r" in self._asked:
            line, _, rest = bytes(self._asked).partition(b"\r")
            self._asked[:] = rest
            self._answer(line)

    def _answer(self, line: bytes) -> None:
        if not self.faults.is_locked:
            task = asyncio.get_running_loop().create_task(self._send(self._reply(line)))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    def _reply(self, line: bytes) -> bytes:
        if self.faults.garbage is not None:
            return self.faults.garbage
        echo = line + b"\r" if self.faults.echo else b""
        return echo + self.faults.unasked + self._said(line)

    def _said(self, line: bytes) -> bytes:
        if self.faults.busy:
            self.faults.busy -= 1
            return b"\r\nBUSY\r\n"
        if self.faults.refusal is not None and line != b"AT":
            return b"\r\n" + self.faults.refusal + b"\r\n"
        end = (b"\r\n#OK#" if self.faults.is_marked else b"") + OK
        match line:
            case b"AT":
                return OK
            case b"AT+DEVCONINFO":
                return b"\r\n+DEVCONINFO: " + self._info() + b"\r\n" + end
            case b"AT+REACTIVE=1,0,0":
                lock = b"LOCK" if self.is_reactivation_locked else b"UNLOCK"
                return b"\r\n+REACTIVE:1," + lock + b"\r\n" + end
            case _:
                return b"\r\nERROR\r\n"

    def _info(self) -> bytes:
        start, end = self.faults.gaps.pop(0) if self.faults.gaps else (0, 0)
        return (self.info[:start] + self.info[end:]).encode()

    async def _send(self, reply: bytes) -> None:
        limits = (self.faults.cut_at, self.faults.hangs_up_at)
        reply = reply[: min((limit for limit in limits if limit is not None), default=None)]
        step = self.faults.chunk or len(reply) or 1
        for start in range(0, len(reply), step):
            await self._write(reply[start : start + step])
            await asyncio.sleep(0)
        if self.faults.hangs_up_at is not None:
            self.unplug()

    async def _write(self, data: bytes) -> None:
        while data and self.ends:
            try:
                data = data[os.write(self.ends[0], data) :]
            except BlockingIOError:
                await self._writable()

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_writer(self.ends[0], ready.set)
        try:
            await ready.wait()
        finally:
            if self.ends:
                loop.remove_writer(self.ends[0])
