"""The command: what it says, and how it ends."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from bench.command_line.sync import running as running_sync
from bench.custody.chain import leaf_hash
from bench.events.central import CentreState
from bench.inventory.central import benches
from bench.inventory.sync.engine import Done
from bench.inventory.sync.lines import (
    Freeze,
    Stands,
    read_said,
)
from bench.inventory.sync.lock import SyncLock
from bench.inventory.sync.sending import Sent
from tests.bench.custody.record import ROOT, open_ledger, tamper
from tests.peers.sync.running import fork, is_deaf, running, until
from tests.peers.sync.sync_room import BenchRoom, done, is_whole, noted, on_each_event


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


@pytest.mark.parametrize("missing", ["centre", "record"])
def test_without_a_centre_or_a_record_a_monitor_is_told_the_same_things(
    bench: BenchRoom, missing: str
) -> None:
    usual = json.loads(bench.run("--json").stdout)
    if missing == "record":
        bench.record.unlink()
    ran = bench.run("--json", **({"address": ""} if missing == "centre" else {}))
    said = json.loads(ran.stdout)
    assert said.keys() == usual.keys()
    assert (ran.returncode, said["status"], said["state"]) == (0, 0, "nothing")
    assert said["detail"]


def test_its_members_are_those_of_the_help_page(bench: BenchRoom) -> None:
    page = (ROOT / "resources" / "help" / "sync.md").read_text()
    (sentence,) = re.findall(r"`--json` ends with one object: ([^.]*)", page)
    assert re.findall("`([a-z]+)`", sentence) == list(json.loads(bench.run("--json").stdout))


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


def test_what_could_not_be_frozen_is_not_said_to_be_frozen(bench: BenchRoom) -> None:
    fork(bench)
    with closing(bench.ledger()):
        ran = bench.run("--json")
    assert (ran.returncode, json.loads(ran.stdout)["frozen"]) == (3, False)
    assert "hears of this itself" in ran.stderr


def test_a_new_epoch_that_began_meanwhile_is_not_frozen_for_the_one_before(
    bench: BenchRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork(bench)
    before = running_sync._sent

    def sent(*words: Any) -> Sent:
        found = before(*words)
        shutil.copy(bench.folder / "bench.key", bench.folder / "ledger-e2.key")
        _next_epoch(bench)
        return found

    monkeypatch.setattr(running_sync, "_sent", sent)
    ran = bench.run("--json")
    said = json.loads(ran.stdout)
    assert (said["problem"]["code"], said["frozen"]) == ("centre-forked", False)
    assert "Another epoch of the record began" in ran.stderr
    with closing(open_ledger(bench.folder, replace(bench.header, epoch=2))) as ledger:
        assert ledger.frozen == ""


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


@pytest.mark.parametrize("how", ["signal", "end of input"])
def test_the_exchange_under_way_ends_with_it_and_the_next_compares(
    bench: BenchRoom, how: str
) -> None:
    """The store sleeps for a minute over the first event, which nobody waits for."""
    words = bench.words("--follow") if how == "end of input" else bench.words()
    with on_each_event(bench, "PERFORM pg_sleep(60); RETURN NEW"):
        with running(words) as process:
            until(lambda: is_at_work(bench))
            if how == "signal":
                process.terminate()
            else:
                assert process.stdin
                process.stdin.close()
            assert process.wait(20) == (130 if how == "signal" else 0)
        done(
            bench,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            f" WHERE usename = '{bench.name}'",
        )
    assert bench.run().returncode == 0
    is_whole(bench)


def is_at_work(bench: BenchRoom) -> bool:
    """Whether the store is in the midst of an exchange with this bench."""
    with bench.centre.admin() as admin:
        row = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND wait_event = 'PgSleep'",
            (bench.name,),
        ).fetchone()
    return bool(row and row[0])


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


def _next_epoch(bench: BenchRoom, continues: int = 0) -> None:
    """Set the record aside, and begin another as its second epoch.

    With `continues` its first event says that it goes on from that event of the first.
    """
    leaf = next(
        (leaf_hash(body.encode()).hex() for seq, body in bench.recorded() if seq == continues), ""
    )
    bench.record.rename(bench.folder / "ledger-e1.db")
    lock = bench.folder / "ledger.db.lock"
    lock.unlink()
    header = replace(bench.header, epoch=2)
    with closing(open_ledger(bench.folder, header, "next.db")) as ledger:
        ledger.append([noted(1)])
    (bench.folder / "next.db").rename(bench.record)
    if leaf:
        _go_on_from(bench, {"epoch": 1, "seq": continues, "hash": leaf})


def _go_on_from(bench: BenchRoom, said: dict[str, object]) -> None:
    """Let the first event say from where it goes on, and the next ones follow it."""
    before = "0" * 64
    for seq, body in bench.recorded():
        event = json.loads(body)
        event["prev"] = before
        if seq == 1:
            event["data"]["continues"] = said
        text = json.dumps(event, separators=(",", ":"), sort_keys=True)
        leaf = leaf_hash(text.encode())
        tamper(
            bench.record, "UPDATE event SET body = ?1, hash = ?2 WHERE seq = ?3",
            values=(text, leaf, seq),
        )  # fmt: skip
        before = leaf.hex()


def test_the_rest_of_an_epoch_goes_also_after_the_centre_opened_the_next(bench: BenchRoom) -> None:
    bench.run()
    bench.record_events(4)
    before = bench.recorded()
    _next_epoch(bench)
    with bench.centre.admin() as admin:
        benches.open_epoch(admin, bench.name, 2)
    ran = bench.run("--json")
    said = json.loads(ran.stdout)
    assert (ran.returncode, said["sent"], said["warnings"]) == (0, 6, [])
    assert bench.stored() == before + bench.recorded()
    assert bench.alarms() == ["epoch_opened"]


def test_what_the_centre_takes_no_more_of_an_epoch_is_said_each_time(bench: BenchRoom) -> None:
    """Its next epoch says that it went on from event 122: what is behind that is taken no more."""
    bench.run()
    bench.record_events(4)
    last = bench.recorded()
    _next_epoch(bench, continues=122)
    with bench.centre.admin() as admin:
        benches.open_epoch(admin, bench.name, 2)
    with bench.session() as has:
        while not isinstance(has.courier.step, Done):
            has.courier.go()
    for _ in range(2):
        ran = bench.run("--json")
        said = json.loads(ran.stdout)
        assert (ran.returncode, said["state"]) == (0, "in-step")
        (warning,) = said["warnings"]
        assert warning["code"] == "events-left-behind"
        assert "ledger-e1.db, events 123 to 124" in warning["detail"]
    assert "ledger-e1.db" in bench.run("--quiet").stderr
    assert [seq for seq, _ in bench.stored()][:122] == [seq for seq, _ in last][:122]
    assert bench.state() == "active"


def test_a_forked_epoch_that_was_set_aside_does_no_harm_to_the_one_that_goes_on(
    bench: BenchRoom,
) -> None:
    fork(bench)
    bench.run()
    _next_epoch(bench)
    with bench.centre.admin() as admin:
        benches.open_epoch(admin, bench.name, 2)
    said = json.loads(bench.run("--json").stdout)
    assert said["state"] == "in-step"
    assert [warning["code"] for warning in said["warnings"]] == ["events-left-behind"]
    assert "122 are here" in said["warnings"][0]["detail"]
    assert (bench.state(), bench.alarms()) == ("active", ["fork", "epoch_opened"])
