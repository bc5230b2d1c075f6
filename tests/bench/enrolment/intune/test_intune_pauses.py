"""How long a busy service is left alone, on a clock that a test winds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.enrolment.intune.exchange import Answer
from bench.enrolment.intune.patience import Patience
from bench.enrolment.intune.pauses import Pauses
from bench.problems import ProblemCode, ProblemError

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WELL = Answer(200)


def busy(seconds: object = None) -> Answer:
    return Answer(429, headers={} if seconds is None else {"retry-after": str(seconds)})


class Bench:
    """Asks a service that gives these answers, then ever the last one, and sleeps in no time."""

    def __init__(self, *answers: Answer, **patience: Any) -> None:
        self.time = 1000.0
        self.slept: list[float] = []
        self.sent: list[float] = []
        self._answers = list(answers)
        self.pauses = Pauses(
            Patience(base=0, **patience), lambda: NOON, sleep=self._sleep, clock=lambda: self.time
        )

    async def once(self) -> Answer:
        await self.pauses.over()
        self.sent.append(self.time)
        await asyncio.sleep(0)  # others ask before there is an answer
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    async def ask(self) -> Answer:
        return await self.pauses.asked(self.once)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        self.time += seconds


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


async def refusal(bench: Bench) -> str:
    with pytest.raises(ProblemError) as caught:
        await bench.ask()
    assert caught.value.problem.code is ProblemCode.SERVICE_BUSY
    return caught.value.problem.detail


def test_a_pause_that_grows_while_one_waits_is_waited_to_its_end() -> None:
    async def work() -> None:
        bench = Bench(busy(10), busy(30), WELL)
        await asyncio.gather(bench.ask(), bench.ask())
        assert bench.sent[:2] == [1000, 1000]
        assert all(at >= 1030 for at in bench.sent[2:])

    play(work())


def test_nobody_wakes_before_the_last_pause_is_over() -> None:
    async def work() -> None:
        bench = Bench(WELL)
        first = asyncio.create_task(bench.pauses.again(1, 10))
        while not bench.slept:
            await asyncio.sleep(0)
        bench.pauses._quiet_until = 1050
        assert await first
        assert bench.time >= 1050

    play(work())


def test_a_pause_holds_everyone_else_too() -> None:
    async def work() -> None:
        bench = Bench(busy(30), WELL)
        first = asyncio.create_task(bench.ask())
        while not bench.slept:
            await asyncio.sleep(0)
        await bench.ask()
        await first
        assert bench.sent[0] == 1000
        assert all(at >= 1030 for at in bench.sent[1:])

    play(work())


def test_a_service_that_asks_for_longer_than_anyone_waits_is_left_alone_till_then() -> None:
    async def work() -> None:
        bench = Bench(busy(600), WELL)
        assert "asks for 600 s" in await refusal(bench)
        bench.time += 400
        assert await refusal(bench) == "it is asked again in 200 s, as it asked"
        assert bench.sent == [1000]
        assert bench.slept == []
        bench.time += 200
        assert await bench.ask() == WELL

    play(work())


def test_the_last_pause_counts_too_when_patience_has_ended() -> None:
    async def work() -> None:
        bench = Bench(busy(60), tries=2)
        await refusal(bench)
        assert len(bench.sent) == 2
        await refusal(bench)
        assert len(bench.sent) == 2
        bench.time += 61
        await refusal(bench)
        assert len(bench.sent) == 4

    play(work())


def test_one_who_sleeps_when_it_is_shut_is_told_so() -> None:
    async def work() -> None:
        bench = Bench(busy(10), busy(900))
        both = await asyncio.gather(bench.ask(), bench.ask(), return_exceptions=True)
        assert all(isinstance(each, ProblemError) for each in both)
        assert bench.sent == [1000, 1000]

    play(work())


def test_no_service_shuts_itself_for_good() -> None:
    async def work() -> None:
        bench = Bench(busy("9" * 30), WELL)
        await refusal(bench)
        bench.time += 3600
        assert await bench.ask() == WELL

    play(work())
