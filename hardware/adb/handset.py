"""A handset over ADB: the bench's port `Handset` on one connection of it."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.events.device import HandsetIdentity
from bench.ports import HandsetRefusalError, Progress, ShellReply
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.client import AdbClient
from hardware.adb.identity import question, read_answer
from hardware.adb.inquiry import unread


class AdbHandset:
    """One handset on one connection, which `is_open` may declare over.

    The server numbers connections anew when it starts again, so a number alone could come to mean
    another handset: each call asks `is_open` first. `lost` is told of a link that broke;
    `recognise` raises IDENTITY_CHANGED when the identity cannot be that of this connection.
    """

    def __init__(
        self,
        client: AdbClient,
        transport: int,
        is_open: Callable[[], bool] = lambda: True,
        lost: Callable[[], None] = lambda: None,
        recognise: Callable[[HandsetIdentity], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._transport = transport
        self._is_open = is_open
        self._lost = lost
        self._recognise = recognise

    async def identify(self) -> HandsetIdentity:
        """Ask who it is, in one round trip; no usable answer is IDENTITY_UNREAD."""
        mark = secrets.token_hex(16)
        try:
            with self._link() as transport:
                reply = await self._client.shell(transport, question(mark))
        except HandsetRefusalError as refusal:
            raise unread(refusal.reason) from None
        identity = read_answer(reply.out, mark)
        self._recognise(identity)
        return identity

    async def shell(self, *words: str) -> ShellReply:
        """Run a command; every word is quoted."""
        with self._link() as transport:
            return await self._client.shell(transport, shlex.join(words))

    async def push(self, source: Path, target: str, progress: Progress) -> None:
        """Copy a file to the handset."""
        with self._link() as transport:
            await self._client.push(transport, source, target, progress)

    async def install(self, package: Path, progress: Progress) -> None:
        """Install a package."""
        with self._link() as transport:
            await self._client.install(transport, package, progress)

    @contextmanager
    def _link(self) -> Iterator[int]:
        if not self._is_open():
            raise ProblemError(Problem(ProblemCode.LINK_LOST))
        try:
            yield self._transport
        except ProblemError as error:
            if error.problem.code == ProblemCode.LINK_LOST:
                self._lost()
            raise
