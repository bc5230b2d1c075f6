"""A whole station with handsets as they left their box: whatever happens, in whatever order.

Most moves do what comes next, so that many stories end with a staged handset; the others get in
their way. What a staged handset needs is looked for in the record, beside what was ever said.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.custody.body import short
from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetIdentified,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    IdentityUnread,
)
from bench.events.modem import ModemAnswered, ModemGone, ModemSilent
from bench.events.orders import WatchGap
from bench.events.person import (
    CopyRequested,
    ProfileChosen,
    RunHeld,
    RunResumed,
    RunVoided,
    StepConfirmed,
)
from bench.events.run import Fact
from bench.events.views import Category, SlotView
from bench.events.work import (
    GapEnded,
    LabelDoubtful,
    LabelPrinted,
    StepErrored,
    StepFailed,
    StepSucceeded,
)
from bench.identity.identifiers import Imei, SlotCode
from bench.problems import Problem, ProblemCode
from bench.staging.plan import Plan
from bench.staging.programme import Limits
from tests.bench.staging.bench_talk import PLAN, foreseen, handset, imei
from tests.bench.staging.test_enrolling import QR
from tests.bench.staging.workplace import A1, A2, PATHS, Workplace, workplace

BY_MODEM = QR
BY_SCREEN = Plan(
    QR.steps, scan_back=True, fingerprint="d" * 64, name="A32 QR", version=2, method=QR.method,
    before_setup=True, enrolling=QR.enrolling,
)  # fmt: skip
SLOTS = {A1: PATHS[0], A2: PATHS[1]}
SESSION = 40


@dataclass
class Story:
    """A bench, what its handsets said of themselves so far, and which labels were held to it."""

    bench: Workplace
    plan: Plan
    said: set[Imei] = field(default_factory=set)
    boxes: list[Imei] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    sessions: int = SESSION
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def post(self, *facts: Fact) -> None:
        self.bench.post(*facts)

    def modem(self, slot: SlotCode, number: int) -> None:
        self.said.add(imei(number))
        self.post(ModemAnswered(SLOTS[slot], foreseen(number)))

    def android(self, slot: SlotCode, number: int) -> None:
        self.said |= {*handset(number).imeis}
        self.sessions += 1
        path = SLOTS[slot]
        self.post(
            HandsetOnline(path, self.sessions),
            HandsetIdentified(path, self.sessions, handset(number)),
        )

    def scan_box(self, number: int) -> None:
        self.boxes.append(imei(number))
        self.bench.scan(imei(number))

    def scan_label(self, text: str) -> None:
        self.read.add(text)
        self.bench.scan(text)

    def work(self, slot: SlotCode, make: Callable[[str, int], Fact]) -> None:
        """Let the newest work of a slot end so; work that was ended already too."""
        run = self.run(slot)
        steps = [order.ticket for order in self.bench.steps() if order.run == run]
        labels = [order.ticket for order in self.bench.labels() if order.run == run]
        if steps or labels:
            self.post(make(run, max(steps + labels)))

    def run(self, slot: SlotCode) -> str:
        run = self.bench.station._board.at(slot)
        return run.run if run else ""

    def view(self, slot: SlotCode) -> SlotView:
        return self.bench.slot(slot)

    def new_bodies(self) -> list[dict[str, Any]]:
        sealed = self.bench.ledger.events(len(self.bodies), 100_000)
        new = [json.loads(event.body) for event in sealed]
        self.bodies += new
        return new


def go_on(story: Story, slot: SlotCode) -> None:
    """Do what comes next, as a handset, the crew or a technician would; each slot has its own."""
    number = 1 if slot == A1 else 2
    view = story.view(slot)
    match view.category, view.word:
        case Category.EMPTY, _:
            story.post(HandsetAttached(SLOTS[slot]))
        case Category.NEEDS_YOU, "Scan label":
            story.scan_label(view.asset_tag)
        case Category.NEEDS_YOU, _ if view.confirms:
            story.post(StepConfirmed(slot, view.step))
        case Category.NEEDS_YOU, _:
            story.bench.scan(f"SLOT-{slot}")
            story.scan_box(number)
        case Category.HELD, _:
            story.post(RunResumed(slot))
        case _ if not view.model and story.plan.reads_modem:
            story.modem(slot, number)
        case _:
            story.work(slot, LabelPrinted if view.word == "Printing" else StepSucceeded)


Move = Callable[[Story, SlotCode], None]


def fact(make: Callable[[SlotCode], Fact]) -> Move:
    return lambda story, slot: story.post(make(slot))


def failed(run: str, ticket: int) -> Fact:
    return StepFailed(run, ticket, "no")


def errored(run: str, ticket: int) -> Fact:
    return StepErrored(run, ticket, Problem(ProblemCode.SERVICE_REFUSED))


def gap_ended(story: Story, slot: SlotCode) -> None:
    gaps = [o for o in story.bench.orders if isinstance(o, WatchGap) and o.run == story.run(slot)]
    if gaps:
        story.post(GapEnded(gaps[-1].run, gaps[-1].gap))


def link_lost(slot: SlotCode) -> Fact:
    return HandsetUnreachable(SLOTS[slot], Problem(ProblemCode.LINK_LOST))


MOVES: Mapping[str, Move] = {
    "go on": go_on,
    "attach": fact(lambda slot: HandsetAttached(SLOTS[slot])),
    "detach": fact(lambda slot: HandsetDetached(SLOTS[slot])),
    "modem 1": lambda story, slot: story.modem(slot, 1),
    "modem 2": lambda story, slot: story.modem(slot, 2),
    "modem silent": fact(lambda s: ModemSilent(SLOTS[s], Problem(ProblemCode.MODEM_WAITS))),
    "modem gone": fact(lambda slot: ModemGone(SLOTS[slot])),
    "android 1": lambda story, slot: story.android(slot, 1),
    "android 2": lambda story, slot: story.android(slot, 2),
    "android unread": lambda story, slot: story.post(
        IdentityUnread(SLOTS[slot], story.sessions, Problem(ProblemCode.NOT_ANSWERING))
    ),
    "asks to be allowed": fact(lambda slot: HandsetUnauthorised(SLOTS[slot])),
    "link lost": fact(link_lost),
    "scan slot": lambda story, slot: story.bench.scan(f"SLOT-{slot}"),
    "scan box 1": lambda story, _: story.scan_box(1),
    "scan box 2": lambda story, _: story.scan_box(2),
    "scan first label": lambda story, _: story.scan_label("SIM-000001"),
    "scan a strange label": lambda story, _: story.scan_label("SIM-000077"),
    "confirm 1": fact(lambda slot: StepConfirmed(slot, 1)),
    "confirm 3": fact(lambda slot: StepConfirmed(slot, 3)),
    "step passes": lambda story, slot: story.work(slot, StepSucceeded),
    "step fails": lambda story, slot: story.work(slot, failed),
    "step errs": lambda story, slot: story.work(slot, errored),
    "printed": lambda story, slot: story.work(slot, LabelPrinted),
    "doubtful": lambda story, slot: story.work(slot, LabelDoubtful),
    "gap ends": gap_ended,
    "hold": fact(RunHeld),
    "resume": fact(RunResumed),
    "void": fact(lambda slot: RunVoided(slot, "no reason")),
    "copy": fact(CopyRequested),
    "choose": fact(lambda slot: ProfileChosen(slot, QR.fingerprint)),
    "choose adb": fact(lambda slot: ProfileChosen(slot, PLAN.fingerprint)),
}


@contextmanager
def told(plan: Plan, folder: Path) -> Iterator[Story]:
    limits = Limits(licences={"vpn": 9})
    with workplace(folder, plan, others=(QR, PLAN), limits=limits) as bench:
        yield Story(bench, plan)


def play(story: Story, moves: Sequence[tuple[str, SlotCode]]) -> int:
    """Play a story; return how many handsets were staged, each as it may be."""
    staged = 0
    for move, slot in moves:
        MOVES[move](story, slot)
        for body in story.new_bodies():
            if body["type"] == "staged":
                may_be_staged(story, body)
                staged += 1
    return staged


def may_be_staged(story: Story, body: dict[str, Any]) -> None:
    run = body["data"]["run"]["id"]
    mine = [b for b in story.bodies if b["data"].get("run", {}).get("id") == run]
    mine = mine[: mine.index(body)]
    scanned = [b for b in mine if b["type"] == "scanned"]
    assert scanned, "no box was scanned"
    box = Imei.parse(scanned[-1]["data"]["box"])
    assert box in story.boxes
    of_its_screen = scanned[-1]["data"].get("said_by") == "screen"
    assert box in story.said or (of_its_screen and story.boxes.count(box) >= 2), "nobody said so"
    plan = next(p for p in (story.plan, QR, PLAN) if short(p.fingerprint) == body["policy_hash"])
    since = mine[mine.index(scanned[-1]) :]
    ended = [b["data"] for b in since if b["type"] == "step_finished"]
    passed = [each["step"] for each in ended if each["result"] == "pass"]
    assert [*dict.fromkeys(passed)] == [*range(len(plan.steps))], "a step did not pass"
    assert ("enrolled" in {b["type"] for b in since}) is bool(plan.enrolling)
    assert "labelled" in {b["type"] for b in since}
    assert body["data"]["read_back"] in story.read, "its label was not read back"


def at_a1(*moves: str) -> list[tuple[str, SlotCode]]:
    return [(move, A1) for move in moves]


@pytest.mark.parametrize("plan", [BY_MODEM, BY_SCREEN], ids=["by modem", "by screen"])
def test_doing_what_comes_next_stages_a_handset(plan: Plan, tmp_path: Path) -> None:
    with told(plan, tmp_path) as story:
        assert play(story, at_a1("go on") * 12) == 1


def test_a_handset_that_was_away_may_say_so_late_that_it_is_back(tmp_path: Path) -> None:
    """Its management saw it sooner: nobody has to scan its box once more."""
    with told(replace(BY_MODEM, steps=QR.steps[:2]), tmp_path) as story:
        moves = ("attach", "modem 1", "scan box 1", "confirm 1", "detach", "attach", "step passes")
        play(story, at_a1(*moves, "modem 1", "printed"))
        assert story.view(A1).word == "Scan label"
        assert play(story, at_a1("scan first label")) == 1


def test_a_run_is_never_about_two_handsets(tmp_path: Path) -> None:
    """The record knows a run by the handset that it was first about."""
    with told(BY_MODEM, tmp_path) as story:
        moves = ("attach", "modem 1", "android 2", "resume", "android 1", "scan box 1", "confirm 1")
        play(story, at_a1(*moves))
        assert story.bench.ledger.projections_match()
        for kept in story.bench.ledger.open_runs():
            run = story.bench.station._board.with_id(kept.position.run)
            assert run is not None
            assert kept.device is not None
            assert kept.device.uid == run.device


STORIES = st.lists(
    st.tuples(
        st.one_of(st.just("go on"), st.just("go on"), st.sampled_from([*MOVES])),
        st.sampled_from([A1, A1, A1, A2]),
    ),
    max_size=40,
)
PLANS = st.sampled_from([BY_MODEM, BY_SCREEN])
SAMPLE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def tell(plan: Plan, moves: Sequence[tuple[str, SlotCode]]) -> None:
    with tempfile.TemporaryDirectory() as folder, told(plan, Path(folder)) as story:
        play(story, moves)


@SAMPLE
@given(PLANS, STORIES)
def test_whatever_happens_nothing_is_staged_that_may_not_be(
    plan: Plan, moves: list[tuple[str, SlotCode]]
) -> None:
    tell(plan, moves)


@pytest.mark.soak
@settings(SAMPLE, max_examples=3000, derandomize=False)
@given(PLANS, STORIES)
@pytest.mark.timeout(1200)
def test_whatever_happens_at_length_nothing_is_staged_that_may_not_be(
    plan: Plan, moves: list[tuple[str, SlotCode]]
) -> None:
    tell(plan, moves)
