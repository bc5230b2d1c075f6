"""A bench that asks who acts, with made-up people in front of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

from bench.custody.ledger import Ledger
from bench.custody.people.sign_in import SignInPolicy
from bench.events.access import AccessView
from bench.events.person import HiddenText, PinTyped
from bench.events.views import ScanView
from bench.staging.badges import BadgeFormat
from bench.staging.sign_in_rules import SignInRules
from bench.staging.trainees import Trainee, enrol_trainees
from tests.bench.staging.workplace import Workplace, workplace

PEPPER = bytes(range(32))
BADGES = BadgeFormat()
TODAY = date(2026, 11, 2)
POLICY = SignInPolicy(idle_lock=300, tap_holds=60, pin_wait=30)


@dataclass
class Manned:
    """A workplace, and the people who know their own badges and PINs."""

    bench: Workplace
    people: list[Trainee]

    @property
    def hand(self) -> Trainee:
        return self.people[0]

    @property
    def boss(self) -> Trainee:
        return self.people[1]

    @property
    def other_hand(self) -> Trainee:
        return self._more()[2]

    @property
    def other_boss(self) -> Trainee:
        return self._more()[3]

    @property
    def access(self) -> AccessView:
        view = self.bench.views[-1].access
        assert view is not None
        return view

    @property
    def answer(self) -> ScanView:
        view = self.bench.views[-1].scan
        assert view is not None
        return view

    def tap(self, who: Trainee) -> None:
        self.bench.scan(who.badge.text)

    async def type(self, pin: HiddenText | str) -> None:
        """Type a PIN, and wait until it was checked."""
        typed = HiddenText(pin) if isinstance(pin, str) else pin
        self.bench.post(PinTyped(typed))
        async with asyncio.timeout(20):
            while self.access.checking:
                await asyncio.sleep(0.01)

    async def sign_in(self, who: Trainee) -> None:
        self.tap(who)
        await self.type(who.pin)
        assert self.access.who

    def wrong(self, who: Trainee) -> str:
        return "735281" if who.pin.text != "735281" else "735282"

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(event.body) for event in self.bench.ledger.events(0, 10_000)]

    def kinds(self) -> list[tuple[str, str]]:
        """Each event's kind, and who did it: `hand`, `boss`, `other hand`, or the actor's id."""
        names = {who.person: name for who, name in zip(self.people, NAMES, strict=False)}
        acted = ((body["type"], body["actor"]["id"]) for body in self.bodies())
        return [(kind, names.get(actor, actor)) for kind, actor in acted]

    def text_of_everything(self) -> str:
        """Everything that was shown or recorded, as somebody who looks for a badge would see it."""
        return repr(self.bench.views) + repr(self.bodies())

    def _more(self) -> list[Trainee]:
        if len(self.people) < len(NAMES):
            self.people += enrol_trainees(self.bench.ledger, PEPPER, BADGES, TODAY)
        return self.people

    def pass_time(self, seconds: float) -> None:
        self.bench.watch.seconds += seconds
        self.bench.station.mind_time()


NAMES = ("hand", "boss", "other hand", "other boss")


def rules_with(people: list[Trainee], policy: SignInPolicy) -> Callable[[Ledger], SignInRules]:
    def rules(ledger: Ledger) -> SignInRules:
        people.extend(enrol_trainees(ledger, PEPPER, BADGES, TODAY))
        return SignInRules(policy, BADGES, PEPPER)

    return rules


@asynccontextmanager
async def manned(folder: Path, policy: SignInPolicy = POLICY) -> AsyncIterator[Manned]:
    people: list[Trainee] = []
    with workplace(folder, rules=rules_with(people, policy)) as bench:
        pins = asyncio.create_task(bench.people.work(bench.station.post))
        yield Manned(bench, people)
        pins.cancel()
        with suppress(asyncio.CancelledError):
            await pins


def at_a_manned_bench(
    test: Callable[[Manned], Coroutine[Any, Any, None]],
) -> Callable[[Path], None]:
    """Run a test at a bench where people are enrolled."""

    async def run(folder: Path) -> None:
        async with manned(folder) as bench:
            await test(bench)

    @wraps(test)
    def wrapper(tmp_path: Path) -> None:
        asyncio.run(run(tmp_path))

    vars(wrapper).pop("__wrapped__")
    return wrapper
