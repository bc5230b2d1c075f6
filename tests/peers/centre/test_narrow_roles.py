"""What a bench's role, a door's and an auditor's try beyond what is theirs: all of it refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from bench.inventory.central import benches
from bench.inventory.central.certificates import Authority, utc_now
from tests.peers.centre.centre_room import CentreRoom, centre_room, made_up

SAY = "SELECT status FROM custody.exchange(1, 1, %b::text[], %b::bytea[], '{}')"
TABLES = ("form", "store", "bench", "certificate", "token", "head", "alarm", "event", "event_00",
          "event_31", "part", "release", "reader")  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    folder: Path = tmp_path_factory.mktemp("centre")
    with centre_room(folder) as made:
        made.add_bench("force-a-1", "force-a")
        made.add_bench("force-a-2", "force-a")
        made.add_bench("force-b-1", "force-b")
        made.add_bench("mallory")
        made.add_reader("auditor-a", "force-a")
        made.add_reader("auditor-none", "force-of-nobody")
        made.add_door()
        made.add_service()
        for number, name in enumerate(("force-a-1", "force-a-2", "force-b-1")):
            with made.as_bench(name) as session:
                assert brought(session, name, number + 2) == "ok"
        yield made


@pytest.fixture
def mallory(room: CentreRoom) -> Iterator[psycopg.Connection[Any]]:
    with _signed_in(room) as session:
        yield session


def _signed_in(room: CentreRoom) -> psycopg.Connection[Any]:
    """Sign in; the server may not have seen yet that the session of the test before is over."""
    for _ in range(100):
        with suppress(psycopg.OperationalError):
            return room.as_bench("mallory")
        time.sleep(0.05)
    return room.as_bench("mallory")


def brought(session: psycopg.Connection[Any], name: str, count: int) -> str:
    events = made_up(name, count, imei="004400000000017")
    given = ([event.body.decode() for event in events], [event.signature for event in events])
    row = session.execute(SAY, given).fetchone()
    assert row is not None
    return str(row[0])


# ── a bench ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM custody.{} LIMIT 1", "SELECT count(*) FROM custody.{}",
        "INSERT INTO custody.{} DEFAULT VALUES", "DELETE FROM custody.{}",
        "TRUNCATE custody.{}", "SELECT 1; LOCK TABLE custody.{} IN ACCESS SHARE MODE",
        "COPY custody.{} TO STDOUT", "COPY custody.{} FROM STDIN", "DROP TABLE custody.{}",
        "ALTER TABLE custody.{} DISABLE TRIGGER ALL", "ALTER TABLE custody.{} OWNER TO mallory",
        "CREATE INDEX ON custody.{} ((1))",
    ],
)  # fmt: skip
def test_no_table_is_a_benchs(mallory: psycopg.Connection[Any], table: str, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        mallory.execute(statement.format(table).encode())


def test_no_column_of_any_relation_of_the_store_is_a_benchs(room: CentreRoom) -> None:
    with room.admin() as admin:
        found = admin.execute(
            "SELECT c.oid::regclass::text, a.attname FROM pg_class c JOIN pg_attribute a"
            " ON a.attrelid = c.oid WHERE relnamespace = 'custody'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0 AND NOT attisdropped AND ("
            " has_column_privilege('mallory', c.oid, attnum, 'SELECT, INSERT, UPDATE, REFERENCES')"
            " OR has_table_privilege('mallory', c.oid, 'DELETE, TRUNCATE, TRIGGER'))"
        ).fetchall()
        sequences = admin.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE"
            " relnamespace = 'custody'::regnamespace AND CASE relkind WHEN 'S' THEN"
            " has_sequence_privilege('mallory', c.oid, 'SELECT, USAGE, UPDATE') END"
        ).fetchall()
    assert found == sequences == []


@pytest.mark.parametrize(
    ("name", "only"),
    [
        ("mallory", {"exchange"}),
        ("door", {"exchange_for"}),
        ("auditor-a", {"readable_benches"}),
    ],
)
def test_of_what_takes_in_and_answers_each_may_execute_its_own(
    room: CentreRoom, name: str, only: set[str]
) -> None:
    """Functions of later rooms may be granted to the door or readers, to a bench none."""
    narrow = (
        "exchange", "exchange_for", "take_in", "append_new", "append_carefully", "raise_alarm",
        "answers", "answers_if_any", "sightings", "certificate_serves", "readable_benches",
    )  # fmt: skip
    with room.admin() as admin:
        found = admin.execute(
            "SELECT proname, has_function_privilege(%s, oid, 'EXECUTE') FROM pg_proc"
            " WHERE pronamespace = 'custody'::regnamespace", (name,),
        ).fetchall()  # fmt: skip
    assert set(narrow) <= {proname for proname, _ in found}
    may = {proname for proname, allowed in found if allowed}
    assert (may if name == "mallory" else may & set(narrow)) == only


def test_every_function_with_its_owners_rights_fixes_where_it_looks(room: CentreRoom) -> None:
    with room.admin() as admin:
        found = admin.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'custody'::regnamespace"
            " AND prosecdef AND NOT EXISTS (SELECT FROM unnest(proconfig) AS each"
            " WHERE each LIKE 'search_path=%pg_temp')"
        ).fetchall()
    assert found == []


@pytest.mark.parametrize(
    "statement",
    [
        # inside the store
        "SELECT custody.take_in(1, 1, 1, '{}', '{}')",
        "SELECT custody.append_carefully(NULL, 0, '', '{}', '{}', now())",
        "SELECT custody.exchange_for('force-a-1', 1, '', 1, 1, '{}', '{}', '{}')",
        "SELECT custody.answers(1, '{\"hello\": true}')",
        "SELECT custody.raise_alarm(1, 1, 1, 'fork', '{}')",
        "CREATE TABLE custody.mine (a int)", "CREATE TABLE public.mine (a int)",
        "CREATE FUNCTION custody.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION custody.exchange OWNER TO mallory",
        # inside the database
        "CREATE SCHEMA mine", "CREATE TEMP TABLE mine (a int)", "CREATE PUBLICATION p",
        "CREATE FOREIGN DATA WRAPPER w", "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
        "DO $$ BEGIN LOOP NULL; END LOOP; END $$",
        "SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'x')", "SELECT lo_creat(-1)",
        "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/x')",
        "SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_lock_shared(1, 1)",
        "SELECT pg_logical_emit_message(false, 'a', 'b')", "SELECT pg_export_snapshot()",
        # outside of it
        "COPY (SELECT 1) TO PROGRAM 'id'", "COPY (SELECT 1) TO '/tmp/mine'",
        "SELECT pg_read_file('postgresql.conf')", "SELECT pg_read_binary_file('server.key')",
        "SELECT pg_ls_dir('.')", "SELECT pg_stat_file('server.key')", "SELECT pg_ls_logdir()",
        "CREATE DATABASE mine", "DROP DATABASE custody", "ALTER DATABASE custody OWNER TO mallory",
        "ALTER DATABASE custody SET statement_timeout = 1", "CREATE TABLESPACE t LOCATION '/tmp'",
        "ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()", "CHECKPOINT",
        "SELECT pg_switch_wal()", "SELECT pg_create_restore_point('x')",
        "SELECT pg_create_physical_replication_slot('x')", "SELECT rolpassword FROM pg_authid",
        "SELECT * FROM pg_hba_file_rules", "SELECT * FROM pg_file_settings",
        "SELECT * FROM pg_largeobject",
        # other roles
        "SET ROLE postgres", "SET ROLE staging_owner", "SET ROLE staging_door",
        'SET ROLE "force-a-1"', 'SET SESSION AUTHORIZATION "force-a-1"',
        "SET SESSION AUTHORIZATION postgres", "CREATE ROLE mine", 'DROP ROLE "force-a-1"',
        "GRANT staging_owner TO mallory", "GRANT staging_door TO mallory",
        "GRANT pg_read_server_files TO mallory", 'GRANT mallory TO "force-a-1"',
        "ALTER ROLE mallory SUPERUSER", "ALTER ROLE mallory CREATEROLE", "ALTER ROLE mallory LOGIN",
        "ALTER ROLE mallory CONNECTION LIMIT -1", "ALTER ROLE mallory VALID UNTIL 'infinity'",
        "ALTER ROLE mallory BYPASSRLS",
        "ALTER ROLE \"force-a-1\" PASSWORD 'x'", "ALTER ROLE ALL SET statement_timeout = 1",
        "SET session_replication_role = replica", "SET session_preload_libraries = 'x'",
        "LOAD '/tmp/x.so'", "SET log_statement = 'none'",
        "REASSIGN OWNED BY staging_owner TO mallory",
    ],
)  # fmt: skip
def test_everything_else_is_refused(mallory: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.InvalidGrantOperation)):
        mallory.execute(statement.encode())


def test_what_others_ask_of_the_database_is_not_seen(
    room: CentreRoom, mallory: psycopg.Connection[Any]
) -> None:
    with room.as_bench("force-a-1") as other:
        other.execute("SELECT 'what force a asks'")
        rows = mallory.execute(
            "SELECT query, client_addr, state FROM pg_stat_activity WHERE usename = 'force-a-1'"
        ).fetchall()
        serials = mallory.execute(
            "SELECT client_serial FROM pg_stat_ssl WHERE pid <> pg_backend_pid()"
        ).fetchall()
        pid = other.info.backend_pid
        with pytest.raises(errors.InsufficientPrivilege):
            mallory.execute("SELECT pg_terminate_backend(%s)", (pid,))
    assert rows == [("<insufficient privilege>", None, None)]
    assert serials == []


def test_no_extension_is_a_benchs_to_create(
    room: CentreRoom, mallory: psycopg.Connection[Any]
) -> None:
    with room.admin() as admin:
        names = admin.execute(
            "SELECT name FROM pg_available_extensions WHERE installed_version IS NULL"
        ).fetchall()
        may = admin.execute("SELECT has_database_privilege('mallory', 'custody', 'CREATE, TEMP')")
        assert may.fetchone() == (False,)
    for (name,) in names:
        with pytest.raises((errors.InsufficientPrivilege, errors.InvalidSchemaName)):
            mallory.execute(f'CREATE EXTENSION "{name}"'.encode())


def test_a_bench_may_notify_and_nobody_listens(mallory: psycopg.Connection[Any]) -> None:
    mallory.execute("LISTEN a")
    mallory.execute("NOTIFY a, 'b'")


def test_a_bench_signs_in_three_times_and_no_more(room: CentreRoom) -> None:
    sessions = [room.as_bench("mallory") for _ in range(3)]
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            room.as_bench("mallory")
    finally:
        for session in sessions:
            session.close()


def test_a_session_that_idles_in_a_transaction_or_waits_for_ever_is_ended(
    mallory: psycopg.Connection[Any],
) -> None:
    settings = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    found = [mallory.execute(f"SHOW {name}".encode()).fetchone() for name in settings]
    assert found == [("1min",), ("30s",), ("1min",)]


# ── who comes in ────────────────────────────────────────────────────────────────────────────────
def refused(room: CentreRoom, name: str, **words: Any) -> str:
    with pytest.raises(psycopg.OperationalError) as found:
        room.as_bench(name, **words)
    return str(found.value)


def test_the_certificate_of_another_bench_opens_nothing(room: CentreRoom) -> None:
    said = refused(room, "mallory", user="force-a-1")
    assert "certificate authentication failed" in said


def test_a_certificate_of_a_bench_is_no_administrators(room: CentreRoom) -> None:
    assert "no pg_hba.conf entry" in refused(room, "mallory", user="postgres")


@pytest.mark.parametrize(
    "words",
    [
        {"sslcert": "/nonexistent", "sslkey": "/nonexistent"},
        {"sslmode": "disable"},
        {"sslmode": "disable", "password": "mallory"},
    ],
)
def test_without_certificate_or_in_plain_text_nobody_comes_in(
    room: CentreRoom, words: dict[str, Any]
) -> None:
    refused(room, "mallory", **words)


def test_a_password_that_a_role_gave_itself_opens_nothing(
    room: CentreRoom, mallory: psycopg.Connection[Any]
) -> None:
    mallory.execute("ALTER ROLE mallory PASSWORD 'known-to-mallory'")
    words = {"sslcert": "/nonexistent", "sslkey": "/nonexistent", "password": "known-to-mallory"}
    refused(room, "mallory", **words)
    room.rotate("mallory")
    with room.admin() as admin:
        row = admin.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'mallory'")
        assert row.fetchone() == (None,)


def test_a_certificate_of_another_authority_opens_nothing(room: CentreRoom) -> None:
    other = Authority.begin("Centre", utc_now()).bench("mallory", utc_now())
    its = room.benches["mallory"]
    try:
        kept = room.kept("mallory", other)
        refused(room, "mallory", sslcert=str(kept.certificate), sslkey=str(kept.key))
    finally:
        room.kept("mallory", its.identity)


def test_a_certificate_that_ended_opens_nothing(room: CentreRoom) -> None:
    long_ago = utc_now() - timedelta(days=800)
    its = room.benches["mallory"]
    try:
        room.kept("mallory", room.authority.bench("mallory", long_ago))
        assert "expired" in refused(room, "mallory")
    finally:
        room.kept("mallory", its.identity)


def test_who_answers_by_another_name_is_told_nothing(room: CentreRoom) -> None:
    assert "does not match host name" in refused(room, "mallory", host="centre.invalid")


def test_a_certificate_that_the_store_does_not_know_brings_nothing(room: CentreRoom) -> None:
    its = room.benches["mallory"]
    try:
        room.kept("mallory", room.authority.bench("mallory", utc_now()))
        with room.as_bench("mallory") as session:
            assert brought(session, "mallory", 1) == "certificate_ended"
    finally:
        room.kept("mallory", its.identity)


def test_an_old_certificate_is_taken_until_the_overlap_ends(room: CentreRoom) -> None:
    room.add_bench("rotating")
    with room.as_bench("rotating") as old:
        room.rotate("rotating", timedelta(days=1))
        assert brought(old, "rotating", 1) == "ok"
        with room.as_bench("rotating") as new:
            assert brought(new, "rotating", 2) == "ok"
            room.rotate("rotating", timedelta())
            assert brought(new, "rotating", 3) == "certificate_ended"
        assert brought(old, "rotating", 3) == "certificate_ended"
    with room.as_bench("rotating") as newest:
        assert brought(newest, "rotating", 3) == "ok"


def test_a_retired_bench_brings_nothing_and_signs_in_no_more(room: CentreRoom) -> None:
    room.add_bench("leaving")
    session = room.as_bench("leaving")
    assert brought(session, "leaving", 2) == "ok"
    with room.admin() as admin:
        benches.retire(admin, "leaving")
        benches.retire(admin, "leaving")
        kept = admin.execute("SELECT count(*) FROM custody.event JOIN custody.bench"
                             " USING (bench_no) WHERE bench_id = 'leaving'").fetchone()  # fmt: skip
    with pytest.raises(psycopg.OperationalError):
        brought(session, "leaving", 3)
    session.close()
    assert "not permitted to log in" in refused(room, "leaving")
    assert kept == (2,)


# ── the door ────────────────────────────────────────────────────────────────────────────────────
FOR = ("SELECT status, stored FROM custody.exchange_for(%s, %s, %s, 1, 1, %b::text[], %b::bytea[],"
       " '{}')")  # fmt: skip


def for_bench(room: CentreRoom, serial: int | None, digest: bytes | None, name: str) -> Any:
    with room.as_bench("door") as door:
        return door.execute(FOR, (name, serial, digest, [], [])).fetchone()


def test_the_door_brings_for_whom_it_shows_certificate_or_token_of(room: CentreRoom) -> None:
    import hashlib  # noqa: PLC0415 - here alone

    with room.admin() as admin:
        token = benches.add_token(admin, "force-a-1", utc_now())
        ended = benches.add_token(admin, "force-a-1", utc_now(), days=-1)
    digest, of_ended = (hashlib.sha256(each.encode()).digest() for each in (token, ended))
    serial = room.benches["force-a-1"].identity.serial
    assert for_bench(room, serial, None, "force-a-1") == ("ok", 0)
    assert for_bench(room, None, digest, "force-a-1") == ("ok", 0)
    unknown = ("unknown_bench", None)
    assert for_bench(room, None, None, "force-a-1") == unknown
    assert for_bench(room, None, of_ended, "force-a-1") == unknown
    assert for_bench(room, serial, None, "force-b-1") == unknown
    assert for_bench(room, None, digest, "force-b-1") == unknown
    assert for_bench(room, serial, digest, "nobody") == unknown


def test_only_the_digest_of_a_token_is_kept(room: CentreRoom) -> None:
    with room.admin() as admin:
        token = benches.add_token(admin, "force-b-1", utc_now())
        rows = admin.execute("SELECT t::text FROM custody.token t").fetchall()
    assert not any(token in row[0] or token.encode().hex() in row[0] for row in rows)


def test_a_bench_cannot_come_through_the_doors_function(
    mallory: psycopg.Connection[Any],
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        mallory.execute(FOR, ("mallory", None, None, [], []))


def test_the_door_is_no_bench(room: CentreRoom) -> None:
    with room.as_bench("door") as door, pytest.raises(errors.InsufficientPrivilege):
        brought(door, "door", 1)


# ── auditors ────────────────────────────────────────────────────────────────────────────────────
def counted(room: CentreRoom, name: str, table: str) -> int:
    with room.as_bench(name) as session:
        row = session.execute(f"SELECT count(*) FROM custody.{table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_an_auditor_reads_its_organisations_benches_and_no_others(room: CentreRoom) -> None:
    with room.as_bench("auditor-a") as auditor:
        rows = auditor.execute(
            "SELECT bench_id, count(*) FROM custody.event JOIN custody.bench USING (bench_no)"
            " GROUP BY 1 ORDER BY 1"
        ).fetchall()
        heads = auditor.execute("SELECT count(*) FROM custody.head").fetchone()
    assert rows == [("force-a-1", 2), ("force-a-2", 3)]
    assert heads == (2,)


def test_an_auditor_of_force_a_finds_nothing_of_force_b_by_any_name(room: CentreRoom) -> None:
    with room.admin() as admin:
        (number,) = admin.execute(
            "SELECT bench_no FROM custody.bench WHERE bench_id = 'force-b-1'"
        ).fetchone() or (0,)
        part = admin.execute("SELECT tableoid::regclass::text FROM custody.event"
                             " WHERE bench_no = %s LIMIT 1", (number,)).fetchone()  # fmt: skip
    assert part is not None
    with room.as_bench("auditor-a") as auditor:
        for query in (
            f"SELECT 1 FROM custody.event WHERE bench_no = {number}",
            "SELECT 1 FROM custody.event WHERE body LIKE '%force-b%'",
            "SELECT 1 FROM custody.bench WHERE organisation = 'force-b'",
            f"SELECT 1 FROM custody.head WHERE bench_no = {number}",
        ):
            assert auditor.execute(query.encode()).fetchall() == []
        auditor.execute("SET row_security = off")
        with pytest.raises(errors.InsufficientPrivilege):
            auditor.execute("SELECT 1 FROM custody.event")
        with pytest.raises(errors.InsufficientPrivilege):
            auditor.execute(f"SELECT 1 FROM {part[0]}".encode())


def test_an_auditor_without_benches_reads_nothing(room: CentreRoom) -> None:
    for table in ("event", "bench", "head", "alarm"):
        assert counted(room, "auditor-none", table) == 0


def test_an_auditor_may_be_given_a_second_organisation(room: CentreRoom) -> None:
    room.add_reader("auditor-both", "force-a")
    assert counted(room, "auditor-both", "event") == 5
    room.add_reader("auditor-both", "force-b")
    assert counted(room, "auditor-both", "event") == 9


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO custody.event DEFAULT VALUES", "UPDATE custody.bench SET state = 'active'",
        "DELETE FROM custody.alarm", "TRUNCATE custody.event", "SELECT 1 FROM custody.certificate",
        "SELECT 1 FROM custody.token", "SELECT 1 FROM custody.reader", "SET ROLE staging_service",
        "INSERT INTO custody.reader VALUES ('auditor-a', 'force-b')",
        "SELECT custody.exchange(1, 1, '{}', '{}', '{}')", "CREATE TEMP TABLE mine (a int)",
    ],
)  # fmt: skip
def test_an_auditor_writes_nothing(room: CentreRoom, statement: str) -> None:
    with room.as_bench("auditor-a") as auditor:
        auditor.execute("SET default_transaction_read_only = off")
        with pytest.raises(errors.InsufficientPrivilege):
            auditor.execute(statement.encode())


# ── the record, against its own administrator's accidents ───────────────────────────────────────
@pytest.mark.parametrize("table", ["event", "the partition", "alarm"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET seq = seq + 1", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"],
)
def test_not_even_a_superuser_changes_what_was_stored(
    room: CentreRoom, table: str, statement: str
) -> None:
    with room.admin() as admin:
        row = admin.execute("SELECT tableoid::regclass::text FROM custody.event LIMIT 1").fetchone()
        assert row is not None
        where = row[0] if table == "the partition" else f"custody.{table}"
        admin.execute("SELECT custody.raise_alarm((SELECT min(bench_no) FROM custody.bench), 1, 1,"
                      " 'made-up', '{}')")  # fmt: skip
        # what others refer to is not emptied by itself in any case
        with pytest.raises(
            (errors.RaiseException, errors.FeatureNotSupported), match=r"append-only|referenced in"
        ):
            admin.execute(statement.format(where).encode())


def test_an_alarm_may_be_counted_and_its_words_stay(room: CentreRoom) -> None:
    with room.admin() as admin:
        admin.execute("SELECT custody.raise_alarm((SELECT min(bench_no) FROM custody.bench), 1, 7,"
                      " 'made-up', '{\"first\": 1}') FROM generate_series(1, 5)")  # fmt: skip
        where = "FROM custody.alarm WHERE kind = 'made-up' AND seq = 7"
        assert admin.execute(f"SELECT times, detail {where}".encode()).fetchall() == [
            (5, {"first": 1})
        ]
        for change in ("detail = '{}'", "kind = 'x'", "times = 1", "raised_at = now()"):
            with pytest.raises(errors.RaiseException, match="append-only"):
                admin.execute(f"UPDATE custody.alarm SET {change} WHERE seq = 7".encode())


# ── names ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["B.1_x-Y", "select", "7", "User", "x" * 63])
def test_a_name_that_is_odd_and_allowed_is_taken_as_it_is(room: CentreRoom, name: str) -> None:
    room.add_bench(name)
    with room.as_bench(name) as session:
        assert brought(session, name, 1) == "ok"


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "-a", ".a", "a b", 'a"b', "a'; DROP SCHEMA custody CASCADE; --", "a\0b", "ü",
        "\u0430", "x" * 64, "a\n", "a/b", "../a", "$user", "a%s", "{}",
        "postgres", "staging_bench", "staging_owner", "pg_monitor", "PG_x", "public", "none",
        "door", "auditor-a", "force-a-1",
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_a_benchs_changes_nothing(room: CentreRoom, name: str) -> None:
    from bench.problems import ProblemCode, ProblemError  # noqa: PLC0415 - here alone

    def everything() -> list[Any]:
        with room.admin() as admin:
            return admin.execute(
                "SELECT rolname::text, rolconnlimit::text FROM pg_roles"
                " UNION SELECT bench_id, state FROM custody.bench ORDER BY 1, 2"
            ).fetchall()

    before = everything()
    with pytest.raises(ProblemError) as found:
        room.add_bench(name)
    assert found.value.problem.code is ProblemCode.CENTRE_NAME
    assert everything() == before


# ── a supervisor's answer ───────────────────────────────────────────────────────────────────────
def test_a_frozen_bench_goes_on_in_the_epoch_that_was_opened(room: CentreRoom) -> None:
    room.add_bench("restored")
    with room.as_bench("restored") as session, room.admin() as admin:
        brought(session, "restored", 3)
        fork = made_up("restored", 2, imei="004400000000033")
        given = ([event.body.decode() for event in fork], [event.signature for event in fork])
        assert session.execute(SAY, given).fetchone() == ("fork",)
        benches.open_epoch(admin, "restored", 2)
        assert brought(session, "restored", 4) == "frozen"
        second = made_up("restored", 1, epoch=2)
        say = SAY.replace("exchange(1,", "exchange(2,")
        given = ([second[0].body.decode()], [second[0].signature])
        assert session.execute(say, given).fetchone() == ("ok",)
        rows = admin.execute(
            "SELECT e.epoch, count(*) FROM custody.event e JOIN custody.bench b USING (bench_no)"
            " WHERE bench_id = 'restored' GROUP BY 1 ORDER BY 1"
        ).fetchall()
        alarms = admin.execute(
            "SELECT a.epoch, a.seq, kind, detail FROM custody.alarm a JOIN custody.bench b"
            " USING (bench_no) WHERE bench_id = 'restored' ORDER BY alarm_no"
        ).fetchall()
    assert rows == [(1, 3), (2, 1)]
    assert [each[2] for each in alarms] == ["fork", "epoch_opened"]
    assert alarms[1] == (2, 3, "epoch_opened", {"before": 1, "state": "frozen"})


@pytest.mark.parametrize("epoch", [0, 1])
def test_an_epoch_is_opened_after_the_present_one(room: CentreRoom, epoch: int) -> None:
    from bench.problems import ProblemError  # noqa: PLC0415 - here alone

    with room.admin() as admin, pytest.raises(ProblemError, match="the next comes after"):
        benches.open_epoch(admin, "force-b-1", epoch)
