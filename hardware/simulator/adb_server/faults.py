"""What can be made to go wrong at a simulated ADB server, on purpose.

A fault is meant for the services whose name fits its `pattern` (`host:devices-l`, `shell*`), and
counts bytes from the beginning of the answer to one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class CutAnswer:
    """After so many bytes the server hangs up."""

    pattern: str
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StallAnswer:
    """After so many bytes the server says nothing more."""

    pattern: str
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GarbleAnswer:
    """After so many bytes the server says `data`, and hangs up."""

    pattern: str
    after: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseService:
    """The server answers FAIL and `reason`."""

    pattern: str
    reason: str


AnswerFault: TypeAlias = CutAnswer | StallAnswer | GarbleAnswer
ServerFault: TypeAlias = AnswerFault | RefuseService


class HungUpError(Exception):
    """The conversation is over."""


class Voice:
    """What the server says in one conversation, as far as its faults let it."""

    def __init__(self, writer: asyncio.StreamWriter, faults: list[ServerFault]) -> None:
        self._writer = writer
        self._faults = faults
        self._fault: AnswerFault | None = None
        self._said = 0

    def answers(self, service: str) -> RefuseService | None:
        """Begin the answer to a service; return the refusal if it is to be refused."""
        meant = [fault for fault in self._faults if fnmatchcase(service, fault.pattern)]
        refusals = [fault for fault in meant if isinstance(fault, RefuseService)]
        if self._fault is None:
            self._fault = next((f for f in meant if not isinstance(f, RefuseService)), None)
            self._said = 0
        return refusals[0] if refusals else None

    async def say(self, data: bytes) -> None:
        """Send; `HungUpError` where a fault ends the conversation or the other side has gone."""
        fault = self._fault
        end = len(data) if fault is None else max(0, fault.after - self._said)
        self._said += len(data)
        await self._send(data[:end])
        if fault is not None and end < len(data):
            await self._suffer(fault)

    async def _suffer(self, fault: AnswerFault) -> None:
        match fault:
            case CutAnswer():
                pass
            case StallAnswer():
                await asyncio.Event().wait()
            case GarbleAnswer():
                await self._send(fault.data)
        raise HungUpError

    async def _send(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise HungUpError from error
