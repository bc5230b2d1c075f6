"""`stock orders`, `stock delivery` and `stock discrepancies`, beside a record that lies there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.command_line import arguments
from bench.command_line.errands.words import Errand
from bench.command_line.program import Program
from bench.problems import ProblemCode, ProblemError
from tests.bench.stock.counter import counter, made_up_imei
from tests.bench.stock.goods_in.deliveries import begin, count, order, two_cartons

PROGRAM = Program(Path("resources"), lambda: "0" * 64)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of a delivery with one missing and one that goes back."""
    folder = tmp_path_factory.mktemp("record")
    with counter(folder) as desk:
        two_cartons(desk)
        order(desk, "=PO-9", 1)
        begin(desk, "C-1")
        count(desk, 1, 2, 3, 99)
        desk.choose("not-ours")
        desk.choose("close")
        desk.choose("comes-later")
    return folder / "ledger.db"


def asked(*words: object) -> int:
    errand = arguments.parse(["stock", *map(str, words)], ())
    assert isinstance(errand, Errand)
    return errand.work(PROGRAM)


def test_each_order_is_told_in_a_line(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("orders", record) == 0
    assert capsys.readouterr().out.splitlines() == [
        "=PO-9 from Example Mobile: 1 ordered, 0 announced, 0 counted",
        "PO-1 from Example Mobile: 7 ordered, 7 announced, 3 counted, 1 awaited or set aside",
    ]


def test_a_delivery_is_told_carton_by_carton(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("delivery", record, "D-1") == 1
    assert capsys.readouterr().out.splitlines() == [
        "D-1, P-1, C-1: 3 of 4, 0 missing, 1 settled",
        "D-1, P-1, C-2: 0 of 3, 3 missing",
        "together 3 of 7 counted, 3 missing, 1 settled, 0 over",
    ]
    assert asked("delivery", record, "C-1") == 0


def test_a_delivery_that_no_list_names_is_said_so(record: Path) -> None:
    with pytest.raises(ProblemError) as told:
        asked("delivery", record, "D-77")
    assert told.value.problem.code is ProblemCode.NOT_EXPECTED


def test_discrepancies_are_told_to_a_program(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("discrepancies", record, "--json") == 0
    said = json.loads(capsys.readouterr().out)["discrepancies"]
    assert [(each["kind"], each["imei"]) for each in said] == [
        ("unknown", made_up_imei(99).digits), ("short", made_up_imei(4).digits),
    ]  # fmt: skip
    assert asked("discrepancies", record, "--open") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("(PO-1, D-1, P-1, C-1): awaited, comes-later; open")
