"""Several sessions of one bench, of many, and an administrator, cut off at any moment."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from bench.custody.entries import SealedEvent
from bench.inventory.central import benches, form, waiting
from bench.inventory.central.certificates import utc_now
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import CentreRoom, centre_room, chained, made_up

SAY = ("SELECT status, accepted_through, stored FROM custody.exchange(1, %s::bigint, %b::text[],"
       " %b::bytea[], '{}')")  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre"), through=1) as made:
        yield made


@pytest.fixture
def name(room: CentreRoom) -> str:
    return room.add_bench(f"bench-{len(room.benches):03d}").name


def bring(session: psycopg.Connection[Any], events: Sequence[SealedEvent]) -> tuple[Any, ...]:
    given = (events[0].seq, [e.body.decode() for e in events], [e.signature for e in events])
    row = session.execute(SAY, given).fetchone()
    assert row is not None
    return tuple(row)


def stored(room: CentreRoom, name: str) -> list[tuple[int, str]]:
    with room.admin() as admin:
        return admin.execute(
            "SELECT seq, body FROM custody.event JOIN custody.bench USING (bench_no)"
            " WHERE bench_id = %s ORDER BY seq", (name,),
        ).fetchall()  # fmt: skip


def alarms(room: CentreRoom, name: str) -> list[str]:
    with room.admin() as admin:
        rows = admin.execute("SELECT kind FROM custody.alarm JOIN custody.bench USING (bench_no)"
                             " WHERE bench_id = %s", (name,)).fetchall()  # fmt: skip
    return [kind for (kind,) in rows]


def whole(events: Sequence[SealedEvent]) -> list[tuple[int, str]]:
    return [(event.seq, event.body.decode()) for event in events]


class Waiting:
    """Work on a thread of its own that waits in the store until another lets it go on."""

    def __init__(self, room: CentreRoom, pid: int, work: Callable[[], Any]) -> None:
        self.heard: Any = None
        self._thread = threading.Thread(target=self._do, args=(work,))
        self._thread.start()
        with room.admin() as admin:
            for _ in range(2000):
                row = admin.execute("SELECT cardinality(pg_blocking_pids(%s))", (pid,)).fetchone()
                if row != (0,):
                    return
                time.sleep(0.005)
        raise AssertionError("it does not wait")

    def _do(self, work: Callable[[], Any]) -> None:
        self.heard = work()

    def answer(self) -> Any:
        self._thread.join()
        return self.heard


def test_two_sessions_that_bring_the_same_store_it_once(room: CentreRoom, name: str) -> None:
    events = made_up(name, 50)
    with room.as_bench(name) as one, room.as_bench(name) as other:
        one.execute("BEGIN")
        assert bring(one, events) == ("ok", 50, 50)
        later = Waiting(room, other.info.backend_pid, lambda: bring(other, events))
        one.execute("COMMIT")
        assert later.answer() == ("ok", 50, 0)
    assert stored(room, name) == whole(events)
    assert alarms(room, name) == []


def test_what_waited_for_a_session_that_gave_up_is_stored_itself(
    room: CentreRoom, name: str
) -> None:
    events = made_up(name, 20)
    with room.as_bench(name) as one, room.as_bench(name) as other:
        one.execute("BEGIN")
        bring(one, events)
        later = Waiting(room, other.info.backend_pid, lambda: bring(other, events[:5]))
        one.execute("ROLLBACK")
        assert later.answer() == ("ok", 5, 5)
    assert stored(room, name) == whole(events[:5])


def test_two_copies_of_a_bench_at_once_are_a_fork(room: CentreRoom, name: str) -> None:
    events = made_up(name, 4)
    other_way = chained(name, [{"type": "labelled", "at": "x"}], after=events[2])
    with room.as_bench(name) as one, room.as_bench(name) as other:
        bring(one, events[:3])
        one.execute("BEGIN")
        bring(one, events[3:])
        later = Waiting(room, other.info.backend_pid, lambda: bring(other, other_way))
        one.execute("COMMIT")
        assert later.answer()[0] == "fork"
        assert bring(one, events)[0] == "frozen"
    assert alarms(room, name) == ["fork"]
    assert stored(room, name) == whole(events)


def test_what_waited_while_a_fork_was_found_is_taken_no_more(room: CentreRoom, name: str) -> None:
    events = made_up(name, 6)
    other_way = chained(name, [{"type": "labelled", "at": "x"}], after=events[1])
    with room.as_bench(name) as one, room.as_bench(name) as other:
        bring(one, events[:3])
        one.execute("BEGIN")
        assert bring(one, other_way)[0] == "fork"
        later = Waiting(room, other.info.backend_pid, lambda: bring(other, events[3:]))
        one.execute("COMMIT")
        assert later.answer() == ("frozen", 3, 0)
    assert stored(room, name) == whole(events[:3])


def test_a_bench_and_its_supervisor_at_once_do_not_lock_each_other_out(
    room: CentreRoom, name: str
) -> None:
    """The two take turns in both orders; a deadlock would end one of them with an error."""
    errors: list[Exception] = []
    stop = threading.Event()

    def administer() -> None:
        try:
            with room.admin() as admin:
                while not stop.is_set():
                    admin.execute("UPDATE custody.bench SET state = 'active' WHERE bench_id = %s",
                                  (name,))  # fmt: skip
                    admin.execute("SELECT custody.raise_alarm(bench_no, 1, 1, 'looked-at', '{}')"
                                  " FROM custody.bench WHERE bench_id = %s", (name,))  # fmt: skip
        except psycopg.Error as error:
            errors.append(error)

    events = made_up(name, 60)
    wrong = chained(name, [{"type": "x", "epoch": 7}], after=events[-1])
    thread = threading.Thread(target=administer)
    thread.start()
    try:
        with room.as_bench(name) as one:
            for event in events:
                assert bring(one, [event])[0] == "ok"
                assert bring(one, made_up(name, 1)[:1])[0] == "ok"
            assert bring(one, wrong)[0] == "broken_chain"
    finally:
        stop.set()
        thread.join()
    assert errors == []
    assert stored(room, name) == whole(events)


def test_a_bench_that_is_retired_while_it_brings_keeps_all_or_nothing_of_it(
    room: CentreRoom, name: str
) -> None:
    events = made_up(name, 30)
    with room.as_bench(name) as one:
        one.execute("BEGIN")
        bring(one, events)
        with room.admin() as admin:
            benches.retire(admin, name)
        with pytest.raises(psycopg.OperationalError):
            one.execute("COMMIT")
    assert stored(room, name) == []


@pytest.mark.parametrize("meanwhile", ["state = 'retired'", "epoch = 2"])
def test_a_fork_that_is_found_late_undoes_nothing_that_was_decided_meanwhile(
    room: CentreRoom, name: str, meanwhile: str
) -> None:
    events = made_up(name, 3)
    other_way = chained(name, [{"type": "labelled", "at": "x"}], after=events[0])
    with room.as_bench(name) as one, room.admin() as admin:
        bring(one, events)
        admin.execute("BEGIN")
        admin.execute(f"UPDATE custody.bench SET {meanwhile} WHERE bench_id = '{name}'".encode())
        later = Waiting(room, one.info.backend_pid, lambda: bring(one, other_way))
        admin.execute("COMMIT")
        assert later.answer()[0] == "fork"
        found = admin.execute(
            "SELECT state, epoch FROM custody.bench WHERE bench_id = %s", (name,)
        ).fetchone()
    assert found == (("retired", 1) if "retired" in meanwhile else ("active", 2))
    assert "fork" in alarms(room, name)


def held(room: CentreRoom, name: str) -> psycopg.Connection[Any]:
    """A session of a bench that has its own row locked, and does not mean to let go of it."""
    events = made_up(name, 3)
    session = room.as_bench(name)
    session.execute("SET idle_in_transaction_session_timeout = 0")
    bring(session, events)
    session.execute("BEGIN")
    assert bring(session, chained(name, [{"type": "x", "at": "x"}], after=events[0]))[0] == "fork"
    return session


def test_a_bench_that_holds_its_row_cannot_keep_itself_from_being_retired(
    room: CentreRoom, name: str
) -> None:
    with closing(held(room, name)) as session, room.admin() as admin:
        benches.retire(admin, name)
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
        state = "SELECT state FROM custody.bench WHERE bench_id = %s"
        assert admin.execute(state, (name,)).fetchone() == ("retired",)


def test_who_holds_up_an_administrator_or_a_new_form_is_named(
    room: CentreRoom, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.2)
    monkeypatch.setattr(form, "_PATIENCE", 0.2)
    later = form.Form(2, "0002-later.sql", bytes(32), "ALTER TABLE custody.bench ADD later int")
    with closing(held(room, name)) as session, room.admin() as admin:
        its = f"held by {name} (process {session.info.backend_pid}, since 20"
        for waits in (
            lambda: benches.open_epoch(admin, name, 2),
            lambda: benches.rotate(admin, room.authority, name, utc_now(), overlap=timedelta()),
            lambda: form.settle(admin, [form.forms()[0], later]),
        ):
            with pytest.raises(ProblemError) as caught:
                waits()
            assert caught.value.problem.code is ProblemCode.CENTRE_UNUSABLE
            assert its in caught.value.problem.detail


# ── cut off at random ───────────────────────────────────────────────────────────────────────────
def bring_all(room: CentreRoom, name: str, events: Sequence[SealedEvent]) -> str:
    """Bring all there is, from anew or where it was whenever the line breaks; the last status."""
    through = 0
    while through < len(events):
        try:
            with room.as_bench(name) as session:
                while through < len(events):
                    status, through, _ = bring(session, events[through : through + 50])
                    if status != "ok":
                        return str(status)
        except psycopg.OperationalError:
            through = 0 if through % 3 else through
    return "ok"


def end_one(admin: psycopg.Connection[Any], of: str, chance: float) -> int:
    """End one of the sessions, whichever; return how many there were to end."""
    return len(admin.execute(
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE"
        " usename LIKE %s ORDER BY md5(pid::text || %s::text) LIMIT 1) AS one", (of, chance),
    ).fetchall())  # fmt: skip


def cut_off(room: CentreRoom, count: int, events: int, seed: int) -> None:
    """Have benches bring all they have while their sessions are ended at random; then look."""
    chance, kills = random.Random(seed), 0
    names = [room.add_bench(f"cut-{seed}-{number}").name for number in range(count)]
    brought = {name: made_up(name, events, imei="004400000000017") for name in names}
    with ThreadPoolExecutor(count) as pool, room.admin() as admin:
        working = [pool.submit(bring_all, room, name, brought[name]) for name in names]
        while not all(bench.done() for bench in working):
            kills += end_one(admin, f"cut-{seed}-%", chance.random())
            time.sleep(chance.uniform(0.01, 0.08))
    assert [bench.result() for bench in working] == ["ok"] * count
    assert kills > 0
    for name in names:
        assert stored(room, name) == whole(brought[name])
        assert alarms(room, name) == []


def test_sessions_that_are_ended_at_random_lose_nothing_and_repeat_nothing(
    room: CentreRoom,
) -> None:
    cut_off(room, 3, 1500, seed=6)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_eight_benches_whose_sessions_are_ended_lose_nothing(room: CentreRoom) -> None:
    cut_off(room, 8, 30_000, seed=7)
