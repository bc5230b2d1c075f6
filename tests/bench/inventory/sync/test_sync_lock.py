"""The lock of the exchange, where the disk or the file system refuses."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from bench.inventory.sync.lock import SyncLock
from bench.problems import ProblemCode, ProblemError


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - none of them is kept open for it


def refused(record: Path) -> ProblemCode:
    before = descriptors()
    with pytest.raises(ProblemError) as error:
        SyncLock(record)
    assert descriptors() == before
    return error.value.problem.code


@pytest.mark.parametrize(("call", "number"), [("pwrite", errno.ENOSPC), ("ftruncate", errno.EIO)])
def test_a_disk_that_refuses_it_is_said_and_nothing_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def refuses(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, refuses)
    assert refused(tmp_path / "ledger.db") is ProblemCode.CENTRE_FILE_UNUSABLE
    monkeypatch.undo()
    SyncLock(tmp_path / "ledger.db").release()


def test_a_file_system_without_locks_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuses)
    assert refused(tmp_path / "ledger.db") is ProblemCode.CENTRE_FILE_UNUSABLE


def test_one_that_is_held_leaves_nothing_open_either(tmp_path: Path) -> None:
    with SyncLock(tmp_path / "ledger.db"):
        assert refused(tmp_path / "ledger.db") is ProblemCode.SYNC_RUNNING


def test_it_is_let_go_of_and_taken_again(tmp_path: Path) -> None:
    with SyncLock(tmp_path / "ledger.db") as lock:
        with lock.let_go():
            SyncLock(tmp_path / "ledger.db").release()
        assert refused(tmp_path / "ledger.db") is ProblemCode.SYNC_RUNNING
