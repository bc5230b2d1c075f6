"""A simulated Brother QL printer: decodes the raster to the dots it prints, and says what it does.

It is strict: whatever is not in the raster command reference, or not in its order, is a mistake
that it keeps, and it prints nothing until it is reset. Its tables are its own, not the product's.
Source: Brother, Raster Command Reference QL-800/810W/820NWB, sections 2.1, 2.3.5, 4 and 5.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass, field

from bench.ports import Bitmap
from hardware.simulator.printer_ends import Answer
from hardware.simulator.printer_raster import AREAS, QL_700, QL_810W, Make, row_of, unpacked
from hardware.simulator.printer_zpl import upper_half

_LENGTHS = {
    b"\x1b@": 2, b"\x1biS": 3, b"\x1bia": 4, b"\x1bi!": 4, b"\x1biz": 13,
    b"\x1biM": 4, b"\x1biA": 4, b"\x1biK": 4, b"\x1bid": 5, b"M": 2, b"Z": 1, b"\x0c": 1,
    b"\x1a": 1,
}  # fmt: skip
"""Bytes of each command with its parameters; `g` says its own."""

TAPE, LABELS = 0x0A, 0x0B


@dataclass
class BrotherMachine:
    """A printer without a line. `roll` is kind, width and length in mm, or None.

    `errors` are the two bytes of error information that stand; they keep it from printing, and
    `holds` are the labels that it would print if they were put right. Once each, in a label:
    `ends` (the roll, at half a label), `jams` (the cutter, behind it), `dies`. `cools` is how
    often it cools down in each, `pace` the seconds before each thing that it says of one.
    `never_prints` takes a label and says that it prints; `taken` is how many it ever took so.
    `silent` answers nothing, as all do over a network; `noise` comes before each answer;
    `cut_after_bytes` drops the line so many bytes into all it ever got.
    """

    make: Make = QL_810W
    roll: tuple[int, int, int] | None = (TAPE, 62, 0)
    labels: list[Bitmap] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    errors: tuple[int, int] = (0, 0)
    ends: bool = False
    jams: bool = False
    dies: bool = False
    cools: int = 0
    pace: float = 0.0
    holds: int = 0
    taken: int = 0
    never_prints: bool = False
    silent: bool = False
    noise: bytes = b""
    cut_after_bytes: int | None = None

    def session(self, answer: Answer) -> BrotherSession:
        """Begin a connection."""
        return BrotherSession(self, answer)

    def forget(self) -> None:
        """Nothing: what was not printed is lost with its session."""

    def status(self, said: int, *, printing: bool = False, notice: int = 0) -> bytes:
        """Return the 32 bytes."""
        kind, width, length = self.roll or (0, 0, 0)
        data = bytearray(32)
        data[:8] = bytes((0x80, 0x20, 0x42, self.make.series, self.make.code, 0x30, 0x30, 0))
        data[8:12] = bytes((*self.errors, width, kind | 0x40 if kind else 0))
        data[14], data[17], data[18], data[19], data[22] = 0x3F, length, said, printing, notice
        return bytes(data)


class BrotherSession:
    """One connection: commands as they come, and the job they add up to."""

    def __init__(self, machine: BrotherMachine, answer: Answer) -> None:
        self._machine = machine
        self._answer = answer
        self._received = b""
        self._count = 0
        self._alive = True
        self._zeros = 0
        self._reset()

    def receive(self, data: bytes) -> bool:
        """Do every whole command; False when a fault drops the line."""
        cut = self._machine.cut_after_bytes
        if cut is not None and self._count + len(data) > cut:
            self._machine.cut_after_bytes = None
            return False
        self._count += len(data)
        self._received += data
        while self._alive and (command := self._next()):
            self._received = self._received[len(command) :]
            self._obey(command)
        return self._alive

    def end(self) -> None:
        """What is left was half a command."""
        if self._received:
            self._mistake(f"cut off in {self._received[:8].hex(' ')}")
            self._received = b""

    def _next(self) -> bytes:
        """Return the next whole command, empty while it has not come."""
        rest = self._received
        if zeros := len(rest) - len(rest.lstrip(b"\x00")):
            return rest[:zeros]
        if rest[:2] == b"g\x00":
            length = 3 + rest[2] if len(rest) > 2 else len(rest) + 1  # noqa: PLR2004 - g 00 n
            return rest[:length] if len(rest) >= length else b""
        for start, length in _LENGTHS.items():
            if rest.startswith(start):
                return rest[:length] if len(rest) >= length else b""
            if rest and start.startswith(rest):
                return b""
        if rest and rest != b"g":
            self._mistake(f"no command: {rest[:4].hex(' ')}")
            return rest[:1]
        return b""

    def _obey(self, command: bytes) -> None:
        zeros, self._zeros = self._zeros, 0
        if command[:1] == b"\x00":
            self._zeros = zeros + len(command)
        elif command == b"\x1b@":
            self._initialize(zeros)
        elif command == b"\x1biS":
            self._say(self._machine.status(0))
        elif command[:1] == b"\x1b":
            self._set(command[2:3], command[3:])
        else:
            self._work(command)

    def _work(self, command: bytes) -> None:
        match command[:1]:
            case b"M":
                self._compress(command[1])
            case b"g":
                self._take(command[3:])
            case b"\x1a":
                self._print()
            case _:
                self._mistake(f"{command[:1].hex()} is of no use here")

    def _initialize(self, zeros: int) -> None:
        if 0 < zeros < self._machine.make.zeros:
            self._mistake(f"{zeros} zeros do not invalidate")
        self._reset()

    def _reset(self) -> None:
        self._is_raster = self._machine.make == QL_700
        self._information = b""
        self._is_packed = False
        self._lines: list[bytes] = []
        self._is_broken = False
        self._due = 0.0
        self._machine.holds = 0

    def _set(self, name: bytes, values: bytes) -> None:
        allowed = {
            b"a": (0, 1, 3, 255), b"!": (0, 1), b"M": (0, 0x40), b"A": range(1, 256),
            b"K": (0, 1, 8, 9),
        }.get(name)  # fmt: skip
        if allowed is not None and values[0] not in allowed:
            self._mistake(f"ESC i {name.decode()} {values[0]:02X}")
        if name == b"a":
            self._is_raster = values[0] == 1
        elif name == b"z":
            self._inform(values)
        elif name == b"d":
            self._margin(*struct.unpack("<H", values))

    def _inform(self, values: bytes) -> None:
        self._information = values
        flags, *told = values[:4]
        loaded = self._machine.roll or (0, 0, 0)
        wrong = [told[n] != loaded[n] for n, flag in enumerate((2, 4, 8)) if flags & flag]
        if any(wrong) or values[8:] != b"\x00\x00":
            first, second = self._machine.errors
            self._machine.errors = (first, second | 0x01)
            self._say(self._machine.status(2))
            self._machine.errors = (first, second)
            self._is_broken = True

    def _margin(self, dots: int) -> None:
        is_tape = self._machine.roll is not None and self._machine.roll[0] == TAPE
        if not (35 <= dots <= 1500 if is_tape else dots == 0):  # noqa: PLR2004 - section 2.3.3
            self._mistake(f"a margin of {dots} dots")

    def _compress(self, mode: int) -> None:
        if mode not in (0, 2) or not self._machine.make.compresses:
            self._mistake(f"M {mode:02X}")
        self._is_packed = mode == 2  # noqa: PLR2004 - TIFF

    def _take(self, data: bytes) -> None:
        line = unpacked(data) if self._is_packed else data
        if not (self._is_raster and self._information):
            self._mistake("a raster line before raster mode and print information")
        elif line is None or len(line) * 8 != self._machine.make.pins:
            self._mistake("a raster line of another length")
        else:
            self._lines.append(line)

    def _print(self) -> None:
        machine, label = self._machine, self._label()
        self._lines, self._due = [], 0.0
        if label is None:
            return
        if machine.errors != (0, 0) or machine.roll is None:
            machine.holds += 1
            self._stop(*(machine.errors if machine.errors != (0, 0) else (1, 0)))
            return
        machine.taken += 1
        self._report(machine.status(6, printing=True))
        for _ in range(machine.cools):
            self._report(machine.status(5, printing=True, notice=3))
            self._report(machine.status(5, printing=True, notice=4))
        if machine.never_prints:
            return
        if machine.dies:
            machine.dies = self._alive = False
        elif machine.ends:
            machine.ends = False
            machine.labels.append(upper_half(label))
            self._stop(2, 0)
        else:
            machine.labels.append(label)
            self._finish()

    def _finish(self) -> None:
        if self._machine.jams:
            self._machine.jams = False
            self._stop(4, 0)
            return
        self._report(self._machine.status(1))
        self._report(self._machine.status(6))

    def _stop(self, first: int, second: int) -> None:
        """An error stands until somebody puts it right."""
        self._machine.errors = (first, second)
        self._report(self._machine.status(2))

    def _label(self) -> Bitmap | None:
        """Return what the lines are on this roll; None, and a mistake, if they are no label."""
        if self._is_broken:
            return None
        told = int.from_bytes(self._information[4:8], "little")
        if not self._lines or told != len(self._lines):
            self._mistake(f"{len(self._lines)} lines, not {told}")
            return None
        area = AREAS.get((self._machine.make.pins, self._information[2]))
        rows = [row_of(line, *area) if area else None for line in self._lines]
        dots = [row for row in rows if row is not None]
        if area is None or len(dots) != len(rows):
            self._mistake("dots beside the print area")
            return None
        return Bitmap(area[1], len(dots), b"".join(dots))

    def _mistake(self, what: str) -> None:
        self._machine.mistakes.append(what)
        self._is_broken = True

    def _report(self, words: bytes) -> None:
        """Say what becomes of a label, in its time."""
        if not self._machine.pace:
            self._say(words)
            return
        self._due += self._machine.pace
        asyncio.get_running_loop().call_later(self._due, self._say, words)

    def _say(self, words: bytes) -> None:
        if not self._machine.silent:
            self._answer(self._machine.noise + words)
