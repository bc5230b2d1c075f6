"""What a demo says at its end, to a person and to a program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.command_line.result import DemoResult, tell
from bench.events.views import BenchView, Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.onlooker import Onlooker
from bench.problems import Problem, ProblemCode

C2, A1 = SlotCode.parse("C2"), SlotCode.parse("A1")


def seen() -> Onlooker:
    onlooker = Onlooker()
    restarted, swapped = ProblemCode.ENROLMENT_RESTARTED, ProblemCode.IMEI_MISMATCH
    onlooker.see(
        BenchView((
            SlotView(C2, Category.HELD, "Looks enrolled", problem=Problem(restarted)),
            SlotView(A1, Category.HELD, "Wrong box", problem=Problem(swapped, "A1", "box 1")),
            SlotView(SlotCode.parse("B1"), Category.DONE, "Done"),
        ))
    )  # fmt: skip
    return onlooker


def test_a_person_reads_which_handsets_are_held_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    holds = seen().holds()
    result = DemoResult(16, 14, 2, 2, 0, 99, 14, 5.0, chain_valid=True, holds=holds)
    tell(result, Path("here"), None, as_json=False)
    _, *held, kept = capsys.readouterr().out.splitlines()
    advice = Problem(ProblemCode.ENROLMENT_RESTARTED).advice
    assert held[0].startswith("Held: A1 — ")
    assert held[1] == f"Held: C2 — {advice.what}. — {advice.do}"
    assert (len(held), kept) == (2, "Kept in here")


def test_a_program_is_told_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    result = DemoResult(16, 14, 2, 2, 0, 99, 14, 5.0, chain_valid=True, holds=seen().holds())
    tell(result, Path("here"), None, as_json=True)
    assert json.loads(capsys.readouterr().out)["holds"] == [*seen().holds()]
