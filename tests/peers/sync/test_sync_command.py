"""The command: what it says, how it ends, and what it is told on its input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.events.central import CentreState
from bench.identity.identifiers import Imei
from bench.inventory.sync.lines import (
    Answered,
    Ask,
    Freeze,
    LookNow,
    Said,
    Stands,
    Troubled,
    Unanswered,
    Wake,
    Wanted,
    read_said,
    wanted_line,
)
from bench.inventory.sync.lock import SyncLock
from bench.problems import ProblemCode
from tests.bench.custody.record import imei, scanned
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.sync.sync_room import BenchRoom, is_whole, new_bench


# ── once ────────────────────────────────────────────────────────────────────────────────────────
def test_it_sends_all_and_says_so_in_a_line(bench: BenchRoom) -> None:
    ran = subprocess.run(bench.words(), capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "In step with the centre: 120 events sent.\n"
    is_whole(bench)


def test_its_object_is_for_a_monitor(bench: BenchRoom) -> None:
    ran = bench.run("--json")
    said = json.loads(ran.stdout)
    assert ran.returncode == said["status"] == 0
    assert (said["state"], said["sent"], said["waiting"]) == ("in-step", 120, 0)
    assert (said["problem"], said["warnings"], said["frozen"]) == (None, [], False)


def test_its_lines_are_those_of_the_window(bench: BenchRoom) -> None:
    ran = bench.run("--json-lines")
    said = [read_said(line) for line in ran.stdout.splitlines()]
    assert all(isinstance(each, Stands) for each in said)
    last = said[-1]
    assert isinstance(last, Stands)
    assert (last.view.state, last.view.waiting) == (CentreState.IN_STEP, 0)


def test_without_a_centre_nothing_is_missed(bench: BenchRoom) -> None:
    ran = bench.run(address="")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "by itself" in ran.stdout


def test_without_a_record_nothing_waits(bench: BenchRoom) -> None:
    bench.record.unlink()
    ran = bench.run("--json")
    assert (ran.returncode, json.loads(ran.stdout)["state"]) == (0, "nothing")


def test_a_centre_that_is_away_is_tried_again_next_time(bench: BenchRoom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        bench.port = closed.getsockname()[1]
    ran = bench.run("--try-for", "0", "--json")
    assert (ran.returncode, json.loads(ran.stdout)["state"]) == (1, "away")
    assert "The central store does not answer" in ran.stderr


def test_wrong_settings_are_said_with_their_key(bench: BenchRoom) -> None:
    ran = bench.run(key="/nowhere/bench.key")
    assert ran.returncode == 2
    assert "bench.key" in ran.stderr
    assert bench.run(address="ftp://x/y").returncode == 2


def test_what_a_person_has_to_do_has_a_status_of_its_own(bench: BenchRoom) -> None:
    with bench.centre.admin() as admin:
        admin.execute(
            "UPDATE custody.certificate SET ends_at = now() WHERE serial = %s",
            (bench.its.identity.serial,),
        )
    ran = bench.run("--quiet")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "taken no more" in ran.stderr


def test_another_exchange_of_the_record_has_one_too(bench: BenchRoom) -> None:
    with SyncLock(bench.record):
        ran = bench.run("--json")
    assert (ran.returncode, json.loads(ran.stdout)["state"]) == (4, "running")


def test_what_is_left_when_the_time_is_up_waits(bench: BenchRoom) -> None:
    ran = bench.run("--at-most", "0", "--json")
    assert (ran.returncode, json.loads(ran.stdout)["state"]) == (5, "partly")
    assert bench.stored() == []


def test_a_record_with_two_histories_is_frozen_and_takes_no_more(bench: BenchRoom) -> None:
    _fork(bench)
    shutil.copy(bench.folder / "bench.key", bench.folder / "ledger.key")
    ran = bench.run("--json")
    assert (ran.returncode, json.loads(ran.stdout)["frozen"]) == (3, True)
    assert "The record is frozen" in ran.stderr
    with closing(bench.ledger()) as ledger:
        assert "the central store has 123 events, 122 are here" in ledger.frozen
        assert "ledger new-epoch" in ledger.frozen


def test_a_record_that_a_bench_works_on_is_left_for_it_to_freeze(bench: BenchRoom) -> None:
    _fork(bench)
    with closing(bench.ledger()) as ledger:
        ran = bench.run("--json-lines")
        said = [read_said(line) for line in ran.stdout.splitlines()]
        assert Freeze(1, "the central store has 123 events, 122 are here") in said
        assert ledger.frozen == ""


def _fork(bench: BenchRoom) -> None:
    """Let the record go back to what it was, and on from there otherwise."""
    before = bench.record.read_bytes()
    bench.record_events(3)
    bench.sync()
    for each in bench.folder.glob("ledger.db-*"):
        each.unlink()
    bench.record.write_bytes(before)
    bench.record_events(2)


def test_a_bench_waits_its_own_share_of_the_night(bench: BenchRoom) -> None:
    with _running(bench.words("--wait-up-to", "1e9")) as running:
        _until(lambda: not _is_deaf(running))
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 130
    assert bench.stored() == []


def test_ctrl_c_ends_it_after_what_is_under_way(bench: BenchRoom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        bench.port = closed.getsockname()[1]
    with _running(bench.words("--try-for", "100")) as running:
        _until(lambda: not _is_deaf(running))
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 130


def test_no_secret_and_no_address_words_are_said(bench: BenchRoom) -> None:
    key = bench.its.key.read_text().splitlines()[1]
    for port in (bench.port, 1):
        bench.port = port
        ran = bench.run("--try-for", "0", "--json")
        assert key not in ran.stdout + ran.stderr
        assert "sslkey" not in ran.stdout + ran.stderr


# ── following ───────────────────────────────────────────────────────────────────────────────────
class Follower:
    """The command as the window runs it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.said: list[Said] = []

    def want(self, wanted: Wanted) -> None:
        assert self._process.stdin
        self._process.stdin.write(wanted_line(wanted).encode())
        self._process.stdin.flush()

    def mumble(self, line: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def until(self, wanted: Callable[[Said], bool]) -> Said:
        """Listen until something is said that is wanted; return it."""
        assert self._process.stdout
        while line := self._process.stdout.readline():
            self.said.append(read_said(line.decode()))
            if wanted(self.said[-1]):
                return self.said[-1]
        raise AssertionError(f"it ended; it had said {self.said}")

    def until_state(self, state: CentreState, waiting: int = 0) -> Stands:
        def stands(said: Said) -> bool:
            match said:
                case Stands(view):
                    return view.state is state and view.waiting == waiting
            return False

        found = self.until(stands)
        assert isinstance(found, Stands)
        return found

    def answer(self, number: int) -> Answered | Unanswered:
        def answers(said: Said) -> bool:
            return isinstance(said, Answered | Unanswered) and said.number == number

        found = self.until(answers)
        assert isinstance(found, Answered | Unanswered)
        return found


@contextmanager
def following(bench: BenchRoom, **central: Any) -> Iterator[Follower]:
    """Let the record be followed; the input's end ends it, and with 0."""
    words = bench.words("--follow", "--json-lines", **{"interval": 3600, **central})
    with _running(words) as running:
        yield Follower(running)
        assert running.stdin
        running.stdin.close()
        assert running.wait(20) == 0


@contextmanager
def _running(words: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        try:
            yield running
        finally:
            running.kill()
            with suppress(OSError):
                running.wait(20)


def _is_deaf(running: subprocess.Popen[bytes]) -> bool:
    """Whether it does not handle SIGTERM yet (proc(5): SigCgt)."""
    status = Path(f"/proc/{running.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return not int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1


def _until(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it does not come")


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
    _fork(bench)
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
    with SyncLock(bench.record) as lock, following(bench) as follower:
        found = follower.until(lambda said: isinstance(said, Troubled))
        assert isinstance(found, Troubled)
        assert found.problem.code is ProblemCode.SYNC_RUNNING
        os.close(os.dup(lock._descriptor))


def test_sigterm_ends_it_too(bench: BenchRoom) -> None:
    words = bench.words("--follow", interval=3600)
    with _running(words) as running:
        Follower(running).until_state(CentreState.IN_STEP)
        running.terminate()
        assert running.wait(20) == 130
    is_whole(bench)
