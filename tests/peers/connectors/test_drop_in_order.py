"""Files of a drop have an order, and are of one place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.inventory.connectors.drop.connector import DropConnector
from bench.inventory.connectors.drop.places import Folder
from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.rate import Bucket
from bench.inventory.connectors.reconciling import reconcile
from bench.problems import ProblemCode, ProblemError
from tests.peers.connectors.connectors_room import Centre, fed
from tests.peers.connectors.drop_room import a_drop, begun, one_file, rows_of


def test_a_device_that_is_again_what_it_was_is_told_of_again_and_last(
    centre: Centre, tmp_path: Path
) -> None:
    connector, folder = begun(centre, Folder(tmp_path)), tmp_path
    for quarantined in (False, True, False):
        centre.has(1, in_conflict=quarantined)
        assert fed(centre, connector).done == 1
    files = sorted(folder.glob("changes-*.csv"))
    assert [rows_of(each)[0]["quarantined"] for each in files] == ["", "yes", ""]
    assert [each.name[8:18] for each in files] == ["0000000001", "0000000002", "0000000003"]


def test_numbers_rise_above_what_is_there_where_the_store_was_set_back(
    centre: Centre, tmp_path: Path
) -> None:
    (tmp_path / "changes-0000000041-none-aaaaaaaaaaaa.csv").write_bytes(b"")
    (tmp_path / "snapshot-20260101-0000000043.csv").write_bytes(b"")
    connector = begun(centre, Folder(tmp_path))
    centre.has(1)
    fed(centre, connector)
    assert list(tmp_path.glob("changes-0000000044-*.csv"))


def test_what_broke_off_before_it_counted_as_done_is_no_second_file(
    centre: Centre, tmp_path: Path
) -> None:
    class Forgetful(DropConnector):
        async def read_back(self, plans: Any) -> Any:
            return [()] * len(plans)

    centre.has(1)
    made = Forgetful(Folder(tmp_path), Pace("drop", Bucket(100_000)), snapshots=False, is_here=True)
    centre.begun(made)
    assert fed(centre, made).failed == 1
    file = one_file(tmp_path)
    before = file.stat().st_mtime_ns
    centre.due_now()
    assert fed(centre, a_drop(Folder(tmp_path))).done == 1
    assert one_file(tmp_path).stat().st_mtime_ns == before


def test_another_folder_is_another_inventory_that_gets_all(centre: Centre, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for each in (one, other):
        each.mkdir()
    centre.has_each((1, 2))
    assert fed(centre, begun(centre, Folder(one))).done == 2
    with pytest.raises(ProblemError) as raised:
        fed(centre, a_drop(Folder(other)))
    assert raised.value.problem.code is ProblemCode.CONNECTOR_INERT
    assert fed(centre, begun(centre, Folder(other))).done == 2
    assert fed(centre, begun(centre, Folder(one))).done == 2
    assert len(list(one.glob("changes-*.csv"))) == 2
    begun(centre, Folder(other))
    assert fed(centre, begun(centre, Folder(one))).done == 2


def test_a_line_break_in_the_record_is_no_difference(centre: Centre, tmp_path: Path) -> None:
    connector = begun(centre, Folder(tmp_path), snapshots=True)
    centre.has(1, model='SM\r\nA"325F')
    centre.has(2)
    fed(centre, connector)
    assert list(reconcile(centre.connect, connector)) == []
