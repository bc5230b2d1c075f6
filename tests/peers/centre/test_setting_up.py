"""A database becomes a store, and a store the newest; several programs at once, and unfit ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from bench.command_line.central.standing import status
from bench.inventory.central import benches, form
from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.central.connecting import administrator
from bench.inventory.central.setting_up import StoreName, init
from bench.inventory.reports.verdict import Bounds
from bench.inventory.training_centre.postgres import OwnPostgres
from bench.problems import ProblemCode, ProblemError

NAMED = StoreName("made-up centre", address="centre.localhost", beside=True)
FIRST = form.forms()[0]


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    authority = Authority.begin("Centre", utc_now())
    identity = authority.server(["localhost"], utc_now())
    with OwnPostgres(authority.identity.certificate, identity) as running:
        yield running


@pytest.fixture
def dsn(server: OwnPostgres) -> str:
    with psycopg.connect(server.admin) as admin:
        row = admin.execute("SELECT count(*) FROM pg_database").fetchone()
    return made(server, f"store{row[0] if row else 0}")


def made(server: OwnPostgres, name: str, more: str = "") -> str:
    with psycopg.connect(server.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + sql.SQL(more))
    return server.admin.replace("dbname=postgres", f"dbname={name}")


def extra(number: int, text: str) -> form.Form:
    return form.Form(number, f"{number:04d}-made-up.sql", bytes([number]) * 32, text)


def refused(dsn: str, named: StoreName = NAMED, known: Any = None) -> ProblemError:
    with administrator(dsn) as admin, pytest.raises(ProblemError) as found:
        init(admin, named, known)
    return found.value


def asked(dsn: str, query: str) -> list[tuple[Any, ...]]:
    with closing(psycopg.connect(dsn, autocommit=True)) as admin:
        return admin.execute(query.encode()).fetchall()


def test_a_database_becomes_a_store_of_the_newest_form(dsn: str) -> None:
    with administrator(dsn) as admin:
        assert [each.number for each in init(admin, NAMED)] == [f.number for f in form.forms()]
    assert asked(dsn, "SELECT name, simulated, address FROM custody.store") == [
        ("made-up centre", False, "centre.localhost")
    ]


def test_everything_in_a_store_is_its_owners_who_cannot_sign_in(dsn: str) -> None:
    with administrator(dsn) as admin:
        init(admin, NAMED)
    for query in (
        "SELECT relowner::regrole::text FROM pg_class WHERE relnamespace = 'custody'::regnamespace",
        "SELECT proowner::regrole::text FROM pg_proc WHERE pronamespace = 'custody'::regnamespace",
        "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'custody'",
    ):
        assert set(asked(dsn, query)) == {("staging_owner",)}
    assert asked(dsn, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'staging%'"
                      " AND (rolcanlogin OR rolsuper OR rolcreaterole)") == []  # fmt: skip


def test_nobody_is_left_what_everybody_has_by_default(dsn: str) -> None:
    with administrator(dsn) as admin:
        init(admin, NAMED)
    assert asked(dsn, "SELECT"
                      " has_database_privilege('public', current_database(), 'CONNECT, TEMP'),"
                      " has_schema_privilege('public', 'public', 'USAGE, CREATE'),"
                      " has_language_privilege('public', 'plpgsql', 'USAGE')") == [
        (False, False, False)
    ]  # fmt: skip


def test_a_function_that_comes_later_is_nobodys_to_execute(dsn: str) -> None:
    later = extra(2, "CREATE FUNCTION custody.later() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with administrator(dsn) as admin:
        init(admin, NAMED, (FIRST, later))
    assert asked(dsn, "SELECT has_function_privilege('public', 'custody.later()', 'EXECUTE')") == [
        (False,)
    ]


def test_init_again_changes_nothing_but_the_name(dsn: str) -> None:
    with administrator(dsn) as admin:
        init(admin, NAMED)
        before = asked(dsn, "SELECT * FROM custody.form")
        assert list(init(admin, StoreName("renamed", address="other.localhost"))) == []
    assert asked(dsn, "SELECT * FROM custody.form") == before
    assert asked(dsn, "SELECT name, address FROM custody.store") == [("renamed", "other.localhost")]


def test_a_second_store_on_one_server_is_refused_unless_somebody_knows(
    server: OwnPostgres, dsn: str
) -> None:
    with administrator(dsn) as admin:
        init(admin, NAMED, (FIRST,))
        init(admin, replace(NAMED, beside=False), (FIRST,))
    other = made(server, "second")
    found = refused(other, replace(NAMED, beside=False))
    assert "of this server is a store" in found.problem.detail
    assert asked(other, "SELECT to_regnamespace('custody')") == [(None,)]
    with administrator(other) as admin:
        init(admin, NAMED, (FIRST,))


def test_no_moment_of_setting_up_leaves_a_store_that_asks_for_no_certificate(dsn: str) -> None:
    with administrator(dsn) as admin:
        with pytest.raises(errors.DivisionByZero):
            init(admin, NAMED, (FIRST, extra(2, "SELECT 1 / 0")))
        assert admin.execute("SELECT name, asks_certificate FROM custody.store").fetchall() == [
            ("made-up centre", True)
        ]
        admin.execute("DELETE FROM custody.store")
        admin.execute(
            "INSERT INTO custody.bench (bench_id, role_name, organisation)"
            " VALUES ('b', session_user, 'o')"
        )
        words = "SELECT status FROM custody.exchange(1, 1, '{}', '{}', '{}')"
        assert admin.execute(words).fetchone() == ("certificate_ended",)


def test_of_a_store_that_is_only_half_there_status_says_so(
    dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with administrator(dsn) as admin:
        init(admin, NAMED)
        admin.execute("DELETE FROM custody.store")
    assert status(dsn, Bounds(), as_json=False) == 2
    assert "it is not set up: central init" in capsys.readouterr().out


def test_a_store_with_events_is_brought_to_the_next_form(dsn: str) -> None:
    later = extra(2, "CREATE TABLE custody.later (a int)")
    with administrator(dsn) as admin:
        init(admin, NAMED, (FIRST,))
        new = benches.NewBench("bench-of-before", "made-up")
        benches.add_bench(admin, Authority.begin("Centre", utc_now()), new, utc_now())
        assert list(init(admin, NAMED, (FIRST, later))) == [later]
    assert asked(dsn, "SELECT bench_id FROM custody.bench") == [("bench-of-before",)]
    assert asked(dsn, "SELECT number, sha256 FROM custody.form ORDER BY 1")[1] == (2, later.digest)


def test_a_form_that_fails_leaves_the_one_before_whole(dsn: str) -> None:
    broken = extra(2, "CREATE TABLE custody.half (a int); SELECT 1 / 0")
    with administrator(dsn) as admin, pytest.raises(errors.DivisionByZero):
        init(admin, NAMED, (FIRST, broken))
    assert asked(dsn, "SELECT number FROM custody.form") == [(1,)]
    assert asked(dsn, "SELECT to_regclass('custody.half')") == [(None,)]
    with administrator(dsn) as admin:
        init(admin, NAMED, (FIRST, extra(2, "CREATE TABLE custody.half (a int)")))


def test_a_database_that_refuses_is_said_in_words(dsn: str) -> None:
    with (
        pytest.raises(ProblemError, match="division by zero") as found,
        administrator(dsn) as admin,
    ):
        init(admin, NAMED, (FIRST, extra(2, "SELECT 1 / 0")))
    assert found.value.problem.code is ProblemCode.CENTRE_UNUSABLE


def test_a_store_of_a_newer_form_is_left_untouched(dsn: str) -> None:
    newer = extra(2, "CREATE TABLE custody.later (a int)")
    with administrator(dsn) as admin:
        init(admin, NAMED, (FIRST, newer))
    before = asked(dsn, "SELECT * FROM custody.store")
    error = refused(dsn, StoreName("renamed"), (FIRST,))
    assert error.problem.code is ProblemCode.STORE_NEWER
    assert asked(dsn, "SELECT * FROM custody.store") == before


def test_a_text_that_was_changed_after_it_was_applied_is_refused(dsn: str) -> None:
    with administrator(dsn) as admin:
        init(admin, NAMED, (FIRST,))
    changed = form.Form(1, FIRST.name, b"c" * 32, FIRST.text)
    error = refused(dsn, known=(changed, extra(2, "CREATE TABLE custody.later (a int)")))
    assert "by another text than central.sql" in str(error)
    assert asked(dsn, "SELECT to_regclass('custody.later')") == [(None,)]


@pytest.mark.parametrize("simulated", [True, False])
def test_a_store_of_training_never_becomes_a_real_one(dsn: str, simulated: bool) -> None:
    with administrator(dsn) as admin:
        init(admin, StoreName("made-up", simulated=simulated, beside=True), (FIRST,))
    error = refused(dsn, StoreName("made-up", simulated=not simulated), (FIRST,))
    assert error.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert asked(dsn, "SELECT simulated FROM custody.store") == [(simulated,)]


def test_several_at_once_set_one_store_up(dsn: str) -> None:
    applied: list[int] = []

    def one() -> None:
        with administrator(dsn) as admin:
            applied.append(len(init(admin, NAMED, (FIRST,))))

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == [0, 0, 0, 0, 1]
    assert asked(dsn, "SELECT count(*) FROM custody.store") == [(1,)]


def test_a_database_of_another_encoding_is_refused(server: OwnPostgres) -> None:
    other = made(server, "of_latin", " TEMPLATE template0 ENCODING 'LATIN1'")
    assert "encoded in LATIN1" in str(refused(other))


def test_who_is_no_superuser_is_refused_before_anything(server: OwnPostgres, dsn: str) -> None:
    with psycopg.connect(server.admin, autocommit=True) as admin:
        admin.execute("CREATE ROLE humble LOGIN CREATEROLE CREATEDB")
    error = refused(dsn.replace("user=postgres", "user=humble"))
    assert "only a superuser" in str(error)
    assert asked(dsn, "SELECT to_regclass('custody.form')") == [(None,)]


def test_a_server_that_is_too_old_is_refused() -> None:
    class Info:
        server_version = 14_0012

    class Old:
        info = Info()

    from bench.inventory.central.setting_up import refuse_unfit  # noqa: PLC0415 - here alone

    with pytest.raises(ProblemError, match="PostgreSQL 14; it needs 15"):
        refuse_unfit(Old())  # type: ignore[arg-type]


# ── words that hold a secret ────────────────────────────────────────────────────────────────────
CANARY = "canary-4711"


@pytest.mark.parametrize(
    ("dsn", "code"),
    [
        (f"host=127.0.0.1 port=1 user=x password={CANARY}", ProblemCode.STORE_AWAY),
        (f"postgresql://x:{CANARY}@127.0.0.1:1/custody", ProblemCode.STORE_AWAY),
        (f"host=127.0.0.1 password {CANARY}", ProblemCode.CENTRE_UNUSABLE),
        (f"host=127.0.0.1 password='{CANARY}", ProblemCode.CENTRE_UNUSABLE),
        (f"{CANARY}", ProblemCode.CENTRE_UNUSABLE),
        (f"postgresql://x:{CANARY}@[127.0.0.1/custody", ProblemCode.CENTRE_UNUSABLE),
        (f"postgresql://x:{CANARY}%zz@127.0.0.1/custody", ProblemCode.CENTRE_UNUSABLE),
        (f"postgresql://x:y@127.0.0.1:{CANARY}/custody", ProblemCode.CENTRE_UNUSABLE),
        (f"postgresql://x:{CANARY}/y@127.0.0.1/custody", ProblemCode.CENTRE_UNUSABLE),
        (f"postgresql://x:y@{CANARY}@127.0.0.1/custody", ProblemCode.CENTRE_UNUSABLE),
        (f"postgresql://x:7/{CANARY}@127.0.0.1/custody", ProblemCode.CENTRE_UNUSABLE),
        (f"host=127.0.0.1 {CANARY}=1", ProblemCode.CENTRE_UNUSABLE),
    ],
)
def test_no_word_of_how_it_is_connected_to_is_said(dsn: str, code: ProblemCode) -> None:
    with pytest.raises(ProblemError) as found, administrator(dsn):
        pass
    shown = f"{found.value} {found.value!r} {found.value.__cause__}"
    assert found.value.problem.code is code
    assert CANARY not in shown


def test_a_database_that_is_not_there_is_said(server: OwnPostgres) -> None:
    absent = server.admin.replace("dbname=postgres", "dbname=absent")
    with (
        pytest.raises(ProblemError, match='database "absent" does not exist'),
        administrator(absent),
    ):
        pass


def test_a_folder_of_migrations_is_read_in_order(tmp_path: Path, monkeypatch: Any) -> None:
    for name in ("0010-ten.sql", "0002-two.sql", "notes.txt", "0003-three.sql.orig"):
        (tmp_path / name).write_text("SELECT 1")
    monkeypatch.setattr(form, "_LATER", tmp_path)
    assert [each.number for each in form.forms()] == [1, 2, 10]
