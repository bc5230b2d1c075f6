"""Finding, lists, reports, gaps, the day and the shift from the command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from bench.command_line.errands.stock import papers
from bench.command_line.errands.words import Errand
from bench.command_line.program import Program
from bench.custody.entries import Entry
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
from tests.bench.stock.counter import made_up
from tests.bench.stock.shelf import Shelf, shelf

_K = CustodyKind
RESOURCES = Path(__file__).parents[4] / "resources"


class Command:
    """`stock …` about one record, as the program does it."""

    def __init__(self, record: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._record, self._capsys = record, capsys
        self._parser = argparse.ArgumentParser()
        papers.add(self._parser.add_subparsers(required=True))

    def __call__(self, name: str, *words: str) -> tuple[int, str]:
        asked = self._parser.parse_args([name, str(self._record), *words])
        errand: Errand = asked.make(asked)
        code = errand.work(Program(RESOURCES, lambda: ""))
        return code, self._capsys.readouterr().out


def _fill(stock: Shelf) -> None:
    for number in (1, 2, 3):
        handset = made_up(number, tag=True)
        stock.append(Entry(_K.GOODS_IN, handset, from_="supplier:X", to="bench-07/stock",
                           order="PO-1", lot="CTN1"))  # fmt: skip


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    with shelf(tmp_path) as stock:
        _fill(stock)
        return Command(stock.means.ledger.path, capsys)


def test_what_is_found_is_said_by_the_ends_of_its_numbers(command: Command) -> None:
    code, told = command("find", "SIM-000002")
    assert code == 0
    assert "SIM-000002" in told
    assert made_up(2).imeis[0].digits not in told
    _, said = command("find", "0000002", "--json")
    assert [each["tag"] for each in json.loads(said)["found"]] == ["SIM-000002"]


def test_what_nothing_goes_by_ends_with_one(command: Command) -> None:
    assert command("find", "nobody's") == (1, "")
    assert command("find", "")[0] == 1


def test_lists_are_named_and_written(command: Command, tmp_path: Path) -> None:
    assert command("list", "carton") == (0, "CTN1: 3\n")
    out = tmp_path / "list.csv"
    assert command("list", "carton", "CTN1", "--out", str(out))[0] == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4


def test_reports_are_named_and_written_in_every_form(command: Command, tmp_path: Path) -> None:
    named = [line.partition(":")[0] for line in command("report")[1].splitlines()]
    assert named == ["handsets", "orders", "discrepancies", "gaps"]
    assert command("report", "gaps", "--out", str(tmp_path / "gaps.csv"))[0] == 0
    for form, begin in (("pdf", b"%PDF-1.7"), ("csv", b"IMEI,"), ("jsonl", b"{")):
        out = tmp_path / f"report.{form}"
        code, told = command("report", "handsets", "--as", form, "--out", str(out))
        assert (code, out.read_bytes().startswith(begin)) == (0, True)
        assert "3 rows, SHA-256" in told


def test_a_report_that_is_none_is_a_known_problem(command: Command) -> None:
    with pytest.raises(ProblemError) as refused:
        command("report", "no-such")
    assert refused.value.problem.code is ProblemCode.NOT_FOUND


def test_gaps_of_all_and_of_one(command: Command, tmp_path: Path) -> None:
    code, told = command("gaps", "--out", str(tmp_path / "all.csv"))
    assert (code, "every one is accounted for" in told) == (0, True)
    one = tmp_path / "one.csv"
    assert command("gaps", "SIM-000001", "--out", str(one))[0] == 0
    assert "bench-07/stock" in one.read_text(encoding="utf-8")


def test_a_day_that_balances_ends_with_nought_and_is_recorded_when_asked(
    command: Command,
) -> None:
    code, told = command("reconcile", "--json")
    assert (code, json.loads(told)["balanced"]) == (0, True)
    assert command("reconcile", "--record")[0] == 0
    assert json.loads(command("reconcile", "--json")[1])["events"] == json.loads(told)["events"] + 1


def test_a_shift_is_looked_at(command: Command) -> None:
    code, told = command("shift")
    assert code == 0
    assert "In the house  in-stock  3" in told
