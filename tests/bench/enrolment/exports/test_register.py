from __future__ import annotations

import os
import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.enrolment.exports.batches import hand_in, read
from bench.enrolment.exports.register import UploadRegister
from bench.identity.identifiers import SerialNumber
from bench.ports import Uploads
from tests.bench.enrolment.exports.shelf import form, handset, imei, made

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def handed_in(folder: Path, name: str, numbers: range) -> str:
    manifest = made(folder, form(name), [handset(n, second=True) for n in numbers])
    hand_in(folder, read(folder / manifest.batch), NOW, "p-1")
    return manifest.batch


def test_a_handset_is_listed_once_its_file_was_handed_in(folder: Path) -> None:
    register: Uploads = UploadRegister(folder)
    assert register.listed("knox", (imei(1),), None) == ""
    made(folder, form("knox"), [handset(1)])
    assert register.listed("knox", (imei(1),), None) == ""
    hand_in(folder, read(folder / "knox-0001"), NOW, "p-1")
    assert register.listed("knox", (imei(1),), None) == "knox-0001.csv"
    assert register.listed("zero-touch", (imei(1),), None) == ""
    assert register.listed("knox", (imei(2),), None) == ""


def test_files_that_nobody_handed_in_count_where_that_is_asked_for(folder: Path) -> None:
    made(folder, form("knox"), [handset(1)])
    assert UploadRegister(folder, counts_made=True).listed("knox", (imei(1),), None) != ""


def test_a_handset_is_found_by_either_imei_and_by_serial_if_it_tells_none(folder: Path) -> None:
    handed_in(folder, "knox", range(1, 3))
    register = UploadRegister(folder)
    assert register.listed("knox", (imei(2, "00440001"),), None) == "knox-0001.csv"
    assert register.listed("knox", (), SerialNumber("R58N000002XY")) == "knox-0001.csv"
    assert register.listed("knox", (imei(9),), SerialNumber("R58N000002XY")) == ""
    assert register.listed("knox", (), None) == ""


def test_the_last_file_is_the_one_that_is_named(folder: Path) -> None:
    handed_in(folder, "knox", range(1, 3))
    handed_in(folder, "knox", range(2, 5))
    register = UploadRegister(folder)
    assert [register.listed("knox", (imei(n),), None) for n in (1, 2, 4)] == [
        "knox-0001.csv", "knox-0002.csv", "knox-0002.csv",
    ]  # fmt: skip


def test_what_changes_in_the_folder_is_followed(folder: Path) -> None:
    register = UploadRegister(folder)
    first = handed_in(folder, "knox", range(1, 3))
    assert register.listed("knox", (imei(1),), None)
    shutil.rmtree(folder / first)
    assert register.listed("knox", (imei(1),), None) == ""
    assert register.batches() == ()
    handed_in(folder, "zero-touch", range(1, 3))
    assert register.listed("zero-touch", (imei(1),), None)


def test_what_did_not_change_is_not_read_again(folder: Path) -> None:
    """A file that is changed behind its own time stamp would be seen if it were read."""
    handed_in(folder, "knox", range(1, 3))
    register = UploadRegister(folder)
    assert register.listed("knox", (imei(1),), None)
    path = folder / "knox-0001" / "knox-0001.csv"
    before = path.stat()
    path.write_bytes(b"9" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert register.listed("knox", (imei(1),), None)
    path.touch()
    assert register.listed("knox", (imei(1),), None) == ""


def test_strangers_in_the_folder_are_passed_over(folder: Path) -> None:
    handed_in(folder, "knox", range(1, 3))
    (folder / "README.txt").write_text("")
    (folder / "old files").mkdir()
    (folder / "link-0001").symlink_to(folder / "knox-0001")
    assert [batch.name for batch in UploadRegister(folder).batches()] == ["knox-0001"]


def _of_so_many(folder: Path, count: int, asked: int) -> None:
    for start in range(1, count + 1, 10_000):
        handed_in(folder, "knox", range(start, min(start + 10_000, count + 1)))
    register = UploadRegister(folder)
    chosen = random.Random(5).sample(range(1, count + 1), asked)
    for number in chosen:
        batch = (number - 1) // 10_000 + 1
        assert register.listed("knox", (imei(number),), None).startswith(f"knox-{batch:04d}")
    assert register.listed("knox", (imei(count + 1),), None) == ""


def test_handsets_are_found_among_thousands(folder: Path) -> None:
    _of_so_many(folder, 2_000, 50)


@pytest.mark.soak
def test_handsets_are_found_among_forty_thousand(folder: Path) -> None:
    _of_so_many(folder, 40_000, 2_000)
