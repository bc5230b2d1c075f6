"""Releases made in a real store, signed, and taken down by benches through their own door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from bench.custody.key import BenchKey, new_pem
from bench.custody.people.roles import Standing
from bench.identity.identifiers import SerialNumber
from bench.inventory.projections.taking import project_all
from bench.inventory.releases.making import taking_over
from bench.inventory.releases.making.contents import SentTo
from bench.inventory.releases.making.taking_over import TakingOver
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.profiles import SentProfile
from bench.inventory.releases.release import Receipt
from bench.inventory.releases.taking.delivered import delivered
from tests.bench.inventory.releases.shelf import PROFILE, imei
from tests.peers.centre.centre_room import ORGANISATION, made_up
from tests.peers.releases.release_room import OTHER, ReleaseRoom, everywhere, person

HOUR = timedelta(hours=1)


# ── what a bench gets ───────────────────────────────────────────────────────────────────────────
def test_a_bench_gets_what_its_organisation_has_for_it(room: ReleaseRoom) -> None:
    with room.service() as connection:
        into = TakingOver(connection, ORGANISATION)
        into.orders([Order("PO-1", "SM-A325F", 40)])
        into.profiles([SentProfile("a32.toml", PROFILE.format(version=3))])
        taking_over.allot(connection, "bench-01", "AST", 100)
    room.people(everywhere(1), SentTo(person(2), frozenset({"bench-02"})))
    assert room.new_for() == ["bench-01", "bench-02", "bench-09"]
    for bench in ("bench-01", "bench-02"):
        taken = room.take(bench)
        assert taken
        assert taken.release.number == room.now.timestamp()
    assert room.sent_to("bench-01") == [person(1).person]
    assert room.sent_to("bench-02") == [person(1).person, person(2).person]
    with delivered(room.record("bench-01")) as found:
        assert found.orders() == (Order("PO-1", "SM-A325F", 40),)
        assert found.blocks("AST") == (range(1, 101),)
        folder = found.profiles()
        assert folder
        assert "version = 3" in (folder / "a32.toml").read_text("utf-8")
    with delivered(room.record("bench-02")) as found:
        assert found.blocks("AST") == ()


def test_another_organisation_gets_none_of_it(room: ReleaseRoom) -> None:
    room.people(everywhere(1))
    room.publish()
    room.take("bench-09", OTHER)
    with delivered(room.record("bench-09")) as found:
        assert found.number == room.now.timestamp()
        assert (found.people(), found.orders(), found.profiles()) == (None, (), None)


def test_nothing_new_makes_no_release(room: ReleaseRoom) -> None:
    assert room.new_for() == ["bench-01", "bench-02", "bench-09"]
    assert room.new_for(later=2 * HOUR) == []
    room.people(everywhere(1))
    assert room.new_for() == ["bench-01", "bench-02"]
    assert room.new_for() == []


def test_only_the_bench_that_is_asked_for_gets_one(room: ReleaseRoom) -> None:
    assert room.new_for(only="bench-02") == ["bench-02"]
    assert room.new_for() == ["bench-01", "bench-09"]


def test_the_receipt_is_the_centres_word_for_what_it_has(room: ReleaseRoom) -> None:
    room.publish()
    events = made_up("bench-01", 5)
    room.send("bench-01", events)
    assert room.new_for(later=HOUR) == [], "not for every event"
    assert room.new_for(later=24 * HOUR) == ["bench-01"]
    room.take("bench-01")
    with delivered(room.record("bench-01")) as found:
        assert found.receipt == Receipt(1, 5, events[-1].hash.hex())
    room.take("bench-02")
    with delivered(room.record("bench-02")) as found:
        assert found.receipt == Receipt(1, 0, "0" * 64)


def test_another_key_signs_everything_anew(room: ReleaseRoom) -> None:
    room.publish()
    room.take("bench-01")
    room.key = BenchKey.from_pem(new_pem(), "next")
    assert room.new_for() == ["bench-01", "bench-02", "bench-09"]
    taken = room.take("bench-01")
    assert taken
    assert taken.release.number == room.now.timestamp() + 1, "it rises also within a second"
    assert room.new_for() == []


def test_a_bench_gets_the_newest_and_none_in_between(room: ReleaseRoom) -> None:
    for number in (1, 2, 3):
        room.people(everywhere(number))
        room.publish()
    taken = room.take("bench-01")
    assert taken
    assert taken.release.number == room.now.timestamp() + 2
    assert room.take("bench-01") is None


# ── handsets elsewhere ──────────────────────────────────────────────────────────────────────────
def test_a_copy_that_another_bench_had_is_known_offline(room: ReleaseRoom) -> None:
    room.known(
        f"('{imei(1)}', 'R58M1', 'bench-02', 'staged', true, false, '2026-11-20T10:00Z'),"
        f"('{imei(2)}', 'not a serial!', 'bench-02', 'packed', true, false, NULL),"
        f"('{imei(3)}', NULL, 'bench-02', 'odd phase', false, true, '2026-11-20T10:00Z'),"
        f"('{imei(4)}', 'R58M4', 'bench-01', 'staged', true, false, '2026-11-20T10:00Z')",
    )
    room.publish()
    room.take("bench-01")
    with delivered(room.record("bench-01")) as found:
        assert "bench-02" in found.other_than([imei(1)], SerialNumber("R58M9"))
        assert not found.other_than([imei(1)], SerialNumber("R58M1"))
        assert [each.phase for each in found.sightings([imei(1), imei(2)])] == ["staged", "packed"]
        assert not found.other_than([imei(4)], SerialNumber("R58M9")), "its own"


def test_the_projectors_own_view_is_read(room: ReleaseRoom) -> None:
    with room.centre.admin() as admin:
        row = admin.execute("SELECT to_regclass('custody.known_elsewhere') IS NOT NULL").fetchone()
    assert row == (True,)
    assert room.new_for() == ["bench-01", "bench-02", "bench-09"]


def test_a_list_that_is_imported_takes_the_place_of_the_one_before(room: ReleaseRoom) -> None:
    from bench.enrolment.elsewhere import KnownHandset  # noqa: PLC0415 - of this test alone

    def lines(*these: int) -> list[tuple[str, KnownHandset]]:
        return [(imei(n).digits, KnownHandset(SerialNumber(f"R58M{n}"), "stores")) for n in these]

    with room.service() as connection:
        into = TakingOver(connection, ORGANISATION)
        assert into.known("cmdb.csv", lines(1, 2)) == 2
        assert into.known("cmdb.csv", lines(2, 3)) == 2
    room.publish()
    room.take("bench-01")
    stranger = SerialNumber("R58M9")
    with delivered(room.record("bench-01")) as found:
        heard = [found.other_than([imei(n)], stranger) for n in (1, 2, 3)]
    assert heard == ["", "stores, serial R58M2", "stores, serial R58M3"]


def test_handsets_elsewhere_are_told_once_an_hour_and_kept_once(room: ReleaseRoom) -> None:
    room.known(f"('{imei(1)}', 'R1', 'bench-02', 'staged', true, false, NULL)")
    room.publish()
    room.known(f"('{imei(2)}', 'R2', 'bench-02', 'staged', true, false, NULL)")
    assert room.new_for(later=HOUR / 2) == []
    assert set(room.new_for(later=HOUR / 2)) == {"bench-01", "bench-02", "bench-09"}
    with room.service() as connection:
        rows = connection.execute(
            "SELECT count(DISTINCT sha256), count(*) FROM custody.release_part"
            " WHERE kind = 'elsewhere' AND number = %s",
            (int(room.now.timestamp()),),
        ).fetchone()
    assert rows == (2, 3), "one for each organisation"


def test_a_backlog_that_is_not_looked_up_yet_is_not_told_as_the_present(room: ReleaseRoom) -> None:
    room.known(f"('{imei(1)}', 'R1', 'bench-02', 'staged', true, false, NULL)")
    room.publish()
    room.send("bench-02", made_up("bench-02", 1001))
    room.known(f"('{imei(1)}', 'R1', 'bench-02', 'packed', true, false, NULL)")
    assert "elsewhere" not in {kind for each in room.publish(later=HOUR) for kind in each.new}
    with room.centre.admin() as admin:
        assert project_all(admin) == 1001
    assert "elsewhere" in {kind for each in room.publish(later=HOUR) for kind in each.new}


# ── what is kept at the centre ──────────────────────────────────────────────────────────────────
def test_what_no_release_names_is_removed_and_names_at_once(room: ReleaseRoom) -> None:
    for number in range(1, 5):
        room.people(everywhere(number))
        room.publish("bench-01")
    with room.service() as connection:
        kept = connection.execute("SELECT number FROM custody.release ORDER BY 1").fetchall()
        first = int(room.now.timestamp())
        people = connection.execute(
            "SELECT count(*) FROM custody.part WHERE body LIKE '%Testperson%'"
        ).fetchone()
    assert kept == [(first + 2,), (first + 3,)]
    assert people == (1,)


def test_who_is_forgotten_is_in_no_part_any_more(room: ReleaseRoom) -> None:
    room.people(everywhere(1), everywhere(2))
    room.publish()
    with room.service() as connection:
        assert TakingOver(connection, ORGANISATION).forget(person(1).person)
        assert not TakingOver(connection, OTHER).forget(person(2).person)
    room.publish()
    with room.centre.admin() as admin:
        found = admin.execute(
            "SELECT count(*) FROM custody.part WHERE body LIKE '%Testperson 1%'"
        ).fetchone()
    assert found == (0,)
    room.take("bench-01")
    with delivered(room.record("bench-01")) as its:
        gone = next(each for each in its.people() or () if each.person == person(1).person)
    assert (gone.standing, gone.name, gone.badge) == (Standing.RETIRED, "", None)


def test_badges_may_change_hands_within_a_list_but_not_be_two_peoples(room: ReleaseRoom) -> None:
    room.people(everywhere(1), everywhere(2))
    swapped = (replace(person(1), badge=person(2).badge), replace(person(2), badge=person(1).badge))
    room.people(*(SentTo(each, frozenset()) for each in swapped))
    with pytest.raises(psycopg.errors.UniqueViolation):
        room.people(SentTo(replace(person(3), badge=person(1).badge), frozenset()))
