"""A drop carried to a real store and back: each event once, whatever became of the files."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.command_line.central.taking_in import TakeIn, take_in
from bench.custody.entries import SealedEvent
from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.centre import Asks, Status
from bench.inventory.doors.drop import DropDoor
from bench.inventory.drop.batch import BatchName, spelled_batch
from bench.inventory.drop.gate import StoreGate
from bench.inventory.drop.seal import Seal, Trust
from bench.inventory.drop.taking_in import Counter, Taken
from bench.problems import ProblemCode, ProblemError
from tests.bench.inventory.drop.sealing import CERTIFICATES, with_certificate
from tests.peers.centre.centre_room import CentreRoom, centre_room, made_up, sealed_event

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as room:
        with room.admin() as admin:
            admin.execute("CREATE ROLE carrier LOGIN IN ROLE staging_door")
        yield room


class Site:
    """A bench that the store knows, its drop, and the way there and back."""

    def __init__(self, room: CentreRoom, name: str, drop: Path) -> None:
        self.room, self.name, self.drop = room, name, drop
        self.enrolled = room.add_bench(name)
        self.seal = Seal.open(self.enrolled.certificate, self.enrolled.key)
        self.trust = Trust.of(room.authority.identity.certificate, "test")
        self.events = made_up(name, 40)

    def door(self) -> DropDoor:
        return DropDoor(self.drop, self.name, self.seal, self.trust, simulated=False)

    def hand_over(self, first: int, last: int, events: list[SealedEvent] | None = None) -> None:
        sent = (events or self.events)[first - 1 : last]
        assert self.door().exchange(1, first, sent).status is Status.OK

    def carry(self) -> list[Taken]:
        words = self.room.server.admin.replace("user=postgres", "user=carrier")
        words = words.replace("dbname=postgres", "dbname=custody")
        server = self.room.authority.server(["localhost"], utc_now())
        with psycopg.connect(words, autocommit=True) as connection:
            counter = Counter(
                StoreGate(connection),
                self.trust,
                Seal.of(server.certificate, server.key, "test"),
                lambda: datetime.now(UTC),
            )
            return list(counter.take_in(self.drop))

    def stored(self) -> list[bytes]:
        return [
            body.encode()
            for (body,) in self.asked(
                "SELECT body FROM custody.event JOIN custody.bench USING (bench_no)"
                " WHERE bench_id = %s ORDER BY seq"
            )
        ]

    def asked(self, question: str) -> list[Any]:
        with self.room.admin() as admin:
            return admin.execute(question, (self.name,)).fetchall()

    def alarms(self) -> list[str]:
        rows = self.asked(
            "SELECT kind FROM custody.alarm JOIN custody.bench USING (bench_no) WHERE bench_id = %s"
        )
        return [kind for (kind,) in rows]

    def files(self) -> list[Path]:
        return sorted((self.drop / self.name).glob("*.batch"))


@pytest.fixture
def site(room: CentreRoom, tmp_path: Path) -> Site:
    return Site(room, f"bench-{next(_NUMBERS)}", tmp_path)


def bodies(events: list[SealedEvent], last: int) -> list[bytes]:
    return [event.body for event in events[:last]]


def test_a_drop_goes_there_and_back(site: Site) -> None:
    site.hand_over(1, 10)
    site.hand_over(11, 25)
    assert [(each.events, each.stored, each.refused) for each in site.carry()] == [
        (10, 10, ""),
        (15, 15, ""),
    ]
    assert site.stored() == bodies(site.events, 25)
    answer = site.door().exchange(1, 1, asks=Asks(hello=True))
    assert (answer.accepted_through, answer.head_hash) == (25, site.events[24].hash)
    carried = answer.answers["carried"]
    assert isinstance(carried, dict)
    assert carried["confirmed"] == 25
    assert not site.files()


def test_a_drop_that_is_taken_in_twice_stores_nothing_twice(site: Site) -> None:
    site.hand_over(1, 10)
    site.carry()
    assert [(each.stored, each.refused) for each in site.carry()] == [(0, "")]
    assert site.stored() == bodies(site.events, 10)
    assert not site.alarms()


def test_the_same_events_in_other_files_are_stored_once(site: Site) -> None:
    site.hand_over(1, 20)
    (first,) = site.files()
    first.rename(site.drop / "kept")
    site.hand_over(1, 10)
    site.hand_over(11, 30)
    (site.drop / "kept").rename(first)
    assert sum(each.stored for each in site.carry()) == 30
    assert site.stored() == bodies(site.events, 30)
    assert not site.alarms()


def test_a_file_that_is_missing_leaves_the_rest_for_the_next_time(site: Site) -> None:
    for start in (1, 11, 21):
        site.hand_over(start, start + 9)
    site.files()[1].rename(site.drop / "forgotten")
    first, third = site.carry()
    assert (first.stored, first.refused) == (10, "")
    assert third.refused == "events before it are missing: the store has them up to 10"
    assert site.door().exchange(1, 1).accepted_through == 10
    site.hand_over(11, 20)
    assert [each.refused for each in site.carry()] == ["", ""]
    assert site.stored() == bodies(site.events, 30)
    assert not site.alarms()


def edited(content: bytes) -> bytes:
    return content.replace(b"2026-11-24", b"2026-11-23", 1)


def cut(content: bytes) -> bytes:
    return content[:-40]


@pytest.mark.parametrize("harm", [edited, cut, lambda _: b""])
def test_a_file_that_was_harmed_is_named_and_handed_over_again(site: Site, harm: Any) -> None:
    site.hand_over(1, 10)
    site.hand_over(11, 20)
    second = site.files()[1]
    second.write_bytes(harm(second.read_bytes()))
    first, other = site.carry()
    assert first.refused == ""
    assert other.file.endswith(second.name)
    assert "cut or changed" in other.refused
    site.hand_over(11, 20)
    site.carry()
    assert site.stored() == bodies(site.events, 20)
    assert not site.alarms()


def test_a_file_edited_by_who_can_name_it_anew_is_still_refused(site: Site) -> None:
    site.hand_over(1, 10)
    (file,) = site.files()
    other = Seal.of(*_stranger(), "test")
    changed = [replaced(event) for event in site.events[:10]]
    name, content = spelled_batch(site.name, 1, changed, other)
    (file.parent / str(name)).write_bytes(content)
    lines = content.replace(other.certificate.replace(b"\n", b"\\n"), b"no certificate")
    bare = replace(name, sha256=hashlib.sha256(lines).hexdigest())
    (file.parent / str(bare)).write_bytes(lines)
    refused = {each.refused for each in site.carry()}
    assert refused == {"", "its certificate is of another authority", "it names no certificate"}
    assert site.stored() == bodies(site.events, 10)
    assert not site.alarms()


def _stranger() -> tuple[bytes, bytes]:
    its = Authority.begin("Centre", utc_now()).bench("bench", utc_now())
    return its.certificate, its.key


def replaced(event: SealedEvent) -> SealedEvent:
    return event._replace(body=event.body.replace(b"scanned", b"sealed!"))


def test_another_benchs_certificate_opens_no_door(site: Site) -> None:
    thief = Seal.open(*_files(site.room.add_bench(f"{site.name}-thief")))
    door = DropDoor(site.drop, site.name, thief, site.trust, simulated=False)
    assert door.exchange(1, 1, site.events[:10]).status is Status.OK
    (taken,) = site.carry()
    assert taken.refused.startswith("the store knows no such bench with that certificate")
    assert not site.stored()
    assert site.door().exchange(1, 1).accepted_through == 0


def _files(enrolled: Any) -> tuple[Path, Path]:
    return enrolled.certificate, enrolled.key


def test_a_certificate_that_was_revoked_seals_nothing_more(site: Site) -> None:
    site.hand_over(1, 10)
    site.asked(
        "UPDATE custody.certificate c SET ends_at = now() FROM custody.bench b"
        " WHERE b.bench_no = c.bench_no AND bench_id = %s RETURNING 1"
    )
    (taken,) = site.carry()
    assert taken.refused.startswith("the store knows no such bench with that certificate")
    assert not site.stored()


def test_a_server_is_no_bench(site: Site) -> None:
    server = site.room.authority.server(["localhost"], utc_now())
    seal = Seal.of(server.certificate, server.key, "test")
    DropDoor(site.drop, site.name, seal, site.trust, simulated=False).exchange(
        1, 1, site.events[:5]
    )
    assert [each.refused for each in site.carry()] == ["its certificate is for another use"]


def test_a_file_in_another_benchs_folder_is_foreign(site: Site) -> None:
    site.hand_over(1, 10)
    other = site.drop / "bench-other"
    other.mkdir()
    (file,) = site.files()
    file.rename(other / file.name)
    (taken,) = site.carry()
    assert taken.refused == "it lies in another bench's folder"


def test_what_no_bench_wrote_is_named_and_the_rest_goes_on(site: Site) -> None:
    site.hand_over(1, 10)
    its = site.drop / site.name
    (its / "zz.batch").write_bytes(b"hello")
    (its / "notes.txt").write_bytes(b"left alone")
    sealed = f"{site.name}.e1.{11:012d}-{20:012d}."
    os.mkfifo(its / f"{sealed}{'0' * 64}.batch")
    (its / f"{sealed}{'1' * 64}.batch").symlink_to("/etc/passwd")
    (its / f"{sealed}{'2' * 64}.batch").mkdir()
    (its / "\x1b[31m\u202ered.batch").write_bytes(b"")
    (site.drop / "linked").symlink_to(its)
    found = site.carry()
    assert [each.stored for each in found if not each.refused] == [10]
    assert len([each for each in found if each.refused]) == 5
    assert not any("\x1b" in each.file or "\u202e" in each.file for each in found)
    assert site.stored() == bodies(site.events, 10)


def lay(site: Site, first: int, content: bytes) -> None:
    name = BatchName(site.name, 1, first, first, hashlib.sha256(content).hexdigest())
    (site.drop / site.name / str(name)).write_bytes(content)


def test_a_certificate_that_nothing_reads_stops_no_other_file(site: Site) -> None:
    site.hand_over(1, 10)
    for number, harm in enumerate(CERTIFICATES, 21):
        lay(site, number, with_certificate(harm(site.enrolled.certificate.read_bytes())))
    found = site.carry()
    assert [each.stored for each in found if not each.refused] == [10]
    assert sum(bool(each.refused) for each in found) == len(CERTIFICATES)


def test_an_event_with_a_nul_is_refused_and_the_rest_goes_on(site: Site) -> None:
    site.hand_over(1, 10)
    spoilt = [sealed_event(11, json.dumps({"bench": site.name}).encode() + b"\0")]
    _, content = spelled_batch(site.name, 1, spoilt, site.seal)
    lay(site, 11, content)
    beside = Site(site.room, f"{site.name}-z", site.drop)
    beside.hand_over(1, 5)
    for stored in (10, 0):
        first, second, third = site.carry()
        assert (first.stored, third.refused) == (stored, "")
        assert "event 11 holds U+0000" in second.refused
    assert beside.stored() == bodies(beside.events, 5)


def test_what_the_database_cannot_read_is_refused_by_name(site: Site) -> None:
    site.hand_over(1, 10)
    site.hand_over(11, 20)
    words = site.room.server.admin.replace("dbname=postgres", "dbname=custody")
    with psycopg.connect(words, autocommit=True) as connection:
        gate = StoreGate(connection)

        def spoiling(bench: str, serial: int, epoch: int, events: Any) -> Any:
            spoilt = [events[0]._replace(body=b"\0"), *events[1:]]
            return gate(bench, serial, epoch, spoilt if events[0].seq == 1 else events)

        server = site.room.authority.server(["localhost"], utc_now())
        seal = Seal.of(server.certificate, server.key, "test")
        found = list(Counter(spoiling, site.trust, seal, utc_now).take_in(site.drop))
    assert [each.refused for each in found] == [
        "the database cannot read its events",
        "events before it are missing: the store has them up to 0",
    ]
    assert [each.stored for each in site.carry()] == [10, 10]


def test_a_bench_restored_from_an_image_is_frozen_by_its_drop(site: Site) -> None:
    site.hand_over(1, 20)
    site.carry()
    other = made_up(site.name, 40, imei="004400000000018")
    door = DropDoor(site.drop / "new-stick", site.name, site.seal, site.trust, simulated=False)
    (site.drop / "new-stick").mkdir()
    assert door.exchange(1, 1, other[:30]).status is Status.OK
    site.drop = site.drop / "new-stick"
    (taken,) = site.carry()
    assert taken.refused.startswith("the store has another event")
    assert site.alarms() == ["fork"]
    assert site.stored() == bodies(site.events, 20)
    assert site.door().exchange(1, 1).status is Status.FORK


def test_events_that_no_record_holds_freeze_nothing(site: Site) -> None:
    site.hand_over(1, 10)
    loose = [event._replace(seq=event.seq) for event in made_up(site.name, 20, imei="x")[10:]]
    name, content = spelled_batch(site.name, 1, loose, site.seal)
    (site.drop / site.name / str(name)).write_bytes(content)
    first, second = site.carry()
    assert (first.stored, first.refused) == (10, "")
    assert second.refused == "its events do not follow those in the store"
    assert site.alarms() == ["broken_chain"]
    assert site.door().exchange(1, 1).status is Status.OK


def test_the_command_takes_a_drop_in_and_says_what_was_refused(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = site.drop.with_name(f"{site.drop.name}-authority")
    authority.mkdir(mode=0o700)
    (authority / "ca.crt").write_bytes(site.room.authority.identity.certificate)
    (authority / "ca.key").write_bytes(site.room.authority.identity.key)
    (authority / "ca.key").chmod(0o600)
    database = site.room.server.admin.replace("dbname=postgres", "dbname=custody")
    site.hand_over(1, 10)
    asked = TakeIn(site.drop, database, authority)
    assert take_in(asked) == 0
    assert capsys.readouterr().out.endswith(".batch: 10 events, 10 of them new\n")
    assert site.door().exchange(1, 1, asks=Asks(hello=True)).answers["carried"] != {}
    site.hand_over(11, 20)
    (file,) = site.files()
    file.write_bytes(file.read_bytes()[:-1])
    assert take_in(replace(asked, as_json=True)) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "cut or changed" in json.loads(line)["refused"]
    assert site.stored() == bodies(site.events, 10)
    with pytest.raises(ProblemError) as raised:
        take_in(replace(asked, drop=site.drop / "nowhere"))
    assert raised.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    with pytest.raises(ProblemError) as raised:
        take_in(replace(asked, database=f"{database} password=canary-7f3a host=/nowhere"))
    assert "canary-7f3a" not in str(raised.value)
    assert "canary-7f3a" not in repr(replace(asked, database="password=canary-7f3a"))
