"""An exchange that breaks off is begun again; that it does so often is a problem."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bench.clock import SystemClock
from bench.events.central import CentreState
from bench.events.device import ProblemCleared, ProblemRaised
from bench.inventory.desk.desk import CentreDesk
from bench.problems import Problem, ProblemCode
from tests.bench.inventory.desk.desk_room import (
    QUICK,
    STAYS,
    Room,
    until,
)


def test_one_that_dies_time_and_again_is_a_problem_until_one_works(room: Room) -> None:
    program = """
if times() < 6:
    print("staging-bench: no such settings", file=sys.stderr); sys.exit(2)
stands("in-step")
"""

    async def scene() -> None:
        async with room.following(room.desk(program + STAYS)):
            await until(lambda: room.views and room.views[-1].state is CentreState.IN_STEP)

    asyncio.run(scene())
    raised = [fact.problem for fact in room.posted if isinstance(fact, ProblemRaised)]
    assert raised == [Problem(ProblemCode.SYNC_FAILING, detail="no such settings")]
    assert ProblemCleared(ProblemCode.SYNC_FAILING, "") in room.posted
    assert [(view.state, view.detail) for view in room.views] == [
        (CentreState.AWAY, "no such settings"),
        (CentreState.IN_STEP, ""),
    ]


def test_what_a_library_complains_of_is_not_repeated(room: Room) -> None:
    program = 'print("Traceback\\nKeyError: postgresql://u:CANARY@h", file=sys.stderr); sys.exit(1)'

    async def scene() -> None:
        async with room.following(room.desk(program)):
            await until(lambda: room.views)

    asyncio.run(scene())
    assert "CANARY" not in repr(room.posted)
    assert room.views[0].detail == "it ended with code 1"


def test_one_that_said_why_it_ends_is_believed_and_no_second_alarm_is_made(room: Room) -> None:
    program = """
times()
trouble("centre-refused", "centre", "no role")
stands("stopped", 3, "no role")
sys.exit(1)
"""

    async def scene() -> None:
        async with room.following(room.desk(program)):
            await until(lambda: room.begun >= 5)

    asyncio.run(scene())
    raised = [fact.problem.code for fact in room.posted if isinstance(fact, ProblemRaised)]
    assert raised == [ProblemCode.CENTRE_REFUSED]
    assert [view.state for view in room.views] == [CentreState.STOPPED]


def test_what_stood_when_it_died_is_cleared_by_the_next_that_works(room: Room) -> None:
    program = """
if times() == 1:
    trouble("centre-busy", "centre", "")
    os._exit(1)
stands("sending", 4)
"""

    async def scene() -> None:
        async with room.following(room.desk(program + STAYS)):
            await until(lambda: room.views)

    asyncio.run(scene())
    assert ProblemCleared(ProblemCode.CENTRE_BUSY, "centre") in room.posted


def test_a_command_that_is_not_there_is_a_problem_and_never_an_end(room: Room) -> None:
    desk = CentreDesk((str(room.folder / "nowhere"),), SystemClock(), patience=QUICK)

    async def scene() -> None:
        async with room.following(desk):
            await until(lambda: room.views)

    asyncio.run(scene())
    assert "No such file" in room.views[0].detail


def test_pauses_grow_and_end_at_the_longest() -> None:
    patience = replace(QUICK, restart=1.0, longest=60.0)
    assert [patience.pause(failures) for failures in (1, 2, 3, 6, 7, 10_000)] == [
        1,
        2,
        4,
        32,
        60,
        60,
    ]


def test_somebody_in_a_hurry_does_not_wait_until_it_is_begun_again(room: Room) -> None:
    desk = room.desk("times()", replace(QUICK, restart=600.0, longest=600.0))

    async def scene() -> None:
        async with room.following(desk):
            await until(lambda: room.begun == 1 and desk._child is None)
            desk.look_now()
            await until(lambda: room.begun == 2)

    asyncio.run(scene())


def test_a_thousand_commits_are_one_word_to_the_exchange(room: Room) -> None:
    program = """
stands("in-step")
woken = 0
for line in sys.stdin:
    woken += "wake" in line
    stands("in-step" if "now" not in line else "sending", woken)
"""
    desk = room.desk(program, replace(QUICK, wake=0.2))

    async def scene() -> None:
        async with room.following(desk):
            await until(lambda: room.views)
            for _ in range(1000):
                desk.wake()
            await until(lambda: room.views[-1].waiting == 1)
            desk.look_now()
            await until(lambda: room.views[-1].state is CentreState.SENDING)

    asyncio.run(scene())
    assert room.views[-1].waiting == 1


def test_a_commit_where_no_exchange_runs_is_no_matter(room: Room) -> None:
    async def scene() -> None:
        desk = room.desk(STAYS)
        desk.wake()
        desk.look_now()

    asyncio.run(scene())


def test_a_hurry_of_before_does_not_make_the_next_pause_shorter(room: Room) -> None:
    program = "times()\nstands('in-step')\nsys.stdin.readline()"
    desk = room.desk(program, replace(QUICK, restart=600.0, longest=600.0))

    async def scene() -> None:
        async with room.following(desk):
            await until(lambda: room.views)
            desk.look_now()
            await until(lambda: desk._child is None)
            await asyncio.sleep(0.3)

    asyncio.run(scene())
    assert room.begun == 1
