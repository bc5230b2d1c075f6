"""A simulated label printer on a loopback socket: what a Zebra answers, and faults on demand.

It keeps each label as the dots it would have printed, and `read_back` reads the bar code off them:
the simulated technician scans what was really printed, not what was meant.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import socket
import zlib
from typing import Self

from bench.identity import code128
from bench.ports import Bitmap

_COMMAND = re.compile(rb"~HS|~HQES|\^XA.*?\^XZ", re.DOTALL)
_LABEL = re.compile(
    rb"\^XA\^PW(\d{1,5})\^LL(\d{1,5})\^FO0,0"
    rb"\^GFA,(\d{1,7}),(\d{1,7}),(\d{1,4}),:Z64:([A-Za-z0-9+/=]+):([0-9A-F]{4})\^FS\^XZ"
)


class _Fault:
    """A state that keeps the printer from printing; put right, waiting labels come out."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, printer: SimulatedPrinter, owner: type) -> bool:
        return bool(getattr(printer, self._name))

    def __set__(self, printer: SimulatedPrinter, stands: bool) -> None:  # noqa: FBT001 - the protocol
        setattr(printer, self._name, stands)
        printer.print_waiting()


class SimulatedPrinter:
    """Use as `async with`; in between `switch_off` and `switch_on`, and it keeps its port when off.

    Faults: `paper_out`, `head_open`, `paused`; `silent` (takes all, answers nothing);
    `cut_after_bytes` and `cut_after_label` drop the connection once, so many bytes into the next
    label (not printed) or right behind it (printed); `labels_left` before the roll is empty.
    """

    paper_out = _Fault()
    head_open = _Fault()
    paused = _Fault()

    def __init__(self, port: int = 0) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.labels: list[Bitmap] = []
        """What came out of the printer."""
        self.strays = b""
        """Bytes that were neither a question nor a whole label of ours."""
        self.silent = False
        self.cut_after_bytes: int | None = None
        self.cut_after_label = False
        self.labels_left: int | None = None
        self._waiting: list[Bitmap] = []
        self._server: asyncio.Server | None = None
        self._place: socket.socket | None = None
        """Bound and never listening: nobody else is given the port while the printer is off."""
        self._lines: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._paper_out = self._head_open = self._paused = False

    async def __aenter__(self) -> Self:
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind((self.host, self.port))
        self.port = self._place.getsockname()[1]
        await self.switch_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.switch_off()
        assert self._place is not None, "it was entered"
        self._place.close()

    async def switch_on(self) -> None:
        """Take connections, always on the same port."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port)

    async def switch_off(self) -> None:
        """Drop every connection and take no more; waiting labels are forgotten."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._waiting.clear()
        tasks = [task for task in self._lines.values() if task is not None]
        for writer in self._lines:
            writer.transport.abort()
        await asyncio.gather(*tasks)

    def print_waiting(self) -> None:
        """Print what waits, as far as state and roll allow."""
        while self._waiting and not (self._paper_out or self._head_open or self._paused):
            self.labels.append(self._waiting.pop(0))
            if self.labels_left is not None:
                self.labels_left -= 1
                self._paper_out = self.labels_left <= 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines[writer] = asyncio.current_task()
        received = b""
        try:
            while data := await reader.read(65536):
                received = self._obeyed(received + data, writer)
                await writer.drain()
        except ConnectionError:
            pass  # the far end, or a fault on demand, dropped the line
        finally:
            self.strays += received
            writer.close()
            del self._lines[writer]

    def _obeyed(self, received: bytes, writer: asyncio.StreamWriter) -> bytes:
        """Do every whole command; return what is left."""
        while found := _COMMAND.search(received):
            self.strays += received[: found.start()]
            if self._is_cut(found[0]):
                writer.transport.abort()
                return b""
            self._obey(found[0], writer)
            received = received[found.end() :]
        if received.startswith(b"^XA") and self._is_cut(received):
            writer.transport.abort()
            return b""
        return received

    def _obey(self, command: bytes, writer: asyncio.StreamWriter) -> None:
        match command:
            case b"~HS" if not (self.silent or self._paper_out or self._head_open):
                writer.write(self._host_status())
            case b"~HQES" if not self.silent:
                writer.write(self._error_status())
            case b"~HS" | b"~HQES":
                pass
            case _:
                self._take(command, writer)

    def _take(self, command: bytes, writer: asyncio.StreamWriter) -> None:
        label = decode(command)
        if label is None:
            self.strays += command
            return
        self._waiting.append(label)
        self.print_waiting()
        if self.cut_after_label:
            self.cut_after_label = False
            writer.transport.abort()

    def _is_cut(self, command: bytes) -> bool:
        """Whether the fault strikes within these bytes of a label; it strikes once."""
        cut = self.cut_after_bytes
        if cut is None or not command.startswith(b"^XA") or len(command) <= cut:
            return False
        self.cut_after_bytes = None
        return True

    def _host_status(self) -> bytes:
        first = f"030,0,{self._paused:d},0203,{len(self._waiting):03d},0,0,0,000,0,0,0"
        second = "000,0,0,0,0,2,4,0,00000000,1,000"
        return b"".join(b"\x02%s\x03\r\n" % part.encode() for part in (first, second, "1234,0"))

    def _error_status(self) -> bytes:
        flags = self._paused * 0x10000 | self._head_open * 0x4 | self._paper_out * 0x1
        return (
            "\x02\r\n  PRINTER STATUS\r\n"
            f"   ERRORS:         {flags > 0:d} 00000000 {flags:08X}\r\n"
            "   WARNINGS:       0 00000000 00000000\r\n\x03"
        ).encode()


def decode(job: bytes) -> Bitmap | None:
    """Return the dots of a label that is one `:Z64:` graphic, or None if anything is amiss."""
    found = _LABEL.fullmatch(job)
    if not found or binascii.crc_hqx(found[6], 0) != int(found[7], 16):
        return None
    width, height, size, total, row = (int(found[group]) for group in range(1, 6))
    try:
        dots = zlib.decompress(base64.b64decode(found[6], validate=True))
    except (zlib.error, ValueError):
        return None
    fits = len(dots) == size == total == row * height and row == (width + 7) // 8
    return Bitmap(width, height, dots) if fits else None


def read_back(label: Bitmap) -> str | None:
    """Return what the Code 128 on a printed label says, as a hand scanner would read it."""
    row = (label.width + 7) // 8
    lines = (label.dots[start : start + row] for start in range(0, len(label.dots), row))
    readings = (code128.read_row(_blacks(line, label.width)) for line in dict.fromkeys(lines))
    return next((text for text in readings if text), None)


def _blacks(line: bytes, width: int) -> list[bool]:
    bits = int.from_bytes(line, "big")
    return [bool(bits >> (len(line) * 8 - 1 - place) & 1) for place in range(width)]
