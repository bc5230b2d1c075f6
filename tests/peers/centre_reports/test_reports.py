"""What the centre tells: a monitor, a person with a report, and whoever asks for one handset."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.command_line.central import reporting, standing
from bench.command_line.central.acknowledging import acknowledge
from bench.identity.identifiers import Imei
from bench.inventory.central import benches as centre_benches
from bench.inventory.reports.benches import standing as benches_standing
from bench.inventory.reports.history import history
from bench.inventory.reports.reading import Books, report
from bench.inventory.reports.sections import BOOKS
from bench.inventory.reports.verdict import Bounds, Level, remarks
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.centre_reports.benches_at_work import project
from tests.peers.centre_reports.outspoken_bench import AT, IMEI, Bench

HOSTILE = "=cmd|'/C calc'!A0 <script>alert(1)</script> [x](javascript:1)\n| --- |"
ELSEWHERE = "other.localhost"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as running:
        running.add_bench("bench-01")
        running.add_bench("bench-02")
        running.add_bench("bench-03", ELSEWHERE)
        running.add_reader("auditor")
        running.add_reader("other-auditor", ELSEWHERE)
        yield running


FORBIDDEN = (
    "SELECT beside FROM custody.device", "SELECT * FROM custody.known_elsewhere",
    "SELECT custody.project(1)", "SELECT custody.project_anew()", "DELETE FROM custody.holding",
)  # fmt: skip


def fork(room: CentreRoom, bench: str) -> None:
    with room.as_bench(bench) as session:
        words = "SELECT status FROM custody.exchange(1, 1, %s, %s, NULL)"
        assert session.execute(words, (['{"other":1}'], [bytes(64)])).fetchone() == ("fork",)


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_centre_without_troubles_is_ok(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], capsys: pytest.CaptureFixture[str]
) -> None:
    for each in benches:
        each.has("in-stock", "goods_in", imei=f"00440000000001{each.name[-1]}")
    assert reporting.project(room.dsn, anew=False, as_json=True) == 0
    assert told(capsys) == {"taken": 3, "behind": 0, "unread": 0}
    assert standing.status(room.dsn, Bounds(), as_json=True) == 0
    said = told(capsys)
    assert (said["level"], said["remarks"]) == ("OK", [])
    first = said["benches"][0]
    assert (first["head"], first["events_since_yesterday"], first["behind"]) == (1, 1, 0)
    assert first["sign_in_ends"] > "2026"


def test_a_monitor_is_told_what_is_wrong_in_its_first_line(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other, third = benches
    one.has()
    other.has()
    third.says("teleported")
    assert reporting.project(room.dsn, anew=True, as_json=False) == 0
    assert "1 cannot be read" in capsys.readouterr().out
    assert standing.status(room.dsn, Bounds(), as_json=False) == 1
    assert capsys.readouterr().out.startswith("WARNING: test centre, 3 benches: 1 open conflicts")
    fork(room, "bench-02")
    assert standing.status(room.dsn, Bounds(), as_json=False) == 2
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("CRITICAL: test centre, 3 benches: bench-02 it is frozen")


def test_a_bench_of_which_nothing_is_heard_and_an_old_certificate(
    room: CentreRoom, admin: psycopg.Connection[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    admin.execute("BEGIN")
    assert standing.status(room.dsn, Bounds(silent_days=1e-9, lost_days=1), as_json=True) == 1
    assert {each["bench"] for each in told(capsys)["remarks"]} == {
        "bench-01", "bench-02", "bench-03",
    }  # fmt: skip
    admin.execute("UPDATE custody.certificate SET ends_at = now() - interval '1 day'")
    admin.execute("COMMIT")
    assert standing.status(room.dsn, Bounds(), as_json=True) == 2
    assert "certificate has ended" in told(capsys)["remarks"][0]["text"]
    admin.execute("UPDATE custody.certificate SET ends_at = not_after")


def test_a_store_that_cannot_be_asked_is_critical_and_no_password_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    away = "host=127.0.0.1 port=1 user=canary password=canary-4711 dbname=custody"
    assert standing.status(away, Bounds(), as_json=False) == 2
    assert "canary-4711" not in capsys.readouterr().out
    with pytest.raises(ProblemError) as caught:
        reporting.report(away, reporting.Form.JSON, None)
    assert "canary-4711" not in str(caught.value)


def test_the_report_says_that_each_event_is_stored_once_and_what_is_not_as_it_should_be(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    one, other, third = benches
    one.has()
    other.has()
    third.resolves("bench-01")
    third.says("teleported")
    fork(room, "bench-02")
    project(admin)
    assert reporting.report(room.dsn, reporting.Form.JSON, None) == 0
    said = told(capsys)
    assert [(each["bench"], each["stored"], each["each_once"]) for each in said["benches"]] == [
        ("bench-01", 1, True), ("bench-02", 1, True), ("bench-03", 2, True),
    ]  # fmt: skip
    assert [(each["bench"], each["event"]) for each in said["frozen"]] == [("bench-02", 1)]
    assert {(each["state"], each["bench"]) for each in said["conflicts"]} == {
        ("open", "bench-01"), ("open", "bench-02"),
    }  # fmt: skip
    assert said["resolutions"][0]["stands"] == "not yet in force: nobody signed it off"
    assert [each["imei"] for each in said["quarantined"]] == [IMEI]
    assert said["unread"][0]["what_of_it"] == "type"
    assert all(each["agree"] for each in said["books"])


def test_books_that_do_not_agree_are_told_of(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    benches[0].has()
    project(admin)
    admin.execute("UPDATE custody.head SET last_seq = 2")
    assert reporting.report(room.dsn, reporting.Form.MARKDOWN, None) == 1
    assert "The books do not agree: events stored" in capsys.readouterr().err


def test_nothing_in_a_report_is_more_than_text(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    one, other, _ = benches
    one.has("quarantined", "quarantined", serial=HOSTILE, label=HOSTILE)
    other.says("staged", data={"licences": [HOSTILE], "run": {"id": "r"}},
               dev={"uid": "u", "phase": "staged"})  # fmt: skip
    project(admin)
    page, sheet = tmp_path / "report.md", tmp_path / "report.csv"
    assert reporting.report(room.dsn, reporting.Form.MARKDOWN, page) == 0
    assert reporting.report(room.dsn, reporting.Form.CSV, sheet) == 0
    text = page.read_text("utf-8")
    assert "<script>" not in text.replace("\\<", "")
    assert "[x](" not in text.replace("\\[", "").replace("\\]", "")
    with sheet.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any(cell.startswith("'=cmd") for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["report.csv", "report.md"]


def test_a_report_that_cannot_be_written_says_so(room: CentreRoom, tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        reporting.report(room.dsn, reporting.Form.MARKDOWN, tmp_path / "no" / "report.md")
    assert caught.value.problem.code is ProblemCode.CENTRE_REPORT_UNWRITTEN


def test_one_handsets_history_shows_both_clocks_and_the_chain_around_each(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    one, other, _ = benches
    one.says("session_opened")
    one.has()
    one.has("in-stock", "taken_out", imei="004400007654321")
    one.says("session_closed")
    other.has("staged", "staged", to="dispatch")
    project(admin)
    assert reporting.history(room.dsn, IMEI, as_json=True) == 0
    events = told(capsys)["events"]
    assert [(each["bench"], each["seq"], each["chained"]) for each in events] == [
        ("bench-01", 2, True), ("bench-01", 3, True), ("bench-02", 1, True),
    ]  # fmt: skip
    assert events[0]["at"] == AT
    assert events[0]["received_at"] > AT
    assert reporting.history(room.dsn, IMEI, as_json=False) == 0
    assert "→" not in capsys.readouterr().out.splitlines()[1]
    assert reporting.history(room.dsn, "004400001234606", as_json=True) == 1


def test_an_event_that_was_changed_in_the_store_shows_in_the_history(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    one, *_ = benches
    for _ in range(3):
        one.has()
    admin.execute("SET session_replication_role = replica")
    admin.execute("UPDATE custody.event SET body = replace(body, 'S1', 'S9') WHERE seq = 2")
    assert [each.chained for each in history(admin, Imei.parse(IMEI))] == [True, False, True]
    admin.execute("DELETE FROM custody.event WHERE seq = 2")
    admin.execute("SET session_replication_role = origin")
    assert [each.chained for each in history(admin, Imei.parse(IMEI))] == [False, False]
    assert reporting.history(room.dsn, IMEI, as_json=False) == 1
    assert "THE EVENT BEFORE IT IS MISSING" in capsys.readouterr().out


def test_an_auditor_reads_what_its_organisation_recorded(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, _, third = benches
    one.has(label="AST-000001")
    third.has(serial="S2")
    project(admin)
    seen: dict[str, list[Any]] = {}
    for name in ("auditor", "other-auditor"):
        with room.as_bench(name) as reader:
            seen[name] = [each.bench for each in history(reader, Imei.parse(IMEI))]
            sides = reader.execute("SELECT DISTINCT uid FROM custody.conflict_side").fetchall()
            seen[name] += [uid for (uid,) in sides]
            assert reader.execute("SELECT count(*) FROM custody.conflict").fetchone() == (2,)
            for words in FORBIDDEN:
                with pytest.raises((psycopg.errors.InsufficientPrivilege,
                                    psycopg.errors.ReadOnlySqlTransaction)):  # fmt: skip
                    reader.execute(words)
    assert seen == {
        "auditor": ["bench-01", "uid-bench-01"], "other-auditor": ["bench-03", "uid-bench-03"],
    }  # fmt: skip


def test_an_auditors_books_agree_where_another_organisation_has_the_handset(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, _, third = benches
    one.has()
    one.has("dispatched", "dispatched")
    third.has()
    project(admin)
    for name, books in (("auditor", 2), ("other-auditor", 2), (None, 4)):
        signed_in = room.as_bench(name) if name else room.admin()
        with signed_in as reader, report(reader, (BOOKS,)) as sections:
            kept = Books(sections)
            read = [row for _, rows in kept for row in rows]
        assert (len(read), kept.disagree) == (books, [])


def test_an_opened_epoch_is_told_of_until_its_first_event_came(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one = benches[0]
    one.has()
    centre_benches.open_epoch(admin, "bench-01", 2)
    assert texts(admin) == [("bench-01", "1 open alarms (epoch_opened)")]
    one.begins_epoch(2)
    one.says("epoch_opened")
    project(admin)
    assert texts(admin) == []
    assert room.benches


def test_an_alarm_that_was_acknowledged_is_told_of_only_when_it_comes_again(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any],
    room: CentreRoom, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert benches
    breaks(room)
    assert texts(admin) == [("bench-01", "1 open alarms (broken_chain)")]
    assert acknowledge(room.dsn, "bench-01") == 0
    assert "1 alarms of bench-01" in capsys.readouterr().out
    assert texts(admin) == []
    breaks(room)
    assert texts(admin) == [("bench-01", "1 open alarms (broken_chain)")]
    with pytest.raises(ProblemError):
        acknowledge(room.dsn, "nobody")


def breaks(room: CentreRoom) -> None:
    with room.as_bench("bench-01") as session:
        words = "SELECT status FROM custody.exchange(1, 1, %s, %s, NULL)"
        status = session.execute(words, (['{"other":1}'], [bytes(64)])).fetchone()
        assert status == ("broken_chain",)


def texts(admin: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    return [(each.bench, each.text) for each in remarks(benches_standing(admin), Bounds())]


def test_a_bench_that_calls_with_nothing_new_is_heard(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    benches[0].has()
    project(admin)
    admin.execute("UPDATE custody.head SET updated_at = now() - interval '8 days'")
    admin.execute("UPDATE custody.heard SET at = now() - interval '8 days'")
    assert texts(admin) == [("bench-01", "no word for 8.0 days")]
    with room.as_bench("bench-01") as session:
        session.execute("SELECT custody.exchange(1, 2, '{}', '{}', '{}')")
        assert texts(admin) == []
        last = admin.execute("SELECT xmin, at FROM custody.heard").fetchall()
        session.execute("SELECT custody.exchange(1, 2, '{}', '{}', '{}')")
        assert admin.execute("SELECT xmin, at FROM custody.heard").fetchall() == last


def test_a_projector_that_is_dead_is_told_of(
    benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    benches[0].has()
    assert texts(admin) == []
    said = remarks(benches_standing(admin), Bounds(behind_minutes=1e-9))
    assert [(each.level, each.bench) for each in said] == [(Level.LOOK, "")]
    project(admin)
    assert remarks(benches_standing(admin), Bounds(behind_minutes=1e-9)) == []


def test_sims_are_told_with_their_handset(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench], admin: psycopg.Connection[Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    one, other, _ = benches
    card, esim = "89440000000000000001", "89440000000000000002"
    one.has(data={"sim": {"iccid": card, "msisdn": "+990001", "supplier": "made up"}})
    one.has(data={"sims": [{"iccid": esim, "eid": "e" * 32}, {"iccid": esim, "msisdn": "+990002"}]})
    one.says("scanned", data={"sims": [{"iccid": card, "msisdn": "+990003"}, {"iccid": "12"}, 7]})
    other.says("scanned", data={"sim": {"iccid": card}})
    project(admin)
    rows = admin.execute(
        "SELECT b.bench_id, iccid, eid, msisdn, supplier, uid, s.seq FROM custody.sim s"
        " JOIN custody.bench b USING (bench_no) ORDER BY 1, 2"
    ).fetchall()
    assert rows == [
        ("bench-01", card, None, "+990003", "made up", "uid-bench-01", 3),
        ("bench-01", esim, "e" * 32, "+990002", None, "uid-bench-01", 2),
        ("bench-02", card, None, None, None, None, 1),
    ]
    assert reporting.history(room.dsn, IMEI, as_json=True) == 0
    said = [(each["iccid"], each["msisdn"]) for each in told(capsys)["sims"]]
    assert sorted(said) == [(card, "+990003"), (esim, "+990002")]
    assert reporting.history(room.dsn, IMEI, as_json=False) == 0
    assert f"SIM {card}, MSISDN +990003, of made up: bench-01" in capsys.readouterr().out
    assert reporting.report(room.dsn, reporting.Form.JSON, None) == 0
    assert [(each["iccid"], each["imei"]) for each in told(capsys)["sims"]] == [
        (card, IMEI), (card, None), (esim, IMEI),
    ]  # fmt: skip


def test_a_bench_may_do_none_of_this(room: CentreRoom, admin: psycopg.Connection[Any]) -> None:
    names = admin.execute(
        "SELECT proname FROM pg_proc p WHERE p.pronamespace = 'custody'::regnamespace"
        " AND has_function_privilege('bench-01', p.oid, 'EXECUTE')"
    ).fetchall()
    assert names == [("exchange",)]
    with room.as_bench("bench-01") as session:
        for table in ("device", "holding", "known_elsewhere", "projected", "behind", "programme"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(f"SELECT * FROM custody.{table}")
