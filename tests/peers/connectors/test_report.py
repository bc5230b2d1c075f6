"""How an inventory and the record differ, compared and written down."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from bench.command_line.central import feeding
from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.reconciling import Kind
from tests.peers.connectors.asking_snipe_it import asked_of, found_by, writes
from tests.peers.connectors.connectors_room import (
    Centre,
    fed,
    fed_by,
)
from tests.peers.connectors.snipe_it_stand_in import SnipeItStandIn

ROOT = Path(__file__).parents[3]


# ── the report ──────────────────────────────────────────────────────────────────────────────────
def test_a_report_finds_what_is_missing_unknown_different_doubled_and_archived(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt
) -> None:
    connector = fed_by(settings)
    centre.begun(connector)
    centre.has_each(range(1, 7))
    centre.has(7, phase="disposed")
    fed(centre, connector)
    assert {each.kind for each in found_by(centre, settings)} == {Kind.ARCHIVED}
    stock = there.stock
    by_tag = {each["asset_tag"]: each for each in stock.living()}
    by_tag["AST-000001"]["deleted"] = True
    by_tag["AST-000002"]["serial"] = "MISTYPED"
    label, model = min(stock.labels), min(stock.models)
    stock.asset(asset_tag="X-9", serial="<i>", status_id=label, model_id=model)
    other = stock.asset(asset_tag="ast-000003", serial="", status_id=label, model_id=model)
    third = by_tag["AST-000003"]["id"]
    there.wire.seen.clear()
    found = found_by(centre, settings)
    said = {(each.kind, each.asset_tag, each.field, each.there) for each in found}
    assert said == {
        (Kind.MISSING, "AST-000001", "", ""),
        (Kind.DIFFERS, "AST-000002", "serial", "MISTYPED"),
        (Kind.CONFLICT, "AST-000003", "", f"it has 2 entries for it: {third}, {other}"),
        (Kind.DUPLICATE, "ast-000003", "asset_tag", "2"),
        (Kind.UNKNOWN, "X-9", "", ""),
        (Kind.ARCHIVED, "AST-000007", "", ""),
    }
    assert writes(there) == []
    assert [each.serial for each in found if each.kind is Kind.UNKNOWN] == ["<i>"]


def test_pages_that_shift_while_they_are_read_lose_and_double_nothing(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.peers.connectors.snipe_it_stock.MOST", 7)
    label, model = min(there.stock.labels), min(there.stock.models)
    numbers = [
        there.stock.asset(asset_tag=f"Y-{n}", status_id=label, model_id=model) for n in range(60)
    ]
    gone = iter(numbers[:20])

    def shift(stock: Any) -> None:
        for number in (next(gone, None), next(gone, None), next(gone, None)):
            if number is not None:
                stock.assets[number]["deleted"] = True

    there.shift = shift
    tags = [each.asset_tag for each in found_by(centre, settings)]
    assert len(tags) == len(set(tags))
    assert {f"Y-{n}" for n in range(20, 60)} <= set(tags)


def test_archived_entries_are_read_once_whatever_the_service_shows(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt
) -> None:
    archived = next(n for n, each in there.stock.labels.items() if each["type"] == "archived")
    there.stock.asset(asset_tag="OLD", status_id=archived, model_id=min(there.stock.models))
    for shows in (False, True):
        there.stock.shows_archived = shows
        assert [each.asset_tag for each in found_by(centre, settings)] == ["OLD"]


@pytest.mark.parametrize("name", ["report.csv", "report.json"])
def test_a_report_is_a_file_of_which_no_cell_is_a_formula(
    centre: Centre, there: SnipeItStandIn, file: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    asked = asked_of(centre, file)
    assert feeding.compare(asked, out) == 0
    assert out.read_text() in ("[]\n", ",".join(feeding._FIELDS) + "\n")
    there.stock.asset(
        asset_tag="=cmd|'/c x'!A0", status_id=min(there.stock.labels),
        model_id=min(there.stock.models),
    )  # fmt: skip
    assert feeding.compare(asked, out) == 1
    if name.endswith("json"):
        assert json.loads(out.read_text())[0]["asset_tag"] == "=cmd|'/c x'!A0"
    else:
        with out.open(newline="") as opened:
            assert next(csv.DictReader(opened))["asset_tag"] == "'=cmd|'/c x'!A0"
