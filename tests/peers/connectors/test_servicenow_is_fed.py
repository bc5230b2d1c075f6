"""ServiceNow's identification engine over real HTTP, fed from a real store."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from bench.enrolment.secrets.held import HeldSecrets
from bench.inventory.connectors.filed import Connectors, ServiceNow
from bench.inventory.connectors.opening import opened
from bench.inventory.connectors.port import Connector
from bench.inventory.connectors.preview import preview
from bench.inventory.connectors.reconciling import Kind, reconcile
from tests.peers.connectors.connectors_room import Centre, fed
from tests.peers.connectors.servicenow_stand_in import SECRET, ServiceNowStandIn, servicenow


@pytest.fixture
def there() -> Iterator[ServiceNowStandIn]:
    with servicenow() as standing_in:
        yield standing_in


def _to(there: ServiceNowStandIn, **more: Any) -> Connector:
    settings = ServiceNow(url=there.wire.url, token="sn", per_minute=100_000, **more)
    return opened(Connectors(servicenow=settings), "servicenow", HeldSecrets({"sn": SECRET}))


@pytest.fixture
def connector(there: ServiceNowStandIn, centre: Centre) -> Connector:
    made = _to(there)
    centre.begun(made)
    return made


def test_a_new_board_is_no_other_device(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    old = centre.has(1, lasting="bench-1/u1")
    fed(centre, connector)
    with centre.admin() as admin:
        admin.execute("DELETE FROM custody.device WHERE key = %s", (old,))
    centre.has(9, lasting="bench-1/u1", serial="", asset_tag="AST-000001")
    assert fed(centre, connector).done == 1
    assert list(there.native) == ["bench-1/u1"]
    assert len(there.rows) == 1


def test_a_preview_and_a_report_keep_nothing_of_each_device(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    centre.has_each(range(1, 4))
    held: list[int] = []

    def look(_: Sequence[str]) -> None:
        held.append(sum(len(each) for each in vars(connector).values() if isinstance(each, dict)))

    preview(centre.connect, connector, look)
    assert held == [0, 0, 0]
    sent = there.wire.asked("POST", "/query")[0].body["items"]
    assert {each["sys_object_source_info"]["source_recency_timestamp"] for each in sent} == {
        "2026-11-24 00:00:00"
    }


def test_a_device_is_identified_by_the_records_own_name_for_it(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    device = centre.has(1)
    assert fed(centre, connector).done == 1
    centre.has(1, serial="R-CHANGED", asset_tag="AST-000009")
    assert fed(centre, connector).done == 1
    (row,) = there.rows.values()
    assert (row["asset_tag"], row["serial_number"]) == ("AST-000009", "R-CHANGED")
    assert list(there.native) == [device]
    (sent,) = there.wire.asked("POST", "/identifyreconcile?")[0].body["items"]
    assert sent["sys_object_source_info"] == {
        "source_name": "Staging Bench", "source_native_key": device,
        "source_recency_timestamp": "2026-11-24 00:00:00",
    }  # fmt: skip


def test_a_preview_is_a_dry_run(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    there.row(serial_number="R0000002", asset_tag="")
    for serial in ("R0000003", "R0000003"):
        there.row(serial_number=serial)
    centre.has_each((1, 2, 3))
    before = {key: dict(row) for key, row in there.rows.items()}
    seen = preview(centre.connect, connector, lambda _: None)
    assert seen.counts == {"create": 1, "change": 1, "look at": 1}
    assert there.rows == before


def test_doubled_entries_are_left_to_a_person_and_hold_up_no_other(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    for _ in range(2):
        there.row(serial_number="R0000002")
    centre.has(1)
    device = centre.has(2)
    done = fed(centre, connector)
    assert (done.done, done.refused) == (1, 1)
    assert "2 entries" in centre.row(device, "servicenow")["last_word"]


def test_a_lost_reply_makes_no_second_entry(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    centre.has_each((1, 2))
    there.wire.fails("cut-after", "POST", "/identifyreconcile?")
    assert fed(centre, connector).done == 2
    assert len(there.rows) == 2


def test_one_that_it_cannot_bear_is_found_among_many(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    centre.has_each(range(1, 5))
    device = centre.has(5)
    there.poison = "R0000005"
    done = fed(centre, connector)
    assert (done.done, done.failed, done.left) == (4, 1, "")
    assert "500" in centre.row(device, "servicenow")["last_word"]


def test_a_data_source_that_is_not_set_up_is_said(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    there.sources = ()
    device = centre.has(1)
    assert fed(centre, connector).refused == 1
    assert "the data source is not set up" in centre.row(device, "servicenow")["last_word"]


def test_a_password_is_sent_as_one_and_never_said(centre: Centre, there: ServiceNowStandIn) -> None:
    both = base64.b64encode(f"feeder:{SECRET}".encode()).decode()
    there.authorisation = f"Basic {both}"
    connector = _to(there, user="feeder")
    centre.begun(connector)
    centre.has(1)
    assert fed(centre, connector).done == 1
    there.authorisation = "another"
    centre.has(2)
    left = fed(centre, connector).left
    assert "401" in left
    assert SECRET not in left + repr(vars(connector))
    assert both not in left + repr(vars(connector))


def test_an_answer_of_another_number_of_devices_is_none(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    centre.has(1)
    there.wire.fails("list", "POST", "/query", times=20)
    assert fed(centre, connector).failed == 1


def test_the_report_reads_the_class_by_its_keys(
    centre: Centre, there: ServiceNowStandIn, connector: Connector
) -> None:
    for number in range(1, 1203):
        there.row(serial_number=f"S{number}")
    centre.has(1)
    found = list(reconcile(centre.connect, connector))
    assert [each.kind for each in found].count(Kind.UNKNOWN) == 1202
    assert [each.kind for each in found].count(Kind.MISSING) == 1
    assert {each.method for each in there.wire.seen} == {"GET"}
