"""Printers that answer with anything at all: a problem or a doubt each time, and nothing else."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from bench.ports import Bitmap, LabelPrinter, PrintDoubtfulError
from bench.problems import ProblemError
from hardware.printers.brother_ql.fitting import Fitting
from hardware.printers.brother_ql.printer import BrotherPrinter
from hardware.printers.transports.line import Connect
from hardware.printers.zpl.printer import ZplPrinter
from hardware.simulator.printer_brother import BrotherMachine
from hardware.simulator.printer_ends import Answer
from hardware.simulator.printer_zpl import ZplMachine
from tests.hardware.printers.wired import wired

LABEL = Bitmap(696, 200, bytes(87 * 200))


class Babbler:
    """Answers each piece it is sent with random bytes, and now and then with a piece of sense."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._sense = [
            ZplMachine().answer_to(b"~HS"), ZplMachine().answer_to(b"~HQES"),
            BrotherMachine().status(0), BrotherMachine().status(1), b'"31084"',
        ]  # fmt: skip
        self.said = 0

    def session(self, answer: Answer) -> Babbler:
        self._answer = answer
        return self

    def receive(self, _: bytes) -> bool:
        words = self._random.randbytes(self._random.randint(1, 16384))
        if self._random.random() < 0.3:
            sense = self._random.choice(self._sense)
            words += sense[: self._random.randint(1, len(sense) - 1)]
        self.said += len(words)
        self._answer(words)
        return True

    def end(self) -> None: ...

    def forget(self) -> None: ...


def zpl(connect: Connect) -> LabelPrinter:
    return ZplPrinter(connect, "P", patience=0.02, deadline=0.05, printing=0.05)


def brother(connect: Connect) -> LabelPrinter:
    fitting = Fitting("P", None)
    return BrotherPrinter(connect, fitting, "P", patience=0.05, deadline=0.05, printing=0.05)


async def listened(speaks: Callable[[Connect], LabelPrinter], amount: int) -> int:
    """Ask and print until so much was said; return by how many bytes memory grew meanwhile."""
    machine = Babbler(amount)
    async with wired(machine) as connect:
        printer = speaks(connect)
        before = 0
        tracemalloc.start()
        while machine.said < amount:
            assert await printer.trouble() is not None
            with suppress(ProblemError, PrintDoubtfulError):
                await printer.print(LABEL)
                pytest.fail("random bytes are no printed label")
            if not before and machine.said > amount // 4:
                before = tracemalloc.get_traced_memory()[0]
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        return grown


@pytest.mark.parametrize("speaks", [zpl, brother])
def test_random_answers_are_a_problem_each(speaks: Callable[[Connect], LabelPrinter]) -> None:
    assert asyncio.run(listened(speaks, 100_000)) < 400_000


@pytest.mark.soak
@pytest.mark.parametrize("speaks", [zpl, brother])
def test_a_million_random_bytes_are_a_problem_each_and_memory_stays_flat(
    speaks: Callable[[Connect], LabelPrinter],
) -> None:
    assert asyncio.run(listened(speaks, 1_000_000)) < 400_000
