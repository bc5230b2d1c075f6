"""A change of epoch that is cut short at every file operation: the old epoch or the new one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bench.custody.epochs import swap
from bench.custody.epochs.beginning import Why
from bench.custody.verification import verify_file
from tests.bench.custody.epochs.set_aside import (
    RECORD,
    busy,
    found_in,
    opened_again,
    opened_anew,
)
from tests.bench.custody.record import imei, open_ledger, scanned

_TOUCHED = frozenset({"open", "os.rename", "os.remove", "os.link", "os.truncate", "os.listdir"})
_MOST = 400
_DONE, _KILLED = 0, 9


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record whose bench was killed: its last event lies in its write-ahead log alone."""
    folder, image = tmp_path_factory.mktemp("bench"), tmp_path_factory.mktemp("image")
    busy(folder)
    with closing(open_ledger(folder)) as ledger:
        ledger.append([scanned(6)])
        for name in (RECORD, f"{RECORD}-wal", "bench.key"):
            shutil.copy(folder / name, image / name)
    return image


def copy_of(image: Path, folder: Path) -> Path:
    shutil.copytree(image, folder)
    return folder


def test_it_is_the_old_epoch_or_the_new_one_wherever_it_is_killed(
    image: Path, tmp_path: Path
) -> None:
    epochs = []
    for number in range(1, _MOST):
        folder = copy_of(image, tmp_path / str(number))
        ended = killed_at(folder, number, partial(open_next, folder))
        epochs.append(look_after(folder))
        if ended == _DONE:
            break
    assert ended == _DONE
    assert epochs == sorted(epochs), "once it is the new epoch, it stays that"
    assert min(epochs.count(epoch) for epoch in (1, 2)) > 10


def test_putting_it_right_may_be_cut_short_as_well(image: Path, tmp_path: Path) -> None:
    """Killed after the point of no return, and again and again while it is being finished."""
    ready = copy_of(image, tmp_path / "ready")
    number = 1
    while not list(ready.glob(f"{RECORD}.after.*")):
        shutil.rmtree(ready)
        copy_of(image, ready)
        killed_at(ready, number, partial(open_next, ready))
        number += 1
    for stop in range(1, 40):
        folder = copy_of(ready, tmp_path / str(stop))
        ended = killed_at(folder, stop, partial(swap.settle, folder / RECORD))
        assert look_after(folder) == 2
        if ended == _DONE:
            return
    pytest.fail("it never ended")


@pytest.mark.parametrize("number", range(5))
def test_a_disk_that_refuses_leaves_the_old_epoch_or_the_next_start_finishes_the_new(
    image: Path, tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of(image, tmp_path / "bench")
    found = found_in(folder)
    left = [number]

    def rename(path: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        os.rename(path, target)  # noqa: PTH104 - what is replaced here
        return target

    monkeypatch.setattr(Path, "rename", rename)
    if number < 4:
        with pytest.raises(Exception, match="No space left"):
            opened_anew(folder, Why.REIMAGED, found)
    else:
        opened_anew(folder, Why.REIMAGED, found).close()
    monkeypatch.undo()
    assert look_after(folder) == (1 if number == 0 else 2)


def open_next(folder: Path) -> None:
    opened_anew(folder, Why.REIMAGED).close()


def look_after(folder: Path) -> int:
    """Start the bench there; return its epoch after looking at all that lies there."""
    with closing(opened_again(folder)) as ledger:
        epoch = ledger.header.epoch
        known = ledger.device_by_imei(imei(6))
        assert known is not None, "what lay in the log was acknowledged"
        assert ledger.projections_match()
        ledger.append([scanned(1)])
    assert verify_file(folder / RECORD).verifies
    old = swap.old_epochs(folder / RECORD)
    assert len(old) == epoch - 1
    for each in old:
        assert verify_file(each).events == 14
    names = {each.name for each in folder.iterdir() if not each.name.endswith(("-wal", "-shm"))}
    assert names <= {RECORD, f"{RECORD}.lock", "bench.key", "ledger-e1.db"}
    return epoch


def killed_at(folder: Path, number: int, work: Callable[[], None]) -> int:
    """Do the work in a process of its own that ends at the n-th file operation in the folder.

    The operation is not carried out: nothing is cleaned up, no `finally` runs.
    """
    child = os.fork()
    if child == 0:
        left = [number]

        def count(event: str, details: tuple[object, ...]) -> None:
            touched = [each for each in details if isinstance(each, str | Path)]
            if event in _TOUCHED and any(str(each).startswith(str(folder)) for each in touched):
                left[0] -= 1
                if not left[0]:
                    os._exit(_KILLED)

        sys.addaudithook(count)
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - a child says no more than how it ended
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(_DONE)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (_DONE, _KILLED)
    return code
