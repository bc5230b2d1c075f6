"""Statements and dockets as files."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bench.command_line.statement import write_docket, write_statement
from bench.custody.proof.timestamp import Authority
from bench.custody.statement.content import Signatory
from bench.custody.statement.seal import own_seal
from tests.bench.custody.statement.paper import (
    BUNDLE,
    FONTS,
    NOON,
    content,
    details,
    signed_note,
)
from tests.bench.custody.statement.readers import codes_in, is_whole, text_of


def test_a_statement_is_written_signed_and_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal = own_seal(tmp_path / "seal.pem", "bench-07", NOON)
    said = replace(content(), signatory=Signatory("someone else", "", "someone"))
    out = tmp_path / "statement.pdf"
    assert write_statement(out, said, BUNDLE, seal, fonts=FONTS) == 0
    assert is_whole(out.read_bytes(), seal.certificate)
    assert seal.signatory.fingerprint in text_of(out.read_bytes(), tmp_path)
    told = capsys.readouterr()
    assert told.out == (
        f"{out}: 2 events, signed by bench-07, whose certificate's issuer is nobody\n"
    )
    assert told.err == ""


def test_nothing_is_written_over_another_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "docket.pdf"
    out.write_text("kept")
    assert write_docket(out, signed_note(), details(), fonts=FONTS) == 1
    assert out.read_text() == "kept"
    assert "already" in capsys.readouterr().err


def test_an_authority_that_is_not_there_leaves_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal = own_seal(tmp_path / "seal.pem", "bench-07", NOON)
    out = tmp_path / "statement.pdf"
    nowhere = Authority("http://127.0.0.1:9/", (seal.certificate,), deadline=2)
    code = write_statement(out, content(), BUNDLE, seal, fonts=FONTS, authority=nowhere)
    assert code == 1
    assert not out.exists()
    assert "gave no time stamp" in capsys.readouterr().err


def test_a_docket_is_a_sheet_or_a_label_as_its_name_says(tmp_path: Path) -> None:
    for name in ("docket.pdf", "docket.PNG"):
        assert write_docket(tmp_path / name, signed_note(1), details(), fonts=FONTS) == 0
    assert codes_in((tmp_path / "docket.pdf").read_bytes(), tmp_path) == [signed_note(1)]
    (code,) = zxingcpp.read_barcodes(Image.open(tmp_path / "docket.PNG").convert("L"))
    assert code.bytes == signed_note(1)
    assert write_docket(tmp_path / "docket.txt", signed_note(1), details(), fonts=FONTS) == 2


def test_what_is_no_checkpoint_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write_docket(tmp_path / "docket.pdf", b"junk", details(), fonts=FONTS) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_what_draws_and_signs_is_not_loaded_before_it_is_asked_for() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, bench.command_line.statement; print(*sys.modules)"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert "bench.custody.statement.content" in told
    assert not {"fpdf", "pyhanko", "PIL", "fontTools", "qrcode", "rfc3161_client"} & set(told)
