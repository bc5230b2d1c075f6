"""The beginning of a desk: a key begins a task, and so does a scan where one takes it."""

from __future__ import annotations

from pathlib import Path

from bench.custody.entries import Entry
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from tests.bench.stock.counter import counter, made_up, made_up_imei

_LISTED = "INSERT INTO expected VALUES (?, '', '', 'SM-A325F', 'PO-1', 'D-1', 'P-1', 'C-77',"
_LISTED += " 'despatch', '', '', 1)"


def test_a_carton_that_is_scanned_first_begins_its_count(tmp_path: Path) -> None:
    with counter(tmp_path) as desk:
        desk.book.connection.execute(_LISTED, (made_up_imei(1).digits,))
        desk.go(Workspace.GOODS_IN)
        desk.scan("C-77")
        assert desk.answer.tone is ScanTone.GOOD
        desk.scan(made_up_imei(1))
        assert len(desk.bodies(CustodyKind.GOODS_IN)) == 1


def test_a_label_that_is_scanned_first_in_custody_is_looked_for(tmp_path: Path) -> None:
    with counter(tmp_path) as desk:
        desk.append(Entry(CustodyKind.GOODS_IN, made_up(1, tag=True)))
        desk.go(Workspace.CUSTODY)
        desk.scan("SIM-000001")
        assert desk.answer.tone is ScanTone.GOOD
        assert desk.desk.title != "Custody"


def test_what_no_task_takes_leaves_the_desk_at_its_beginning(tmp_path: Path) -> None:
    with counter(tmp_path) as desk:
        for workspace in (Workspace.GOODS_IN, Workspace.CUSTODY, Workspace.DISPATCH):
            desk.go(workspace)
            desk.scan("C-99-UNKNOWN")
            assert desk.answer.tone is ScanTone.BAD, workspace
            assert "What is to be done" in desk.desk.prompt
