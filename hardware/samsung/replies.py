"""A modem's bytes cut into one reply: its echo, its lines, its end. Pure.

Result codes are those of ITU-T V.250 (5.7.1) and 3GPP TS 27.007 (9.1), in either case and at the
start of a line only. Samsung's own: `#OK#` beside `OK`; a refusal `PACM(AP),NOT_ALLOWED…` or
`…UNREGISTED` (spelt so, or rightly) that is followed by `OK` all the same; `BUSY`. Between them
stand lines that nobody asked for, such as `+CIEV`.

What a modem says is never kept or shown as it is: what comes out is a parsed value, or one of the
refusals below with at most a short code of closed form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from bench.events.modem import ModemIdentity
from hardware.samsung.allowlist import Command
from hardware.samsung.devconinfo import read_identity, read_reactivation

REPLY_LIMIT = 1 << 16
"""Bytes of one reply; a real one is under a thousand."""

_LINE_END = re.compile(rb"[\r\n]")
_ERROR = re.compile(r"ERROR$|\+CM[ES] ?ERROR\b")
_NOT_ALLOWED = re.compile(r"NOT_ALLOWED[A-Z_]{0,20}")
_UNREGISTERED = "UNREGIST"
_CODE = re.compile(r"\+CM[ES] ?ERROR: ?([0-9]{1,4})$")
_REFUSES = re.compile(r"(?:\+[A-Z ]{1,20}:\s*)?(?:PACM\(|NOT_ALLOWED|UNREGIST)")

_ECHOES = frozenset(command.value for command in Command)

Value = TypeVar("Value")


class Refusal(StrEnum):
    """Why a reply answers nothing."""

    SILENT = "silent"
    BUSY = "busy"
    ERROR = "error"
    NOT_ALLOWED = "not allowed"
    UNREGISTERED = "unregistered"
    EMPTY = "nothing but OK"
    NAMELESS = "neither serial number nor IMEI"
    DIFFERENT = "each answer is another"
    CUT_SHORT = "cut short"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class Question(Generic[Value]):
    """A command, how its answer begins ("" when OK is the whole answer), and what that means."""

    command: Command
    prefix: str
    read: Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class Answered(Generic[Value]):
    """The modem answered."""

    value: Value


@dataclass(frozen=True, slots=True)
class Refused:
    """The modem did not answer; `code` is its error number or refusal, of closed form."""

    refusal: Refusal
    code: str = ""


Reply: TypeAlias = Answered[Value] | Refused


def _nothing(_: str) -> None:
    return None


ATTENTION: Question[None] = Question(Command.ATTENTION, "", _nothing)
IDENTITY: Question[ModemIdentity] = Question(Command.IDENTITY, "+DEVCONINFO:", read_identity)
REACTIVATION: Question[bool | None] = Question(
    Command.REACTIVATION_LOCK, "+REACTIVE:", read_reactivation
)


class ReplyReader(Generic[Value]):
    """Reads the reply to one question; give it bytes as they come.

    An OK before the answer belongs to an earlier question and ends nothing; of two answers the
    first counts.
    """

    def __init__(self, question: Question[Value]) -> None:
        self._question = question
        self._received = 0
        self._pending = bytearray()
        self._answer: Answered[Value] | None = None
        self._refused: Refused | None = None
        self._is_marked = self._is_empty = self._is_odd = False

    def feed(self, data: bytes) -> Reply[Value] | None:
        """Take bytes; return the reply once its end was read."""
        self._received += len(data)
        if self._received > REPLY_LIMIT:
            return Refused(Refusal.TOO_LONG)
        *ended, rest = _LINE_END.split(data)
        for part in ended:
            line = bytes(self._pending) + part
            self._pending.clear()
            if reply := self._take(line.decode("ascii", "replace").strip()):
                return reply
        self._pending += rest
        return None

    def finish(self) -> Reply[Value]:
        """Return what the reply comes to when nothing more is waited for."""
        if self._refused:
            return self._refused
        if self._is_marked and self._answer:
            return self._answer
        if self._answer or self._is_odd or self._is_half_a_line():
            return Refused(Refusal.CUT_SHORT)
        return Refused(Refusal.EMPTY if self._is_empty else Refusal.SILENT)

    def _take(self, line: str) -> Reply[Value] | None:
        said = line.upper()
        if said == "OK":
            return self._ended()
        if _ERROR.match(said):
            return _refused(said)
        if said.startswith("BUSY"):
            return Refused(Refusal.BUSY)
        self._note(line, said)
        return None

    def _note(self, line: str, said: str) -> None:
        prefix = self._question.prefix
        if prefix and said.startswith(prefix):
            self._hear(line[len(prefix) :].strip())
        elif _REFUSES.match(said):
            self._refused = self._refused or _refused(said)
        elif said == "#OK#":
            self._is_marked = True
        elif said and said not in _ECHOES and not said.startswith("+"):
            self._is_odd = True

    def _hear(self, text: str) -> None:
        said = text.upper()
        if said.startswith("BUSY"):
            self._refused = self._refused or Refused(Refusal.BUSY)
        elif _REFUSES.match(said):
            self._refused = self._refused or _refused(said)
        elif self._answer is None:
            self._answer = Answered(self._question.read(text))
            self._is_marked |= text.endswith("#OK#")

    def _ended(self) -> Reply[Value] | None:
        if self._refused or self._answer:
            return self._refused or self._answer
        if not self._question.prefix:
            return Answered(self._question.read(""))
        self._is_empty = True
        return None

    def _is_half_a_line(self) -> bool:
        """Whether a line was begun that is more than the beginning of the echo."""
        half = self._pending.decode("ascii", "replace").strip().upper()
        return not self._question.command.value.startswith(half)


def _refused(said: str) -> Refused:
    if found := _NOT_ALLOWED.search(said):
        return Refused(Refusal.NOT_ALLOWED, found[0])
    if _UNREGISTERED in said:
        return Refused(Refusal.UNREGISTERED)
    if "PACM(" in said:
        return Refused(Refusal.NOT_ALLOWED)
    found = _CODE.match(said)
    return Refused(Refusal.ERROR, found[1] if found else "")
