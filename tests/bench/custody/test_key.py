from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from bench.custody.chain import is_signed
from bench.custody.key import BenchKey
from bench.problems import ProblemCode, ProblemError


def test_a_key_is_made_once_and_then_found_again(tmp_path: Path) -> None:
    path = tmp_path / "bench.key"
    made, found = BenchKey.open(path), BenchKey.open(path)
    assert made.public == found.public
    assert len(made.public) == 32
    assert is_signed(b"leaf", found.sign(b"leaf"), made.public)
    assert not is_signed(b"other leaf", found.sign(b"leaf"), made.public)


def test_only_its_owner_may_read_a_new_key_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        BenchKey.open(tmp_path / "bench.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "bench.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["bench.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "bench.key"
    BenchKey.open(path)
    path.chmod(mode)
    with pytest.raises(ProblemError, match="chmod 600") as refused:
        BenchKey.open(path)
    assert refused.value.problem.code is ProblemCode.LEDGER_UNUSABLE


def test_openssl_reads_the_key_and_other_kinds_of_key_are_refused(tmp_path: Path) -> None:
    path, other = tmp_path / "bench.key", tmp_path / "other.key"
    key = BenchKey.open(path)
    text = subprocess.run(
        ["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"],
        check=True,
        capture_output=True,
    ).stdout
    assert text.endswith(key.public)
    subprocess.run(["openssl", "genpkey", "-algorithm", "X25519", "-out", other], check=True)
    other.chmod(0o600)
    with pytest.raises(ProblemError, match="Ed25519"):
        BenchKey.open(other)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bench.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ProblemError):
        BenchKey.open(path)
    assert path.read_bytes() == content


def test_a_key_in_a_folder_that_is_not_there_is_a_known_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemError):
        BenchKey.open(tmp_path / "nowhere" / "bench.key")


def test_a_key_never_shows_itself(tmp_path: Path) -> None:
    path = tmp_path / "bench.key"
    assert "PRIVATE" not in repr(BenchKey.open(path))
