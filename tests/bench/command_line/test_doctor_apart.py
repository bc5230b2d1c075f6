"""A process of its own that looks: what it says, and what it says badly."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench.checks import Answer, Check, Finding, Severity
from bench.command_line.doctor_apart import findings_apart

ROOT = Path(__file__).parents[3]
CHILD = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from bench.checks import Answer, Check
from bench.command_line.doctor import doctor_line_by_line
rows = [Check("udev", lambda: Answer("läuft")), Check("Disk", lambda: Answer("full", "Free some."))]
sys.exit(doctor_line_by_line(rows))
"""


def said(program: str) -> list[Finding]:
    return list(findings_apart([sys.executable, "-c", program]))


def test_what_another_process_finds_comes_as_it_was_found() -> None:
    assert said(CHILD) == [
        Check("udev", lambda: Answer("läuft")).finding(),
        Check("Disk", lambda: Answer("full", "Free some.")).finding(),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        "[]",
        "null",
        '{"what": "Disk"}',
        json.dumps({"what": "Disk", "severity": "awful", "found": "", "mend": ""}),
        "\x00\xff",
        "a" * (1 << 20),
        "[" * 5000,
    ],
    ids=["words", "list", "null", "half", "severity", "bytes", "1 MiB", "deep"],
)
def test_a_line_that_is_no_finding_is_one(tmp_path: Path, line: str) -> None:
    file = tmp_path / "line"
    file.write_bytes(line.encode("latin-1") + b"\n")
    made = said(f"print(open({str(file)!r}, encoding='latin-1').read(), end='')")
    assert made
    assert all(finding.severity is Severity.MEND for finding in made)
    assert all(len(finding.found) <= 400 for finding in made)
    assert made[0].found.startswith("it said ")


def test_a_process_that_ends_early_is_told_of() -> None:
    (finding,) = said("import sys; sys.exit(3)")
    assert finding.found == "it ended early, with code 3"
    assert not finding.ok


def test_a_program_that_is_not_there_is_told_of() -> None:
    (finding,) = findings_apart(["/no/such/program"])
    assert "No such file" in finding.found


def test_whoever_stops_listening_ends_the_process(tmp_path: Path) -> None:
    mark = tmp_path / "process"
    row = json.dumps({"what": "a", "severity": "well", "found": "b", "mend": ""})
    program = (
        f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid()))\n"
        f"print({row!r}, flush=True); time.sleep(600)"
    )
    going = findings_apart([sys.executable, "-c", program])
    assert next(going).found == "b"
    going.close()
    assert not Path(f"/proc/{mark.read_text()}").exists()
