from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody import durable
from bench.custody.keys import secrets
from bench.custody.keys.sealing import SealError, Sealing, Secret, sealing_of
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.custody.keys.vault import Vault
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.keys.sealing_peers import HOST_KEY, needed, software_tpm

ROOT = Path(__file__).parents[4]
NOWHERE = SystemdCreds("no-such-program")


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SystemdCreds:
    """Return the real program with a host key that belongs to this test alone."""
    needed("systemd-creds", "systemd")
    monkeypatch.setenv(HOST_KEY, str(tmp_path / "host.secret"))
    return SystemdCreds()


@pytest.fixture
def tpm(tmp_path: Path) -> Iterator[SystemdCreds]:
    needed("systemd-creds", "systemd")
    (tmp_path / "tpm").mkdir()
    with software_tpm(tmp_path / "tpm") as creds:
        yield creds


@pytest.fixture
def record(tmp_path: Path) -> Path:
    (tmp_path / "bench").mkdir()
    return tmp_path / "bench" / "ledger.db"


def names(record: Path) -> set[str]:
    return {path.name for path in record.parent.iterdir()}


def refusal(vault: Vault, secret: Secret = Secret.BENCH_KEY) -> str:
    with pytest.raises(ProblemError) as refused:
        vault.open(secret)
    assert refused.value.problem.code is ProblemCode.KEY_UNUSABLE
    return refused.value.problem.detail


# ── without anything to seal with ───────────────────────────────────────────────────────────────
def test_without_systemd_a_secret_lies_in_a_file_for_its_owner_alone(record: Path) -> None:
    vault = Vault(record, NOWHERE, seals_new=True)
    key, sealing = secrets.bench_key(vault)
    assert sealing is Sealing.FILE
    assert secrets.bench_key(vault)[0].public == key.public
    assert stat.S_IMODE(record.with_name("ledger.key").stat().st_mode) == 0o600
    assert names(record) == {"ledger.key"}


def test_the_pepper_and_the_record_s_key_are_32_bytes_and_stay_the_same(record: Path) -> None:
    vault = Vault(record, NOWHERE)
    pepper, _ = secrets.pepper(vault, may_make=True)
    key, _ = secrets.record_key(vault, may_make=True)
    assert len(pepper) == len(key) == 32
    assert pepper != key
    assert secrets.pepper(vault, may_make=False)[0] == pepper
    assert secrets.record_key(vault, may_make=False)[0] == key


def test_a_pepper_that_is_gone_is_not_silently_made_anew(record: Path) -> None:
    vault = Vault(record, NOWHERE)
    with pytest.raises(ProblemError, match="there is none"):
        secrets.pepper(vault, may_make=False)
    assert names(record) == set()


def test_a_pepper_cut_short_is_refused(record: Path) -> None:
    durable.create(record.with_name("ledger.pepper"), b"x" * 31)
    with pytest.raises(ProblemError, match="31 bytes"):
        secrets.pepper(Vault(record, NOWHERE), may_make=True)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_secret_that_others_may_read_is_refused(record: Path, mode: int) -> None:
    vault = Vault(record, NOWHERE)
    secrets.bench_key(vault)
    record.with_name("ledger.key").chmod(mode)
    assert "chmod 600" in refusal(vault)


def test_a_secret_that_is_opened_never_shows_itself(record: Path) -> None:
    opened = Vault(record, NOWHERE).open(Secret.PEPPER, lambda: b"s" * 32)
    assert "ss" not in repr(opened)


def test_a_bench_without_the_program_says_so_when_asked_to_seal(record: Path) -> None:
    vault = Vault(record, NOWHERE)
    secrets.bench_key(vault)
    with pytest.raises(ProblemError, match="no systemd-creds"):
        vault.seal(Secret.BENCH_KEY)
    assert names(record) == {"ledger.key"}


def test_a_program_that_hangs_is_given_up(record: Path, tmp_path: Path) -> None:
    hung = tmp_path / "hung"
    hung.write_text("#!/bin/sh\nprintf secret\nexec sleep 60\n")
    hung.chmod(0o700)
    record.with_name("ledger.key.cred").write_bytes(base64.b64encode(b"\x01" * 40))
    said = refusal(Vault(record, SystemdCreds(str(hung), deadline=0.2)))
    assert "no answer in 0.2 s" in said


# ── handed in by systemd ────────────────────────────────────────────────────────────────────────
def test_what_systemd_hands_in_comes_before_all_else(record: Path, tmp_path: Path) -> None:
    lying, _ = secrets.bench_key(Vault(record, NOWHERE))
    folder = tmp_path / "credentials"
    folder.mkdir()
    other, _ = secrets.bench_key(Vault(tmp_path / "other.db", NOWHERE))
    (folder / "bench-key").write_bytes((tmp_path / "other.key").read_bytes())
    vault = Vault(record, NOWHERE, handed_in=folder)
    key, sealing = secrets.bench_key(vault)
    assert sealing is vault.kept(Secret.BENCH_KEY) is Sealing.HANDED_IN
    assert key.public == other.public != lying.public
    assert secrets.pepper(vault, may_make=True)[1] is Sealing.FILE


# ── sealed ──────────────────────────────────────────────────────────────────────────────────────
def test_a_new_secret_is_sealed_to_the_host_and_never_on_the_disk_in_the_clear(
    record: Path, host: SystemdCreds
) -> None:
    vault = Vault(record, host, seals_new=True)
    key, sealing = secrets.bench_key(vault)
    assert sealing is vault.kept(Secret.BENCH_KEY) is Sealing.HOST
    assert names(record) == {"ledger.key.cred"}
    assert secrets.bench_key(vault)[0].public == key.public
    assert stat.S_IMODE(record.with_name("ledger.key.cred").stat().st_mode) == 0o600


def test_a_key_that_lies_in_a_file_is_sealed_and_the_file_is_gone(
    record: Path, host: SystemdCreds
) -> None:
    vault = Vault(record, host)
    key, before = secrets.bench_key(vault)
    assert before is Sealing.FILE
    assert vault.seal(Secret.BENCH_KEY) is Sealing.HOST
    assert names(record) == {"ledger.key.cred"}
    assert vault.in_the_clear(Secret.BENCH_KEY) == ()
    assert secrets.bench_key(vault)[0].public == key.public
    assert vault.seal(Secret.BENCH_KEY) is Sealing.HOST


def test_what_is_overwritten_is_gone_from_every_other_name_of_the_file(
    record: Path, host: SystemdCreds
) -> None:
    vault = Vault(record, host)
    secrets.bench_key(vault)
    os.link(record.with_name("ledger.key"), record.with_name("kept"))
    vault.seal(Secret.BENCH_KEY)
    assert set(record.with_name("kept").read_bytes()) == {0}


def test_a_sealed_secret_opens_on_no_other_host_and_under_no_other_name(
    record: Path, host: SystemdCreds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(record, host, seals_new=True)
    secrets.pepper(vault, may_make=True)
    sealed = record.with_name("ledger.pepper.cred")
    record.with_name("ledger.key.cred").write_bytes(sealed.read_bytes())
    assert "name" in refusal(vault)
    monkeypatch.setenv(HOST_KEY, str(tmp_path / "another.secret"))
    assert refusal(vault, Secret.PEPPER)


def test_a_changed_bit_of_a_sealed_secret_is_found(record: Path, host: SystemdCreds) -> None:
    vault = Vault(record, host, seals_new=True)
    secrets.bench_key(vault)
    sealed = record.with_name("ledger.key.cred")
    raw = bytearray(base64.b64decode(sealed.read_bytes()))
    raw[-1] ^= 1
    sealed.write_bytes(base64.b64encode(raw))
    assert refusal(vault)


def test_a_secret_beside_a_sealed_other_one_is_left_alone(record: Path, host: SystemdCreds) -> None:
    vault = Vault(record, host, seals_new=True)
    secrets.bench_key(vault)
    durable.create(record.with_name("ledger.key"), b"another")
    with pytest.raises(ProblemError, match="another secret"):
        vault.seal(Secret.BENCH_KEY)
    assert record.with_name("ledger.key").read_bytes() == b"another"


def test_a_key_that_everybody_knows_seals_nothing(record: Path) -> None:
    needed("systemd-creds", "systemd")
    open_to_all = subprocess.run(
        ["systemd-creds", "encrypt", "--name=bench-key", "--with-key=tpm2-absent", "-", "-"],
        input=b"secret",
        capture_output=True,
        check=True,
    ).stdout
    with pytest.raises(SealError, match="everybody"):
        sealing_of(open_to_all)
    record.with_name("ledger.key.cred").write_bytes(open_to_all)
    assert "everybody" in refusal(Vault(record, SystemdCreds()))


@pytest.mark.parametrize("content", [b"", b"Wh", b"no credential", b"\xff" * 40])
def test_what_is_no_sealed_secret_is_a_known_problem(record: Path, content: bytes) -> None:
    record.with_name("ledger.key.cred").write_bytes(content)
    assert refusal(Vault(record, SystemdCreds()))


def test_a_secret_sealed_to_a_security_chip_needs_that_chip(
    record: Path, tpm: SystemdCreds, tmp_path: Path
) -> None:
    vault = Vault(record, tpm, seals_new=True)
    key, sealing = secrets.bench_key(vault)
    assert sealing is vault.kept(Secret.BENCH_KEY) is Sealing.TPM2
    assert secrets.bench_key(vault)[0].public == key.public
    assert refusal(Vault(record, SystemdCreds()))
    (tmp_path / "tpm-of-another").mkdir()
    with software_tpm(tmp_path / "tpm-of-another") as other:
        assert refusal(Vault(record, other))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_the_secret_of_another_account_is_not_sealed_away_from_it(
    record: Path, host: SystemdCreds
) -> None:
    vault = Vault(record, host)
    secrets.bench_key(vault)
    os.chown(record.with_name("ledger.key"), 65534, 65534)
    with pytest.raises(ProblemError, match="another account"):
        vault.seal(Secret.BENCH_KEY)
    assert names(record) == {"ledger.key"}


# ── cut short ───────────────────────────────────────────────────────────────────────────────────
def test_a_sealing_that_is_cut_short_anywhere_leaves_the_same_key(
    record: Path, host: SystemdCreds
) -> None:
    left = set()
    for step in range(1, 200):
        for path in record.parent.iterdir():
            path.unlink()
        vault = Vault(record, host)
        key, _ = secrets.bench_key(vault)
        code = subprocess.run(
            [sys.executable, "-m", "tests.bench.custody.keys.seal_until_cut", record, str(step)],
            cwd=ROOT,
            check=False,
        ).returncode
        left.add(frozenset(names(record)))
        found = vault.open(Secret.BENCH_KEY)
        assert secrets.bench_key(vault)[0].public == key.public, (step, found.sealing)
        vault.seal(Secret.BENCH_KEY)
        assert names(record) == {"ledger.key.cred"}, step
        assert secrets.bench_key(vault)[0].public == key.public
        if code == 0:
            break
    assert code == 0
    assert {"ledger.key", "ledger.key.cred"} in left
    assert {".ledger.key.going", "ledger.key.cred"} in left
