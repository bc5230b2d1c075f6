"""What an exchange does next, by what it heard: no network, no file."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.custody.entries import LedgerHeader
from bench.inventory.centre import Answer, Status
from bench.inventory.sync import engine, greeting, pace
from bench.inventory.sync.engine import (
    GENESIS,
    MOST_REFUSED,
    Course,
    Done,
    Look,
    Own,
    Pause,
    Send,
    Sent,
    Step,
    Stop,
)
from bench.inventory.sync.greeting import Hello, read_hello
from bench.inventory.sync.spread import share_of
from bench.problems import Problem, ProblemCode

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
HEADER = LedgerHeader("bench-07", simulated=False)
HELLO = Hello("the centre", simulated=False, form=1, bench="bench-07", epoch=1, now=NOW)
LOOKED = Sent(1, 0, 0.1)


def leaf(seq: int) -> bytes:
    return seq.to_bytes(32) if seq else GENESIS


def own(last: int, accepted: int | None) -> Own:
    return Own(HEADER, last, leaf(accepted) if accepted and accepted <= last else None, newest=4)


def said(status: Status, accepted: int | None, head: bytes | None = None) -> Answer:
    return Answer(status, accepted, head or (None if accepted is None else leaf(accepted)))


def heard(
    answer: Answer, last: int, course: Course | None = None, sent: Sent = LOOKED, hello: Any = HELLO
) -> tuple[Course, Step]:
    return engine.heard(course or Course(), sent, answer, hello, own(last, answer.accepted_through))


def stopped(step: Step) -> tuple[ProblemCode, bool]:
    assert isinstance(step, Stop)
    return step.problem.code, bool(step.freeze)


# ── in order ────────────────────────────────────────────────────────────────────────────────────
def test_it_asks_where_the_store_stands_before_it_sends() -> None:
    assert engine.next_step(Course(), 100) == Look()


def test_it_sends_from_where_the_store_is() -> None:
    _, step = heard(said(Status.OK, 40), 100)
    assert step == Send(40, pace.FIRST)


def test_it_is_done_once_the_store_has_all() -> None:
    _, step = heard(said(Status.OK, 100), 100, Course(accepted=60), Sent(61, 40, 0.1))
    assert step == Done()


def test_an_empty_store_gets_the_record_from_its_first_event() -> None:
    _, step = heard(said(Status.OK, 0), 3)
    assert step == Send(0, pace.FIRST)


def test_what_the_store_lacks_is_sent_from_its_head_again() -> None:
    course, step = heard(said(Status.GAP, 10), 100, Course(accepted=50), Sent(51, 50, 0.1))
    assert isinstance(step, Send)
    assert step.after == 10
    assert course.accepted == 10


# ── how many ────────────────────────────────────────────────────────────────────────────────────
def test_a_quick_exchange_makes_the_next_one_larger_and_a_slow_one_smaller() -> None:
    for seconds, batch in ((0.49, 750), (0.51, 250)):
        course, _ = heard(said(Status.OK, 500), 9999, Course(accepted=0), Sent(1, 500, seconds))
        assert course.batch == batch


@given(st.lists(st.floats(0, 100), max_size=40))
def test_a_batch_is_never_under_fifty_nor_over_two_thousand(seconds: list[float]) -> None:
    size = pace.FIRST
    for each in seconds:
        size = pace.next_batch(size, each)
        assert pace.FEWEST <= size <= pace.MOST


# ── trouble on the way ──────────────────────────────────────────────────────────────────────────
def troubled(code: ProblemCode, course: Course, chance: float = 1.0, asked: float = 0.0) -> Any:
    return engine.troubled(course, Sent(1, 500, 0.0), Problem(code), chance, asked)


def test_after_trouble_it_waits_and_then_asks_the_store_anew() -> None:
    course, step = troubled(ProblemCode.CENTRE_UNREACHABLE, Course(accepted=7))
    assert step == Pause(2.0, Problem(ProblemCode.CENTRE_UNREACHABLE))
    assert engine.next_step(course, 100) == Look()
    assert course.batch == pace.FIRST // 2


def test_pauses_grow_to_a_minute_and_go_back_once_events_were_taken() -> None:
    course, longest = Course(), []
    for _ in range(20):
        course, step = troubled(ProblemCode.CENTRE_BUSY, course)
        longest.append(step.seconds)
    assert longest[:5] == [2, 4, 8, 16, 32]
    assert set(longest[5:]) == {60}
    course, _ = heard(said(Status.OK, 0), 5, course)
    assert troubled(ProblemCode.CENTRE_BUSY, course)[1].seconds == 60
    course, _ = heard(said(Status.OK, 1), 5, course, Sent(1, 1, 0.1))
    assert troubled(ProblemCode.CENTRE_BUSY, course)[1].seconds == 2


def test_a_store_that_can_be_asked_and_takes_nothing_is_no_better_than_one_that_is_away() -> None:
    course, pauses = Course(known=40), []
    for _ in range(8):
        course, step = heard(said(Status.OK, 40), 100, course)
        assert isinstance(step, Send)
        course, step = troubled(ProblemCode.CENTRE_BUSY, course)
        pauses.append(step.seconds)
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]


def test_a_store_that_has_all_is_well_though_nothing_was_sent() -> None:
    course, step = heard(said(Status.OK, 100), 100, Course(known=100, failures=7))
    assert (step, course.failures) == (Done(), 0)


def test_events_that_arrived_though_the_reply_was_lost_count_as_taken() -> None:
    course, _ = heard(said(Status.OK, 60), 100, Course(known=40, failures=7))
    assert course.failures == 0


def test_a_pause_is_drawn_from_all_of_its_length() -> None:
    drawn = [pace.pause(9, random.Random(n).random()) for n in range(400)]
    assert min(drawn) < 3
    assert max(drawn) > 57
    assert 25 < sum(drawn) / 400 < 35


def test_what_the_centre_asks_to_wait_is_waited_but_not_for_ever() -> None:
    assert troubled(ProblemCode.CENTRE_BUSY, Course(), 0.0, 120.0)[1].seconds == 120
    assert troubled(ProblemCode.CENTRE_BUSY, Course(), 0.0, 1e9)[1].seconds == pace.LONGEST_ASKED


@pytest.mark.parametrize(
    "code",
    [
        ProblemCode.CENTRE_REFUSED, ProblemCode.CENTRE_UNTRUSTED, ProblemCode.CENTRE_UNUSABLE,
        ProblemCode.CENTRE_OLDER, ProblemCode.EVENTS_NOT_TAKEN, ProblemCode.LEDGER_DAMAGED,
    ],
)  # fmt: skip
def test_what_does_not_go_by_itself_stops_it(code: ProblemCode) -> None:
    assert stopped(troubled(code, Course())[1]) == (code, False)


# ── two histories ───────────────────────────────────────────────────────────────────────────────
def test_a_record_restored_from_an_old_image_is_frozen_with_the_figures() -> None:
    course, step = heard(said(Status.OK, 20_000), 15_000)
    assert step == Send(14_999, 1), "the store is shown the last event, to see for itself"
    _, step = heard(said(Status.OK, 20_000), 15_000, course, Sent(15_000, 1, 0.1))
    assert stopped(step) == (ProblemCode.CENTRE_FORKED, True)
    assert isinstance(step, Stop)
    assert step.freeze == "the central store has 20000 events, 15000 are here"


def test_another_event_at_the_head_is_shown_to_the_store_and_freezes_the_record() -> None:
    course, step = heard(said(Status.OK, 80, b"x" * 32), 100)
    assert step == Send(79, 1)
    _, step = heard(said(Status.FORK, 80, b"x" * 32), 100, course, Sent(80, 1, 0.1))
    assert stopped(step) == (ProblemCode.CENTRE_FORKED, True)


def test_a_fork_that_the_store_saw_freezes_the_record_too() -> None:
    _, step = heard(said(Status.FORK, 80), 100, Course(accepted=80), Sent(41, 60, 0.1))
    assert stopped(step) == (ProblemCode.CENTRE_FORKED, True)


def test_a_fork_that_is_heard_of_on_a_look_has_no_range_of_events() -> None:
    _, step = heard(said(Status.FORK, 80), 100)
    assert isinstance(step, Stop)
    assert step.freeze == "the central store has other events of this epoch"
    _, step = heard(said(Status.FORK, 80), 100, Course(accepted=80), Sent(80, 1, 0.1))
    assert isinstance(step, Stop)
    assert step.freeze == "of event 80 the central store has others"


def set_aside(
    answer: Answer, sent: Sent = LOOKED, course: Course | None = None, there: int = 2
) -> Any:
    """Hear an answer about a record of epoch 1 from which epoch 2 goes on."""
    ours = replace(own(100, answer.accepted_through), set_aside=True)
    return engine.heard(course or Course(), sent, answer, replace(HELLO, epoch=there), ours)


def test_an_epoch_that_was_set_aside_is_sent_while_the_store_takes_it() -> None:
    assert set_aside(said(Status.OK, 80))[1] == Send(80, pace.FIRST)
    assert set_aside(said(Status.OK, 100))[1] == set_aside(said(Status.FROZEN, 100))[1] == Done()
    assert stopped(set_aside(said(Status.FROZEN, 80))[1]) == (ProblemCode.CENTRE_FROZEN, False)


def test_of_an_epoch_that_was_set_aside_the_store_takes_what_is_before_its_end() -> None:
    """It says `frozen` of a batch that goes beyond where the next epoch began: then fewer go."""
    course, step = set_aside(said(Status.FROZEN, 80), Sent(81, 20, 0.1), Course(accepted=80))
    assert step == Send(80, 1)
    _, step = set_aside(said(Status.FROZEN, 80), Sent(81, 1, 0.1), course)
    assert stopped(step) == (ProblemCode.CENTRE_FROZEN, False)


def test_an_epoch_that_was_set_aside_is_not_shown_to_a_store_that_has_another() -> None:
    """What it would freeze is the epoch that goes on."""
    for there in (1, 2):
        assert isinstance(set_aside(said(Status.OK, 80, b"x" * 32), there=there)[1], Stop)
        assert isinstance(set_aside(said(Status.OK, 120), there=there)[1], Stop)


def test_an_event_that_a_store_claims_to_have_before_the_first_is_another_history() -> None:
    _, step = heard(said(Status.FROZEN, 0, b"x" * 32), 100)
    assert stopped(step) == (ProblemCode.CENTRE_FORKED, True)


def test_a_bench_that_is_frozen_at_the_centre_goes_on_working_if_its_history_is_right() -> None:
    _, step = heard(said(Status.FROZEN, 80), 100)
    assert stopped(step) == (ProblemCode.CENTRE_FROZEN, False)


def test_an_image_of_an_earlier_epoch_is_frozen_if_it_differs() -> None:
    hello = replace(HELLO, epoch=2)
    _, step = heard(said(Status.FROZEN, 120), 100, hello=hello)
    assert stopped(step) == (ProblemCode.CENTRE_FORKED, True)
    _, step = heard(said(Status.FROZEN, 100), 100, hello=hello)
    assert stopped(step) == (ProblemCode.CENTRE_FROZEN, False)


def test_an_epoch_that_the_centre_has_not_opened_waits_for_it() -> None:
    ours = Own(replace(HEADER, epoch=2), 3, None, 4)
    _, step = engine.heard(Course(), LOOKED, said(Status.FROZEN, None), HELLO, ours)
    assert stopped(step) == (ProblemCode.EPOCH_NOT_OPEN, False)


# ── what is not taken ───────────────────────────────────────────────────────────────────────────
def test_a_broken_chain_is_narrowed_down_and_given_up_after_a_few_tries() -> None:
    course, sizes = Course(accepted=40, batch=2000), []
    for _ in range(MOST_REFUSED):
        sent = Sent(41, min(course.batch, 60), 0.1)
        sizes.append(sent.count)
        course, step = heard(said(Status.BROKEN_CHAIN, 40), 100, course, sent)
    assert sizes == [60, 1, 1]
    assert stopped(step) == (ProblemCode.EVENTS_NOT_TAKEN, False)
    assert isinstance(step, Stop)
    assert step.problem.detail == "event 41: broken chain"


def test_a_store_that_says_it_took_what_it_did_not_is_not_believed_for_ever() -> None:
    course, step = Course(accepted=0), engine.next_step(Course(accepted=0), 100)
    for _ in range(MOST_REFUSED):
        assert isinstance(step, Send)
        course, step = heard(said(Status.OK, 0), 100, course, Sent(1, 50, 0.1))
    assert stopped(step) == (ProblemCode.EVENTS_NOT_TAKEN, False)


def test_each_event_taken_gives_new_patience() -> None:
    course = Course(accepted=0, refused=MOST_REFUSED - 1)
    course, _ = heard(said(Status.OK, 1), 100, course, Sent(1, 1, 0.1))
    _, step = heard(said(Status.BROKEN_CHAIN, 1), 100, course, Sent(2, 50, 0.1))
    assert step == Send(1, 1)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(Status)), st.integers(0, 12) | st.none(), st.booleans()),
        min_size=200,
        max_size=200,
    )
)
def test_whatever_a_store_says_it_never_goes_round_for_ever(
    answers: list[tuple[Status, int | None, bool]],
) -> None:
    """Two hundred answers end a record of ten events, unless each took what was sent before."""
    course, step, taken = Course(), Look(), 0
    state: Step = step
    for status, accepted, right in answers:
        if not isinstance(state, Look | Send):
            return
        first = state.after + 1 if isinstance(state, Send) else 1
        count = min(state.most, 10 - state.after) if isinstance(state, Send) else 0
        head = None if accepted is None else leaf(accepted) if right else b"x" * 32
        answer = Answer(status, accepted, head)
        course, state = engine.heard(
            course, Sent(first, count, 0.1), answer, HELLO, own(10, accepted)
        )
        taken += isinstance(state, Send) and course.refused == 0
    assert taken >= 200 // (MOST_REFUSED + 2)


# ── who it is ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"protocol": 5}, ProblemCode.CENTRE_NEWER),
        ({"form": 0}, ProblemCode.CENTRE_OLDER),
        ({"simulated": True}, ProblemCode.NOT_REAL),
        ({"bench": "bench-08"}, ProblemCode.CENTRE_REFUSED),
    ],
)
def test_nothing_is_sent_to_a_store_that_is_not_this_benchs(
    changed: dict[str, Any], code: ProblemCode
) -> None:
    _, step = heard(said(Status.OK, 0), 100, hello=replace(HELLO, **changed))
    assert stopped(step) == (code, False)


def test_a_simulated_record_never_goes_to_a_real_store() -> None:
    ours = Own(replace(HEADER, simulated=True), 3, None, 4)
    _, step = engine.heard(Course(), LOOKED, said(Status.OK, 0), HELLO, ours)
    assert stopped(step) == (ProblemCode.SIMULATED_NEVER_SYNCS, False)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.UNKNOWN_BENCH, ProblemCode.CENTRE_REFUSED),
        (Status.CERTIFICATE_ENDED, ProblemCode.CENTRE_REFUSED),
        (Status.BAD_REQUEST, ProblemCode.CENTRE_UNUSABLE),
    ],
)
def test_who_does_not_let_it_in_stops_it(status: Status, code: ProblemCode) -> None:
    assert stopped(heard(said(status, None), 100, hello=None)[1]) == (code, False)


def test_a_store_that_does_not_say_who_or_how_far_it_is_is_not_worked_with() -> None:
    assert stopped(heard(said(Status.OK, 0), 1, hello=None)[1])[0] is ProblemCode.CENTRE_UNUSABLE
    assert stopped(heard(said(Status.OK, None), 1)[1])[0] is ProblemCode.CENTRE_UNUSABLE


def test_a_greeting_is_read_once_and_distrusted() -> None:
    right: Any = {
        "name": "the centre", "simulated": False, "form": 1, "bench": "bench-07", "epoch": 1,
        "now": "2026-11-24T01:00:00.000Z",
    }  # fmt: skip
    assert read_hello({"hello": dict(right)}) == HELLO
    told = read_hello({"hello": {**right, "protocol": 3}})
    assert told == replace(HELLO, protocol=3)
    wrongs: Any = (
        ("name", ""), ("name", 3), ("simulated", 0), ("form", "1"), ("form", True), ("bench", None),
        ("epoch", 1.0), ("now", "2026-11-24T01:00:00"), ("now", "soon"), ("protocol", True),
        ("now", "0001-01-01T00:00:00+14:00"),
    )  # fmt: skip
    for name, wrong in wrongs:
        assert read_hello({"hello": {**right, name: wrong}}) is None, (name, wrong)
    assert read_hello({"hello": []}) is None
    assert read_hello({}) is None


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=60), ""),
        (timedelta(seconds=-60), ""),
        (timedelta(seconds=61), "this bench is 61 s ahead of the centre"),
        (timedelta(days=-1), "this bench is 86400 s behind the centre"),
    ],
)
def test_clocks_more_than_a_minute_apart_are_said_with_the_figure(
    ahead: timedelta, words: str
) -> None:
    assert greeting.clocks_apart(HELLO, NOW + ahead) == words


def test_benches_spread_over_the_night_each_at_its_own_time() -> None:
    begins = sorted(share_of(f"bench-{n:03}", 10_800) for n in range(300))
    assert share_of("bench-007", 10_800) == share_of("bench-007", 10_800)
    assert begins[0] >= 0
    assert begins[-1] < 10_800
    assert max(b - a for a, b in itertools.pairwise(begins)) < 600
