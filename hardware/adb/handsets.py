"""The handsets that the ADB server knows, followed for the bench.

The server's push wakes, the list is asked: adb 29 pushes neither `unauthorized` nor a lost TCP
link, so the list is also asked once a second, which is as often as the server itself looks.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import NoReturn

from bench.events.device import HandsetIdentity, ProblemCleared, ProblemRaised
from bench.events.run import Fact
from bench.ports import Post
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.client import AdbClient
from hardware.adb.devices import AdbDevice
from hardware.adb.handset import AdbHandset
from hardware.adb.recognition import contradiction
from hardware.adb.server import AdbServer
from hardware.adb.sightings import Locate, Overview, broken, by_usb_path, look
from hardware.adb.tasks import together
from hardware.adb.wire import ADB

_LOOK_EVERY = 1.0
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_OF_THE_SERVER = frozenset({
    ProblemCode.ADB_MISSING, ProblemCode.ADB_OUTDATED, ProblemCode.ADB_SILENT,
    ProblemCode.ADB_REFUSED, ProblemCode.ADB_PORT_TAKEN,
})  # fmt: skip


class AdbHandsets:
    """The ports `Handsets` and `Watcher` on an ADB server, which it keeps running.

    `locate` says on which port a handset of the list is; over USB the server names it itself.
    """

    def __init__(self, server: AdbServer, client: AdbClient, locate: Locate = by_usb_path) -> None:
        self._server = server
        self._client = client
        self._locate = locate
        self._known = Overview()
        self._post: Post = _unheard
        self._trouble: Problem | None = None
        self._pause = _FIRST_PAUSE
        self._identities: dict[int, HandsetIdentity] = {}

    def open(self, session: int) -> AdbHandset:
        """Return the handset of that session; once it is over, each call is LINK_LOST."""
        transport = self._known.transport_of(session)
        return AdbHandset(
            self._client,
            transport or 0,
            is_open=lambda: self._is_open(session),
            lost=lambda: self._end(session, ProblemCode.LINK_LOST),
            recognise=lambda identity: self._recognise(session, identity),
        )

    async def follow(self, post: Post) -> None:
        """Post what happens to handsets and to the server until cancelled."""
        self._post = post
        while True:
            try:
                await self._server.ensure()
                await self._watch()
            except ProblemError as error:
                self._lose(error.problem)
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _is_open(self, session: int) -> bool:
        return self._known.transport_of(session) is not None

    def _end(self, session: int, why: ProblemCode) -> None:
        now = asyncio.get_running_loop().time()
        self._known, facts = broken(self._known, session, now, why)
        self._tell(facts)

    def _recognise(self, session: int, identity: HandsetIdentity) -> None:
        """Keep who answers over a session; somebody else ends it, a neighbour's name is refused."""
        seen = self._known.sighting_of(session)
        if seen is None:
            raise ProblemError(Problem(ProblemCode.LINK_LOST))
        before = self._identities.get(session)
        others = {each.serial for each in self._known.ports.values() if each is not seen}
        if reason := contradiction(identity, before, seen.serial, others):
            if before is not None:
                self._end(session, ProblemCode.IDENTITY_CHANGED)
            raise ProblemError(Problem(ProblemCode.IDENTITY_CHANGED, detail=reason))
        is_open = self._is_open
        self._identities = {s: who for s, who in self._identities.items() if is_open(s)}
        self._identities[session] = identity

    async def _watch(self) -> None:
        changed = asyncio.Event()
        async with together() as group:
            group.create_task(self._listen(changed))
            await self._look_again_and_again(changed)

    async def _listen(self, changed: asyncio.Event) -> None:
        async with aclosing(self._client.track()) as pushes:
            async for _ in pushes:
                changed.set()

    async def _look_again_and_again(self, changed: asyncio.Event) -> NoReturn:
        while True:
            changed.clear()
            devices = await self._client.devices()
            self._recover()
            self._look(devices)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY):
                    await changed.wait()

    def _look(self, devices: tuple[AdbDevice, ...]) -> None:
        now = asyncio.get_running_loop().time()
        self._known, facts = look(self._known, devices, self._locate, now)
        self._tell(facts)

    def _tell(self, facts: tuple[Fact, ...]) -> None:
        for fact in facts:
            self._post(fact)

    def _lose(self, problem: Problem) -> None:
        """Tell that the server is gone, and every handset with it."""
        code = problem.code if problem.code in _OF_THE_SERVER else ProblemCode.ADB_SERVER_LOST
        if self._trouble is None or self._trouble.code != code:
            self._clear()
            self._trouble = Problem(code, ADB, problem.detail)
            self._post(ProblemRaised(self._trouble))
        self._look(())

    def _recover(self) -> None:
        self._clear()
        self._pause = _FIRST_PAUSE

    def _clear(self) -> None:
        if self._trouble is not None:
            self._post(ProblemCleared(self._trouble.code, self._trouble.where))
            self._trouble = None


def _unheard(_fact: Fact) -> None:
    """Nobody follows yet."""
