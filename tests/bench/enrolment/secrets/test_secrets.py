"""Secrets by name: sealed where the computer can, kept from everybody else, told to nobody."""

from __future__ import annotations

import base64
import functools
import gc
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.custody import durable
from bench.custody.keys.sealing import Sealing
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.enrolment.secrets.held import HeldSecrets
from bench.enrolment.secrets.places import MOST_BYTES
from bench.enrolment.secrets.store import KeptSecret, SecretError, SecretStore, folder_beside
from bench.ports import Secrets
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.keys.sealing_peers import HOST_KEY, needed

NOWHERE = SystemdCreds("no-such-program")
CANARY = "canary-Tr0ub4dor&3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_beside(tmp_path / "bench" / "ledger.db")


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SystemdCreds:
    """Return the real program with a host key that belongs to this test alone."""
    needed("systemd-creds", "systemd")
    monkeypatch.setenv(HOST_KEY, str(tmp_path / "host.secret"))
    return SystemdCreds()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def trouble(store: SecretStore, name: str) -> tuple[ProblemCode, str]:
    with pytest.raises(ProblemError) as raised:
        store.secret(name)
    assert CANARY not in str(raised.value)
    return raised.value.problem.code, raised.value.problem.detail


# ── without anything to seal with ───────────────────────────────────────────────────────────────
def test_a_secret_that_cannot_be_sealed_lies_in_a_file_for_its_owner_alone(folder: Path) -> None:
    assert SecretStore(folder, NOWHERE).keep("bench-wifi", CANARY) is Sealing.FILE
    assert SecretStore(folder, NOWHERE).secret("bench-wifi") == CANARY
    assert names(folder) == {"bench-wifi.secret"}
    assert stat.S_IMODE((folder / "bench-wifi.secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_secret_kept_anew_takes_the_place_of_the_old_one(folder: Path) -> None:
    store = SecretStore(folder, NOWHERE)
    for value in ("first", "second, and longer", "3"):
        store.keep("token", value)
        assert (store.secret("token"), SecretStore(folder, NOWHERE).secret("token")) == (
            value,
            value,
        )
    assert names(folder) == {"token.secret"}


def test_the_old_secret_is_overwritten_where_it_lay(folder: Path) -> None:
    SecretStore(folder, NOWHERE).keep("token", CANARY)
    with (folder / "token.secret").open("rb") as old:
        SecretStore(folder, NOWHERE).keep("token", "new")
        assert CANARY.encode() not in old.read()


def test_what_a_program_that_was_cut_short_left_is_removed(folder: Path) -> None:
    store = SecretStore(folder, NOWHERE)
    store.keep("token", "first")
    durable.write_through(folder / ".token.secret.0123456789abcdef", CANARY.encode())
    (folder / ".token.secret.fedcba9876543210").hardlink_to(folder / "token.secret")
    store.keep("token", "second")
    assert names(folder) == {"token.secret"}
    assert SecretStore(folder, NOWHERE).secret("token") == "second"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_secret_that_others_may_read_is_refused(folder: Path, mode: int) -> None:
    SecretStore(folder, NOWHERE).keep("token", CANARY)
    (folder / "token.secret").chmod(mode)
    code, detail = trouble(SecretStore(folder, NOWHERE), "token")
    assert code is ProblemCode.SECRET_UNUSABLE
    assert detail == "others may read it: chmod 600 it"


def test_a_secret_of_many_lines_and_letters_is_kept_as_it_is(folder: Path) -> None:
    value = '{\n  "tokenValue": "ÄÖ≈\t"\r\n}'
    SecretStore(folder, NOWHERE).keep("a32-file", value)
    assert SecretStore(folder, NOWHERE).secret("a32-file") == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Token", "x"), ("to ken", "x"), ("../token", "x"), ("", "x"), ("a" * 41, "x"),
        ("token", ""), ("token", " \n"), ("token", "a\0b"), ("token", "\udc80"),
        ("token", "x" * (MOST_BYTES + 1)),
    ],
)  # fmt: skip
def test_what_is_no_name_or_no_secret_is_not_kept(folder: Path, name: str, value: str) -> None:
    with pytest.raises(SecretError):
        SecretStore(folder, NOWHERE).keep(name, value)
    assert not folder.exists()


def test_a_secret_that_is_not_there_is_told_of_by_name(folder: Path) -> None:
    with pytest.raises(ProblemError) as raised:
        SecretStore(folder, NOWHERE).secret("bench-wifi")
    assert str(raised.value).startswith("bench-wifi — The profile names a secret")
    assert raised.value.problem.code is ProblemCode.SECRET_MISSING


def test_a_name_that_is_none_reaches_no_file(folder: Path) -> None:
    SecretStore(folder, NOWHERE).keep("token", "x")
    for name in ("../secrets/token", "token.secret", "/etc/passwd", CANARY):
        assert trouble(SecretStore(folder, NOWHERE), name)[0] is ProblemCode.SECRET_MISSING


@pytest.mark.parametrize(("content", "says"), [(b"\xff", "no text"), (b"", "empty")])
def test_a_file_that_is_no_secret_is_unusable(folder: Path, content: bytes, says: str) -> None:
    folder.mkdir(parents=True)
    durable.create(folder / "token.secret", content)
    code, detail = trouble(SecretStore(folder, NOWHERE), "token")
    assert code is ProblemCode.SECRET_UNUSABLE
    assert says in detail


def test_a_pipe_in_the_place_of_a_secret_does_not_stop_the_bench(folder: Path) -> None:
    folder.mkdir(parents=True)
    os.mkfifo(folder / "token.secret", 0o600)
    assert trouble(SecretStore(folder, NOWHERE), "token")[1] == "it is no file"


def test_a_secret_that_is_forgotten_is_gone(folder: Path) -> None:
    store = SecretStore(folder, NOWHERE)
    store.keep("token", CANARY)
    assert store.forget("token")
    assert not store.forget("token")
    assert trouble(store, "token")[0] is ProblemCode.SECRET_MISSING
    assert names(folder) == set()


def test_a_disk_that_takes_nothing_is_told_of_and_nothing_is_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SecretStore(folder, NOWHERE).keep("token", "first")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "write_through", full)
    with pytest.raises(SecretError, match=r"token: No space left on device\."):
        SecretStore(folder, NOWHERE).keep("token", CANARY)
    assert SecretStore(folder, NOWHERE).secret("token") == "first"
    assert names(folder) == {"token.secret"}


STEPS = {"open", "os.link", "os.rename", "os.remove", "os.chmod"}
"""What a program that keeps a secret does to files, as Python's audit events name it."""


def cut_off_at(step: int, work: Callable[[], object], folder: Path) -> bool:
    """Do the work in a process that is gone at that step; say whether it came so far."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, touched: tuple[object, ...]) -> None:
            nonlocal left
            left -= event in STEPS and str(folder) in str(touched)
            if left == 0:
                os._exit(9)

        sys.addaudithook(count)
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_a_program_cut_off_at_any_step_leaves_the_old_secret_or_the_new(folder: Path) -> None:
    found, step = set(), 0
    while True:
        SecretStore(folder, NOWHERE).keep("token", "old")
        step += 1
        new = functools.partial(SecretStore(folder, NOWHERE).keep, "token", "new")
        if not cut_off_at(step, new, folder):
            break
        found.add(SecretStore(folder, NOWHERE).secret("token"))
        SecretStore(folder, NOWHERE).keep("token", "newest")
        assert SecretStore(folder, NOWHERE).secret("token") == "newest"
        assert names(folder) == {"token.secret"}
    assert found == {"old", "new"}
    assert step > 5


def test_sealing_cut_off_at_any_step_leaves_the_old_secret_or_the_new(
    folder: Path, host: SystemdCreds
) -> None:
    for step in range(1, 40):
        store = SecretStore(folder, host)
        for file in folder.iterdir() if folder.exists() else ():
            file.unlink()
        SecretStore(folder, NOWHERE).keep("token", "old")
        done = not cut_off_at(step, functools.partial(store.keep, "token", "new"), folder)
        assert SecretStore(folder, host).secret("token") in ({"new"} if done else {"old", "new"})
        if done:
            assert names(folder) == {"token.cred"}
            return
    pytest.fail("the secret was never kept")


# ── sealed ──────────────────────────────────────────────────────────────────────────────────────
def test_a_secret_is_sealed_to_the_computer_and_lies_nowhere_in_the_clear(
    folder: Path, host: SystemdCreds
) -> None:
    SecretStore(folder, NOWHERE).keep("token", CANARY)
    assert SecretStore(folder, host).keep("token", CANARY) is Sealing.HOST
    assert names(folder) == {"token.cred"}
    assert CANARY.encode() not in base64.b64decode((folder / "token.cred").read_bytes())
    assert SecretStore(folder, host).secret("token") == CANARY
    assert SecretStore(folder, host).kept() == (KeptSecret("token", Sealing.HOST),)


def test_a_sealed_secret_opens_under_its_own_name_only(folder: Path, host: SystemdCreds) -> None:
    SecretStore(folder, host).keep("token", CANARY)
    (folder / "token.cred").rename(folder / "bench-wifi.cred")
    code, detail = trouble(SecretStore(folder, host), "bench-wifi")
    assert code is ProblemCode.SECRET_UNUSABLE
    assert detail


def test_a_secret_sealed_elsewhere_is_unusable_and_can_be_kept_anew(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "token.cred").write_bytes(base64.b64encode(b"\x01" * 40))
    store = SecretStore(folder, NOWHERE)
    assert trouble(store, "token")[0] is ProblemCode.SECRET_UNUSABLE
    store.keep("token", "new")
    assert SecretStore(folder, NOWHERE).secret("token") == "new"
    assert names(folder) == {"token.secret"}


def test_a_file_that_only_looks_sealed_is_listed_as_unusable(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "token.cred").write_bytes(b"none")
    (folder / "Not A Name.cred").write_bytes(b"none")
    assert SecretStore(folder, NOWHERE).kept() == (KeptSecret("token", None),)


# ── handed in by systemd ────────────────────────────────────────────────────────────────────────
def test_what_systemd_hands_in_comes_before_all_else_and_is_not_changed_here(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "handed").mkdir()
    (tmp_path / "handed" / "enrolment-token").write_text("handed in")
    (tmp_path / "handed" / "bench-key").write_text("another's")
    SecretStore(folder, NOWHERE).keep("token", "lying here")
    store = SecretStore(folder, NOWHERE, tmp_path / "handed")
    assert store.secret("token") == "handed in"
    assert store.kept() == (KeptSecret("token", Sealing.HANDED_IN),)
    with pytest.raises(SecretError, match="systemd hands in token"):
        store.keep("token", "new")


# ── in memory ───────────────────────────────────────────────────────────────────────────────────
def test_what_was_read_stays_in_memory_until_it_is_read_anew(folder: Path) -> None:
    SecretStore(folder, NOWHERE).keep("token", "first")
    store = SecretStore(folder, NOWHERE)
    port: Secrets = store
    assert port.secret("token") == "first"
    SecretStore(folder, NOWHERE).keep("token", "second")
    assert (port.secret("token"), store.reread("token"), port.secret("token")) == (
        "first", "second", "second",
    )  # fmt: skip
    (folder / "token.secret").unlink()
    assert port.secret("token") == "second"
    with pytest.raises(ProblemError) as raised:
        store.reread("token")
    assert raised.value.problem.code is ProblemCode.SECRET_MISSING


def test_one_that_is_kept_after_it_was_missed_is_read(folder: Path) -> None:
    store = SecretStore(folder, NOWHERE)
    assert trouble(store, "token")[0] is ProblemCode.SECRET_MISSING
    SecretStore(folder, NOWHERE).keep("token", "late")
    assert store.secret("token") == "late"


def test_a_store_shows_no_secret(folder: Path) -> None:
    store = SecretStore(folder, NOWHERE)
    store.keep("token", CANARY)
    held: Secrets = HeldSecrets({"token": CANARY})
    assert held.secret("token") == store.secret("token") == CANARY
    shown = [repr(store), str(store), repr(held), repr(store.kept()), repr(store._places("token"))]
    assert CANARY not in "".join(shown)
    with pytest.raises(ProblemError):
        held.secret("other")


def test_a_store_leaves_no_file_open(folder: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    store = SecretStore(folder, NOWHERE)
    store.keep("token", "x")
    (folder / "token.secret").chmod(0o644)
    trouble(SecretStore(folder, NOWHERE), "token")
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
