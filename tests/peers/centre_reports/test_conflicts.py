"""Two benches, one handset: from the door to what the report and other benches are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from bench.inventory.reports.reading import report
from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.centre_reports.benches_at_work import empty, project, tables
from tests.peers.centre_reports.outspoken_bench import CHIEF, IMEI, LATER, Bench


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as running:
        for name in ("bench-01", "bench-02", "bench-03"):
            running.add_bench(name)
        running.add_service("projector")
        yield running


def state(admin: psycopg.Connection[Any], kind: str = "imei") -> str | None:
    project(admin)
    row = admin.execute("SELECT state FROM custody.conflict WHERE kind = %s", (kind,)).fetchone()
    return row[0] if row else None


def custody(admin: psycopg.Connection[Any]) -> tuple[Any, ...] | None:
    return admin.execute(
        "SELECT b.bench_id, d.custody, d.in_conflict, jsonb_array_length(d.beside)"
        " FROM custody.device d JOIN custody.bench b USING (bench_no) WHERE imei = %s", (IMEI,)
    ).fetchone()  # fmt: skip


def test_both_facts_stay_and_the_handset_is_quarantined(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.has("staged", "staged")
    other.has()
    assert state(admin) == "open"
    assert custody(admin) == ("bench-01", "quarantined", True, 2)
    sides = admin.execute(
        "SELECT b.bench_id, s.phase, s.epoch, s.seq FROM custody.conflict_side s"
        " JOIN custody.bench b USING (bench_no) ORDER BY 1"
    ).fetchall()
    assert sides == [("bench-01", "staged", 1, 1), ("bench-02", "at-bench", 1, 1)]
    told = admin.execute(
        "SELECT bench, phase, in_hand, in_conflict FROM custody.known_elsewhere ORDER BY 1"
    ).fetchall()
    assert told == [("bench-01", "staged", True, True), ("bench-02", "at-bench", True, True)]


def test_a_handset_that_was_given_away_before_is_only_at_the_other(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.has()
    other.has()
    assert state(admin) == "open"
    one.has("in-stock", "taken_out")
    assert state(admin) is None
    assert custody(admin) == ("bench-02", "at-bench", False, None)


def test_a_resolution_counts_once_another_person_signed_it_off(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, third = benches
    one.has()
    other.has()
    decided = third.resolves("bench-02")
    assert state(admin) == "open"
    third.signs(decided, who=CHIEF)
    assert state(admin) == "open"
    third.signs(decided, who={"id": "p-2", "how": "badge"})
    assert state(admin) == "open"
    third.signs(decided)
    assert state(admin) == "resolved"
    assert custody(admin) is not None
    assert custody(admin)[2:] == (False, None)  # type: ignore[index]


def test_a_resolution_that_is_taken_back_leaves_the_conflict_open(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.has()
    other.has()
    decided = one.resolves("bench-01")
    one.signs(decided)
    assert state(admin) == "resolved"
    undo = one.undoes(decided)
    assert state(admin) == "resolved"
    one.signs(undo, who=CHIEF)
    assert state(admin) == "resolved"
    one.signs(undo)
    assert state(admin) == "open"
    redo = one.undoes(undo)
    assert state(admin) == "open"
    one.signs(redo)
    assert state(admin) == "resolved"


def test_what_takes_back_an_undoing_that_nobody_signed_off_changes_nothing(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.has()
    other.has()
    decided = one.resolves("bench-01")
    one.signs(decided)
    undo = one.undoes(decided)
    redo = one.undoes(undo)
    one.signs(redo)
    assert state(admin) == "resolved"
    undone = one.undoes(redo)
    one.signs(undone)
    assert state(admin) == "resolved"
    one.signs(undo)
    assert state(admin) == "open"
    one.signs(one.undoes(undone))
    assert state(admin) == "resolved"


def test_a_conflict_that_comes_again_opens_anew(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.has()
    other.has()
    one.signs(one.resolves("bench-01"))
    assert state(admin) == "resolved"
    other.has()
    assert state(admin) == "open"
    one.signs(one.resolves("bench-01"))
    assert state(admin) == "resolved"


def test_who_lost_it_sets_it_aside_and_the_resolution_stays_told_of(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.has()
    other.has()
    device = {"uid": "uid-bench-02", "imei": IMEI, "phase": "quarantined"}
    data = {"imei": IMEI, "keeper": "bench-01", "why": "it was another handset"}
    decided = other.says("conflict_resolved", actor=CHIEF, dev=device, data=data)
    assert state(admin) == "open"
    other.signs(decided)
    assert state(admin) == "resolved"
    assert custody(admin) == ("bench-01", "at-bench", False, None)


def test_one_imei_with_two_serial_numbers_and_one_tag_on_two_handsets(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, third = benches
    one.has("in-stock", "goods_in", label="AST-000001")
    other.has("in-stock", "goods_in", serial="S2")
    third.has("in-stock", "goods_in", imei="004400007654321", serial="S3", label="AST-000001")
    assert state(admin, "serial") == "open"
    assert state(admin, "asset_tag") == "open"
    assert state(admin, "imei") is None
    third.says("corrected", dev={"uid": "uid-bench-03", "imei": "004400007654321"},
               data={"of": "0" * 64, "set": {"label": None}})  # fmt: skip
    assert state(admin, "asset_tag") is None


def test_a_bench_that_was_rolled_back_says_anew_which_licences_a_handset_has(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    run = {"id": "r1", "slot": "A1", "state": "staged"}
    for each in (one, other):
        each.has("staged", "staged", data={"licences": ["vpn", "mdm"], "run": run})
    admin.execute("UPDATE custody.bench SET epoch = 2 WHERE bench_id = 'bench-01'")
    one.begins_epoch(2)
    one.has(kind="carried", data={"carried": {"epoch": 1, "seq": 1, "licences": ["mdm"]}})
    assert [project(admin) for _ in range(3)] == [2, 1, 0]  # of a bench, one epoch at a time
    held = admin.execute(
        "SELECT b.bench_id, l.pool FROM custody.licence l JOIN custody.bench b USING (bench_no)"
    ).fetchall()
    assert sorted(held) == [("bench-01", "mdm"), ("bench-02", "mdm"), ("bench-02", "vpn")]


def test_a_batch_is_no_larger_than_it_may_be_and_who_brought_little_is_first(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, third = benches
    for each, many in ((one, 7), (other, 2), (third, 4)):
        for _ in range(many):
            each.says("session_opened")
    assert [project(admin, 5) for _ in range(4)] == [5, 5, 3, 0]
    empty(admin)
    for each in benches:
        each.begins_epoch(1)
    for each, many in ((one, 7), (other, 2)):
        for _ in range(many):
            each.says("session_opened")
    project(admin, 3)
    far = admin.execute(
        "SELECT b.bench_id, p.seq FROM custody.projected p JOIN custody.bench b USING (bench_no)"
        " ORDER BY 1"
    ).fetchall()
    assert far == [("bench-01", 1), ("bench-02", 2)]


def test_a_board_that_was_changed_keeps_its_history_under_both_numbers(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, *_ = benches
    one.has()
    one.has("at-bench", "identity_changed", imei="004400007654321")
    project(admin)
    keys = admin.execute("SELECT key FROM custody.device").fetchall()
    assert keys == [("imei:004400007654321",)]
    assert admin.execute("SELECT imei FROM custody.former_imei").fetchall() == [(IMEI,)]


def test_an_empty_label_is_no_asset_tag(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.has(label="")
    other.has(imei="004400009999996", serial="S2", label="")
    assert state(admin, "asset_tag") is None
    assert admin.execute("SELECT DISTINCT asset_tag FROM custody.holding").fetchall() == [(None,)]


def test_one_tag_on_many_handsets_is_told_in_short(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.says_all([labelled(number) for number in range(1100)])
    other.says_all([labelled(5000)])
    project(admin, 10_000)
    (sides,) = admin.execute("SELECT count(*) FROM custody.conflict_side").fetchall()
    (told,) = admin.execute(
        "SELECT max(jsonb_array_length(beside)), count(*), count(DISTINCT bench_no)"
        " FROM custody.device WHERE in_conflict"
    ).fetchall()
    assert sides == (1000,)
    assert told == (20, 1000, 2)


def labelled(number: int) -> dict[str, Any]:
    device = {"uid": f"uid-{number}", "imei": f"00440000{number:06d}0", "serial": f"S{number}"}
    return {"type": "labelled", "dev": {**device, "phase": "staged", "label": "AST-000001"}}


def test_a_handset_of_which_a_bench_says_ever_other_numbers_keeps_some(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, _, _ = benches
    one.says_all([
        {"type": "scanned", "dev": {"uid": "uid-1", "imei": f"00440000{number:06d}0"}}
        for number in range(150)
    ])  # fmt: skip
    project(admin, 100)
    project(admin, 100)
    (kept,) = admin.execute("SELECT cardinality(formerly) FROM custody.holding").fetchall()
    assert kept == (100,)
    assert admin.execute("SELECT count(*) FROM custody.former_imei").fetchall() == [(100,)]


def test_a_session_that_is_old_cannot_say_that_it_came_before_a_resolution(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, third = benches
    one.has()
    other.has()
    with room.as_bench("bench-02") as late:
        late.execute("BEGIN")
        late.execute("SELECT 1")
        third.signs(third.resolves("bench-01"))
        assert state(admin) == "resolved"
        other.through(late).has()
        late.execute("COMMIT")
    assert state(admin) == "open"


def test_a_resolution_that_names_no_side_leaves_it_open_and_is_listed(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, before = benches
    before.has()
    before.has("dispatched", "dispatched")
    one.has()
    other.has()
    one.signs(one.resolves("bench-1"))
    assert state(admin) == "open"
    one.signs(one.resolves("bench-03"))
    assert state(admin) == "open"
    one.signs(one.resolves("bench-01"))
    assert state(admin) == "resolved"
    with report(admin) as sections:
        said = {section.name: list(rows) for section, rows in sections}
    stands = [row[-1] for row in said["resolutions"]]
    assert stands[:2] == ["not in force: its keeper names no side"] * 2
    assert str(stands[2]).startswith("in force by event")
    assert all(row[-1] for row in said["books"])


def test_a_bench_that_gives_it_away_makes_no_conflict_vanish(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    one.has("staged", "staged")
    other.has()
    assert state(admin) == "open"
    other.says("dispatched", at=LATER, dev={"uid": "uid-bench-02", "imei": IMEI,
                                            "phase": "dispatched"})  # fmt: skip
    assert state(admin) == "ended"
    assert custody(admin) == ("bench-01", "staged", False, None)
    with report(admin) as sections:
        said = {section.name: list(rows) for section, rows in sections}
    assert [(row[2], row[4], row[5], row[-2]) for row in said["conflicts"]] == [
        ("ended by itself", "bench-01", "staged", True),
        ("ended by itself", "bench-02", "dispatched", False),
    ]
    assert all(row[-1] for row in said["books"])
    one.signs(one.resolves("bench-02"))
    assert state(admin) == "resolved"
    assert custody(admin) == ("bench-02", "dispatched", False, None)


def test_two_serial_numbers_and_a_tag_are_resolved_as_the_bench_writes_it(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, _, third = benches
    tag = "AST-000001"
    one.has("in-stock", "goods_in", label=tag)
    one.has("in-stock", "goods_in", uid="another", serial="S2")
    third.has("in-stock", "goods_in", imei="004400007654321", serial="S3", label=tag)
    assert (state(admin, "serial"), state(admin, "asset_tag")) == ("open", "open")
    one.signs(one.resolves("bench-01", serial="S1", asset_tag=tag))
    assert (state(admin, "serial"), state(admin, "asset_tag")) == ("resolved", "resolved")
    kept = admin.execute("SELECT kind, uid, kept FROM custody.conflict_side ORDER BY 1, 2")
    assert kept.fetchall() == [
        ("asset_tag", "uid-bench-01", True), ("asset_tag", "uid-bench-03", False),
        ("serial", "another", False), ("serial", "uid-bench-01", True),
    ]  # fmt: skip
    told = "SELECT DISTINCT serial, in_hand FROM custody.known_elsewhere WHERE serial = 'S3'"
    third.has(imei="004400007654321", serial="S3", label=tag)
    project(admin)
    assert admin.execute(told).fetchall() == [("S3", True)]


def test_a_handset_keeps_its_lasting_name_whatever_becomes_of_it(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, _ = benches
    new = "004400007654321"

    def names() -> list[tuple[Any, ...]]:
        while project(admin):
            pass
        return admin.execute("SELECT imei, lasting FROM custody.device ORDER BY 1").fetchall()

    one.has("at-bench")
    assert names() == [(IMEI, "bench-01/uid-bench-01")]
    one.has("at-bench", "identity_changed", imei=new)
    one.has("dispatched", "dispatched", imei=new)
    other.has(imei=new)
    assert names() == [(new, "bench-01/uid-bench-01")]
    other.has("disposed", "disposed", imei=new)
    admin.execute("SELECT custody.project_anew()")
    assert names() == [(new, "bench-01/uid-bench-01")]


def test_a_run_that_is_half_said_is_the_same_in_any_batches(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, _, _ = benches
    for run in ({"id": "r", "slot": "A1", "state": "x"}, {"id": "r", "state": "y"}, {"slot": "B2"}):
        one.has(data={"run": run})
    project(admin)
    together = tables(admin)
    admin.execute("SELECT custody.project_anew()")
    while project(admin, 1):
        pass
    assert tables(admin) == together
