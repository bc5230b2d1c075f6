"""The label desk: one at a time, patient with the printer, and honest about doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.orders import PrintLabel
from bench.events.run import Fact
from bench.events.work import LabelDoubtful, LabelPrinted
from bench.identity.identifiers import AssetTag
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging import label_desk
from bench.staging.label_desk import LabelDesk
from tests.bench.staging.bench_talk import A1, imei

TEMPLATE = Path(__file__).parents[3] / "resources" / "labels" / "asset-50x25.toml"
OFF = Problem(ProblemCode.PRINTER_UNREACHABLE, "Label printer")
PAPER = Problem(ProblemCode.PRINTER_OUT_OF_PAPER, "Label printer")


class ScriptedPrinter:
    """Has the troubles the test gives it, one a question, and remembers what it printed."""

    def __init__(self, *troubles: Problem | None) -> None:
        self.troubles = list(troubles)
        self.fate: Exception | None = None
        self.printed: list[Bitmap] = []
        self.printing = 0

    async def trouble(self) -> Problem | None:
        return self.troubles.pop(0) if self.troubles else None

    async def print(self, label: Bitmap) -> None:
        self.printing += 1
        assert self.printing == 1, "one label at a time"
        await asyncio.sleep(0.001)
        self.printing -= 1
        fate, self.fate = self.fate, None
        if fate:
            raise fate
        self.printed.append(label)


def order(run: str, ticket: int = 1) -> PrintLabel:
    return PrintLabel(run, ticket, A1, AssetTag("SIM", "000001"), imei(1), "SM-A325F", 1)


def work(
    printer: ScriptedPrinter,
    *orders: PrintLabel,
    cancel: str = "",
    until: int = 1,
    templates: Mapping[str, LabelTemplate] | None = None,
) -> list[Fact]:
    facts: list[Fact] = []

    async def story() -> None:
        usual = LabelTemplate.load(TEMPLATE)
        desk = LabelDesk(printer, usual, templates or {}, simulated=True)
        for one in orders:
            desk.print(one)
        desk.cancel(cancel)
        task = asyncio.create_task(desk.work(facts.append))
        async with asyncio.timeout(30):
            while sum(isinstance(fact, LabelPrinted | LabelDoubtful) for fact in facts) < until:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())
    return facts


def test_labels_are_printed_in_order_one_at_a_time() -> None:
    printer = ScriptedPrinter()
    facts = work(printer, *(order(f"run{number}") for number in range(5)), until=5)
    assert facts == [LabelPrinted(f"run{number}", 1) for number in range(5)]
    assert len(printer.printed) == 5


def test_each_profile_has_its_own_label_and_any_other_the_usual_one() -> None:
    own, another = "a" * 64, "b" * 64
    folder = TEMPLATE.parent
    templates = {
        own: LabelTemplate.load(folder / "asset-25x13.toml"),
        another: LabelTemplate.load(folder / "asset-62x29.toml"),
    }
    printer = ScriptedPrinter()
    orders = [
        replace(order(f"run{number}"), profile=profile)
        for number, profile in enumerate((own, "c" * 64, another, own))
    ]
    work(printer, *orders, until=4, templates=templates)
    usual = LabelTemplate.load(TEMPLATE)
    expected = (templates[own], usual, templates[another], templates[own])
    assert [(one.width, one.height) for one in printer.printed] == [
        (template.width, template.height) for template in expected
    ]
    assert len({(one.width, one.height) for one in printer.printed}) == 3


def test_a_newer_label_takes_the_place_of_an_older_one_of_the_same_run() -> None:
    assert work(ScriptedPrinter(), order("run1", 1), order("run1", 2)) == [LabelPrinted("run1", 2)]


def test_a_label_that_is_not_wanted_any_more_is_not_printed() -> None:
    printer = ScriptedPrinter()
    assert work(printer, order("run1"), order("run2"), cancel="run1") == [LabelPrinted("run2", 1)]
    assert len(printer.printed) == 1


def test_a_printer_that_is_not_ready_is_named_once_and_waited_for() -> None:
    facts = work(ScriptedPrinter(OFF, OFF, PAPER), order("run1"))
    assert facts == [
        ProblemRaised(OFF),
        ProblemCleared(OFF.code, OFF.where),
        ProblemRaised(PAPER),
        ProblemCleared(PAPER.code, PAPER.where),
        LabelPrinted("run1", 1),
    ]


def test_a_label_cut_off_in_the_middle_is_doubtful_and_not_printed_again() -> None:
    printer = ScriptedPrinter()
    printer.fate = PrintDoubtfulError()
    assert work(printer, order("run1")) == [LabelDoubtful("run1", 1)]
    assert printer.printed == []


def test_a_label_that_was_not_sent_is_printed_when_the_printer_is_back() -> None:
    printer = ScriptedPrinter()
    printer.fate = ProblemError(OFF)
    facts = work(printer, order("run1"), order("run2"), until=2)
    assert facts == [
        ProblemRaised(OFF),
        ProblemCleared(OFF.code, OFF.where),
        LabelPrinted("run1", 1),
        LabelPrinted("run2", 1),
    ]


class RefusingPrinter(ScriptedPrinter):
    """Says that it is ready, and refuses so many labels."""

    def __init__(self, *troubles: Problem | None, refuses: int) -> None:
        super().__init__(*troubles)
        self.refuses = refuses
        self.asked = 0

    async def print(self, label: Bitmap) -> None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.asked <= self.refuses:
            raise ProblemError(OFF)
        await super().print(label)


def test_a_printer_that_says_it_is_ready_and_refuses_is_named_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(label_desk, "_ASK_AGAIN", 0.001)
    facts = work(RefusingPrinter(None, None, OFF, refuses=5), order("run1"))
    assert facts == [
        ProblemRaised(OFF),
        ProblemCleared(OFF.code, OFF.where),
        LabelPrinted("run1", 1),
    ]


def test_a_printer_that_refused_and_then_says_why_is_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(label_desk, "_ASK_AGAIN", 0.001)
    facts = work(RefusingPrinter(None, PAPER, refuses=1), order("run1"))
    assert facts == [
        ProblemRaised(OFF),
        ProblemCleared(OFF.code, OFF.where),
        ProblemRaised(PAPER),
        ProblemCleared(PAPER.code, PAPER.where),
        LabelPrinted("run1", 1),
    ]


def test_a_printer_that_refuses_every_label_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(label_desk, "_ASK_AGAIN", 600)
    printer, facts = RefusingPrinter(refuses=10**9), list[Fact]()

    async def story() -> None:
        desk = LabelDesk(printer, LabelTemplate.load(TEMPLATE), simulated=True)
        desk.print(order("run1"))
        task = asyncio.create_task(desk.work(facts.append))
        while not printer.asked:
            await asyncio.sleep(0.01)
        for _ in range(100):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())
    assert printer.asked == 1
    assert facts == [ProblemRaised(OFF)]


def test_a_label_cancelled_while_its_printing_fails_is_not_printed_later() -> None:
    class Fickle(ScriptedPrinter):
        desk: LabelDesk

        async def print(self, label: Bitmap) -> None:
            del label
            self.desk.cancel("run1")
            self.print = super().print  # type: ignore[method-assign]
            raise ProblemError(OFF)

    async def story() -> None:
        facts: list[Fact] = []
        printer = Fickle()
        printer.desk = LabelDesk(printer, LabelTemplate.load(TEMPLATE), simulated=True)
        printer.desk.print(order("run1"))
        task = asyncio.create_task(printer.desk.work(facts.append))
        async with asyncio.timeout(30):
            while ProblemRaised(OFF) not in facts:
                await asyncio.sleep(0.01)
        printer.desk.print(order("run2"))
        async with asyncio.timeout(30):
            while LabelPrinted("run2", 1) not in facts:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(printer.printed) == 1

    asyncio.run(story())
