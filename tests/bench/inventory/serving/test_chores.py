"""What the centre does by itself goes on, whatever happens to one of its chores."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path

from bench.inventory.serving.chores import LONGEST_PAUSE, Chore, Chores, pause
from bench.inventory.serving.notify import Notifier
from bench.problems import Problem, ProblemCode, ProblemError


class Round:
    """A chore that counts how often it was done and may do something odd; `enough` ends it all."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.done: dict[str, int] = {}
        self.said: list[str] = []
        self._loop = asyncio.get_running_loop()

    def chore(
        self, name: str, error: Exception | None = None, enough: int = 0, told: str = ""
    ) -> Chore:
        def work() -> str:
            self.done[name] = self.done.get(name, 0) + 1
            if self.done[name] == enough:
                self._loop.call_soon_threadsafe(self.ended.set)
            if error is not None:
                raise error
            return told

        return Chore(name, 0.001, work)

    async def keep(self, *chores: Chore) -> None:
        async with asyncio.timeout(20):
            await Chores(chores, self.said.append, lambda: 0.0).keep(self.ended)


def test_a_chore_is_done_again_and_says_what_is_worth_saying() -> None:
    async def scene() -> Round:
        its = Round()
        await its.keep(its.chore("project", enough=3, told="5 events"), its.chore("quiet"))
        return its

    its = asyncio.run(scene())
    assert its.done["project"] == 3
    assert its.said == ["project: 5 events"] * 3


def test_one_that_fails_stops_no_other_and_its_secrets_stay() -> None:
    async def scene() -> Round:
        its = Round()
        away = ProblemError(Problem(ProblemCode.CENTRE_UNREACHABLE, "database", "refused"))
        await its.keep(
            its.chore("broken", RuntimeError("canary-7f3a")),
            its.chore("away", away),
            its.chore("project", enough=30),
        )
        return its

    its = asyncio.run(scene())
    assert its.done["project"] == 30
    assert any(line == "broken: a fault in the program: RuntimeError" for line in its.said)
    assert any(line.startswith("away: database") for line in its.said)
    assert "canary" not in "".join(its.said)


def test_one_that_is_overdue_is_said_and_not_begun_twice() -> None:
    go_on = threading.Event()

    async def scene() -> Round:
        its = Round()
        begun: list[int] = []

        def stuck() -> str:
            begun.append(1)
            go_on.wait(20)
            return ""

        await its.keep(Chore("stuck", 0.001, stuck, deadline=0.01), its.chore("other", enough=40))
        assert begun == [1]
        return its

    its = asyncio.run(scene())
    go_on.set()
    assert its.said == ["stuck: not done after 0.01 s"]
    assert its.done["other"] == 40


def test_what_fails_is_tried_ever_less_often_but_never_given_up() -> None:
    waits = [pause(5.0, failures, 1.0) for failures in range(40)]
    assert waits[:4] == [5.0, 10.0, 20.0, 40.0]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_PAUSE
    assert pause(5.0, 3, 0.0) == 20.0


def test_systemd_is_told_when_it_serves_lives_and_ends(tmp_path: Path) -> None:
    async def scene() -> list[bytes]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(str(tmp_path / "notify"))
            systemd.settimeout(20)
            told = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000"})
            ended = asyncio.Event()
            told.ready()
            living = asyncio.create_task(told.keep_alive(ended))
            heard = [await asyncio.to_thread(systemd.recv, 100) for _ in range(3)]
            ended.set()
            await living
            systemd.settimeout(0)
            told.stopping()
            while b"STOPPING=1" not in heard:
                heard.append(systemd.recv(100))
            return heard

    heard = asyncio.run(scene())
    assert heard[:3] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    assert heard[-1] == b"STOPPING=1"


def test_nobody_is_told_where_no_systemd_asked() -> None:
    async def scene() -> None:
        for environment in ({}, {"NOTIFY_SOCKET": "vsock:2:1"}, {"NOTIFY_SOCKET": "/nowhere/x"}):
            told = Notifier(environment)
            told.ready()
            await told.keep_alive(asyncio.Event())

    asyncio.run(scene())
