"""How long it is tried, and how often, on a clock that only goes while it is waited."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.custody.entries import SealedEvent
from bench.inventory.doors.trouble import BusyError, UnreachableError
from bench.inventory.sync.lock import SyncLock
from bench.inventory.sync.sending import Limits, Outcome
from bench.problems import Problem, ProblemCode, ProblemError
from tests.bench.inventory.sync.sync_floor import Floor, Waiting


def full(events: Sequence[SealedEvent]) -> ProblemError | None:
    return BusyError("c", "its disk is full") if events else None


def test_a_store_that_answers_and_takes_nothing_is_given_up_in_time(floor: Floor) -> None:
    floor.store.trouble = full
    sent = floor.send(Limits(try_for=600.0))
    assert sent.outcome is Outcome.AWAY
    assert 550 < floor.clock.now < 640
    assert 5 < floor.store.sends < 40


def test_a_store_that_takes_events_now_and_then_is_tried_on(floor: Floor) -> None:
    """Each that is taken gives the whole of the patience anew."""
    floor.record_events(2000)
    tries = 0

    def fails(events: Sequence[SealedEvent]) -> ProblemError | None:
        nonlocal tries
        tries += bool(events)
        return BusyError("c", "it is slow") if events and tries % 4 else None

    floor.store.trouble = fails
    sent = floor.send(Limits(try_for=60.0))
    assert (sent.outcome, sent.standing.waiting) == (Outcome.IN_STEP, 0)
    assert floor.clock.now > 60


def test_a_store_that_is_away_is_given_up_in_time(floor: Floor) -> None:
    floor.store.trouble = lambda _: UnreachableError("c", "nothing answers there")
    assert floor.send(Limits(try_for=60.0)).outcome is Outcome.AWAY
    assert 50 < floor.clock.now < 70


def test_a_pause_that_the_centre_asks_for_and_that_does_not_fit_ends_it(floor: Floor) -> None:
    floor.store.trouble = lambda events: BusyError("c", "429", 300.0) if events else None
    sent = floor.send(Limits(try_for=60.0))
    assert (sent.outcome, sent.problem and sent.problem.code) == (
        Outcome.AWAY, ProblemCode.CENTRE_BUSY,
    )  # fmt: skip
    assert floor.store.sends == 1
    assert floor.clock.now < 1


def test_a_pause_that_the_centre_asks_for_and_that_fits_is_waited(floor: Floor) -> None:
    floor.store.trouble = lambda events: (
        BusyError("c", "429", 300.0) if events and floor.clock.now < 300 else None
    )
    assert floor.send(Limits(try_for=600.0)).outcome is Outcome.IN_STEP
    assert floor.store.sends == 2


def test_the_time_that_is_up_just_as_all_is_sent_is_no_matter(floor: Floor) -> None:
    sent = floor.send(Limits(at_most=0.1))
    assert (sent.outcome, sent.standing.sent) == (Outcome.IN_STEP, 10)


def test_while_it_pauses_another_may_exchange_and_then_it_is_over(floor: Floor) -> None:
    """The night's exchange waits for an hour; a window that is opened meanwhile need not."""
    floor.store.trouble = full
    inbox, taken = Waiting(floor.clock, 8 * 3600), list[SyncLock]()

    def meanwhile(_: float) -> None:
        taken.append(SyncLock(floor.record))

    inbox.meanwhile = meanwhile
    sent = floor.send(Limits(try_for=3600.0), inbox=inbox)
    assert (sent.outcome, len(taken)) == (Outcome.RUNNING, 1)
    taken[0].release()


def test_a_pause_that_nobody_used_is_over_as_it_began(floor: Floor) -> None:
    floor.store.trouble = lambda events: full(events) if floor.clock.now < 5 else None
    assert floor.send(Limits(try_for=3600.0)).outcome is Outcome.IN_STEP


def test_the_end_cuts_what_is_under_way(floor: Floor) -> None:
    """It is not known then what arrived; the next exchange compares."""
    inbox = Waiting(floor.clock, 8 * 3600)

    def cut(events: Sequence[SealedEvent]) -> ProblemError | None:
        if not events:
            return None
        inbox.end()
        assert floor.store.cancelled
        return UnreachableError("c", "it hung up")

    floor.store.trouble = cut
    assert floor.send(Limits(try_for=3600.0), inbox=inbox).outcome is Outcome.CANCELLED
    before = floor.store.cancelled
    inbox.end()
    assert floor.store.cancelled == before, "what is over is not cut"


def test_what_a_drop_took_is_not_there_yet(floor: Floor) -> None:
    floor.store.confirmed = 4
    sent = floor.send(Limits())
    assert (sent.outcome, sent.standing.receipt, sent.standing.unconfirmed) == (
        Outcome.IN_STEP, 4, 6,
    )  # fmt: skip
    floor.store.confirmed = 10
    sent = floor.send(Limits())
    assert (sent.standing.receipt, sent.standing.unconfirmed) == (10, 0)
    with floor.session() as has:
        assert [receipt.seq for receipt in has.kept.receipts()] == [4, 10]


# ── earlier epochs ──────────────────────────────────────────────────────────────────────────────
def test_what_an_earlier_epoch_still_has_goes_first(floor: Floor) -> None:
    floor.send(Limits())
    floor.record_events(3)
    floor.next_epoch()
    sent = floor.send(Limits())
    assert (sent.outcome, sent.standing.sent) == (Outcome.IN_STEP, 6)
    assert [len(floor.store.events[epoch]) for epoch in (1, 2)] == [13, 3]
    brought = [epoch for epoch, count, _ in floor.store.exchanges if count]
    assert brought == [1, 1, 2]
    with floor.session() as has:
        assert [(receipt.epoch, receipt.seq) for receipt in has.kept.receipts()] == [
            (1, 10), (1, 13), (2, 3),
        ]  # fmt: skip
        mark = has.kept.watermark(has.header)
        assert mark is not None
        assert mark.accepted == 3


def test_an_earlier_epoch_that_is_not_taken_just_now_is_tried_again(floor: Floor) -> None:
    floor.next_epoch()
    floor.store.trouble = lambda events: (
        full(events) if events and floor.clock.now < 5 and len(events) > 3 else None
    )
    assert floor.send(Limits(try_for=60.0)).outcome is Outcome.IN_STEP
    assert len(floor.store.events[1]) == 10


def test_an_earlier_epoch_that_cannot_be_read_is_said_and_stops_nothing(floor: Floor) -> None:
    floor.next_epoch()
    (floor.folder / "ledger-e1.db").write_bytes(b"no database at all" * 1000)
    with floor.session() as has:
        while has.rest.is_due:
            has.rest.go()
        problem = has.rest.problem
    assert problem is not None
    assert problem.code is ProblemCode.EVENTS_LEFT_BEHIND
    assert "ledger-e1.db" in problem.detail
    assert floor.send(Limits()).outcome is Outcome.IN_STEP


def test_what_a_store_that_is_frozen_lacks_of_an_earlier_epoch_is_named(floor: Floor) -> None:
    floor.send_all()
    floor.record_events(3)
    floor.next_epoch()
    floor.store.frozen = True
    with floor.session() as has:
        while has.rest.is_due:
            has.rest.go()
        problem = has.rest.problem
    assert problem is not None
    assert problem.detail.startswith("ledger-e1.db, events 11 to 13: ")


def test_a_shorter_file_of_an_epoch_is_part_of_the_longer_one(floor: Floor) -> None:
    """A backup of it was brought back and set aside, say: nothing of it is missing."""
    short = floor.record.read_bytes()
    floor.record_events(3)
    floor.send(Limits())
    floor.next_epoch()
    (floor.folder / "ledger-e1-2.db").write_bytes(short)
    with floor.session() as has:
        while has.rest.is_due:
            has.rest.go()
        assert has.rest.problem is None


@pytest.mark.parametrize("code", [ProblemCode.CENTRE_REFUSED, ProblemCode.CENTRE_UNTRUSTED])
def test_what_the_record_itself_meets_is_not_said_of_an_earlier_epoch_too(
    floor: Floor, code: ProblemCode
) -> None:
    floor.next_epoch()
    floor.store.trouble = lambda _: ProblemError(Problem(code, "c"))
    with floor.session() as has:
        while has.rest.is_due:
            has.rest.go()
        assert has.rest.problem is None
