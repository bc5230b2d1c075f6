"""What the exchange says: told as facts, and nonsense not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bench.clock import SystemClock
from bench.events.central import CentreState
from bench.events.device import ProblemCleared, ProblemRaised
from bench.inventory.desk.desk import CentreDesk
from bench.problems import Problem, ProblemCode, ProblemError
from tests.bench.inventory.desk.desk_room import (
    QUICK,
    STAYS,
    Room,
    children,
    until,
)


def test_what_the_exchange_says_becomes_facts(room: Room) -> None:
    program = """
stands("waiting", 12)
trouble("centre-unreachable", "centre.example:5432", "no route")
say(cleared="centre-unreachable")
say(release=7)
say(freeze=dict(epoch=1, reason="another history"))
"""

    async def scene() -> None:
        async with room.following(room.desk(program + STAYS)):
            await until(lambda: room.frozen and room.releases)

    asyncio.run(scene())
    assert [(view.state, view.waiting) for view in room.views] == [(CentreState.WAITING, 12)]
    gone = Problem(ProblemCode.CENTRE_UNREACHABLE, "centre.example:5432", "no route")
    assert room.posted[1:] == [
        ProblemRaised(gone),
        ProblemCleared(ProblemCode.CENTRE_UNREACHABLE, "centre.example:5432"),
    ]
    assert (room.frozen, room.releases) == (["another history"], [7])


def test_a_freeze_of_another_epoch_freezes_nothing_here(room: Room) -> None:
    program = 'say(freeze=dict(epoch=1, reason="of old"))\nsay(release=1)'

    async def scene() -> None:
        async with room.following(room.desk(program + STAYS, epoch=2)):
            await until(lambda: room.releases)

    asyncio.run(scene())
    assert room.frozen == []


def test_a_callback_that_meets_a_full_disk_is_shown_and_the_exchange_goes_on(room: Room) -> None:
    full = Problem(ProblemCode.LEDGER_FULL, "ledger.db")

    def freeze(_: str) -> None:
        raise ProblemError(full)

    words = room.words('say(freeze=dict(epoch=1, reason="x"))\nstands()' + STAYS)
    desk = CentreDesk(words, SystemClock(), patience=QUICK, on_freeze=freeze)

    async def scene() -> None:
        async with room.following(desk):
            await until(lambda: room.views)

    asyncio.run(scene())
    assert room.posted[0] == ProblemRaised(full)


def test_of_ten_thousand_numbers_few_are_told_and_the_last_one_is(room: Room) -> None:
    program = "for left in range(10_000, -1, -1): stands('sending' if left else 'in-step', left)"
    patience = replace(QUICK, show=0.1)

    async def scene() -> None:
        async with room.following(room.desk(program + STAYS, patience)):
            await until(lambda: room.views and room.views[-1].state is CentreState.IN_STEP)

    asyncio.run(scene())
    assert len(room.views) < 200
    assert room.views[-1].waiting == 0


def test_lines_that_say_nothing_are_dropped_and_the_next_is_heard(room: Room) -> None:
    program = r"""
for nonsense in ("", "{", "[]", "null", '{"centre": 1}', '{"wake": true}', "\x00\x1b[31m",
                 '{"release": true}', '{"answer": 1.5, "sightings": []}', "[" * 5000, "9" * 5000):
    print(nonsense, flush=True)
sys.stdout.buffer.write(b"\xff\xfe\n"); sys.stdout.flush()
stands("waiting", -1)
say(centre=dict(state="in-step", waiting=0, since="0001-01-01T00:00:00+14:00", seen=None,
                release=None, detail="", store="", receipt=None))
say(centre=dict(state="in-step", waiting=0, since=None, seen=None, release=None, detail="",
                store="", receipt=-1))
stands("waiting", 3)
"""

    async def scene() -> None:
        async with room.following(room.desk(program + STAYS)):
            await until(lambda: room.views)

    asyncio.run(scene())
    assert [view.waiting for view in room.views] == [3]
    assert room.begun == 0
    assert room.releases == []


@pytest.mark.parametrize(
    "babble",
    [
        'print("x" * 3_000_000, flush=True)',
        'sys.stdout.write("x" * 3_000_000); sys.stdout.flush()',
        'while True: print("nonsense", flush=True)',
        "os.close(1)",
        "os._exit(3)",
        "os.kill(os.getpid(), 9)",
    ],
)
def test_one_that_babbles_falls_silent_or_dies_is_ended_and_begun_again(
    room: Room, babble: str
) -> None:
    program = f"""
if times() == 1:
    stands("sending", 5)
    {babble}
else:
    stands("in-step")
"""

    async def scene() -> None:
        async with room.following(room.desk(program + STAYS)):
            await until(lambda: room.views and room.views[-1].state is CentreState.IN_STEP)

    asyncio.run(scene())
    assert room.begun == 2
    assert not any(isinstance(fact, ProblemRaised) for fact in room.posted)
    assert children() == set()


def test_long_and_hostile_texts_are_made_plain_and_short(room: Room) -> None:
    program = r"""
long = "<b>\u202e" + "x" * 10_000
trouble("centre-refused", long, long)
stands("stopped", 1, long)
"""

    async def scene() -> None:
        async with room.following(room.desk(program + STAYS)):
            await until(lambda: room.views)

    asyncio.run(scene())
    raised = room.posted[0]
    assert isinstance(raised, ProblemRaised)
    for text in (raised.problem.where, raised.problem.detail, room.views[0].detail):
        assert text.startswith("<b> xxx")
        assert text.endswith("x…")
        assert len(text) <= 400


def test_a_flood_of_lines_leaves_the_loop_to_others_between_any_two(room: Room) -> None:
    program = 'sys.stdout.write("".join(f\'{{"release":{n}}}\\n\' for n in range(3000)))'
    turn, turns = 0, set[int]()

    def taken(_: int) -> None:
        turns.add(turn)

    words = room.words(f"{program}; sys.stdout.flush(){STAYS}")
    desk = CentreDesk(words, SystemClock(), patience=QUICK, on_release=taken)

    async def scene() -> None:
        nonlocal turn
        async with room.following(desk):
            while len(turns) < 3000:
                await asyncio.sleep(0)
                turn += 1

    asyncio.run(scene())
    assert len(turns) == 3000
