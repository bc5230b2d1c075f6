from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester

from app.staging.model import SlotTable, described, spoken
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.staging.slots import HubLayout


def test_the_model_keeps_qts_rules(
    qtmodeltester: ModelTester, layout: HubLayout, wave: tuple[SlotView, ...]
) -> None:
    table = SlotTable(layout)
    qtmodeltester.check(table)  # type: ignore[no-untyped-call]
    table.show(wave)
    qtmodeltester.check(table)  # type: ignore[no-untyped-call]


def test_the_slots_lie_as_on_the_hub(layout: HubLayout) -> None:
    table = SlotTable(layout)
    names = [
        [table.index(row, column).data() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]
    assert names[0] == ["A1", "A2", "A3", "A4"]
    assert names[3] == ["D1", "D2", "D3", "D4"]


def test_only_a_slot_that_looks_different_is_reported(
    layout: HubLayout, wave: tuple[SlotView, ...]
) -> None:
    table = SlotTable(layout)
    table.show(wave)
    changed: list[str] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        assert first == last
        changed.append(first.data())

    table.dataChanged.connect(note)
    table.show((*wave[:5], SlotView(wave[5].slot)))
    assert changed == ["B2"]


def test_a_slot_of_another_hub_is_a_bug(layout: HubLayout) -> None:
    with pytest.raises(KeyError):
        SlotTable(layout).show([SlotView(SlotCode("Z", 9))])


def test_every_tile_can_be_heard(layout: HubLayout, wave: tuple[SlotView, ...]) -> None:
    table = SlotTable(layout)
    table.show(wave)
    for row in range(4):
        for column in range(4):
            index = table.index(row, column)
            heard = index.data(Qt.ItemDataRole.AccessibleTextRole)
            assert heard.startswith(f"Slot {index.data()}, ")
            assert isinstance(index.data(Qt.ItemDataRole.AccessibleDescriptionRole), str)


def test_a_held_slot_is_heard_with_its_cause_and_its_step(wave: tuple[SlotView, ...]) -> None:
    assert spoken(wave[5]) == "Slot B2, held, unplugged during step 2 of 4, push profile"
    assert spoken(wave[3]) == "Slot A4, working, step 3 of 4"
    assert spoken(wave[2]) == "Slot A3, needs you, scan imei"
    assert spoken(wave[0]) == "Slot A1, empty"
    assert "IMEI ending in 0 0 4 2" in described(wave[5])
    assert "Plug the same handset into any slot" in described(wave[5])


def test_the_next_that_needs_hands_goes_round(
    layout: HubLayout, wave: tuple[SlotView, ...]
) -> None:
    table = SlotTable(layout)
    assert table.next_needing_hands(wave[0].slot) is None
    table.show(wave)
    first = table.next_needing_hands(wave[0].slot)
    assert first == wave[2].slot
    second = table.next_needing_hands(first)
    assert second == wave[5].slot
    assert table.next_needing_hands(second) == wave[2].slot


def test_a_slot_is_found_by_anything_it_shows(
    layout: HubLayout, wave: tuple[SlotView, ...]
) -> None:
    table = SlotTable(layout)
    table.show(wave)
    assert table.matching("bw-000003") == (wave[5].slot,)
    assert table.matching("a556b 0026") == (wave[3].slot,)
    assert table.matching("needs") == (wave[2].slot,)
    assert table.matching("nothing like it") == ()
    assert Category.HELD in {table.view(slot).category for slot in table.matching("unplugged")}
