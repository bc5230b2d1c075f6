"""The crew: what it tells of steps that could not be done, what it remembers, and how it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.enrolment.profiles.profile import EnrolmentProfile, Payload
from bench.enrolment.profiles.vocabulary import CodeSource, ShowCode, Step
from bench.events.management import EnrolmentContent, ManagedHandset
from bench.events.orders import StartStep, WatchGap
from bench.events.run import Fact
from bench.events.work import GapEnded, StepErrored, StepSucceeded
from bench.identity.identifiers import Imei, SerialNumber
from bench.labels.template import LabelTemplate
from bench.ports import Handset
from bench.problems import Problem, ProblemCode
from bench.staging.crew import Crew, Services
from bench.staging.label_desk import LabelDesk
from tests.bench.staging.bench_talk import handset, imei
from tests.bench.staging.test_label_desk import TEMPLATE, ScriptedPrinter

MET = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PAYLOAD = Payload("org.example/.Receiver", "A" * 43, token="intune-token", token_key="token")
PROFILE = EnrolmentProfile(
    "QR", 1, scan_back=True, fingerprint="f" * 64, payload=PAYLOAD,
    steps=(
        Step("Show the code", ShowCode(CodeSource.PAYLOAD, ""), 5, 0),
        Step("Show the code of the service", ShowCode(CodeSource.SERVICE, "managed"), 5, 0),
    ),
)  # fmt: skip


class NoHandsets:
    def open(self, session: int) -> Handset:
        raise AssertionError(session)


@dataclass
class Service:
    """A management service with one entry at a time, None for none yet."""

    entry: ManagedHandset | None = None
    asked: int = 0

    async def find(
        self, serial: SerialNumber | None, imeis: tuple[Imei, ...]
    ) -> ManagedHandset | None:
        assert serial or imeis
        self.asked += 1
        return self.entry

    async def content(self, profile: str) -> EnrolmentContent:
        return EnrolmentContent("a code", profile)

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class At:
    """A crew at work, and what it told."""

    crew: Crew
    facts: list[Fact] = field(default_factory=list)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not done():
                await asyncio.sleep(0.005)

    def ended(self, kind: type[Fact]) -> list[Fact]:
        return [fact for fact in self.facts if isinstance(fact, kind)]


def at_work(services: Services, story: Callable[[At], Awaitable[None]]) -> At:
    async def whole() -> At:
        desk = LabelDesk(ScriptedPrinter(), LabelTemplate.load(TEMPLATE), simulated=True)
        at = At(Crew(NoHandsets(), {PROFILE.fingerprint: PROFILE}, desk, services=services))
        work = asyncio.create_task(at.crew.work(at.facts.append))
        await asyncio.sleep(0)
        try:
            await story(at)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        return at

    return asyncio.run(whole())


def step(number: int, ticket: int = 1, since: datetime | None = None) -> StartStep:
    return StartStep("run1", ticket, None, number, PROFILE.fingerprint, handset(), since)


def test_a_step_that_cannot_be_done_says_which_secret_it_wants() -> None:
    async def story(at: At) -> None:
        at.crew.carry_out(step(0))
        await at.until(lambda: bool(at.ended(StepErrored)))

    (error,) = at_work(Services(), story).ended(StepErrored)
    assert isinstance(error, StepErrored)
    assert error.problem == Problem(ProblemCode.SECRET_MISSING, detail="intune-token")


def test_what_the_service_had_is_remembered_for_a_run_until_it_begins_anew() -> None:
    now = datetime.now(UTC)
    service = Service()
    managed = ManagedHandset("id-1", "AndroidForWork_1", "", imei(1), enrolled_at=now)

    async def story(at: At) -> None:
        at.crew.carry_out(step(1, since=now))
        await at.until(lambda: service.asked > 1)
        service.entry = managed
        at.crew.carry_out(step(1, 2, now))  # interrupted, and done again
        await at.until(lambda: bool(at.ended(StepSucceeded)))
        anew = service.asked
        at.crew.carry_out(step(1, 3, now + timedelta(seconds=1)))
        await at.until(lambda: service.asked > anew + 5)

    at = at_work(Services(management=service, pause=0.01), story)
    assert [fact.ticket for fact in at.facts if isinstance(fact, StepSucceeded)] == [2]


def test_a_second_gap_is_waited_for_instead_of_the_first_and_leaves_nothing_behind() -> None:
    def waiting() -> int:
        return sum(task.get_name() == "gap run1" for task in asyncio.all_tasks())

    async def story(at: At) -> None:
        at.crew.carry_out(WatchGap("run1", 1, 0.02))
        at.crew.carry_out(WatchGap("run1", 2, 0.05))
        await at.until(lambda: bool(at.facts))
        await at.until(lambda: waiting() == 0)

    assert at_work(Services(), story).facts == [GapEnded("run1", 2)]
