"""The page of the programme follows the record: what was done when, how long, what failed where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench.custody.corrections import deciding
from bench.custody.corrections.kinds import Why
from bench.custody.database import PLAIN
from bench.custody.entries import Actor, Entry, RunPosition
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind as Kind
from bench.events.orders import Json
from bench.events.views import ScanTone
from bench.stock.programme import queries
from bench.stock.programme.asking import ask
from bench.stock.programme.days import What
from bench.stock.programme.telling import Teller
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        yield made


def came(number: int, source: str = "despatch") -> Entry:
    said: dict[str, Json] = {"despatch": "DN-1", "pallet": "", "source": source}
    return Entry(Kind.GOODS_IN, made_up(number), data=said, order="PO-1", to="bench-07/stock")


def at_slot(number: int, kind: Kind, run: str = "", **said: Json) -> Entry:
    where = RunPosition(run or f"run{number:04d}", "A1", "staging", open=kind is not Kind.VOIDED)
    return Entry(kind, made_up(number), where, said)


def step(number: int, name: str = "Install", result: str = "pass", run: str = "") -> Entry:
    said: dict[str, Json] = {"step": 0, "name": name, "result": result, "note": ""}
    return at_slot(number, Kind.STEP_FINISHED, run, **said)


def staged(number: int, run: str = "") -> list[Entry]:
    return [at_slot(number, Kind.SCANNED, run), step(number, run=run),
            at_slot(number, Kind.STAGED, run, result="pass")]  # fmt: skip


def gone(number: int, kind: Kind, **said: Json) -> Entry:
    return Entry(kind, made_up(number), data=said)


def dispose(desk: Counter, number: int) -> None:
    """Let two persons dispose of a handset."""
    entries = (gone(number, Kind.QUARANTINED), gone(number, Kind.DISPOSED))
    desk.ledger.append(entries, by=Actor("p-1"), second=Actor("p-2"))
    desk.book.catch_up(desk.ledger.events)


def days(desk: Counter) -> dict[What, int]:
    """Return what was counted on all days together."""
    found = queries.days(desk.book.connection)
    return {what: sum(counts.values()) for what, counts in found.items() if sum(counts.values())}


def pages(desk: Counter) -> list[list[tuple[object, ...]]]:
    page = next(page for page in desk.book.pages if page.name == "programme")
    return [
        sorted(desk.book.connection.execute(f"SELECT * FROM {table}").fetchall())
        for table in page.tables
    ]


def test_a_day_counts_what_was_counted_in_staged_and_handed_over(desk: Counter) -> None:
    desk.append(came(1), came(2), *staged(1), gone(1, Kind.HANDED_OVER))
    assert days(desk) == {
        What.COUNTED: 2, What.STAGED: 1, What.UNTROUBLED: 1, What.HANDED_OVER: 1,
    }  # fmt: skip
    (on,) = queries.days(desk.book.connection)[What.STAGED]
    assert abs((on - datetime.now(UTC).date()).days) <= 1


def test_a_handset_that_is_staged_again_is_no_progress(desk: Counter) -> None:
    desk.append(*staged(1), *staged(1, "again"))
    assert (days(desk)[What.STAGED], days(desk)[What.RESTAGED]) == (1, 1)


def test_a_run_that_is_voided_counts_no_longer(desk: Counter) -> None:
    desk.append(*staged(1), at_slot(1, Kind.VOIDED))
    assert days(desk) == {What.TROUBLE: 1}
    assert queries.hours(desk.book.connection, 0) == []
    desk.append(*staged(1, "again"))
    assert days(desk) == {What.TROUBLE: 1, What.STAGED: 1}


def test_the_earlier_fleet_is_counted_for_itself(desk: Counter) -> None:
    desk.append(came(1, "fleet"), *staged(1), gone(1, Kind.HANDED_OVER))
    assert days(desk) == {
        What.FLEET: 1, What.FLEET_STAGED: 1, What.UNTROUBLED: 1, What.FLEET_HANDED_OVER: 1,
    }  # fmt: skip
    assert queries.received(desk.book.connection).handsets == {}


def test_a_handset_is_untroubled_only_where_its_first_run_was(desk: Counter) -> None:
    desk.append(
        at_slot(1, Kind.SCANNED), step(1, result="fail"), step(1), at_slot(1, Kind.STAGED),
        at_slot(2, Kind.SCANNED), at_slot(2, Kind.HELD, problem="unplugged"),
        at_slot(2, Kind.RESUMED), at_slot(2, Kind.STAGED),
        at_slot(3, Kind.SCANNED), at_slot(3, Kind.VOIDED), *staged(3, "again"),
        *staged(4),
    )  # fmt: skip
    assert (days(desk)[What.UNTROUBLED], days(desk)[What.TROUBLE]) == (1, 3)


def test_a_run_that_went_to_another_slot_or_over_a_restart_had_no_trouble(desk: Counter) -> None:
    desk.append(
        at_slot(1, Kind.SCANNED), at_slot(1, Kind.HELD, restart=True),
        at_slot(1, Kind.HELD, from_slot="A1", problem="unplugged"), at_slot(1, Kind.STAGED),
    )  # fmt: skip
    assert days(desk) == {What.STAGED: 1, What.UNTROUBLED: 1}


def test_what_failed_is_counted_by_slot_step_and_result(desk: Counter) -> None:
    desk.append(
        at_slot(1, Kind.SCANNED), step(1, result="fail"), step(1, result="fail"), step(1),
        at_slot(1, Kind.QUARANTINED, problem="fuse-blown", detail=""),
    )  # fmt: skip
    found = {(r.name, r.result): r.count for r in queries.results(desk.book.connection)}
    assert found == {
        ("Install", "fail"): 2, ("Install", "pass"): 1, ("fuse-blown", "held"): 1,
    }  # fmt: skip
    assert days(desk)[What.QUARANTINED] == 1


def test_a_step_lasts_from_the_event_before_it(desk: Counter) -> None:
    desk.append(at_slot(1, Kind.SCANNED))
    desk.append(step(1))
    (times,) = queries.steps(desk.book.connection)
    assert (times.name, times.count) == ("Install", 1)
    assert 0 <= times.milliseconds < 60_000


def test_no_time_is_counted_where_none_is_known(desk: Counter) -> None:
    desk.append(step(1))
    assert queries.steps(desk.book.connection) == ()


def test_handsets_age_from_the_month_of_their_first_issue_until_they_are_gone(
    desk: Counter,
) -> None:
    desk.append(came(1), *staged(1), gone(1, Kind.HANDED_OVER), gone(1, Kind.RETURNED))
    desk.append(at_slot(1, Kind.SCANNED, "again"), at_slot(1, Kind.STAGED, "again"))
    desk.append(gone(1, Kind.HANDED_OVER))
    assert sum(queries.issued(desk.book.connection).values()) == 1
    assert days(desk)[What.HANDED_OVER_AGAIN] == 1
    dispose(desk, 1)
    assert queries.issued(desk.book.connection) == {}


def test_the_earlier_fleet_ages_from_what_its_file_said(desk: Counter) -> None:
    desk.book.connection.executemany(
        "INSERT INTO expected VALUES (?, '', '', 'SM-A325F', '', '', '', '', 'fleet', '', ?, 1)",
        [(made_up_imei(n).digits, "2021-06-01") for n in (1, 2, 3)],
    )
    desk.append(came(1, "fleet"))
    dispose(desk, 1)
    assert queries.issued(desk.book.connection) == {"2021-06": 2}


def test_a_page_that_is_torn_out_is_folded_to_the_same(desk: Counter) -> None:
    desk.append(
        came(1), came(2, "fleet"), *staged(1), *staged(2), at_slot(2, Kind.VOIDED),
        gone(1, Kind.HANDED_OVER), gone(1, Kind.RETURNED),
    )  # fmt: skip
    before = pages(desk)
    desk.book.tear_out()
    desk.book.catch_up(desk.ledger.events)
    assert pages(desk) == before


def test_a_bench_without_any_file_or_event_has_an_empty_roll_out(desk: Counter) -> None:
    teller = Teller(datetime(2026, 3, 2, tzinfo=UTC), "bench-07", simulated=True)
    view = ask(desk.book.connection, teller)
    assert (view.goals[0].done, view.money, view.warnings, view.slowest) == (0, (), (), None)


def test_a_programme_of_a_file_is_told_with_its_days(desk: Counter) -> None:
    desk.book.connection.execute(
        """INSERT INTO programme VALUES (1, 'Roll-out', 10, '2026-03-02', '', 40, 30, 36, 0, 1)"""
    )
    found = queries.aims(desk.book.connection)
    assert (found.begins, found.deadline, found.example) == (date(2026, 3, 2), None, False)


def test_a_correction_of_how_a_run_ended_is_followed(desk: Counter) -> None:
    desk.append(*staged(1))
    said: dict[str, Json] = {"seq": 2, "set": {"run": "run0001", "outcome": "voided"}}
    corrected = Entry(Kind.CORRECTED, made_up(1), data=said, reason="mistaken")
    desk.ledger.append((corrected,), by=Actor("p-1"), second=Actor("p-2"))
    desk.book.catch_up(desk.ledger.events)
    assert days(desk) == {What.TROUBLE: 1}


def undo(desk: Counter, seq: int) -> int:
    """Let two persons take an event back; return the number of the one that says so."""
    with closing(PLAIN.read(desk.ledger.path)) as record:
        entry = deciding.undo(record, seq, why=Why.NOT_DONE)
    (done,) = desk.ledger.append([entry], by=Actor("p-1"), second=Actor("p-2"))
    desk.book.catch_up(desk.ledger.events)
    return done.seq


def last(desk: Counter) -> int:
    return desk.ledger.tail().seq


def test_a_count_that_is_taken_back_is_neither_counted_nor_paid(desk: Counter) -> None:
    desk.append(came(1))
    counted = last(desk)
    first = undo(desk, counted)
    assert days(desk) == {}
    assert set(queries.received(desk.book.connection).handsets.values()) <= {0}
    undo(desk, first)
    assert days(desk) == {What.COUNTED: 1}
    assert queries.received(desk.book.connection).handsets == {("PO-1", "SM-A325F"): 1}
    desk.append(came(2))
    undo(desk, last(desk))
    desk.append(came(2))
    assert days(desk) == {What.COUNTED: 2}


def test_what_is_taken_back_of_a_hand_over_begins_no_age(desk: Counter) -> None:
    desk.append(came(1), *staged(1), gone(1, Kind.HANDED_OVER))
    undo(desk, last(desk))
    assert What.HANDED_OVER not in days(desk)
    assert queries.issued(desk.book.connection) == {}
    desk.append(gone(1, Kind.HANDED_OVER))
    assert days(desk)[What.HANDED_OVER] == 1
    assert sum(queries.issued(desk.book.connection).values()) == 1


@pytest.mark.parametrize("kind", [Kind.QUARANTINED, Kind.DOA])
def test_what_was_set_aside_by_mistake_is_not_counted(desk: Counter, kind: Kind) -> None:
    desk.append(came(1), gone(1, kind))
    undo(desk, last(desk))
    assert days(desk) == {What.COUNTED: 1}


def test_a_void_that_is_taken_back_leaves_the_first_run_untroubled(desk: Counter) -> None:
    desk.append(*staged(1))
    where = RunPosition("run0001", "A1", "staged", open=False)
    desk.append(Entry(Kind.TAKEN_OUT, made_up(1), where), at_slot(1, Kind.VOIDED))
    assert days(desk) == {What.TROUBLE: 1}
    undo(desk, last(desk))
    assert days(desk) == {What.STAGED: 1, What.UNTROUBLED: 1}


def test_what_was_corrected_is_folded_to_the_same(desk: Counter) -> None:
    desk.append(came(1), came(2), *staged(2), gone(2, Kind.HANDED_OVER))
    undo(desk, undo(desk, undo(desk, last(desk))))
    before = pages(desk)
    desk.book.tear_out()
    desk.book.catch_up(desk.ledger.events)
    assert pages(desk) == before


def test_no_question_of_the_page_walks_through_the_handsets_or_events(desk: Counter) -> None:
    asked = "SELECT phase, count(*) FROM handset GROUP BY phase"
    plan = desk.book.connection.execute(f"EXPLAIN QUERY PLAN {asked}").fetchall()
    assert "COVERING INDEX handset_by_phase" in str(plan)


# ── at the desk ─────────────────────────────────────────────────────────────────────────────────
def test_the_roll_out_is_shown_when_its_desk_is_opened(desk: Counter) -> None:
    desk.append(came(1), *staged(1))
    desk.go(Workspace.ROLL_OUT, "roll-out")
    page = desk.desk.page
    assert page is not None
    assert page.goals[0].done == 1  # type: ignore[attr-defined]
    assert desk.desk.remark == ""


def test_the_desk_says_how_much_is_new_and_counts_anew(desk: Counter) -> None:
    desk.go(Workspace.ROLL_OUT, "roll-out")
    desk.append(came(1), *staged(1))
    desk.scan("nothing")
    assert "4 events were recorded since" in desk.desk.remark
    desk.choose("renew")
    desk.work()
    assert desk.desk.page.goals[0].done == 1  # type: ignore[attr-defined]
    assert desk.desk.remark == ""


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("csv", b"Table,Row,Column")])
def test_the_roll_out_is_printed_into_the_papers(
    desk: Counter, tmp_path: Path, form: str, begins: bytes
) -> None:
    desk.append(came(1), *staged(1))
    desk.go(Workspace.ROLL_OUT, "roll-out", form)
    desk.work()
    (file,) = (tmp_path / "papers").glob(f"roll-out-*.{form}")
    assert file.read_bytes().startswith(begins)
    assert file.name in desk.answer.answer
    desk.choose(form)
    desk.work()
    assert len([*(tmp_path / "papers").glob(f"roll-out-*.{form}")]) == 2


def test_a_disk_that_refuses_is_said_and_nothing_is_left(desk: Counter, tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("a file where the folder should be")
    desk.go(Workspace.ROLL_OUT, "roll-out", "csv")
    desk.work()
    assert desk.answer.tone is ScanTone.BAD
    assert "roll-out-" in desk.answer.answer
    assert [path.name for path in tmp_path.glob("papers*")] == ["papers"]
