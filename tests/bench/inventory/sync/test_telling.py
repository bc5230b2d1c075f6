"""What is said to the bench: each change once, and not too often."""

from __future__ import annotations

from bench.events.central import CentreState, CentreView
from bench.inventory.sync.lines import Cleared, Said, Stands, Troubled, read_said
from bench.inventory.sync.telling import Teller
from bench.problems import Problem, ProblemCode

BUSY = Problem(ProblemCode.CENTRE_BUSY, "c")


class Ear:
    def __init__(self) -> None:
        self.now = 0.0
        self.lines: list[str] = []
        self.teller = Teller(self.lines.append, lambda: self.now)

    @property
    def said(self) -> list[Said]:
        return [read_said(line) for line in self.lines]


def sending(waiting: int) -> CentreView:
    return CentreView(CentreState.SENDING, waiting)


def test_while_it_sends_a_view_is_said_four_times_a_second_at_most() -> None:
    ear = Ear()
    for tick in range(100):
        ear.now = tick / 100
        ear.teller.show(sending(1000 - tick))
    assert len(ear.said) == 4


def test_a_change_of_state_is_said_at_once_and_the_same_view_never_twice() -> None:
    ear = Ear()
    for view in (sending(2), CentreView(CentreState.IN_STEP), CentreView(CentreState.IN_STEP)):
        ear.teller.show(view)
    assert ear.said == [Stands(sending(2)), Stands(CentreView(CentreState.IN_STEP))]


def test_a_problem_is_said_once_and_cleared_once() -> None:
    ear = Ear()
    for problems in ([BUSY], [BUSY], [], []):
        ear.teller.troubles(problems)
    assert ear.said == [Troubled(BUSY), Cleared(ProblemCode.CENTRE_BUSY)]


def test_another_reason_for_the_same_problem_is_said_anew() -> None:
    ear = Ear()
    other = Problem(ProblemCode.CENTRE_BUSY, "c", "its disk is full")
    ear.teller.troubles([BUSY])
    ear.teller.troubles([other])
    assert ear.said == [Troubled(BUSY), Troubled(other)]
