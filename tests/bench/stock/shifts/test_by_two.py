"""The day and the shift at a desk that two people man: jobs, signatures, the second person."""

from __future__ import annotations

from pathlib import Path

from bench.custody.entries import Entry
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from tests.bench.stock.counter import counter, made_up

_K = CustodyKind


def test_a_shift_goes_from_one_person_to_another(tmp_path: Path) -> None:
    with counter(tmp_path, is_manned=True) as desk:
        technician, supervisor = desk.people[:2]
        desk.prove(technician)
        desk.append(Entry(_K.GOODS_IN, made_up(1), to="bench-07/stock"))
        desk.go(Workspace.CUSTODY, "reconcile", "begin")
        desk.work()
        assert desk.answer.tone is ScanTone.GOOD
        desk.choose("record")
        desk.work()
        (day,) = desk.bodies(_K.RECONCILED)
        assert isinstance(day["data"], dict)
        assert (day["data"]["balanced"], day["data"]["rest"]) == (True, 0)

        desk.go(Workspace.CUSTODY, "shift", "write")
        desk.work()
        desk.sign()
        desk.sign("1,9 2,1;3,5 9,5;7,7 8,8")
        assert desk.bodies(_K.SHIFT_HANDED_OVER) == []
        desk.prove(supervisor)
        (over,) = desk.bodies(_K.SHIFT_HANDED_OVER)
        (signed,) = desk.bodies(_K.SIGNED_OFF)
        assert isinstance(over["actor"], dict)
        assert isinstance(signed["second"], dict)
        assert over["actor"]["id"] != signed["second"]["id"]
        assert desk.desk.title == "Custody"
        assert sorted(path.name[:5] for path in desk.means.papers.iterdir()) == ["recon", "shift"]


def test_every_task_of_the_desk_has_a_key_of_its_own(tmp_path: Path) -> None:
    with counter(tmp_path) as desk:
        desk.go(Workspace.CUSTODY)
        names = [choice.name for choice in desk.desk.choices]
        assert {"find", "reconcile", "shift", "gaps", "reports"} <= set(names)
        assert len(set(names)) == len(names) <= 10
        for name in names:
            desk.go(Workspace.CUSTODY, name)
            assert desk.desk.prompt
