"""The count a ZPL printer keeps of its labels: what it finds out, and when it is not believed."""

from __future__ import annotations

import pytest

from bench.ports import PrintDoubtfulError
from hardware.printers.zpl import counter
from hardware.simulator.printer import SimulatedPrinter, read_back
from tests.hardware.printers.zpl_clients import client, label, patient, with_printer


def test_a_printer_that_loses_a_label_and_says_nothing_is_found_out_by_its_count() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        zpl = client(printer.port, patience=20, deadline=20)
        await zpl.print(label(1))
        printer.swallows = True
        with pytest.raises(PrintDoubtfulError):
            await zpl.print(label(2))
        printer.swallows = False
        await zpl.print(label(3))
        assert [read_back(done) for done in printer.labels] == ["PHN-000001", "PHN-000003"]

    with_printer(story)


def test_the_first_label_that_a_printer_loses_is_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "_TRIAL", 0.2)

    async def story(printer: SimulatedPrinter) -> None:
        printer.swallows = True
        zpl = patient(printer)
        with pytest.raises(PrintDoubtfulError):
            await zpl.print(label(1))
        printer.swallows = False
        monkeypatch.undo()
        await zpl.print(label(2))
        assert [read_back(done) for done in printer.labels] == ["PHN-000002"]

    with_printer(story)


def test_a_count_that_never_rises_is_not_held_against_a_printer_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counter, "_TRIAL", 0.2)

    async def story(printer: SimulatedPrinter) -> None:
        printer.swallows = True  # as far as its count goes
        zpl = patient(printer)
        for number in (1, 2, 3):
            with pytest.raises(PrintDoubtfulError):
                await zpl.print(label(number))
        for number in (4, 5):
            await zpl.print(label(number))

    with_printer(story)


def test_a_count_that_has_risen_is_believed_though_an_answer_was_slow() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        zpl = client(printer.port, patience=0.5, deadline=20, printing=20)
        await zpl.print(label(1))
        zpl._printing = 0.5
        answer_to, late = printer.answer_to, SlowCount(printer)
        printer.answer_to = late.answer_to  # type: ignore[method-assign]
        printer.swallows = True
        with pytest.raises(PrintDoubtfulError):
            await zpl.print(label(2))
        assert late.asked > 1
        printer.answer_to = answer_to  # type: ignore[method-assign]
        with pytest.raises(PrintDoubtfulError):
            await zpl.print(label(3))

    with_printer(story)


class SlowCount:
    """It tells its count late the first time: just before the answer to the next question."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self._answer = printer.answer_to
        self._late = b""
        self.asked = 0

    def answer_to(self, question: bytes) -> bytes:
        answer = self._answer(question)
        if question.startswith(b"!"):
            self.asked += 1
            if self.asked == 1:
                self._late = answer
                return b""
        late, self._late = self._late, b""
        return late + answer


def test_a_printer_that_cannot_count_is_asked_for_it_once() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.ways.counts = False
        zpl = client(printer.port, deadline=20, printing=20)
        for number in (1, 2, 3):
            await zpl.print(label(number))
        assert len(printer.labels) == 3

    with_printer(story)
