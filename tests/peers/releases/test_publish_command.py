"""What an administrator says at the command line so that benches are sent something."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.command_line.central import publishing as work
from bench.command_line.errands.central import publishing
from bench.command_line.program import Program
from bench.custody.people.roles import Standing
from bench.identity.identifiers import SerialNumber
from bench.inventory.releases.making.key import open_key
from bench.inventory.releases.signing import known_keys
from bench.inventory.releases.taking.delivered import delivered
from bench.problems import ProblemCode, ProblemError
from tests.bench.inventory.releases.shelf import PROFILE, imei
from tests.peers.centre.centre_room import ORGANISATION
from tests.peers.releases.release_room import OTHER, ReleaseRoom, everywhere, labelled

CANARY = "canary-4711"
Say = Callable[..., str]


@pytest.fixture
def say(room: ReleaseRoom, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Say a command to the store, and return what it answered."""

    def said(*words: str) -> str:
        parser = argparse.ArgumentParser()
        publishing.add(parser.add_subparsers(required=True))
        asked: Any = parser.parse_args([*words, "--database", room.centre.dsn])
        errand = asked.make(asked)
        assert errand.work(Program(tmp_path, lambda: "")) == 0
        return capsys.readouterr().out

    return said


@pytest.fixture
def key(tmp_path: Path) -> str:
    return str(tmp_path / "keys" / "publisher.key")


def file(room: ReleaseRoom, name: str, text: str) -> str:
    path = room.folder / name
    path.write_text(text, "utf-8")
    return str(path)


def refused(say: Say, *words: str) -> ProblemError:
    with pytest.raises(ProblemError) as found:
        say(*words)
    return found.value


def test_an_administrator_sends_everything_down(room: ReleaseRoom, say: Say, key: str) -> None:
    ours = ("--organisation", ORGANISATION)
    people = file(room, "people.csv", "name,role,badge\nTestperson,technician,04A2\n")
    told = say("people", "import", people, *ours)
    assert re.match(r"p-[0-9a-f]{12}: technician, new\n1 people of ", told)
    orders = file(room, "orders.csv", "order,model,count\nPO-1,SM-A325F,40\n")
    say("orders", "import", orders, *ours)
    say("profiles", "add", file(room, "a32.toml", PROFILE.format(version=1)), *ours)
    known = file(room, "cmdb.csv", f"imei,serial,where\n{imei(1)},R58M1,stores\n")
    say("known", "import", known, *ours)
    assert "AST-001000 to AST-001099" in say(
        "tags", "allot", "bench-01", "AST", "100", "--from", "1000"
    )
    room.key = open_key(Path(key))
    told = say("publish", "--key", key, "--bench", "bench-01")
    assert re.fullmatch(
        r"bench-01: release \d{10}, new: elsewhere, orders, people, profiles, tags\n", told
    )
    room.take("bench-01")
    with delivered(room.record("bench-01")) as found:
        assert found.blocks("AST") == (range(1000, 1100),)
        assert [each.name for each in found.people() or ()] == ["Testperson"]
        assert found.other_than([imei(1)], SerialNumber("R58M9")) == "stores, serial R58M1"
        assert found.orders()[0].count == 40
    assert say("publish", "--key", key, "--bench", "bench-01") == "Nothing is new.\n"


def test_a_list_that_is_imported_again_makes_nobody_twice(room: ReleaseRoom, say: Say) -> None:
    ours = ("--organisation", ORGANISATION)
    people = file(room, "people.csv", "name,role,badge\nTestperson,technician,04A2\n")
    say("people", "import", people, *ours)
    assert "new" not in say("people", "import", people, *ours)
    (line,) = say("people", "list", *ours).splitlines()
    assert "Testperson" in line
    person = line.split()[0]
    say("people", "forget", person, *ours)
    assert "Testperson" not in say("people", "list", *ours)
    assert Standing.RETIRED in say("people", "list", *ours)
    assert refused(say, "people", "forget", "p-000000000000", *ours)


def test_the_key_is_made_once_for_its_owner_only(room: ReleaseRoom, say: Say, key: str) -> None:
    first = say("publish", "--key", key, "--show-key")
    assert stat.S_IMODE(Path(key).stat().st_mode) == 0o600
    assert say("publish", "--key", key, "--show-key") == first
    assert {each.name for each in known_keys(first)} == {
        f"{ORGANISATION}/centre",
        f"{OTHER}/centre",
    }
    Path(key).chmod(0o640)
    problem = refused(say, "publish", "--key", key).problem
    assert (problem.code, "chmod 600" in problem.detail) == (ProblemCode.KEY_UNUSABLE, True)
    assert room.new_for() == ["bench-01", "bench-02", "bench-09"], "none was made"


def test_a_file_that_is_no_key_is_none_and_is_not_replaced(say: Say, key: str) -> None:
    Path(key).parent.mkdir()
    Path(key).write_text(CANARY)
    Path(key).chmod(0o600)
    error = refused(say, "publish", "--key", key)
    assert error.problem.code is ProblemCode.KEY_UNUSABLE
    assert CANARY not in str(error)
    assert Path(key).read_text() == CANARY


def test_a_list_with_one_bad_line_changes_nothing(room: ReleaseRoom, say: Say) -> None:
    ours = ("--organisation", ORGANISATION)
    bad = "name,role,badge\nTestperson,technician,04A2\nOther,technician,!\n"
    assert refused(say, "people", "import", file(room, "p.csv", bad), *ours).problem.where == (
        "p.csv, line 3"
    )
    assert say("people", "list", *ours) == ""
    handsets = f"imei,serial\n{imei(1)},R58M1\n4.4E+14,R58M2\n"
    problem = refused(say, "known", "import", file(room, "k.csv", handsets), *ours).problem
    assert (problem.code, problem.where) == (ProblemCode.LIST_UNUSABLE, "k.csv, line 3")


def test_one_bad_profile_among_good_ones_changes_nothing(room: ReleaseRoom, say: Say) -> None:
    ours = ("--organisation", ORGANISATION)
    good = file(room, "good.toml", PROFILE.format(version=1))
    bad = file(room, "bad.toml", PROFILE.format(version=0))
    assert refused(say, "profiles", "add", good, bad, *ours).problem.code is (
        ProblemCode.PROFILE_UNUSABLE
    )
    odd = file(room, "odd name.toml", PROFILE.format(version=1))
    assert "letters" in refused(say, "profiles", "add", odd, *ours).problem.detail
    apart = file(room, "nfd.toml", PROFILE.format(version=1).replace("Check", "Cafe\u0301"))
    assert "NFC" in refused(say, "profiles", "add", apart, *ours).problem.detail
    assert refused(say, "profiles", "drop", "good.toml", *ours)
    say("profiles", "add", good, *ours)
    say("profiles", "drop", "good.toml", *ours)


def test_where_there_are_several_organisations_one_is_named(room: ReleaseRoom, say: Say) -> None:
    people = file(room, "people.csv", "name,role,badge\nTestperson,technician,04A2\n")
    assert OTHER in refused(say, "people", "import", people).problem.detail
    assert refused(say, "people", "import", people, "--organisation", "nobody.example")


def test_a_bench_that_is_not_known_gets_nothing(say: Say, key: str) -> None:
    assert "no bench" in refused(say, "publish", "--key", key, "--bench", "nobody").problem.detail


def test_what_the_database_is_reached_by_is_never_said(key: str) -> None:
    asked = work.Publishing(f"host=127.0.0.1 port=1 password={CANARY}", Path(key))
    assert CANARY not in repr(asked)
    with pytest.raises(ProblemError) as refused_:
        work.publish(asked)
    assert CANARY not in str(refused_.value)


@pytest.fixture
def signals() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def end_after(wait: Callable[[], None]) -> threading.Thread:
    """Tell this program to end, as systemd does, once that was waited for."""

    def ending() -> None:
        try:
            wait()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=ending)
    thread.start()
    return thread


@pytest.mark.usefixtures("signals")
def test_it_publishes_again_and_again_until_it_is_told_to_end(
    room: ReleaseRoom, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def until(many: int) -> None:
        with room.service() as connection:
            asked = "SELECT 1 FROM custody.release GROUP BY bench_no HAVING count(*) = %s"
            for _ in range(1000):
                if connection.execute(asked, (many,)).fetchone():
                    return
                time.sleep(0.02)

    def wait() -> None:
        until(1)
        room.people(everywhere(1))
        until(2)

    thread = end_after(wait)
    assert work.keep_publishing(work.Publishing(room.centre.dsn, Path(key)), 0.05) == 0
    thread.join()
    told = capsys.readouterr().out
    assert re.search(r"bench-01: release \d+, new: elsewhere\n.*new: people\n", told, re.DOTALL)


@pytest.mark.usefixtures("signals")
def test_a_store_that_is_away_is_said_and_tried_again(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def wait() -> None:
            server.settimeout(20)
            for _ in range(3):
                server.accept()[0].close()

        thread = end_after(wait)
        port = server.getsockname()[1]
        away = f"host=127.0.0.1 port={port} sslmode=disable password={CANARY}"
        assert work.keep_publishing(work.Publishing(away, Path(key)), 0.01) == 0
        thread.join()
    said = capsys.readouterr().err
    assert said.count("does not answer") > 1
    assert CANARY not in said


def test_what_was_not_made_is_said_once_and_the_rest_is_made(
    room: ReleaseRoom, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    room.edit(
        "INSERT INTO custody.profile (organisation, name, body)"
        f" VALUES ('{ORGANISATION}', 'bad.toml', 'x')"
    )
    asked = work.Publishing(room.centre.dsn, Path(key))
    assert work.publish(asked) == 1
    told = capsys.readouterr()
    assert "bench-09: release" in told.out
    assert "bench-01: What the centre sent down cannot be used: profiles: bad.toml" in told.err
    assert work.publish(asked) == 1, "it is as it was"
    assert capsys.readouterr().err == "", "and a person has heard it"
    room.edit("DELETE FROM custody.profile")
    assert work.publish(asked) == 0


def test_benches_that_may_give_one_number_twice_are_told_of(
    room: ReleaseRoom, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for bench in ("bench-01", "bench-02"):
        room.send(bench, labelled(bench, ["AST-000001"]))
    assert work.publish(work.Publishing(room.centre.dsn, Path(key))) == 0
    assert "bench-01, bench-02 give asset tags under AST" in capsys.readouterr().err


def test_after_a_restore_each_bench_gets_a_release_and_the_blocks_are_said(
    room: ReleaseRoom, say: Say, key: str
) -> None:
    room.allot("bench-02", 10)
    room.allot("bench-01", 5)
    assert say("tags", "list") == (
        "AST-000001  AST-000010  bench-02\nAST-000011  AST-000015  bench-01\n"
    )
    say("publish", "--key", key)
    assert say("publish", "--key", key) == "Nothing is new.\n"
    assert say("publish", "--key", key, "--anew").count("the receipt") == 3
