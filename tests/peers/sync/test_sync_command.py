"""The command: what it says, and how it ends."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
from contextlib import closing
from dataclasses import replace

from bench.events.central import CentreState
from bench.inventory.central import benches
from bench.inventory.sync.lines import (
    Freeze,
    Stands,
    read_said,
)
from bench.inventory.sync.lock import SyncLock
from tests.bench.custody.record import open_ledger
from tests.peers.sync.running import fork, is_deaf, running, until
from tests.peers.sync.sync_room import BenchRoom, is_whole, noted


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
    fork(bench)
    shutil.copy(bench.folder / "bench.key", bench.folder / "ledger.key")
    ran = bench.run("--json")
    assert (ran.returncode, json.loads(ran.stdout)["frozen"]) == (3, True)
    assert "The record is frozen" in ran.stderr
    with closing(bench.ledger()) as ledger:
        assert "the central store has 123 events, 122 are here" in ledger.frozen
        assert "ledger new-epoch" in ledger.frozen


def test_a_record_that_a_bench_works_on_is_left_for_it_to_freeze(bench: BenchRoom) -> None:
    fork(bench)
    with closing(bench.ledger()) as ledger:
        ran = bench.run("--json-lines")
        said = [read_said(line) for line in ran.stdout.splitlines()]
        assert Freeze(1, "the central store has 123 events, 122 are here") in said
        assert ledger.frozen == ""


def test_a_bench_waits_its_own_share_of_the_night(bench: BenchRoom) -> None:
    with running(bench.words("--wait-up-to", "1e9")) as process:
        until(lambda: not is_deaf(process))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 130
    assert bench.stored() == []


def test_ctrl_c_ends_it_after_what_is_under_way(bench: BenchRoom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        bench.port = closed.getsockname()[1]
    with running(bench.words("--try-for", "100")) as process:
        until(lambda: not is_deaf(process))
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


def test_no_secret_and_no_address_words_are_said(bench: BenchRoom) -> None:
    key = bench.its.key.read_text().splitlines()[1]
    for port in (bench.port, 1):
        bench.port = port
        ran = bench.run("--try-for", "0", "--json")
        assert key not in ran.stdout + ran.stderr
        assert "sslkey" not in ran.stdout + ran.stderr


def test_the_rest_of_an_epoch_goes_before_the_centre_opens_the_next(bench: BenchRoom) -> None:
    bench.run()
    bench.record_events(4)
    before = bench.recorded()
    _next_epoch(bench)
    ran = bench.run("--json")
    problem = json.loads(ran.stdout)["problem"]
    assert (ran.returncode, problem["code"]) == (3, "epoch-not-open")
    assert bench.stored() == before
    with bench.centre.admin() as admin:
        benches.open_epoch(admin, bench.name, 2)
    assert bench.run().returncode == 0
    assert bench.stored() == before + bench.recorded()


def _next_epoch(bench: BenchRoom) -> None:
    """Set the record aside, and begin another as its second epoch."""
    bench.record.rename(bench.folder / "ledger-e1.db")
    lock = bench.folder / "ledger.db.lock"
    lock.unlink()
    header = replace(bench.header, epoch=2)
    with closing(open_ledger(bench.folder, header, "next.db")) as ledger:
        ledger.append([noted(1)])
    (bench.folder / "next.db").rename(bench.record)
