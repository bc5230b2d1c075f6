"""The command as the window runs it: what it hears, and what it says meanwhile."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.events.central import CentreState
from bench.identity.identifiers import Imei
from bench.inventory.central import benches
from bench.inventory.sync.lines import (
    Answered,
    Ask,
    Freeze,
    LookNow,
    Stands,
    Troubled,
    Unanswered,
    Wake,
)
from bench.inventory.sync.lock import SyncLock
from bench.problems import ProblemCode
from tests.bench.custody.record import imei, open_ledger, scanned
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.sync.running import Follower, following, fork, running
from tests.peers.sync.sync_room import BenchRoom, is_whole, new_bench, noted


def test_what_is_committed_is_sent_when_the_bench_says_so(bench: BenchRoom) -> None:
    with following(bench) as follower:
        follower.until_state(CentreState.IN_STEP)
        bench.record_events(3)
        follower.want(Wake())
        follower.until_state(CentreState.IN_STEP)
        assert len(bench.stored()) == 123
    is_whole(bench)


def test_it_looks_by_itself_too(bench: BenchRoom) -> None:
    with following(bench, interval=1) as follower:
        follower.until_state(CentreState.IN_STEP)
        bench.record_events(3)
        follower.until(lambda said: isinstance(said, Stands) and said.view.waiting == 3)
        follower.until_state(CentreState.IN_STEP)
    is_whole(bench)


def test_it_answers_where_other_benches_have_a_handset(
    bench: BenchRoom, centre: CentreRoom, tmp_path: Path
) -> None:
    number = 400_000 + bench.number
    other = new_bench(centre, tmp_path)
    with closing(other.ledger()) as ledger:
        ledger.append([scanned(number)])
    other.sync()
    asked = (imei(number), Imei.with_check_digit("00440000999999"))
    with following(bench) as follower:
        follower.want(Ask(7, asked))
        answer = follower.answer(7)
        assert isinstance(answer, Answered)
        (sighting,) = answer.sightings
        assert (sighting.imei, sighting.bench) == (asked[0], other.name)
        follower.want(Ask(8, asked[1:]))
        assert follower.answer(8) == Answered(8, ())


def test_a_question_while_the_centre_is_away_has_a_reason_for_an_answer(
    bench: BenchRoom,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    right, bench.port = bench.port, port
    with following(bench) as follower:
        follower.until_state(CentreState.AWAY, 120)
        follower.want(Ask(1, (imei(1),)))
        answer = follower.answer(1)
        assert isinstance(answer, Unanswered)
        assert answer.problem.code is ProblemCode.CENTRE_UNREACHABLE
        assert any(isinstance(said, Troubled) for said in follower.said)
    bench.port = right


def test_it_looks_at_once_when_asked_to(bench: BenchRoom) -> None:
    bench.centre.server.stop()
    try:
        with following(bench) as follower:
            follower.until_state(CentreState.AWAY, 120)
            bench.centre.server.start()
            follower.want(LookNow())
            follower.until_state(CentreState.IN_STEP)
            names = [type(said).__name__ for said in follower.said]
            assert names.count("Troubled") == names.count("Cleared") == 1
    finally:
        if bench.centre.server._process is None:
            bench.centre.server.start()
    is_whole(bench)


def test_nonsense_on_its_input_is_passed_over(bench: BenchRoom) -> None:
    with following(bench) as follower:
        follower.until_state(CentreState.IN_STEP)
        follower.mumble(b"\xff\xfe nonsense\n{}\n" + b"x" * 2_000_000 + b"\n")
        follower.want(Ask(3, ()))
        assert follower.answer(3) == Answered(3, ())


def test_a_record_with_two_histories_is_for_the_bench_to_freeze_and_said_once(
    bench: BenchRoom,
) -> None:
    fork(bench)
    with following(bench) as follower:
        follower.until(lambda said: isinstance(said, Freeze))
        follower.want(LookNow())
        follower.want(Ask(1, ()))
        assert isinstance(follower.answer(1), Unanswered)
        assert sum(isinstance(said, Freeze) for said in follower.said) == 1
    with closing(bench.ledger()) as ledger:
        assert ledger.frozen == ""


def test_a_record_that_begins_later_is_followed_from_then_on(bench: BenchRoom) -> None:
    content = bench.record.read_bytes()
    bench.record.unlink()
    with following(bench, interval=1) as follower:
        follower.want(Ask(1, ()))
        answer = follower.answer(1)
        assert isinstance(answer, Unanswered)
        bench.record.write_bytes(content)
        follower.want(Wake())
        follower.until_state(CentreState.IN_STEP)
    is_whole(bench)


def test_another_exchange_is_waited_for(bench: BenchRoom) -> None:
    """It is the night's, most likely: nothing is known meanwhile, and nothing is wrong."""
    with SyncLock(bench.record) as lock, following(bench, interval=1) as follower:
        found = follower.until_state(CentreState.WAITING, None)
        assert "Another program is exchanging" in found.view.detail
        lock.release()
        follower.want(LookNow())
        follower.until_state(CentreState.IN_STEP)
        assert not any(isinstance(said, Troubled) for said in follower.said)
        lock._descriptor = os.open("/dev/null", os.O_RDONLY)


def test_sigterm_ends_it_too(bench: BenchRoom) -> None:
    words = bench.words("--follow", interval=3600)
    with running(words) as process:
        Follower(process).until_state(CentreState.IN_STEP)
        process.terminate()
        assert process.wait(20) == 130
    is_whole(bench)


def test_a_new_epoch_in_the_place_of_the_record_is_followed_on(bench: BenchRoom) -> None:
    with following(bench) as follower:
        follower.until_state(CentreState.IN_STEP)
        bench.record.rename(bench.folder / "ledger-e1.db")
        with closing(
            open_ledger(bench.folder, replace(bench.header, epoch=2), "next.db")
        ) as ledger:
            ledger.append([noted(1)])
        (bench.folder / "next.db").rename(bench.record)
        follower.want(Wake())
        found = follower.until(lambda said: isinstance(said, Troubled))
        assert isinstance(found, Troubled)
        assert found.problem.code is ProblemCode.EPOCH_NOT_OPEN
        with bench.centre.admin() as admin:
            benches.open_epoch(admin, bench.name, 2)
        follower.want(LookNow())
        follower.until_state(CentreState.IN_STEP)
    assert len(bench.stored()) == 122
