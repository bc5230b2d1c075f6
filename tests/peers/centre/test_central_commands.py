"""`central init`, `add-bench` and the rest, as an administrator types them."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from bench.command_line.errands import central
from bench.command_line.errands.words import Errand
from bench.inventory.central import authority_files
from bench.inventory.central.authority_files import SERVER, TRUST
from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.centre import Asks, Status
from bench.inventory.doors.postgres import PostgresDoor
from bench.inventory.training_centre.postgres import OwnPostgres
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import made_up, sealed_event

NOBODY: Any = None
"""No command here needs the program."""


class Desk:
    """An administrator's: a server, the folder of who signs, and the store's words."""

    def __init__(self, server: OwnPostgres, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.authority = folder / "authority"
        self.dsn = server.admin.replace("dbname=postgres", "dbname=custody")

    def does(self, *words: str) -> int:
        parser = argparse.ArgumentParser()
        central.add(parser.add_subparsers())
        asked = parser.parse_args(["central", *words, "--database", self.dsn])
        errand: Errand = asked.make(asked)
        return errand.work(NOBODY)

    def init(self, *words: str) -> int:
        named = ("--name", "made-up centre", "--host", "localhost", "--host", "127.0.0.1")
        return self.does("init", *named, "--authority", str(self.authority), *words)

    def makes(self, word: str, name: str, *words: str) -> Path:
        out = self.folder / name
        where = ("--authority", str(self.authority), "--out", str(out))
        assert self.does(word, name, *words, *where) == 0
        return out

    def door(self, out: Path) -> PostgresDoor:
        its = tomllib.loads((out / f"{out.name}.toml").read_text())["central"]
        certificate, key, trust = (Path(its[each]) for each in ("certificate", "key", "trust"))
        return PostgresDoor(its["address"], certificate, key, trust, out.name)

    def signs_in(self, name: str, out: Path) -> psycopg.Connection[Any]:
        words = make_conninfo(
            host="localhost", hostaddr="127.0.0.1", port=self.server.port, user=name,
            dbname="custody", sslmode="verify-full", sslrootcert=str(out / TRUST),
            sslcert=str(out / f"{name}.crt"), sslkey=str(out / f"{name}.key"),
        )  # fmt: skip
        return psycopg.connect(words, autocommit=True)

    def edit(self, words: str) -> None:
        with closing(psycopg.connect(self.dsn, autocommit=True)) as admin:
            admin.execute(words.encode())

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(self.dsn, autocommit=True)) as admin:
            return admin.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    other = Authority.begin("Before", utc_now())
    identity = other.server(["localhost"], utc_now())
    with OwnPostgres(other.identity.certificate, identity) as server:
        with psycopg.connect(server.admin, autocommit=True) as admin:
            admin.execute("CREATE DATABASE custody")
        made = Desk(server, folder)
        made.init()
        for name in ("ca.crt", "server.crt", "server.key"):
            server.write(name, (made.authority / name).read_bytes())
        server.reload()
        yield made


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    capsys.readouterr()
    return lambda: capsys.readouterr().out


def test_init_again_says_that_nothing_had_to_be_done_and_what_to_paste(
    desk: Desk, said: Callable[[], str]
) -> None:
    before = {path.name: path.read_bytes() for path in desk.authority.iterdir()}
    assert desk.init() == 0
    out = said()
    assert "Applied: nothing; it was of that form." in out
    assert 'hostssl "custody" +staging_bench all cert' in out
    assert f"ssl_key_file = '{desk.authority.absolute()}/server.key'" in out
    assert {path.name: path.read_bytes() for path in desk.authority.iterdir()} == before
    assert set(before) == {TRUST, "ca.key", f"{SERVER}.crt", f"{SERVER}.key"}


def test_a_bench_that_was_added_goes_through_the_door_with_what_it_was_given(
    desk: Desk, said: Callable[[], str]
) -> None:
    out = desk.makes("add-bench", "bench-07", "--organisation", "force-a", "--days", "30")
    text = said()
    assert "[central]" in text
    assert "PRIVATE KEY" not in text
    assert (out / "bench-07.key").stat().st_mode & 0o777 == 0o600
    with closing(desk.door(out)) as door:
        answer = door.exchange(1, 1, made_up("bench-07", 3), Asks(hello=True))
    assert (answer.status, answer.accepted_through) == (Status.OK, 3)
    hello = answer.answers["hello"]
    assert isinstance(hello, dict)
    assert (hello["name"], hello["bench"]) == ("made-up centre", "bench-07")
    assert desk.asked("SELECT organisation FROM custody.bench WHERE bench_id = 'bench-07'") == [
        ("force-a",)
    ]


def test_a_bench_is_its_stores_unless_an_organisation_is_named(desk: Desk) -> None:
    desk.makes("add-bench", "plain-bench")
    rows = desk.asked("SELECT organisation FROM custody.bench WHERE bench_id = 'plain-bench'")
    assert rows == [("made-up centre",)]


def test_a_bench_that_is_there_is_not_added_and_its_files_stay(desk: Desk) -> None:
    out = desk.makes("add-bench", "twice")
    before = (out / "twice.key").read_bytes()
    where = ("--authority", str(desk.authority))
    with pytest.raises(ProblemError, match="there is such a file"):
        desk.does("add-bench", "twice", *where, "--out", str(out))
    with pytest.raises(ProblemError, match="there is a bench of that name"):
        desk.does("add-bench", "twice", *where, "--out", str(desk.folder / "elsewhere"))
    assert (out / "twice.key").read_bytes() == before
    assert not (desk.folder / "elsewhere" / "twice.key").exists()


def test_files_that_cannot_be_written_leave_the_store_as_it_was(desk: Desk) -> None:
    (desk.folder / "a-file").write_text("")
    with pytest.raises(ProblemError) as found:
        desk.does("add-bench", "unwritten", "--authority", str(desk.authority),
                  "--out", str(desk.folder / "a-file" / "x"))  # fmt: skip
    assert found.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert desk.asked("SELECT 1 FROM custody.bench WHERE bench_id = 'unwritten'") == []
    assert desk.asked("SELECT 1 FROM pg_roles WHERE rolname = 'unwritten'") == []


def test_no_bench_has_its_files_where_the_key_lies_that_signs(desk: Desk) -> None:
    for name in ("ca", "server", "../authority/server"):
        with pytest.raises(ProblemError) as found:
            desk.makes("add-bench", name)
        assert found.value.problem.code is ProblemCode.CENTRE_NAME
    with pytest.raises(ProblemError, match="name another with --out"):
        desk.does("add-bench", "a-bench", "--authority", str(desk.authority),
                  "--out", str(desk.authority))  # fmt: skip


def test_rotating_keeps_the_old_certificate_for_a_while_or_not_at_all(desk: Desk) -> None:
    out = desk.makes("add-bench", "rotated")
    with closing(desk.door(out)) as old:
        old.exchange(1, 1, made_up("rotated", 1))
        desk.makes("rotate", "rotated", "--overlap", "3")
        assert old.exchange(1, 1, made_up("rotated", 2)).status is Status.OK
        with closing(desk.door(out)) as new:
            assert new.exchange(1, 1, made_up("rotated", 3)).accepted_through == 3
            desk.makes("rotate", "rotated", "--at-once")
            with pytest.raises(ProblemError):  # its session was ended
                new.exchange(1, 4)
        with pytest.raises(ProblemError):
            old.exchange(1, 4)
    with closing(desk.door(out)) as newest:
        assert newest.exchange(1, 4).status is Status.OK


def test_a_token_is_shown_once(desk: Desk, said: Callable[[], str]) -> None:
    desk.makes("add-bench", "by-token")
    said()
    assert desk.does("add-token", "by-token", "--days", "7") == 0
    token = said().strip()
    assert len(token) > 40
    assert desk.asked("SELECT ends_at::date - now()::date FROM custody.token") == [(7,)]


def test_readers_the_door_and_the_service_are_given_files(desk: Desk) -> None:
    for word, name in (("add-door", "door"), ("add-service", "projector")):
        out = desk.makes(word, name)
        assert {path.suffix for path in out.iterdir()} == {".crt", ".key"}
    desk.makes("add-reader", "auditor", "--organisation", "force-a")
    rows = desk.asked("SELECT role_name::text, organisation FROM custody.reader")
    assert rows == [("auditor", "force-a")]


def test_a_bench_of_whom_nothing_is_known_is_a_refusal(desk: Desk) -> None:
    for words in (("retire",), ("add-token",), ("open-epoch", "--epoch", "2")):
        with pytest.raises(ProblemError, match="there is no bench"):
            desk.does(words[0], "nobody", *words[1:])


def test_a_retired_bench_stays_retired(desk: Desk) -> None:
    out = desk.makes("add-bench", "leaving")
    assert desk.does("retire", "leaving") == desk.does("retire", "leaving") == 0
    for words in (("add-token",), ("open-epoch", "--epoch", "2")):
        with pytest.raises(ProblemError, match="it is retired"):
            desk.does(words[0], "leaving", *words[1:])
    with pytest.raises(ProblemError, match="it is retired"):
        desk.does("rotate", "leaving", "--authority", str(desk.authority), "--out", str(out))


def test_a_supervisors_epoch_is_opened_by_one_command(desk: Desk, said: Callable[[], str]) -> None:
    desk.makes("add-bench", "anew")
    said()
    assert desk.does("open-epoch", "anew", "--epoch", "3") == 0
    assert said() == (
        "Of anew, epoch 3 is taken from now on. Epoch 1 is known through event 0; what still comes "
        "of it is taken up to where the next one says that it ended.\n"
    )
    assert desk.asked("SELECT epoch, state FROM custody.bench WHERE bench_id = 'anew'") == [
        (3, "active")
    ]


def test_it_is_said_what_is_known_of_the_epoch_before(desk: Desk, said: Callable[[], str]) -> None:
    for name in ("going-on", "forked"):
        with closing(desk.door(desk.makes("add-bench", name))) as door:
            door.exchange(1, 1, made_up(name, 2))
            if name == "forked":
                other = sealed_event(2, b"{}")
                assert door.exchange(1, 1, [made_up(name, 1)[0], other]).status is Status.FORK
        said()
        assert desk.does("open-epoch", name, "--epoch", "2") == 0
        words = said()
        assert re.search(r"poch 1 is known through event 2, heard 20\d\d-\S+Z; ", words)
        assert ("It was frozen" in words) is (name == "forked")


def test_a_pooler_that_was_said_once_stays_until_it_is_taken_back(
    desk: Desk, said: Callable[[], str]
) -> None:
    def looks() -> bool:
        return bool(desk.asked("SELECT asks_certificate FROM custody.store")[0][0])

    assert looks()
    for words, its in ((("--pooled",), False), ((), False), (("--no-pooled",), True), ((), True)):
        assert desk.init(*words) == 0
        assert looks() is its
        assert ("come through a pooler" in said()) is not its


@pytest.mark.parametrize("word", ["add-bench", "add-door", "add-service", "add-reader"])
def test_nobody_is_named_like_who_signs_certificates(desk: Desk, word: str) -> None:
    """A certificate whose subject and issuer are the same but for the case is believed nowhere."""
    more = ("--organisation", "force-a") if word == "add-reader" else ()
    folder = desk.folder / f"authority-{word}"
    authority_files.begin(folder, "Centre", utc_now())
    with pytest.raises(ProblemError, match="the authority that signs certificates") as found:
        desk.does(word, "cenTRE", *more, "--authority", str(folder), "--out", str(desk.folder))
    assert found.value.problem.code is ProblemCode.CENTRE_NAME


def test_a_database_that_does_not_answer_is_said_in_an_administrators_words(desk: Desk) -> None:
    away = Desk(desk.server, desk.folder)
    away.dsn = "host=127.0.0.1 port=1 dbname=custody"
    with pytest.raises(ProblemError, match="--database") as found:
        away.does("retire", "bench-07")
    assert "Work goes on" not in str(found.value)


@pytest.mark.parametrize(
    "words",
    [
        ("open-epoch", "x", "--epoch", "0"), ("open-epoch", "x", "--epoch", "9" * 30),
        ("open-epoch", "x", "--epoch", "٣"), ("open-epoch", "x"),
        ("add-bench", "x", "--days", "-1"), ("add-reader", "x"),
        ("rotate", "x", "--at-once", "--overlap", "3"), ("init",), (),
    ],
)  # fmt: skip
def test_words_that_are_none_end_the_program(desk: Desk, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        desk.does(*words)


def test_a_database_that_is_no_store_is_said_in_words(desk: Desk) -> None:
    other = Desk(desk.server, desk.folder)
    other.dsn = desk.server.admin
    with pytest.raises(ProblemError) as found:
        other.makes("add-bench", "nowhere")
    assert found.value.problem.code is ProblemCode.CENTRE_UNUSABLE


def test_a_new_key_takes_the_old_ones_place_only_when_the_store_has_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = desk.makes("add-bench", "renewed")
    before = (out / "renewed.key").read_bytes()
    desk.edit(
        "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'no room'; END $$; CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON"
        " custody.certificate DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " EXECUTE FUNCTION public.refuse()"
    )
    where = ("--authority", str(desk.authority), "--out", str(out))
    with pytest.raises(ProblemError, match="no room"):
        desk.does("rotate", "renewed", *where)
    assert (out / "renewed.key").read_bytes() == before
    assert not [*out.glob(".*")]
    desk.edit("DROP TRIGGER full_disk ON custody.certificate")
    monkeypatch.setattr(Path, "mkdir", refuse_room)
    with pytest.raises(ProblemError, match="No space left"):
        desk.does("rotate", "renewed", *where)
    monkeypatch.undo()
    assert desk.asked(CERTIFICATES.format("renewed")) == [(1,)]
    assert desk.does("rotate", "renewed", *where) == 0
    assert (out / "renewed.key").read_bytes() != before
    assert (out / "renewed.key").stat().st_mode & 0o077 == 0
    assert not [*out.glob(".*")]


CERTIFICATES = """SELECT count(*) FROM custody.certificate JOIN custody.bench USING (bench_no)
  WHERE bench_id = '{}'"""


def refuse_room(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_stolen_key_is_shut_out_before_it_is_replaced(desk: Desk) -> None:
    out = desk.makes("add-bench", "stolen")
    with closing(desk.signs_in("stolen", out)) as thief:
        thief.execute("BEGIN")
        desk.makes("rotate", "stolen", "--at-once")
        with pytest.raises(psycopg.OperationalError):
            thief.execute("SELECT 1")
    with closing(desk.door(out)) as door:
        assert door.exchange(1, 1, made_up("stolen", 1)).status is Status.OK


@pytest.mark.parametrize("word", ["add-door", "add-service", "add-reader"])
def test_whoever_signs_in_otherwise_is_retired_too(desk: Desk, word: str) -> None:
    more = ("--organisation", "force-a") if word == "add-reader" else ()
    out = desk.makes(word, f"left-{word}", *more)
    with closing(desk.signs_in(f"left-{word}", out)) as session:
        assert desk.does("retire", f"left-{word}") == 0
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        desk.signs_in(f"left-{word}", out)
    assert desk.asked(f"SELECT * FROM custody.reader WHERE role_name = 'left-{word}'") == []
    with pytest.raises(ProblemError, match="whoever had it was retired"):
        desk.makes(word, f"left-{word}", *more)
    with pytest.raises(ProblemError, match="there is no bench and nobody else of that name"):
        desk.does("retire", "nobody")
