"""What an auditor asks for on the command line."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from bench.command_line.audit import DIFFERENT, SAME, UNUSABLE, compare, show, write_bundle
from bench.custody.proof.policy import TrustPolicy
from tests.bench.custody.audit.exported import exported, fill, kept_notes, open_record, policy
from tests.bench.custody.record import imei, scanned
from tests.verifiers.verifiers import Case, both_verdicts

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    exported(tmp_path)
    return tmp_path / "bench-07-e1.db"


def test_a_history_is_shown_by_imei_or_id(record: Path, capsys: Capture) -> None:
    assert show(record, str(imei(1))) == SAME
    by_imei = capsys.readouterr().out
    assert show(record, "device-1") == SAME
    assert capsys.readouterr().out == by_imei
    assert by_imei.count("UTC") == 5
    assert "exported" in by_imei


def test_what_cannot_be_shown_is_said(record: Path, capsys: Capture) -> None:
    assert show(record, str(imei(4711))) == DIFFERENT
    assert "no handset" in capsys.readouterr().err
    assert show(record.with_name("none.db"), "device-1") == UNUSABLE
    torn = record.with_name("torn.db")
    torn.write_bytes(b"x" * 5000)
    assert show(torn, "device-1") == UNUSABLE


def test_a_record_is_compared_with_a_copy_a_checkpoint_and_a_bundle(
    record: Path, capsys: Capture
) -> None:
    folder = record.parent
    copy, note, data = folder / "copy.db", folder / "note.txt", folder / "bundle.json"
    with closing(open_record(folder)) as ledger:
        notes = kept_notes(ledger)
    shutil.copy(record, copy)
    note.write_text(str(notes[0]), encoding="utf-8")
    assert write_bundle([record], "device-1", data, TrustPolicy.parse(policy())) == SAME
    for other in (copy, note, data):
        assert compare(record, other) == SAME
    with closing(open_record(folder)) as ledger:
        ledger.append([scanned(3)])
    assert compare(record, copy) == DIFFERENT
    assert compare(record, note) == compare(record, data) == SAME
    assert "the first is longer" in capsys.readouterr().out


def test_a_record_that_parts_from_what_was_signed_is_found(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    exported(tmp_path)
    record, other = (folder / "bench-07-e1.db" for folder in (tmp_path, tmp_path / "other"))
    with closing(open_record(tmp_path / "other")) as ledger:
        fill(ledger, 2)
        (tmp_path / "note").write_text(str(kept_notes(ledger)[-1]), encoding="utf-8")
    assert compare(record, other) == DIFFERENT
    assert compare(record, tmp_path / "note") == DIFFERENT


def test_what_cannot_be_compared_is_said(record: Path, capsys: Capture) -> None:
    for content in (b"", b"{}", b"x\n\n\xe2\x80\x94 y\n", b"nothing at all"):
        bad = record.with_name("bad")
        bad.write_bytes(content)
        assert compare(record, bad) == UNUSABLE
    assert compare(record, record.with_name("none")) == UNUSABLE
    assert capsys.readouterr().err.count("\n") == 5


def test_a_bundle_is_written_once_and_never_over_another(record: Path, capsys: Capture) -> None:
    out = record.with_name("bundle.json")
    assert write_bundle([record], str(imei(1)), out) == SAME
    assert out.stat().st_mode & 0o777 == 0o600
    assert both_verdicts(Case(policy(), out.read_bytes())) == (0, 0)
    before = out.read_bytes()
    assert write_bundle([record], "device-1", out) == DIFFERENT
    assert out.read_bytes() == before
    assert write_bundle([record], "device-8", record.with_name("more.json")) == DIFFERENT
    assert "export it" in capsys.readouterr().err
    assert not record.with_name("more.json").exists()
