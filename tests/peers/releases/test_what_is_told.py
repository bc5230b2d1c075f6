"""What is told of handsets elsewhere, and of whom: through a release, to the bench that took it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bench.custody.people.roles import Role, Standing
from bench.enrolment.elsewhere import KnownHandset
from bench.identity.identifiers import SerialNumber
from bench.inventory.releases import limits
from bench.inventory.releases.form import MOST_PART
from bench.inventory.releases.making import contents
from bench.inventory.releases.making.contents import SentTo
from bench.inventory.releases.making.taking_over import TakingOver
from bench.inventory.releases.parts import elsewhere, orders, people, profiles
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.profiles import SentProfile
from bench.inventory.releases.taking.delivered import delivered
from bench.problems import ProblemCode, ProblemError
from tests.bench.inventory.releases.shelf import PROFILE, imei
from tests.peers.centre.centre_room import ORGANISATION, chained
from tests.peers.releases.release_room import OTHER, ReleaseRoom, everywhere, person

STRANGER = SerialNumber("R58M9")
BY, SECOND = {"id": "p-1", "how": "badge+pin"}, {"id": "p-2", "how": "badge+pin"}


def held(uid: str, serial: str, at: int) -> dict[str, Any]:
    device = {
        "uid": uid * 26, "imei": imei(1).digits, "serial": serial, "model": "SM-A325F",
        "phase": "at-bench",
    }  # fmt: skip
    return {"type": "scanned", "at": f"2026-11-24T10:00:0{at}.000Z", "dev": device, "actor": BY}


def heard(room: ReleaseRoom, bench: str, organisation: str = ORGANISATION) -> tuple[str, list[str]]:
    """Publish, and say what a bench knows of a handset then: as a copy's, and in hand where."""
    with room.centre.admin() as admin:
        admin.execute("SELECT custody.project(1000)")
    room.publish(later=timedelta(hours=2))
    room.take(bench, organisation)
    with delivered(room.record(bench)) as found:
        return (
            found.other_than([imei(1)], STRANGER),
            [each.bench for each in found.sightings([imei(1)])],
        )


# ── handsets elsewhere ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("serial", ["R58M1", str(STRANGER)])
def test_what_two_persons_said_is_not_so_holds_nobody_up_any_more(
    room: ReleaseRoom, serial: str
) -> None:
    ours = chained("bench-01", [held("a", str(STRANGER), 1)])
    room.send("bench-01", ours)
    room.send("bench-02", chained("bench-02", [held("b", serial, 2)]))
    assert heard(room, "bench-01")[1] == ["bench-02"]
    why = {"imei": imei(1).digits, "keeper": "bench-01", "why": "wrong-handset"}
    said = held("a", str(STRANGER), 3) | {"type": "conflict_resolved", "data": why}
    (resolved,) = chained("bench-01", [said], after=ours[-1])
    signed = {
        "type": "signed_off", "at": "2026-11-24T10:00:04.000Z", "actor": BY, "second": SECOND,
        "data": {"of": [resolved.hash.hex()]},
    }  # fmt: skip
    room.send("bench-01", [resolved, *chained("bench-01", [signed], after=resolved)])
    assert heard(room, "bench-01") == ("", [])


def test_of_another_organisation_is_told_what_shows_a_copy_and_not_where(
    room: ReleaseRoom,
) -> None:
    room.send("bench-02", chained("bench-02", [held("a", "R58M1", 1)]))
    known = [(imei(2).digits, KnownHandset(SerialNumber("R58M2"), "stores"))]
    with room.service() as connection:
        assert TakingOver(connection, ORGANISATION).known("cmdb.csv", known) == 1
    assert heard(room, "bench-01") == ("bench-02, serial R58M1", ["bench-02"])
    there = elsewhere.UNNAMED
    assert heard(room, "bench-09", OTHER) == (f"{there}, serial R58M1", [there])
    for bench, where in (("bench-01", "stores"), ("bench-09", there)):
        with delivered(room.record(bench)) as found:
            assert found.other_than([imei(2)], STRANGER) == f"{where}, serial R58M2"
    with room.centre.admin() as admin:
        theirs = admin.execute(
            "SELECT body FROM custody.part JOIN custody.elsewhere_now USING (sha256)"
            " WHERE organisation = %s", (OTHER,),
        ).fetchone()  # fmt: skip
    assert theirs
    assert not any(word in theirs[0] for word in ("bench-02", "stores"))


def test_of_too_many_handsets_those_that_matter_are_sent_and_it_is_said(
    room: ReleaseRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.known(
        ",".join(
            f"('{imei(n)}', 'R58M{n}', 'bench-02', 'received', false, {n == 1}, '2026-11-2{n}')"
            for n in range(1, 5)
        )
        + f",('{imei(5)}', 'R58M5', 'bench-02', 'staged', true, false, '2026-11-01')"
        + ",('12345678901234', 'R58M6', 'bench-02', 'staged', true, true, '2026-11-01')"
    )
    with room.service() as connection:
        of_list = [(imei(6).digits, KnownHandset(None, "stores"))]
        TakingOver(connection, ORGANISATION).known("cmdb.csv", of_list)
        order = [each.imei for each in contents.elsewhere(connection, ORGANISATION, 10)]
    assert order == [imei(n).digits for n in (1, 5, 6, 4, 3, 2)]
    monkeypatch.setattr(elsewhere, "MOST", 4)
    room.publish()
    assert ORGANISATION in {each.where for each in room.remarks}
    assert "over 4 handsets" in str(room.remarks[0])
    room.take("bench-01")
    with delivered(room.record("bench-01")) as found:
        heard = [n for n in range(1, 7) if found.other_than([imei(n)], STRANGER)]
    assert heard == [1, 4, 5, 6]


def test_a_part_that_is_as_long_as_can_be_is_taken() -> None:
    place = 'x"' * (elsewhere.LONGEST // 2)
    longest = len('["004400000000017","",19999,63,999999999999,3],') + 64
    places = elsewhere.MOST_PLACES * (len(place.encode()) * 2 + 12)
    assert elsewhere.MOST * longest + places < MOST_PART


# ── more than a bench takes ─────────────────────────────────────────────────────────────────────
def test_a_release_that_no_bench_would_take_is_refused_with_words(
    room: ReleaseRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_IN_ALL", 300)
    with room.service() as connection:
        TakingOver(connection, ORGANISATION).orders([Order("PO-1" * 20, "SM" * 40, 1, "S" * 80)])
    assert room.new_for() == ["bench-09"]
    assert "over 300 bytes" in str(room.remarks[0])


@pytest.mark.parametrize("room_of", [people, orders, profiles])
def test_more_in_all_than_a_bench_takes_is_refused_where_it_is_imported(
    room: ReleaseRoom, room_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give(number: int) -> None:
        with room.service() as connection:
            into = TakingOver(connection, ORGANISATION)
            if room_of is people:
                into.people([everywhere(number)])
            elif room_of is orders:
                into.orders([Order(f"PO-{number}", "SM-A325F", 1)])
            else:
                into.profiles([SentProfile(f"a{number}.toml", PROFILE.format(version=1))])

    monkeypatch.setattr(room_of, "MOST", 2)
    for number in (1, 2, 2):
        give(number)
    with pytest.raises(ProblemError, match="takes 2 at most") as refused:
        give(3)
    assert refused.value.problem.code is ProblemCode.LIST_UNUSABLE
    assert room.new_for() == ["bench-01", "bench-02", "bench-09"]
    assert not room.remarks


def test_orders_that_are_closed_make_room(room: ReleaseRoom) -> None:
    with room.service() as connection:
        into = TakingOver(connection, ORGANISATION)
        into.orders([Order(f"PO-{n}", "SM-A325F", 1, closed=n < 3) for n in range(5)])
        found = contents.orders(connection, ORGANISATION)
    assert [each.closed for each in found] == [False, False, True, True, True]


# ── people ──────────────────────────────────────────────────────────────────────────────────────
def sent(room: ReleaseRoom, bench: str) -> dict[str, tuple[Standing, str]]:
    room.publish()
    room.take(bench)
    with delivered(room.record(bench)) as found:
        return {each.person: (each.standing, each.name) for each in found.people() or ()}


def test_who_is_sent_to_another_bench_leaves_the_one_before(room: ReleaseRoom) -> None:
    boss = SentTo(person(1, role=Role.SUPERVISOR), frozenset({"bench-01"}))
    room.people(boss, SentTo(person(2), frozenset({"bench-01"})))
    assert sent(room, "bench-01")[boss.person.person] == (Standing.ACTIVE, "Testperson 1")
    room.people(replace(boss, benches=frozenset({"bench-02"})))
    gone = (Standing.RETIRED, "")
    assert sent(room, "bench-01")[boss.person.person] == gone
    assert sent(room, "bench-02") == {boss.person.person: (Standing.ACTIVE, "Testperson 1")}
    with room.service() as connection:
        assert TakingOver(connection, ORGANISATION).forget(boss.person.person)
    assert sent(room, "bench-01")[boss.person.person] == gone
    assert sent(room, "bench-02") == {boss.person.person: gone}


def test_of_a_retired_bench_no_release_and_no_name_is_kept(room: ReleaseRoom) -> None:
    room.people(SentTo(person(1), frozenset({"bench-02"})), everywhere(2))
    room.publish()
    room.edit(
        "UPDATE custody.bench SET state = 'retired' WHERE bench_id IN ('bench-02', 'bench-09')"
    )
    room.publish()
    with room.centre.admin() as admin:
        benches = admin.execute("SELECT DISTINCT bench_no FROM custody.release").fetchall()
        names = admin.execute(
            "SELECT count(*) FROM custody.part WHERE body LIKE '%Testperson 1%'"
        ).fetchone()
        told = admin.execute("SELECT organisation FROM custody.elsewhere_now").fetchall()
    assert (benches, names, told) == ([(1,)], (0,), [(ORGANISATION,)])


def test_one_organisations_fault_does_not_stop_anothers_releases(room: ReleaseRoom) -> None:
    room.edit(
        "INSERT INTO custody.person (organisation, person, role, standing, name)"
        f" VALUES ('{ORGANISATION}', 'p-000000000001', 'technician', 'active', E'a\\nb')"
    )
    room.people(everywhere(2), organisation=OTHER)
    assert room.new_for() == ["bench-09"]
    assert [(each.where, each.is_refusal) for each in room.remarks] == [
        ("bench-01", True),
        ("bench-02", True),
    ]
    assert "a\nb" not in str(room.remarks[0])
