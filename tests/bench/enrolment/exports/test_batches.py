from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.enrolment.exports.batches import BatchState, KeptBatch, hand_in, keep, next_name, read
from bench.enrolment.exports.manifest import Manifest, digest
from bench.enrolment.exports.register import UploadRegister
from bench.problems import ProblemCode, ProblemError
from tests.bench.enrolment.exports.shelf import MADE, drawn, form, handset, imei, made

ROOT = Path(__file__).parents[4]
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def only(folder: Path) -> KeptBatch:
    (batch,) = UploadRegister(folder).batches()
    return batch


def test_a_batch_is_read_back_as_it_was_made(folder: Path) -> None:
    manifest = made(folder, form("knox"), [handset(n, second=True) for n in range(1, 9)])
    batch = only(folder)
    assert (batch.name, batch.state, batch.why) == ("knox-0001", BatchState.MADE, "")
    assert batch.manifest == manifest
    assert batch.manifest_sha256 == digest((folder / "knox-0001" / "manifest.json").read_bytes())


def test_a_manifest_says_count_digest_who_when_and_which_handset_is_in_which_row(
    folder: Path,
) -> None:
    made(folder, form("zero-touch"), [handset(n) for n in range(1, 1001)])
    told = json.loads((folder / "zero-touch-0001" / "manifest.json").read_text())
    assert (told["handsets"], told["made"]["by"]) == (1000, "p-3f9a12ab34cd")
    assert told["made"]["at"] == "2026-11-24T12:00:00+00:00"
    assert [(each["name"], each["rows"]) for each in told["files"]] == [
        ("zero-touch-0001-1-of-2.csv", 999), ("zero-touch-0001-2-of-2.csv", 1),
    ]  # fmt: skip
    for each in told["files"]:
        assert digest((folder / "zero-touch-0001" / each["name"]).read_bytes()) == each["sha256"]
    assert told["rows"][-1] == [
        "zero-touch-0001-2-of-2.csv", 1, [str(imei(1000))], "R58N001000XY", "uid-1000",
    ]  # fmt: skip


def test_a_manifest_tells_who_was_left_out_and_what_was_objected() -> None:
    plan = drawn(
        form("knox"), [replace(handset(1), in_service=True), replace(handset(2), imeis=())]
    )
    told = Manifest.from_bytes(Manifest.of("knox-0001", plan, MADE).to_bytes())
    assert told.left_out == (
        ("line 2: no IMEI, …02XY, SM-A325F", "it has no IMEI, which the format needs"),
    )
    assert "CAN RESET" in told.anyway[0]


def test_files_are_for_their_owner_only(folder: Path) -> None:
    made(folder, form("knox"), [handset(1)])
    for path in (folder / "knox-0001").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert (folder / "knox-0001").stat().st_mode & 0o777 == 0o700


def test_numbers_of_batches_rise_and_are_never_used_again(folder: Path) -> None:
    assert next_name(folder, "knox") == "knox-0001"
    (folder / "knox-0041").mkdir(parents=True)
    (folder / "knox-extra-0099").mkdir()
    (folder / "notes").mkdir()
    assert next_name(folder, "knox") == "knox-0042"
    assert next_name(folder, "intune") == "intune-0001"


def test_nothing_that_was_made_is_overwritten(folder: Path) -> None:
    made(folder, form("knox"), [handset(1)])
    before = {path: path.read_bytes() for path in (folder / "knox-0001").iterdir()}
    plan = drawn(form("knox"), [handset(2)], name="knox-0001")
    with pytest.raises(ProblemError) as caught:
        keep(folder, Manifest.of("knox-0001", plan, MADE), plan.files)
    assert caught.value.problem.code is ProblemCode.UPLOAD_REFUSED
    assert {path: path.read_bytes() for path in (folder / "knox-0001").iterdir()} == before


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProblemError, match="Not a directory"):
        made(tmp_path / "file" / "uploads", form("knox"), [handset(1)])


# ── cut off ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("cut", ["1-of-2.csv", "2-of-2.csv", "manifest.json"])
def test_a_power_cut_before_the_manifest_leaves_a_batch_that_counts_for_nothing(
    folder: Path, cut: str
) -> None:
    program = "tests.bench.enrolment.exports.keep_and_die"
    done = subprocess.run([sys.executable, "-m", program, folder, cut], cwd=ROOT, check=False)
    assert done.returncode == 9
    batch = only(folder)
    assert (batch.state, batch.manifest) == (BatchState.UNFINISHED, None)
    assert UploadRegister(folder, counts_made=True).listed("zero-touch", (imei(1),), None) == ""
    assert next_name(folder, "zero-touch") == "zero-touch-0002"


# ── handed in ───────────────────────────────────────────────────────────────────────────────────
def test_a_batch_is_handed_in_once(folder: Path) -> None:
    made(folder, form("knox"), [handset(1)])
    assert hand_in(folder, only(folder), NOW, "p-1")
    assert only(folder).state is BatchState.HANDED_IN
    assert not hand_in(folder, only(folder), NOW, "p-2")
    assert "p-1" in (folder / "knox-0001" / "handed-in.json").read_text()


def test_a_batch_that_cannot_be_noted_as_handed_in_is_to_be_confirmed_again(folder: Path) -> None:
    made(folder, form("knox"), [handset(1)])
    batch = only(folder)
    (folder / "knox-0001").rename(folder / "gone")
    with pytest.raises(ProblemError, match="confirm again") as refused:
        hand_in(folder, batch, NOW, "p-1")
    assert refused.value.problem.code == ProblemCode.UPLOAD_REFUSED
    (folder / "gone").rename(folder / "knox-0001")
    assert hand_in(folder, batch, NOW, "p-1")


# ── tampered with ───────────────────────────────────────────────────────────────────────────────
def _changed(name: str, before: bytes, after: bytes) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        data = (place / name).read_bytes()
        assert before in data
        (place / name).write_bytes(data.replace(before, after, 1))

    return change


def _written(name: str, data: bytes) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        (place / name).write_bytes(data)

    return write


def _manifest_linked(place: Path) -> None:
    (place / "manifest.json").rename(place.parent / "elsewhere.json")
    (place / "manifest.json").symlink_to(place.parent / "elsewhere.json")


def _linked(place: Path) -> None:
    (place / "knox-0001.csv").rename(place.parent / "elsewhere.csv")
    (place / "knox-0001.csv").symlink_to(place.parent / "elsewhere.csv")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_changed("knox-0001.csv", b"0044", b"0045"), "knox-0001.csv is not what was made"),
        (_changed("knox-0001.csv", b"\r\n", b"\n"), "knox-0001.csv is not what was made"),
        (lambda place: (place / "knox-0001.csv").unlink(), "knox-0001.csv is gone"),
        (_linked, "is a link"),
        (_changed("manifest.json", b'"knox-0001"', b'"knox-0002"'), "that of knox-0002"),
        (_changed("manifest.json", b'"schema": 1', b'"schema": 2'), "schema 2"),
        (_changed("manifest.json", b'"handsets": 2', b'"handsets": 3'), "counts other"),
        (_changed("manifest.json", b'"rows": 2', b'"rows": 1'), "not there"),
        (_changed("manifest.json", b'"knox-0001.csv"', b'"../x/knox.csv"'), "names a file"),
        (_changed("manifest.json", b'"made": {', b'"maid": {'), "not whole"),
        (_changed("manifest.json", b'"uid-1"', b'"uid-7"'), "another manifest"),
        (_changed("manifest.json", b"}\n", b""), "Expecting"),
        (_changed("handed-in.json", b'"manifest"', b'"manifesto"'), "another manifest"),
        (_changed("handed-in.json", b"{", b""), "Extra data"),
        (_written("handed-in.json", b"[" * 4000), "nested too deeply"),
        (_written("handed-in.json", b"[]"), "another manifest"),
        (_written("manifest.json", b"[" * 100_000), "not whole"),
        (_changed("manifest.json", b'"size": 34', b'"size": "34"'), "not whole: size"),
        (_changed("manifest.json", b'"size": 34', b'"size": 1e9'), "not whole: size"),
        (_changed("manifest.json", b'"size": 34', b'"size": 99999999999999999999'), "size"),
        (_changed("manifest.json", b'"rows": 2', b'"rows": Infinity'), "not whole: rows"),
        (_changed("manifest.json", b'"sha256": "', b'"kind": 1, "sha256": "'), "another manifest"),
        (_changed("manifest.json", b"+00:00", b""), "time zone"),
        (_manifest_linked, "is a link"),
    ],
)
def test_what_was_changed_after_it_was_made_counts_for_nothing_and_says_why(
    folder: Path, change: Callable[[Path], None], why: str
) -> None:
    made(folder, form("knox"), [handset(1), handset(2)])
    hand_in(folder, only(folder), NOW, "p-1")
    register = UploadRegister(folder)
    assert register.listed("knox", (imei(1),), None) == "knox-0001.csv"
    change(folder / "knox-0001")
    assert register.listed("knox", (imei(1),), None) == ""
    (batch,) = register.batches()
    assert batch.state is BatchState.DAMAGED
    assert why in batch.why


@given(st.binary(max_size=200))
def test_whatever_a_manifest_holds_it_is_read_or_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Manifest.from_bytes(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=9,
    )
)
def test_a_manifest_with_any_one_value_exchanged_is_read_or_refused(value: object) -> None:
    whole = json.loads(Manifest.of("knox-0001", drawn(form("knox"), [handset(1)]), MADE).to_bytes())
    for key in whole:
        try:
            told = Manifest.from_bytes(json.dumps(whole | {key: value}).encode())
        except ValueError:
            continue
        assert len(told.rows) == 1


def test_a_file_in_the_folder_that_cannot_be_opened_is_said(folder: Path) -> None:
    (folder / "knox-0001" / "manifest.json").mkdir(parents=True)
    batch = only(folder)
    assert (batch.state, batch.why) == (BatchState.DAMAGED, os.strerror(21))


def test_a_batch_is_read_by_the_name_of_its_folder(folder: Path) -> None:
    made(folder, form("knox"), [handset(1)])
    (folder / "knox-0001").rename(folder / "knox-0009")
    assert read(folder / "knox-0009").why == "the manifest is that of knox-0001"
