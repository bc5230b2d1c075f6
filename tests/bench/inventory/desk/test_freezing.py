"""A record with two histories is frozen, if not at once then as soon as it can be."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bench.clock import SystemClock
from bench.events.central import CentreHeard
from bench.events.device import ProblemCleared, ProblemRaised
from bench.inventory.desk.desk import CentreDesk
from bench.inventory.desk.patience import Patience
from bench.problems import Problem, ProblemCode, ProblemError
from tests.bench.inventory.desk.desk_room import QUICK, STAYS, Room, until

FULL = Problem(ProblemCode.LEDGER_FULL, "ledger.db")


class FullDisk:
    """A record that cannot be frozen the first few times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.frozen: list[str] = []

    def freeze(self, reason: str) -> None:
        if self.left:
            self.left -= 1
            raise ProblemError(FULL)
        self.frozen.append(reason)


def desk(room: Room, disk: FullDisk, patience: Patience) -> CentreDesk:
    words = room.words('say(freeze=dict(epoch=1, reason="two histories"))\nstands()' + STAYS)
    return CentreDesk(words, SystemClock(), patience=patience, on_freeze=disk.freeze)


def facts(room: Room) -> list[object]:
    return [fact for fact in room.posted if not isinstance(fact, CentreHeard)]


def test_a_freeze_that_failed_is_tried_again_until_it_works(room: Room) -> None:
    disk = FullDisk(3)

    async def scene() -> None:
        async with room.following(desk(room, disk, replace(QUICK, again=0.02))):
            await until(lambda: disk.frozen)
            await asyncio.sleep(0.1)

    asyncio.run(scene())
    assert disk.frozen == ["two histories"]
    assert facts(room) == [ProblemRaised(FULL), ProblemCleared(FULL.code, FULL.where)]


def test_whatever_is_committed_meanwhile_is_a_reason_to_try_at_once(room: Room) -> None:
    disk = FullDisk(2)

    async def scene() -> None:
        its = desk(room, disk, replace(QUICK, again=600.0))
        async with room.following(its):
            await until(lambda: disk.left == 1)
            its.wake()
            await until(lambda: disk.left == 0)
            assert not disk.frozen
            its.wake()

    asyncio.run(scene())
    assert disk.frozen == ["two histories"]


def test_what_could_not_be_frozen_is_not_tried_once_the_bench_has_ended(room: Room) -> None:
    disk = FullDisk(1)

    async def scene() -> None:
        async with room.following(desk(room, disk, replace(QUICK, again=0.05))):
            await until(lambda: disk.left == 0)
        await asyncio.sleep(0.1)

    asyncio.run(scene())
    assert disk.frozen == []
