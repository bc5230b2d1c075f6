"""Whatever was done to the file: it is salvaged, and work goes on without a tag given twice."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from bench.custody.epochs import swap
from bench.custody.epochs.beginning import Why
from bench.custody.epochs.verifying import verify_epochs
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.verification import verify_file
from bench.problems import ProblemError
from tests.bench.custody.epochs.set_aside import (
    LATER,
    RECORD,
    busy,
    found_in,
    opened_again,
    opened_anew,
)
from tests.bench.custody.record import HEADER, CountingClock, open_ledger, scanned, tamper

_PAGE = 8192
Damage: TypeAlias = Callable[[bytearray, random.Random], bytes]


def bits(content: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 20)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def pages(content: bytearray, rng: random.Random) -> bytes:
    start = rng.randrange(0, len(content), _PAGE)
    content[start : start + _PAGE] = rng.choice([bytes(_PAGE), rng.randbytes(_PAGE)])
    return bytes(content)


def cut(content: bytearray, rng: random.Random) -> bytes:
    return bytes(content[: rng.randrange(len(content))])


def shuffled(content: bytearray, rng: random.Random) -> bytes:
    one, other = (rng.randrange(0, len(content), _PAGE) for _ in range(2))
    first, second = content[one : one + _PAGE], content[other : other + _PAGE]
    content[one : one + _PAGE], content[other : other + _PAGE] = second, first
    return bytes(content)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    busy(folder)
    with closing(open_ledger(folder)) as ledger:
        for number in range(6, 46):
            ledger.append([scanned(number)])
    return folder


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("damage", [bits, pages, cut, shuffled])
def test_work_goes_on_after_any_damage(
    image: Path, tmp_path: Path, damage: Damage, seed: int
) -> None:
    record = tmp_path / RECORD
    shutil.copy(image / "bench.key", tmp_path)
    content = damage(bytearray((image / RECORD).read_bytes()), random.Random(seed))
    record.write_bytes(content)
    open_as_it_is(tmp_path)
    record.write_bytes(content)
    found = found_in(tmp_path)
    why = Why.REIMAGED if found.verdict.verifies else Why.DAMAGED
    with closing(opened_anew(tmp_path, why, found)) as ledger:
        assert ledger.header.epoch >= 2
        assert len(found.devices) == len(ledger.open_runs())
        assert int(ledger.next_asset_tag("MP").number) > highest_seen(content)
        assert ledger.projections_match()
    assert verify_file(record).verifies
    assert swap.old_epochs(record)[0].read_bytes() == content
    opened_again(tmp_path).close()
    assert all(not each.link for each in verify_epochs(record))


def open_as_it_is(folder: Path) -> None:
    """Start the bench on it: it works, or says what is wrong; another error is a bug."""
    clock = CountingClock("another-boot", start=LATER)
    key = BenchKey.open(folder / "bench.key")
    with contextlib.suppress(ProblemError):
        record = folder / RECORD
        opened = Ledger.open(record, key, HEADER, clock, app_version="0", policy_hash="ab" * 32)
        opened.close()
    for end in ("-wal", "-shm"):
        (folder / f"{RECORD}{end}").unlink(missing_ok=True)


def highest_seen(content: bytes) -> int:
    marker = b'"label":"MP-0000'
    parts = [part[:2] for part in content.split(marker)[1:]]
    return max((int(part) for part in parts if part.isdigit()), default=0)


def test_a_table_that_is_gone_takes_nothing_away(image: Path, tmp_path: Path) -> None:
    shutil.copy(image / "bench.key", tmp_path)
    shutil.copy(image / RECORD, tmp_path)
    tables = ("device", "run", "label_job", "asset_number", "checkpoint", "frozen", "person")
    tamper(tmp_path / RECORD, *(f"DROP TABLE {each}" for each in tables))
    found = found_in(tmp_path)
    assert len(found.devices) == 45
    why = Why.REIMAGED if found.verdict.verifies else Why.DAMAGED
    with closing(opened_anew(tmp_path, why, found)) as ledger:
        assert len(ledger.open_runs()) == 45
