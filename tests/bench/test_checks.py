from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from bench.checks import Answer, Check, Finding, Severity, findings
from bench.problems import Problem, ProblemCode, ProblemError

Look: TypeAlias = Callable[[], Answer | Awaitable[Answer]]


def found(look: Look, limit: float = 5.0) -> Finding:
    return Check("Row", look, limit).finding()


@pytest.mark.parametrize(
    ("answer", "severity", "ok"),
    [
        (Answer("there"), Severity.WELL, True),
        (Answer("gone", "Plug it in."), Severity.MEND, False),
        (Answer("slow"), Severity.WELL, True),
        (Answer("slow", "Another is faster.", note=True), Severity.NOTE, True),
        (Answer("not tried", note=True), Severity.NOTE, True),
    ],
)
def test_only_what_has_to_be_mended_is_not_well(
    answer: Answer, severity: Severity, ok: bool
) -> None:
    finding = found(lambda: answer)
    assert (finding.severity, finding.ok) == (severity, ok)


def test_a_check_that_waits_runs_on_a_loop_of_its_own() -> None:
    async def look() -> Answer:
        await asyncio.sleep(0)
        return Answer("answered")

    assert found(look) == Finding(Severity.WELL, "Row", "answered")


def test_a_check_that_breaks_stops_no_other() -> None:
    def breaks() -> Answer:
        raise ZeroDivisionError("by nought")

    async def breaks_later() -> Answer:
        await asyncio.sleep(0)
        raise KeyError("b")

    def refused() -> Answer:
        raise PermissionError(13, "Permission denied", "/dev/ttyACM0")

    def known() -> Answer:
        raise ProblemError(Problem(ProblemCode.ADB_MISSING, detail="no such file"))

    looks: tuple[Look, ...] = (breaks, breaks_later, refused, known)
    rows = [Check(str(n), look) for n, look in enumerate(looks)]
    made = list(findings([*rows, Check("last", lambda: Answer("well"))]))
    assert [finding.ok for finding in made] == [False, False, False, False, True]
    assert made[0].found == "this check itself failed: ZeroDivisionError: by nought"
    assert "KeyError" in made[1].found
    assert "/dev/ttyACM0" in made[2].found
    assert made[3].found == "The ADB server cannot be started: no such file"
    assert all(finding.mend for finding in made[:4])


def test_a_check_that_hangs_is_named_and_left_behind() -> None:
    stuck = threading.Event()

    def hangs() -> Answer:
        stuck.wait()
        return Answer("at last")

    async def hangs_too() -> Answer:
        await asyncio.to_thread(stuck.wait)
        return Answer("at last")

    rows = [Check("Disk", hangs, 0.05), Check("Printer", hangs_too, 0.05)]
    made = list(findings([*rows, Check("last", lambda: Answer("well"))]))
    stuck.set()
    assert [finding.found for finding in made] == ["no answer within 0.05 s"] * 2 + ["well"]
    assert [finding.ok for finding in made] == [False, False, True]


def test_an_answer_of_a_mebibyte_is_a_line_and_only_ever_text() -> None:
    finding = found(lambda: Answer("\x1b[2J\n" + "a" * (1 << 20), "b\r\n" * (1 << 18)))
    assert len(finding.found) <= 400
    assert len(finding.mend) <= 400
    assert finding.found.endswith("…")
    assert (finding.found + finding.mend).isprintable()


def test_each_finding_is_made_when_it_is_asked_for() -> None:
    looked: list[str] = []

    def look(name: str) -> Check:
        return Check(name, lambda: Answer(looked.append(name) or name))  # type: ignore[func-returns-value]

    going = findings([look("a"), look("b")])
    assert next(going).what == "a"
    assert looked == ["a"]
