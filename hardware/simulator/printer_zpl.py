"""What a simulated ZPL printer does with what it is sent: a Zebra's answers, and real faults.

Source of its answers: Zebra, P1099958, `~HS`, `~HQ` (table 8), SGD `odometer.total_label_count`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import zlib
from dataclasses import dataclass

from bench.ports import Bitmap
from hardware.simulator.printer_ends import Answer

_COMMAND = re.compile(rb'~HS|~HQES|~JX|! U1 getvar "[a-z_.]+"\r\n|\^XA[^~]*?\^XZ')
_LABEL = re.compile(
    rb"\^XA\^PW(\d{1,5})\^LL(\d{1,5})\^FO0,0"
    rb"\^GFA,(\d{1,7}),(\d{1,7}),(\d{1,4}),:Z64:([A-Za-z0-9+/=]+):([0-9A-F]{4})\^FS\^XZ"
)


class _Fault:
    """A state that keeps the printer from printing; put right, waiting labels come out."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, printer: ZplMachine, owner: type) -> bool:
        return bool(getattr(printer, self._name, False))

    def __set__(self, printer: ZplMachine, stands: bool) -> None:  # noqa: FBT001 - the protocol
        setattr(printer, self._name, stands)
        printer.print_waiting()


@dataclass
class Ways:
    """How a printer misbehaves towards who asks it."""

    silent: bool = False
    """It takes all and answers nothing."""
    noise: bytes = b""
    """Sent before each answer."""
    slow: float = 0.0
    """Seconds before each answer."""
    counts: bool = True
    """Whether it tells how many labels it has printed; many cannot."""


class ZplMachine:
    """A printer without a line; `ways` is how it answers.

    States: `paper_out`, `head_open`, `ribbon_out`, `cutter_jammed`, `too_hot`, `paused`,
    `never_prints` (keeps what it takes, and says so); `buffer_full` and `too_cold` are only said.
    `swallows` loses what it takes and says nothing of it. Once each: `cut_after_bytes` and
    `cut_after_label` drop the line, so many bytes into the next label (not printed) or right
    behind it (printed); `half_label` prints the upper half of it, and then the roll is empty.
    `labels_left` before the roll is empty; `label_seconds` that each takes.
    """

    paper_out = _Fault()
    head_open = _Fault()
    ribbon_out = _Fault()
    cutter_jammed = _Fault()
    too_hot = _Fault()
    paused = _Fault()
    never_prints = _Fault()

    def __init__(self) -> None:
        self.labels: list[Bitmap] = []
        """What came out of the printer."""
        self.strays = b""
        """Bytes that were neither a question nor a whole label of ours."""
        self.ways = Ways()
        self.buffer_full = self.too_cold = self.swallows = False
        self.cut_after_bytes: int | None = None
        self.cut_after_label = self.half_label = False
        self.labels_left: int | None = None
        self.label_seconds = 0.0
        self.is_partial = False
        """Whether half a format is in it."""
        self._waiting: list[Bitmap] = []
        self._printing: asyncio.TimerHandle | None = None

    @property
    def silent(self) -> bool:
        """Whether it takes all and answers nothing."""
        return self.ways.silent

    @silent.setter
    def silent(self, stands: bool) -> None:
        self.ways.silent = stands

    def session(self, answer: Answer) -> ZplSession:
        """Begin a connection."""
        return ZplSession(self, answer)

    def forget(self) -> None:
        """Lose what was not printed."""
        self._waiting.clear()
        self._stop()

    def print_waiting(self) -> None:
        """Print what waits, as far as state and roll allow."""
        while self._waiting and not self._stops and self._printing is None:
            if self.label_seconds:
                loop = asyncio.get_running_loop()
                self._printing = loop.call_later(self.label_seconds, self._done)
            else:
                self._print_one()

    def take(self, job: bytes) -> None:
        """Take a whole format."""
        label = decode(job)
        if label is None:
            self.strays += job
        elif not self.swallows:
            self._waiting.append(label)
            self.print_waiting()

    def is_cut(self, job: bytes) -> bool:
        """Whether the fault strikes within these bytes of a label; it strikes once."""
        cut = self.cut_after_bytes
        if cut is None or not job.startswith(b"^XA") or len(job) <= cut:
            return False
        self.cut_after_bytes = None
        return True

    def is_cut_behind(self) -> bool:
        """Whether the line is dropped behind this label; it happens once."""
        cut, self.cut_after_label = self.cut_after_label, False
        return cut

    def answer_to(self, question: bytes) -> bytes:
        """Return what it says; nothing, where a Zebra says nothing."""
        deaf = self.paper_out or self.head_open or self.ribbon_out or self.too_hot
        if self.ways.silent:
            return b""
        if question == b"~HQES":
            return self._error_status()
        if question == b"~HS":
            return b"" if deaf else self._host_status()
        return b'"%d"' % len(self.labels) if self.ways.counts else b""

    @property
    def _stops(self) -> bool:
        return (
            self.paper_out
            or self.head_open
            or self.ribbon_out
            or self.cutter_jammed
            or self.too_hot
            or self.paused
            or self.never_prints
        )

    def _done(self) -> None:
        self._printing = None
        if self._waiting and not self._stops:
            self._print_one()
        self.print_waiting()

    def _stop(self) -> None:
        if self._printing is not None:
            self._printing.cancel()
            self._printing = None

    def _print_one(self) -> None:
        label = self._waiting.pop(0)
        if self.half_label:
            self.half_label, self._paper_out = False, True
            label = upper_half(label)
        self.labels.append(label)
        if self.labels_left is not None:
            self.labels_left -= 1
            self._paper_out = self.labels_left <= 0

    def _host_status(self) -> bytes:
        first = (
            f"030,0,{self.paused:d},0203,{len(self._waiting):03d},{self.buffer_full:d},"
            f"0,{self.is_partial:d},000,0,{self.too_cold:d},0"
        )
        second = "000,0,0,0,0,2,4,0,00000000,1,000"
        return b"".join(b"\x02%s\x03\r\n" % part.encode() for part in (first, second, "1234,0"))

    def _error_status(self) -> bytes:
        states = {
            0x1: self.paper_out, 0x2: self.ribbon_out, 0x4: self.head_open,
            0x8: self.cutter_jammed, 0x10: self.too_hot, 0x10000: self.paused,
        }  # fmt: skip
        flags = sum(flag for flag, stands in states.items() if stands)
        return (
            "\x02\r\n  PRINTER STATUS\r\n"
            f"   ERRORS:         {flags > 0:d} 00000000 {flags:08X}\r\n"
            "   WARNINGS:       0 00000000 00000000\r\n\x03"
        ).encode()


class ZplSession:
    """One connection to a machine: bytes in pieces as they come, answers in order."""

    def __init__(self, machine: ZplMachine, answer: Answer) -> None:
        self._machine = machine
        self._answer = answer
        self._received = b""

    def receive(self, data: bytes) -> bool:
        """Do every whole command; False when a fault drops the line."""
        self._received += data
        while found := _COMMAND.search(self._received):
            before, behind = self._received[: found.start()], self._received[found.end() :]
            self._received = self._kept(before, found[0]) + behind
            if not self._obey(found[0]):
                self._received = b""
                return False
        if self._received.startswith(b"^XA") and self._machine.is_cut(self._received):
            self._received = b""
            return False
        return True

    def end(self) -> None:
        """What is left was no command."""
        self._machine.strays += self._received
        self._received = b""

    def _kept(self, before: bytes, command: bytes) -> bytes:
        """Half a format stays, whatever is asked in its middle, until it is dropped."""
        self._machine.is_partial = before.startswith(b"^XA")
        if not self._machine.is_partial:
            self._machine.strays += before
            return b""
        return b"" if command == b"~JX" else before

    def _obey(self, command: bytes) -> bool:
        if command == b"~JX":
            return True
        if not command.startswith(b"^XA"):
            self._say(self._machine.answer_to(command))
            return True
        if self._machine.is_cut(command):
            return False
        self._machine.take(command)
        return not self._machine.is_cut_behind()

    def _say(self, words: bytes) -> None:
        ways = self._machine.ways
        if not words:
            return
        if ways.slow:
            asyncio.get_running_loop().call_later(ways.slow, self._answer, ways.noise + words)
        else:
            self._answer(ways.noise + words)


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


def upper_half(label: Bitmap) -> Bitmap:
    """Return the label as it looks when the roll ended in its middle."""
    row = (label.width + 7) // 8
    printed = label.dots[: row * (label.height // 2)]
    return Bitmap(label.width, label.height, printed.ljust(len(label.dots), b"\0"))
