"""Questions to the centre, each with its own answer or none."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bench.identity.identifiers import Imei
from bench.problems import ProblemCode, ProblemError
from tests.bench.inventory.desk.desk_room import (
    ANSWERS,
    ELSEWHERE,
    HERE,
    QUICK,
    STAYS,
    Room,
    until,
)


def refused(error: pytest.ExceptionInfo[ProblemError]) -> ProblemCode:
    return error.value.problem.code


def test_many_questions_are_answered_each_with_its_own(room: Room) -> None:
    program = (
        ANSWERS
        + """
stands()
asked = [json.loads(sys.stdin.readline()) for _ in range(64)]
for each in reversed(asked):
    answer(each["ask"], each["id"], "bench-" + each["ask"][0][-3:])
"""
    )
    imeis = [Imei.with_check_digit(f"004400000001{n:02}") for n in range(64)]

    async def scene() -> None:
        desk = room.desk(program + STAYS)
        async with room.following(desk):
            await until(lambda: room.views)
            told = await asyncio.gather(*(desk.sightings((imei,)) for imei in imeis))
        assert [each.imei for (each,) in told] == imeis
        assert [each.bench for (each,) in told] == [f"bench-{imei.digits[-3:]}" for imei in imeis]
        assert not len(desk._questions)

    asyncio.run(scene())


def test_nothing_asked_is_nothing_said(room: Room) -> None:
    async def scene() -> None:
        assert await room.desk(STAYS).sightings(()) == ()

    asyncio.run(scene())


def test_two_hundred_and_fifty_are_asked_for_in_parts(room: Room) -> None:
    program = ANSWERS + (
        "stands()\nfor line in sys.stdin:\n    said = json.loads(line)\n"
        "    assert len(said['ask']) <= 100\n    answer(said['ask'], said['id'])\n"
    )
    imeis = tuple(Imei.with_check_digit(f"00440000002{n:03}") for n in range(250))

    async def scene() -> None:
        desk = room.desk(program)
        async with room.following(desk):
            await until(lambda: room.views)
            told = await desk.sightings(imeis)
        assert tuple(each.imei for each in told) == imeis

    asyncio.run(scene())


@pytest.mark.parametrize(
    "reply",
    [
        "pass",
        f"answer(['{ELSEWHERE.digits}'], said['id'])",
        "answer(said['ask'], said['id'] + 1)",
        "say(answer=said['id'], sightings=[dict(imei='004400000000018')])",
        "say(answer=True, sightings=[])",
    ],
)
def test_a_wrong_answer_is_none_and_whoever_asks_does_not_wait_for_ever(
    room: Room, reply: str
) -> None:
    program = ANSWERS + (
        f"stands()\nfor line in sys.stdin:\n    said = json.loads(line)\n    {reply}\n"
    )

    async def scene() -> None:
        desk = room.desk(program, replace(QUICK, answer=0.2))
        async with room.following(desk):
            await until(lambda: room.views)
            with pytest.raises(ProblemError) as error:
                await desk.sightings((HERE,))
        assert refused(error) is ProblemCode.CENTRE_UNREACHABLE
        assert not len(desk._questions)

    asyncio.run(scene())


def test_an_answer_that_comes_late_or_twice_is_dropped(room: Room) -> None:
    program = (
        ANSWERS
        + """
stands()
first, second = (json.loads(sys.stdin.readline()) for _ in range(2))
for said in (first, second, second):
    answer(said["ask"], said["id"])
stands("waiting", 1)
"""
    )

    async def scene() -> None:
        desk = room.desk(program + STAYS, replace(QUICK, answer=0.2))
        async with room.following(desk):
            await until(lambda: room.views)
            with pytest.raises(ProblemError):
                await desk.sightings((HERE,))
            (told,) = await desk.sightings((ELSEWHERE,))
            await until(lambda: room.views[-1].waiting == 1)
        assert told.imei == ELSEWHERE

    asyncio.run(scene())


def test_what_the_centre_has_against_it_reaches_whoever_asked(room: Room) -> None:
    program = """
stands()
said = json.loads(sys.stdin.readline())
say(answer=said["id"], trouble=dict(code="centre-refused", where="centre", detail="no role"))
"""

    async def scene() -> None:
        desk = room.desk(program + STAYS)
        async with room.following(desk):
            await until(lambda: room.views)
            with pytest.raises(ProblemError) as error:
                await desk.sightings((HERE,))
        assert refused(error) is ProblemCode.CENTRE_REFUSED

    asyncio.run(scene())


def test_a_question_ends_at_once_where_there_is_no_exchange_or_it_dies(room: Room) -> None:
    program = "stands()\nsys.stdin.readline()\nos._exit(1)"

    async def scene() -> None:
        desk = room.desk(program, replace(QUICK, answer=600.0))
        with pytest.raises(ProblemError) as error:
            await desk.sightings((HERE,))
        assert refused(error) is ProblemCode.CENTRE_UNREACHABLE
        async with room.following(desk):
            await until(lambda: room.views)
            with pytest.raises(ProblemError) as error:
                await desk.sightings((HERE,))
        assert refused(error) is ProblemCode.CENTRE_UNREACHABLE

    asyncio.run(scene())


def test_one_that_never_listens_is_not_written_to_without_end(room: Room) -> None:
    desk = room.desk("stands()\ntime.sleep(600)", replace(QUICK, answer=0.001, ending=0.1))
    imeis = tuple(Imei.with_check_digit(f"00440000002{n:03}") for n in range(100))

    async def scene() -> None:
        async with room.following(desk):
            await until(lambda: room.views)
            child = desk._child
            assert child
            for _ in range(600):
                with pytest.raises(ProblemError):
                    await desk.sightings(imeis)
            assert child._in.transport.get_write_buffer_size() < 300_000

    asyncio.run(scene())
