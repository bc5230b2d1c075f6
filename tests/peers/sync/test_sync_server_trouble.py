"""A server in trouble, and a store of another form."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bench.inventory.sync.engine import Pause
from bench.inventory.sync.greeting import PROTOCOL
from bench.inventory.sync.sending import Limits, Outcome, Sending
from bench.inventory.sync.standing import Standing
from bench.problems import ProblemCode, ProblemError
from tests.bench.inventory.sync.sync_floor import SlowClock, Waiting
from tests.peers.sync.long_records import lengthen
from tests.peers.sync.sync_room import (
    BenchRoom,
    away,
    done,
    is_whole,
    on_each_event,
    stopped,
)

SLOWLY = "PERFORM pg_sleep(0.005); RETURN NEW"
FULL = "RAISE 'could not extend file: No space left on device' USING ERRCODE = '{}'"


def test_a_server_that_only_reads_is_tried_again(bench: BenchRoom) -> None:
    done(bench, f'ALTER ROLE "{bench.name}" SET default_transaction_read_only = on')
    assert "can only be read" in away(bench, ProblemCode.CENTRE_BUSY)
    done(bench, f'ALTER ROLE "{bench.name}" RESET default_transaction_read_only')
    assert bench.sync().outcome is Outcome.IN_STEP
    is_whole(bench)


def test_a_server_with_too_many_sessions_is_tried_again(bench: BenchRoom) -> None:
    done(bench, f'ALTER ROLE "{bench.name}" CONNECTION LIMIT 0')
    assert "too many are signed in" in away(bench, ProblemCode.CENTRE_BUSY)
    done(bench, f'ALTER ROLE "{bench.name}" CONNECTION LIMIT 3')
    assert bench.sync().outcome is Outcome.IN_STEP


def test_a_slow_server_is_given_less_at_a_time(bench: BenchRoom) -> None:
    with on_each_event(bench, SLOWLY):
        bench.deadline = 0.5
        assert "took too long" in away(bench, ProblemCode.CENTRE_BUSY)
        assert bench.stored() == []
        bench.rush()
    is_whole(bench)


@pytest.mark.parametrize(
    ("state", "words"), [("53100", "its disk is full"), ("53200", "it has no memory left")]
)
def test_a_full_server_takes_nothing_and_all_once_there_is_room(
    bench: BenchRoom, state: str, words: str
) -> None:
    """The server says what it says then, by a trigger."""
    with on_each_event(bench, FULL.format(state)):
        assert words in away(bench, ProblemCode.CENTRE_BUSY)
    assert bench.stored() == []
    assert bench.sync().outcome is Outcome.IN_STEP
    is_whole(bench)


def test_a_full_server_is_not_hammered_and_is_given_up_in_time(bench: BenchRoom) -> None:
    """It answers each question and takes no event, on a clock that goes while it is waited."""
    clock = SlowClock()
    with on_each_event(bench, FULL.format("53100")), bench.session() as has:
        inbox, shown = Waiting(clock, 8 * 3600), list[Standing]()
        sent = Sending(has, clock, Limits(try_for=600.0), shown.append, inbox).send()
    assert sent.outcome is Outcome.AWAY
    assert 540 < clock.now <= 600
    assert 5 < len(shown) < 80
    assert bench.sync().outcome is Outcome.IN_STEP
    is_whole(bench)


@contextmanager
def small_disk(bench: BenchRoom) -> Iterator[Path]:
    """Let the events of this bench lie on a disk of two megabytes."""
    disk = bench.centre.server.folder / f"disk-{bench.number}"
    place = disk / "space"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=True)
    try:
        place.mkdir()
        shutil.copystat(bench.centre.server.data, place)
        owner = bench.centre.server.data.stat()
        os.chown(place, owner.st_uid, owner.st_gid)
        done(bench, f"CREATE TABLESPACE small LOCATION '{place}'")
        done(bench, f"ALTER TABLE {bench.partition} SET TABLESPACE small")
        yield disk
        done(bench, f"ALTER TABLE {bench.partition} SET TABLESPACE pg_default")
        done(bench, "DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_is_really_full_loses_nothing(bench: BenchRoom) -> None:
    bench.sync()
    with small_disk(bench) as disk:
        lengthen(bench.record, bench.name, 5000)
        assert "disk is full" in away(bench, ProblemCode.CENTRE_BUSY)
        held = bench.stored()
        assert 120 < len(held) < 5000
        assert held == bench.recorded()[: len(held)]
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        bench.rush()
        is_whole(bench)


def test_a_server_that_stands_still_is_noticed_in_time(bench: BenchRoom) -> None:
    bench.deadline = 1.0
    with closing(bench.door()) as door:
        door.exchange(1, 1)
        assert door._session
        pid = door._session.info.backend_pid
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(ProblemError) as refused:
                door.exchange(1, 1)
        finally:
            os.kill(pid, signal.SIGCONT)
    assert refused.value.problem.code is ProblemCode.CENTRE_UNREACHABLE


def test_an_exchange_is_cancelled_from_another_thread(bench: BenchRoom) -> None:
    door = bench.door()
    with on_each_event(bench, SLOWLY), bench.session(lambda _: door) as has:
        has.courier.go()
        timer = threading.Timer(0.2, door.cancel)
        timer.start()
        has.courier.go()
        timer.join()
        assert isinstance(has.courier.step, Pause)
        assert has.courier.step.problem.code is ProblemCode.CENTRE_UNREACHABLE


def test_who_takes_the_call_and_says_nothing_is_away(bench: BenchRoom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bench.port, bench.deadline = silent.getsockname()[1], 2.0
        assert "does not answer" in away(bench, ProblemCode.CENTRE_UNREACHABLE)


def test_a_store_that_speaks_a_newer_protocol_is_told_nothing(bench: BenchRoom) -> None:
    bench.newest = PROTOCOL - 1
    said = stopped(bench, ProblemCode.CENTRE_NEWER)
    assert f"protocol {PROTOCOL}; this program speaks {PROTOCOL - 1}" in said
    assert bench.stored() == []


def test_a_store_of_a_newer_form_goes_on_taking_what_older_benches_send(own: BenchRoom) -> None:
    done(own, "INSERT INTO custody.form (number, name, sha256)"
         " SELECT max(number) + 1, 'of others', sha256('x') FROM custody.form")  # fmt: skip
    assert own.sync().outcome is Outcome.IN_STEP
    is_whole(own)


def test_a_store_without_the_door_is_an_older_one(own: BenchRoom) -> None:
    done(own, "ALTER FUNCTION custody.exchange RENAME TO exchanged")
    stopped(own, ProblemCode.CENTRE_OLDER)
    done(own, "ALTER SCHEMA custody RENAME TO other")
    stopped(own, ProblemCode.CENTRE_OLDER)
    done(own, "ALTER SCHEMA other RENAME TO custody")
    own.centre = replace(own.centre, database="no_such_database")
    stopped(own, ProblemCode.CENTRE_UNUSABLE)
