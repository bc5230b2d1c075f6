"""`stock consignments`, `stock manifest` and `stock recheck`, beside a record that lies there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from bench.command_line import arguments
from bench.command_line.errands.words import Errand
from bench.command_line.program import Program
from bench.events.desks import Workspace
from bench.problems import ProblemCode, ProblemError
from tests.bench.stock.counter import counter
from tests.bench.stock.packing.boxes_talk import box, tag

DOCKET = "BENCH-07-C00001"
PROGRAM = Program(Path("resources"), lambda: "0" * 64)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with a consignment of two handsets that was handed over."""
    folder = tmp_path_factory.mktemp("record")
    with counter(folder) as desk:
        box(desk, 1, 2, 3)
        desk.go(Workspace.DISPATCH, "consign", "new")
        desk.choose("other", "Example Street")
        desk.scan(tag(1))
        desk.scan(tag(2))
        desk.choose("close")
        desk.scan("CAGE-1")
        desk.go(Workspace.DISPATCH, "dispatch", DOCKET)
        desk.sign()
        desk.write("Example Driver")
        desk.sign()
    return folder / "ledger.db"


def asked(*words: object) -> int:
    errand = arguments.parse(["stock", *map(str, words)], ())
    assert isinstance(errand, Errand)
    return errand.work(PROGRAM)


def test_each_consignment_is_told_in_a_line(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("consignments", record) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{DOCKET} dispatched")
    assert "to Example Street: 2 in it, 0 received, seal CAGE-1" in told
    assert asked("consignments", record, "--state", "open") == 0
    assert capsys.readouterr().out == ""


def test_a_manifest_is_told_to_a_program(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("manifest", record, DOCKET.lower(), "--json") == 0
    told = capsys.readouterr().out
    said = json.loads(told)
    assert [line["tag"] for line in said["lines"]] == [tag(1), tag(2)]
    assert [each["side"] for each in said["signed"]] == ["from", "to"]
    assert "Example Driver" not in told


def test_a_manifest_is_written_as_it_was_sealed(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked("manifest", record, DOCKET, "--json")
    digest = json.loads(capsys.readouterr().out)["sha256"]
    table, paper = tmp_path / "m.csv", tmp_path / "m.pdf"
    assert asked("manifest", record, DOCKET, "--out", table) == 0
    assert hashlib.sha256(table.read_bytes()).hexdigest() == digest
    assert asked("manifest", record, DOCKET, "--out", paper) == 0
    assert paper.read_bytes().startswith(b"%PDF")
    with pytest.raises(ProblemError, match="already"):
        asked("manifest", record, DOCKET, "--out", table)


@pytest.mark.parametrize(("docket", "version"), [("BENCH-07-C00009", 1), (DOCKET, 2)])
def test_what_there_is_not_is_refused(record: Path, docket: str, version: int) -> None:
    with pytest.raises(ProblemError) as caught:
        asked("manifest", record, docket, "--version", version)
    assert caught.value.problem.code is ProblemCode.CONSIGNMENT_UNKNOWN


def test_an_open_consignment_has_no_manifest(tmp_path: Path) -> None:
    with counter(tmp_path) as desk:
        box(desk, 1)
        desk.go(Workspace.DISPATCH, "consign", "new")
        desk.choose("other", "Example Street")
        desk.scan(tag(1))
    with pytest.raises(ProblemError, match="no manifest before it is sealed"):
        asked("manifest", tmp_path / "ledger.db", DOCKET)


def test_nothing_is_due_on_the_day_of_its_staging(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("recheck", record, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"due": []}
