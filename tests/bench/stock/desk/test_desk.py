"""The host of the desks: turns are committed before they are seen, questions are numbered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bench.custody.entries import Actor, Entry
from bench.events.desks import Answered, Choice, DeskOpened, JobCancelled, Wanted, Workspace
from bench.events.orders import CustodyKind
from bench.events.person import BenchLocked
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.stock_desk import StockDesk
from bench.stock.desk.turns import (
    Cancelled,
    Face,
    Job,
    JobCancelledError,
    Offer,
    Progress,
    Say,
    Task,
    Turn,
)
from bench.stock.rooms import owed
from tests.bench.stock.counter import Counter, counter, made_up


@dataclass(frozen=True)
class Counting(Task):
    """Counts scans; one that says `bad` is refused by the record."""

    done: int = 0
    last: object = None

    def face(self) -> Face:
        choices = tuple(Choice(name, name) for name in _JOBS)
        return Face("Counting", "Scan", Wanted.SCAN, choices, self.done, 3, "scans")

    def heard(self, reading: ScanReading, text: str) -> Turn:
        if text == "silent":
            return Turn(replace(self, done=self.done + 1))
        kind = CustodyKind.DISPATCHED if text == "bad" else CustodyKind.GOODS_IN
        entry = Entry(kind, made_up(self.done + 1))
        after = replace(self, done=self.done + 1)
        return Turn(after, Say(ScanTone.GOOD, f"{reading.raw} counted"), (entry,))

    def answered(self, choice: str, _: str) -> Turn:
        return Turn(self, job=Job("something", _JOBS[choice]))

    def worked(self, result: object) -> Turn:
        if result == "two":
            entry = Entry(CustodyKind.UNSEALED, made_up(1), override="found open")
            return Turn(self, entries=(entry,), purpose="break the seal")
        if result == "late":
            entry = Entry(CustodyKind.IMPORTED, data={"kind": "sims"})
            return Turn(self, Say(ScanTone.GOOD, "recorded"), (entry,))
        return Turn(replace(self, last=result), Say(ScanTone.GOOD, f"worked: {result}"))


def _slow(_: Progress, cancelled: Cancelled) -> object:
    for _step in range(200):
        if cancelled():
            raise JobCancelledError
        threading.Event().wait(0.001)
    return 42


def _breaks(*_: object) -> object:
    raise ProblemError(Problem(ProblemCode.FILE_UNUSABLE, "a.csv"))


_JOBS: dict[str, Callable[[Progress, Cancelled], object]] = {
    "slow": _slow,
    "break": _breaks,
    "two": lambda *_: "two",
    "late": lambda *_: "late",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    offers = {w: (Offer("count", "Count", Counting),) for w in Workspace}
    with counter(tmp_path, tasks=offers) as made:
        made.go(Workspace.GOODS_IN)
        yield made


def test_a_desk_begins_with_what_can_be_done_there(desk: Counter) -> None:
    assert (desk.desk.title, [c.text for c in desk.desk.choices]) == ("Goods-in", ["Count"])


def test_scans_are_for_the_desk_that_is_open_and_for_the_slots_again_after_it(
    desk: Counter,
) -> None:
    desk.choose("count")
    desk.scan("one")
    assert (desk.desk.done, desk.answer.answer) == (1, "one counted")
    desk.bench.post(DeskOpened(Workspace.BENCH))
    assert desk.bench.views[-1].desk is None
    desk.scan("two")
    assert desk.answer.tone is ScanTone.BAD
    assert len(desk.bodies(CustodyKind.GOODS_IN)) == 1


def test_what_the_record_refuses_changes_nothing_at_the_desk(desk: Counter) -> None:
    desk.choose("count")
    desk.scan("bad")
    assert (desk.desk.done, desk.answer.tone) == (0, ScanTone.BAD)
    assert desk.bodies(CustodyKind.DISPATCHED) == []


def test_a_scan_that_bounced_counts_once(desk: Counter) -> None:
    desk.choose("count")
    desk.scan("one")
    desk.bench.watch.seconds -= 1
    desk.scan("one")
    assert desk.desk.done == 1


def test_a_scan_that_is_taken_in_silence_takes_the_refusal_before_it_away(desk: Counter) -> None:
    desk.choose("count")
    desk.scan("bad")
    assert desk.answer.tone is ScanTone.BAD
    desk.scan("silent")
    assert (desk.answer.tone, desk.answer.answer) == (ScanTone.GOOD, "Scan")


def test_an_answer_to_a_question_that_is_no_longer_put_is_none(desk: Counter) -> None:
    question = desk.desk.question
    desk.choose("count")
    desk.bench.post(Answered(question, "count"))
    assert "asks something else" in desk.answer.answer


def test_a_handset_that_was_counted_stands_in_the_book_at_once(desk: Counter) -> None:
    desk.choose("count")
    desk.scan("one")
    asked = "SELECT imei, phase FROM handset"
    assert desk.book.connection.execute(asked).fetchall() == [
        (made_up(1).imeis[0].digits, "in-stock")
    ]


def test_a_job_is_done_behind_the_desk_and_its_result_comes_back(desk: Counter) -> None:
    desk.choose("count")
    desk.choose("slow")
    assert desk.desk.job is not None
    desk.scan("one")
    assert "at work" in desk.answer.answer
    desk.work()
    assert desk.answer.answer == "worked: 42"


def test_a_job_can_be_stopped(desk: Counter) -> None:
    desk.choose("count")
    desk.choose("slow")
    desk.bench.post(JobCancelled())
    desk.work()
    assert "it was stopped" in desk.answer.answer


def test_a_job_that_meets_a_problem_says_so(desk: Counter) -> None:
    desk.choose("count")
    desk.choose("break")
    desk.work()
    assert "a.csv" in desk.answer.answer


def test_a_job_whose_result_takes_two_persons_is_over_all_the_same(desk: Counter) -> None:
    desk.choose("count")
    desk.choose("two")
    desk.work()
    assert desk.desk.job is None
    assert desk.answer.tone is ScanTone.BAD


def test_a_card_of_commands_goes_to_a_desk_and_answers_it(desk: Counter) -> None:
    desk.bench.post(DeskOpened(Workspace.BENCH))
    desk.scan("~GO:goods-in")
    desk.scan("~CHOOSE:1")
    assert desk.desk.title == "Counting"
    desk.scan("~back")
    assert desk.desk.title == "Goods-in"


def test_a_command_that_no_answer_has_says_so(desk: Counter) -> None:
    desk.scan("~CHOOSE:2")
    assert desk.answer.tone is ScanTone.BAD
    assert desk.desk.title == "Goods-in"


def test_a_command_that_bounced_answers_once(desk: Counter) -> None:
    desk.scan("~CHOOSE:1")
    desk.bench.watch.seconds -= 1
    desk.scan("~CHOOSE:1")
    assert desk.desk.job is None


def test_a_desk_shows_what_happened_at_the_slots_meanwhile(desk: Counter) -> None:
    views = len(desk.bench.views)
    desk.bench.plug(1)
    desk.bench.scan("~GO:goods-in")
    desk.ledger.append([Entry(CustodyKind.GOODS_IN, made_up(7))])
    desk.bench.station.mind_time()
    assert len(desk.bench.views) > views + 1
    assert desk.book.backlog(desk.ledger.tail().seq) == 0


def test_what_a_power_cut_kept_from_the_record_is_said_when_the_book_is_read(
    tmp_path: Path,
) -> None:
    with counter(tmp_path, tasks={}) as made:
        made.book.connection.execute(
            "INSERT INTO import VALUES (1, 'sims', 'a.csv', 'ab', 3, 0, '2026-11-24', '')"
        )
        made.stock = replace(made.stock, owed=lambda: owed(made.book.connection))
        desk = StockDesk(
            made.stock, made.ledger, made.bench.station._show, made.bench.people,
            made.bench.watch, lambda _: None,
        )  # fmt: skip
        desk.follow()
        desk.follow()
        (body,) = made.bodies(CustodyKind.IMPORTED)
        assert body["data"] == {
            "kind": "sims", "name": "a.csv", "sha256": "ab", "taken": 3, "refused": 0,
        }  # fmt: skip


def test_what_a_job_found_waits_while_the_record_cannot_be_written(
    desk: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = desk.ledger.append
    full = [Problem(ProblemCode.LEDGER_FULL, "ledger.db")]

    def _append(*entries: Sequence[Entry], by: Actor | None = None) -> object:
        if full:
            raise ProblemError(full.pop())
        return written(*entries, by=by)

    desk.choose("count")
    desk.choose("late")
    monkeypatch.setattr(desk.ledger, "append", _append)
    desk.work()
    assert (full, desk.answer.answer) == ([], "recorded")
    assert len(desk.bodies(CustodyKind.IMPORTED)) == 1


def test_what_a_job_found_is_put_down_to_whoever_began_it(tmp_path: Path) -> None:
    offers = {w: (Offer("count", "Count", Counting),) for w in Workspace}
    with counter(tmp_path, tasks=offers, is_manned=True) as made:
        made.prove(made.people[0])
        made.go(Workspace.GOODS_IN, "count")
        made.choose("late")
        began = made.bench.people.book.actor
        assert began is not None
        made.bench.post(BenchLocked())
        made.work()
        (body,) = made.bodies(CustodyKind.IMPORTED)
        assert body["actor"] == {"id": began.id, "how": "badge+pin"}
