"""What is asked of the centre while a record is followed, and how often."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from bench.custody.entries import SealedEvent
from bench.events.central import CentreState
from bench.inventory.doors.trouble import BusyError, UnreachableError
from bench.inventory.sync import following
from bench.inventory.sync.lines import Answered, Ask, LookNow, Stands, Troubled, Wake, Wanted
from bench.inventory.sync.lock import SyncLock
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.record import imei
from tests.bench.inventory.sync.sync_floor import Floor, Waiting


class Releases:
    """What takes releases down: there is never one, and it counts how often it is asked.

    `meanwhile` is done with what may be done between two parts.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.meanwhile: Callable[[Callable[[], None]], None] = lambda _: None

    def take(self, between: Callable[[], None]) -> int | None:
        self.asked += 1
        self.meanwhile(between)
        return None

    def made_at(self) -> None:
        return None


@pytest.fixture
def releases(floor: Floor) -> Releases:
    found = Releases()
    floor.down = found  # type: ignore[assignment]
    return found


def states(said: Sequence[object]) -> list[tuple[CentreState, int | None, str]]:
    return [(s.view.state, s.view.waiting, s.view.detail) for s in said if isinstance(s, Stands)]


def test_a_commit_and_a_question_cost_an_exchange_each(floor: Floor, releases: Releases) -> None:
    inbox = Waiting(floor.clock, 280)
    wanted: list[Wanted] = [Ask(1, (imei(1),)), Wake()]

    def meanwhile(_: float) -> None:
        if len(wanted) == 2:
            floor.record_events(1)
        if wanted:
            inbox.put(wanted.pop())

    inbox.meanwhile = meanwhile
    said = floor.follow(inbox)
    assert any(isinstance(each, Answered) for each in said)
    assert len(floor.store.exchanges) == 4, "a look, all that waited, the commit, the question"
    assert releases.asked == 1


def test_releases_are_asked_for_now_and_then_and_when_somebody_wants(
    floor: Floor, releases: Releases
) -> None:
    inbox = Waiting(floor.clock, 3 * following.LOOK_AGAIN + 60)
    floor.follow(inbox)
    assert releases.asked == 4
    inbox = Waiting(floor.clock, floor.clock.now + 100)
    wanted = [LookNow()]
    inbox.meanwhile = lambda _: inbox.put(wanted.pop()) if wanted else None
    releases.asked = 0
    floor.follow(inbox)
    assert releases.asked == 2


def test_questions_are_answered_before_a_release_is_taken_down(
    floor: Floor, releases: Releases
) -> None:
    inbox = Waiting(floor.clock, 20)
    asked_before = list[bool]()

    def meanwhile(_: Callable[[], None]) -> None:
        asked_before.append(any(asks.imeis for *_, asks in floor.store.exchanges))

    releases.meanwhile = meanwhile
    inbox.put(Ask(1, (imei(1),)))
    floor.follow(inbox)
    assert asked_before == [True]


def test_questions_are_answered_between_two_parts_of_a_release(
    floor: Floor, releases: Releases
) -> None:
    inbox = Waiting(floor.clock, 20)

    def meanwhile(between: Callable[[], None]) -> None:
        inbox.put(Ask(7, (imei(1),)))
        between()
        assert floor.store.exchanges[-1][2].imeis

    releases.meanwhile = meanwhile
    said = floor.follow(inbox)
    assert [each.number for each in said if isinstance(each, Answered)] == [7]


def test_a_store_that_answers_and_takes_nothing_is_not_hammered(floor: Floor) -> None:
    floor.store.trouble = lambda events: BusyError("c", "its disk is full") if events else None
    floor.follow(Waiting(floor.clock, 3600))
    assert 60 < floor.store.sends < 240


def test_a_slow_look_is_not_said_to_have_nothing_wait(floor: Floor) -> None:
    said = floor.follow(Waiting(floor.clock, 2 * following.LOOK_AGAIN))
    assert {(state, waiting) for state, waiting, _ in states(said)} == {
        (CentreState.SENDING, 10),
        (CentreState.IN_STEP, 0),
    }


def test_while_another_exchanges_nothing_is_known_and_nothing_is_wrong(floor: Floor) -> None:
    lock = SyncLock(floor.record)
    said = floor.follow(Waiting(floor.clock, 20))
    lock.release()
    ((state, waiting, detail),) = states(said)
    assert (state, waiting) == (CentreState.WAITING, None)
    assert "Another program" in detail
    assert not any(isinstance(each, Troubled) for each in said)


def test_what_cannot_be_opened_is_not_said_to_have_all(floor: Floor) -> None:
    floor.record.write_bytes(b"no database at all" * 1000)
    said = floor.follow(Waiting(floor.clock, 20))
    assert [(state, waiting) for state, waiting, _ in states(said)] == [(CentreState.STOPPED, None)]


def test_a_centre_that_was_away_is_asked_about_nothing_in_vain_and_named_when_it_is_back(
    floor: Floor,
) -> None:
    def trouble(_: Sequence[SealedEvent]) -> ProblemError | None:
        return UnreachableError("c", "nothing answers there") if floor.clock.now < 60 else None

    floor.store.trouble = trouble
    said = floor.follow(Waiting(floor.clock, 600))
    assert states(said)[0][:2] == (CentreState.AWAY, 10)
    last = [each for each in said if isinstance(each, Stands)][-1].view
    assert (last.state, last.store, last.receipt) == (CentreState.IN_STEP, "the centre", 10)


def test_an_earlier_epoch_is_sent_while_the_record_is_followed(floor: Floor) -> None:
    floor.send_all()
    floor.record_events(3)
    floor.next_epoch()
    floor.follow(Waiting(floor.clock, 60))
    assert [len(floor.store.events[epoch]) for epoch in (1, 2)] == [13, 3]


def test_what_is_left_behind_is_a_problem_that_says_which_file(floor: Floor) -> None:
    floor.next_epoch()
    (floor.folder / "ledger-e1.db").write_bytes(b"no database at all" * 1000)
    said = floor.follow(Waiting(floor.clock, 60))
    (problem,) = [each.problem for each in said if isinstance(each, Troubled)]
    assert problem.code is ProblemCode.EVENTS_LEFT_BEHIND
    assert states(said)[-1][0] is CentreState.IN_STEP


def test_what_a_drop_took_is_handed_over(floor: Floor) -> None:
    floor.store.confirmed = 4
    said = floor.follow(Waiting(floor.clock, 60))
    last = [each for each in said if isinstance(each, Stands)][-1].view
    assert (last.state, last.detail, last.receipt) == (CentreState.IN_STEP, "handed over", 4)
