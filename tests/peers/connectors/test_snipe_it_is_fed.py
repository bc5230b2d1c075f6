"""Snipe-IT over real HTTP, fed from a real store."""

from __future__ import annotations

import asyncio
import tomllib
from dataclasses import replace

import pytest

from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.snipe_it.connector import SnipeItConnector
from bench.inventory.connectors.snipe_it.setting_up import set_up
from tests.peers.connectors.connectors_room import (
    Centre,
    fed,
    fed_by,
)
from tests.peers.connectors.snipe_it_stand_in import SnipeItStandIn, snipe_it


def test_a_staged_handset_is_there_with_its_tag_serial_imei_and_status(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1)
    assert fed(centre, connector).done == 1
    (asset,) = there.stock.living()
    assert asset["asset_tag"] == "AST-000001"
    assert asset["serial"] == "R0000001"
    assert there.stock.labels[asset["status_id"]]["name"] == "Staging: staged"
    assert "004400000000001" in asset.values()


def test_what_is_as_wanted_is_not_touched_again(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1)
    fed(centre, connector)
    there.wire.seen.clear()
    assert fed(centre, connector).done == 0
    assert there.wire.seen == []


def test_only_what_changed_is_sent_and_never_the_serial_that_is_there(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    there.stock.unique_serial = True
    centre.has(1, phase="at-bench")
    fed(centre, connector)
    centre.has(1, phase="staged")
    assert fed(centre, connector).done == 1
    (patch,) = there.wire.asked("PATCH")
    assert list(patch.body) == ["status_id"]


def test_what_is_overtaken_is_not_sent(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    for phase in ("in-stock", "at-bench", "staged"):
        centre.has(1, phase=phase)
    fed(centre, connector)
    assert [each[1] for each in there.stock.log] == ["create"]


def test_a_handset_is_checked_out_where_it_was_handed_over_and_back_in_when_it_returns(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1, phase="handed-over")
    assert fed(centre, connector).done == 1
    (asset,) = there.stock.living()
    assert asset["assigned"] == ("location", 3)
    centre.has(1, phase="in-stock")
    assert fed(centre, connector).done == 1
    assert asset["assigned"] is None
    assert there.stock.labels[asset["status_id"]]["name"] == "Staging: in-stock"


def test_who_has_it_is_whom_the_settings_name_for_who_the_record_names(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt
) -> None:
    connector = fed_by(replace(settings, holders={"p-77": "user:9"}))
    centre.begun(connector)
    centre.has(1, phase="handed-over", custodian="p-77")
    fed(centre, connector)
    assert there.stock.living()[0]["assigned"] == ("user", 9)


@pytest.mark.parametrize("how", [{"custody": "quarantined"}, {"in_conflict": True}])
def test_a_quarantined_handset_is_checked_out_nowhere(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector, how: dict[str, object]
) -> None:
    centre.has(1, phase="handed-over")
    fed(centre, connector)
    centre.has(1, phase="handed-over", **how)
    centre.has(2, phase="handed-over", **how)
    assert fed(centre, connector).done == 2
    assert [each["assigned"] for each in there.stock.living()] == [None, None]
    assert {each["status_id"] for each in there.stock.living()} == {
        number for number, each in there.stock.labels.items() if "quarantined" in each["name"]
    }


def test_nasty_texts_go_through_unharmed(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    serials = ["=cmd|'/c calc'!A0", '<b>"x"</b> & Ü', "a/../b?c=d#e%2F", "';DROP TABLE x;--"]
    for number, serial in enumerate(serials, 1):
        centre.has(number, serial=serial)
    assert fed(centre, connector).done == 4
    assert [each["serial"] for each in there.stock.living()] == serials
    centre.due_now()
    with centre.admin() as admin:
        admin.execute("UPDATE custody.connector_device SET done = NULL, state = 'waiting'")
    there.wire.seen.clear()
    assert fed(centre, connector).done == 4
    assert not there.wire.asked("PATCH")
    assert not there.wire.asked("POST")


def test_one_that_is_there_by_its_serial_alone_is_completed_not_doubled(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    label, model = min(there.stock.labels), min(there.stock.models)
    there.stock.asset(asset_tag="", serial="R0000001", status_id=label, model_id=model)
    centre.has(1)
    assert fed(centre, connector).done == 1
    (asset,) = there.stock.living()
    assert asset["asset_tag"] == "AST-000001"


def test_an_asset_tag_of_another_handset_is_left_to_a_person(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    label, model = min(there.stock.labels), min(there.stock.models)
    there.stock.asset(asset_tag="AST-000001", serial="OTHER", status_id=label, model_id=model)
    device = centre.has(1)
    assert fed(centre, connector).refused == 1
    assert "serial number OTHER" in centre.row(device)["last_word"]
    assert not there.wire.asked("POST")


def test_a_deleted_asset_is_none(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    label, model = min(there.stock.labels), min(there.stock.models)
    there.stock.asset(
        asset_tag="AST-000001", serial="R0000001", status_id=label, model_id=model, deleted=True
    )
    centre.has(1)
    assert fed(centre, connector).done == 1
    assert len(there.stock.living()) == 1


def test_many_at_once_are_looked_up_in_pages_and_not_one_by_one(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has_each(range(1, 41))
    assert fed(centre, connector).done == 40
    assert len(there.wire.asked("POST", "/hardware")) == 40
    assert not there.wire.asked("GET", "byserial")
    assert len(there.wire.asked("GET", "bytag")) == 40


def test_a_phase_without_a_label_is_named(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    device = centre.has(1, phase="wiped")
    centre.has(2)
    assert (fed(centre, connector).refused, len(there.stock.living())) == (1, 1)
    assert centre.row(device)["last_word"] == "set snipe-it.status.wiped"


def test_a_handset_without_an_asset_tag_waits_for_its_label(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1, asset_tag=None)
    assert fed(centre, connector).done == 0
    assert there.stock.living() == []


def test_each_request_asks_for_json_and_for_an_order(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1)
    fed(centre, connector)
    assert {each.headers["Accept"] for each in there.wire.seen} == {"application/json"}
    lists = [each for each in there.wire.seen if "limit" in each.query]
    assert lists
    assert {(each.query["sort"], each.query["order"]) for each in lists} == {("id", "asc")}


def test_what_is_set_up_is_set_up_once(there: SnipeItStandIn, settings: SnipeIt) -> None:
    asked = replace(settings, models={"SM-S911B": "Galaxy S23"}, category=1)
    said: list[str] = []
    for _ in range(2):
        asyncio.run(set_up(fed_by(asked).rows, asked, said.append))
    assert [each["name"] for each in there.stock.models.values()] == ["SM-A325F", "Galaxy S23"]
    assert len(there.stock.fields) == 2
    assert len(there.stock.fieldsets) == 1
    assert f'imei-column = "{settings.imei_column}"' in said
    assert said.count("made Galaxy S23 of models") == 1


def test_an_empty_snipe_it_is_set_up_and_then_fed(centre: Centre) -> None:
    with snipe_it() as there:
        asked = SnipeIt(
            url=there.wire.url, token="t", category=1, status={"staged": "Ready"},
            models={"SM-A325F": "Galaxy A32"}, per_minute=100_000,
        )  # fmt: skip
        said: list[str] = []
        asyncio.run(set_up(fed_by(asked).rows, asked, said.append))
        columns = tomllib.loads("\n".join(each for each in said if " = " in each))
        asked = replace(
            asked, imei_column=columns["imei-column"], imei2_column=columns["imei2-column"]
        )
        connector = fed_by(asked)
        centre.begun(connector)
        centre.has(1, imei2="004400000000199")
        assert fed(centre, connector).done == 1
        (asset,) = there.stock.living()
        assert asset[asked.imei2_column] == "004400000000199"
