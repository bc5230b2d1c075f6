"""The paper for scanners, written for the bench that the settings describe."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.command_line.papers import write_scanner_paper
from bench.command_line.program import Program
from bench.settings import SettingsError

RESOURCES = Path(__file__).parents[3] / "resources"
PROGRAM = Program(RESOURCES, lambda: "")


def test_the_paper_has_a_card_for_each_slot_of_the_bench(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("[hub]\nrows = 2\ncolumns = 3\n")
    out = tmp_path / "papers" / "scanner.pdf"
    assert write_scanner_paper(settings, out, PROGRAM) == 0
    assert capsys.readouterr().out == f"{out}: 6 slots\n"
    told = subprocess.run(["pdftotext", out, "-"], capture_output=True, text=True, check=True)
    assert "Set up a scanner" in told.stdout
    assert {"A1", "A3", "B3"} <= set(told.stdout.split())
    assert "B4" not in told.stdout.split()


def test_a_paper_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert write_scanner_paper(None, tmp_path / "file" / "paper.pdf", PROGRAM) == 1
    assert "file" in capsys.readouterr().err


def test_settings_that_cannot_be_used_make_no_paper(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("[hub]\nrows = 0\n")
    with pytest.raises(SettingsError):
        write_scanner_paper(settings, tmp_path / "paper.pdf", PROGRAM)
    assert not (tmp_path / "paper.pdf").exists()
