"""Who carries the station's orders out: one task a run for its steps, one desk for the labels.

The crew decides nothing. Whatever a task meets becomes a fact, under the ticket it was ordered
with; a task that is told to stop posts nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.central import SightingsHeard
from bench.events.device import HandsetIdentified, HandsetIdentity, IdentityUnread
from bench.events.enrolment import CodeReady, CodeSpent, ShownCode
from bench.events.orders import (
    AskCentre,
    CancelWork,
    CyclePower,
    Identify,
    Order,
    PrintLabel,
    StartStep,
    SyncNow,
    WatchGap,
)
from bench.events.work import (
    GapEnded,
    StepErrored,
    StepFailed,
    StepProgressed,
    StepSucceeded,
    WorkFact,
)
from bench.identity.plain import plain
from bench.ports import (
    CentralInventory,
    Handset,
    HandsetRefusalError,
    Handsets,
    Management,
    Post,
    Secrets,
    Uploads,
)
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.label_desk import LabelDesk
from bench.staging.power_desk import PowerDesk
from bench.staging.steps.answers import Earlier
from bench.staging.steps.means import Means
from bench.staging.steps.performing import perform

_log = logging.getLogger(__name__)
_BOOT_LIMIT = 60
"""Seconds a handset may take to start; then what it says is taken as it is."""
_ASK_AGAIN = 1.0
_IDENTIFY_LIMIT = 20
"""Seconds a handset may take to say who it is; a healthy one takes a tenth of one."""


class NoSecrets:
    """The port `Secrets` of a bench that keeps none."""

    def secret(self, name: str) -> str:
        """Say that there is none."""
        raise ProblemError(Problem(ProblemCode.SECRET_MISSING, name))


@dataclass(frozen=True, slots=True)
class Services:
    """What may be asked besides handsets; None where this bench has none.

    `central` is what other benches told the central store. `pause` is how many seconds pass between
    two looks at the management service; `quoted_ssid` writes a network's name into a code in quotes
    of its own.
    """

    secrets: Secrets = field(default_factory=NoSecrets)
    management: Management | None = None
    uploads: Uploads | None = None
    central: CentralInventory | None = None
    pause: float = 1.0
    quoted_ssid: bool = False


class Crew:
    """Carries out orders on the bench's loop, from `work` being entered until it is cancelled."""

    def __init__(
        self,
        handsets: Handsets,
        profiles: Mapping[str, EnrolmentProfile],
        desk: LabelDesk,
        power: PowerDesk | None = None,
        services: Services | None = None,
    ) -> None:
        self._handsets = handsets
        self._profiles = profiles
        self._desk = desk
        self._services = services or Services()
        self._power = power or PowerDesk(None)
        self._group: asyncio.TaskGroup | None = None
        self._post: Post | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._earlier: dict[tuple[str, datetime | None], Earlier] = {}
        """By run, and by when its handset was met: one that begins anew is met anew."""

    async def work(self, post: Post) -> None:
        """Carry out orders until cancelled."""
        self._post = post
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._power.work(post))
            await self._desk.work(post)

    def carry_out(self, order: Order) -> None:
        """Begin what the order says; orders for the record or a person are not for the crew."""
        match order:
            case Identify():
                self._start(f"identify {order.path}", self._identify(order))
            case StartStep():
                self._start(order.run, self._step(order))
            case PrintLabel():
                self._desk.print(order)
            case CancelWork():
                self._cancel(order.run)
            case WatchGap():
                self._start(f"gap {order.run}", self._gap(order))
            case CyclePower():
                self._start(f"power {order.path}", self._cycle(order))
            case AskCentre() | SyncNow() if central := self._services.central:
                self._turn_to(central, order)
            case _:
                pass

    def _turn_to(self, central: CentralInventory, order: AskCentre | SyncNow) -> None:
        match order:
            case AskCentre():
                self._start(f"centre {order.run}", self._ask_centre(order, central))
            case SyncNow():
                central.look_now()

    def _start(self, key: str, work: Coroutine[None, None, None]) -> None:
        if self._group is None:
            work.close()
            raise RuntimeError("the crew is not at work")
        self._cancel(key)
        self._tasks[key] = task = self._group.create_task(work, name=key)
        task.add_done_callback(lambda done: self._forget(key, done))

    def _forget(self, key: str, done: asyncio.Task[None]) -> None:
        if self._tasks.get(key) is done:
            del self._tasks[key]

    def _cancel(self, key: str) -> None:
        self._desk.cancel(key)
        task = self._tasks.pop(key, None)
        if task is not None:
            task.cancel()

    def _tell(self, fact: HandsetIdentified | IdentityUnread | WorkFact) -> None:
        if self._post is not None:
            self._post(fact)

    async def _gap(self, order: WatchGap) -> None:
        await asyncio.sleep(order.seconds)
        self._tell(GapEnded(order.run, order.gap))

    async def _ask_centre(self, order: AskCentre, central: CentralInventory) -> None:
        with suppress(ProblemError):  # it is away: then the centre finds it out at the next sync
            self._tell(SightingsHeard(order.run, await central.sightings(order.imeis)))

    async def _cycle(self, order: CyclePower) -> None:
        if self._post is not None:
            await self._power.cycle(order, self._post)

    async def _identify(self, order: Identify) -> None:
        handset = self._handsets.open(order.session)
        try:
            identity = await _identity(handset)
        except TimeoutError:
            problem = Problem(ProblemCode.NOT_ANSWERING)
            self._tell(IdentityUnread(order.path, order.session, problem))
        except ProblemError as error:
            self._tell(IdentityUnread(order.path, order.session, error.problem))
        except HandsetRefusalError as refusal:
            problem = Problem(ProblemCode.IDENTITY_UNREAD, detail=refusal.reason)
            self._tell(IdentityUnread(order.path, order.session, problem))
        else:
            self._tell(HandsetIdentified(order.path, order.session, identity))

    async def _step(self, order: StartStep) -> None:
        run, ticket = order.run, order.ticket
        means = self._means(order)
        try:
            note = await perform(means.profile.steps[order.step], means)
        except HandsetRefusalError as refusal:
            self._tell(StepFailed(run, ticket, plain(refusal.reason, 200)))
        except ProblemError as error:
            self._tell(StepErrored(run, ticket, _told(error.problem)))
        except Exception as bug:  # noqa: BLE001 - a bug in one step must not stop the other slots
            _log.exception("step %s of run %s", order.step, run)
            problem = Problem(ProblemCode.BUG, detail=type(bug).__name__)
            self._tell(StepErrored(run, ticket, problem))
        else:
            self._tell(StepSucceeded(run, ticket, note))

    def _means(self, order: StartStep) -> Means:
        run, ticket = order.run, order.ticket
        handset = None if order.session is None else self._handsets.open(order.session)

        def show(code: ShownCode | None) -> None:
            self._tell(CodeReady(run, ticket, code) if code else CodeSpent(run, ticket))

        return Means(
            profile=self._profiles[order.profile],
            identity=order.identity,
            handset=handset,
            progress=lambda share: self._tell(StepProgressed(run, ticket, share)),
            show=show,
            secrets=self._services.secrets,
            management=self._services.management,
            uploads=self._services.uploads,
            since=order.since,
            pause=self._services.pause,
            quoted_ssid=self._services.quoted_ssid,
            earlier=self._earlier.setdefault((run, order.since), Earlier()),
        )


def _told(problem: Problem) -> Problem:
    """Return it with the secret or file that it is about among its details: a slot is its place."""
    detail = ": ".join(part for part in (problem.where, problem.detail) if part)
    return replace(problem, where="", detail=detail)


async def _identity(handset: Handset) -> HandsetIdentity:
    """Ask who it is, again while it still starts: its IMEIs come late."""
    ends = asyncio.get_running_loop().time() + _BOOT_LIMIT
    while True:
        async with asyncio.timeout(_IDENTIFY_LIMIT):
            identity = await handset.identify()
        if not _is_starting(identity) or asyncio.get_running_loop().time() >= ends:
            return identity
        await asyncio.sleep(_ASK_AGAIN)


def _is_starting(identity: HandsetIdentity) -> bool:
    """Whether Android has not started whole; `sys.boot_completed` is missing until it has."""
    booted = identity.condition.boot_completed
    return booted is False or (booted is None and not identity.imeis)
