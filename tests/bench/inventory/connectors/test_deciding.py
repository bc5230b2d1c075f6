"""What is to be done so that an inventory has a device as it is wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.inventory.connectors.deciding import decide
from bench.inventory.connectors.words import (
    IMEI,
    IMEI2,
    SERIAL,
    STATUS,
    TAG,
    Alter,
    CheckIn,
    CheckOut,
    Conflict,
    Create,
    Entry,
)

FIELDS = {TAG: "AST-1", SERIAL: "S1", IMEI: "004400000000001", STATUS: "Ready"}
WANTED = Entry(FIELDS)
THERE = Entry(FIELDS, "", key="7")


def _there(holder: str = "", **fields: str) -> Entry:
    return Entry({**FIELDS, **fields}, holder, key="7")


def test_what_is_not_there_is_made_and_checked_out() -> None:
    assert decide(WANTED, []) == (Create(FIELDS),)
    held = replace(WANTED, holder="user:7")
    assert decide(held, []) == (Create(FIELDS), CheckOut("", "user:7"))


def test_what_is_there_as_wanted_is_left_alone() -> None:
    assert decide(WANTED, [THERE]) == ()
    assert decide(WANTED, [replace(THERE, holder="user:3")]) == ()


def test_only_what_differs_is_changed() -> None:
    assert decide(WANTED, [_there(status="Old")]) == (Alter("7", {STATUS: ("Old", "Ready")}),)


def test_it_is_taken_back_before_it_changes_and_given_out_after() -> None:
    wanted = replace(WANTED, holder="location:2")
    assert decide(wanted, [_there("user:3", status="Old")]) == (
        CheckIn("7", "user:3"),
        Alter("7", {STATUS: ("Old", "Ready")}),
        CheckOut("7", "location:2"),
    )


def test_a_field_that_is_not_known_is_not_emptied() -> None:
    assert decide(Entry({TAG: "AST-1"}), [THERE]) == ()


def test_a_serial_number_alone_is_of_it_only_where_nothing_else_speaks_against_it() -> None:
    bare = Entry({SERIAL: "s1"}, key="8")
    assert isinstance(decide(WANTED, [bare])[0], Alter)
    twin = _there(asset_tag="AST-2", imei="004400000000002")
    assert decide(WANTED, [twin]) == (Create(FIELDS),)


def test_two_entries_are_left_to_a_person() -> None:
    (change,) = decide(WANTED, [THERE, _there(serial="S2")])
    assert isinstance(change, Conflict)


@pytest.mark.parametrize(
    ("fields", "word"),
    [({"imei": "004400000000009", "serial": "S9"}, "IMEI"), ({"imei": "", "serial": "S9"}, "S9")],
)
def test_our_tag_on_another_handset_is_left_to_a_person(fields: dict[str, str], word: str) -> None:
    (change,) = decide(WANTED, [_there(**fields)])
    assert isinstance(change, Conflict)
    assert word in change.why


def test_a_new_board_is_another_imei_of_the_same_handset() -> None:
    assert decide(WANTED, [_there(imei="004400000000009")]) == (
        Alter("7", {IMEI: ("004400000000009", FIELDS[IMEI])}),
    )


def test_imeis_that_stand_the_other_way_round_are_the_same_handset() -> None:
    there = Entry({IMEI2: FIELDS[IMEI], IMEI: "004400000000008"}, key="9")
    (change,) = decide(WANTED, [there])
    assert isinstance(change, Alter)


_TEXT = st.sampled_from(["", "A", "b", "C"])
_ENTRIES = st.builds(
    lambda tag, serial, imei, status, holder, key: Entry(
        {TAG: tag, SERIAL: serial, IMEI: imei, STATUS: status}, holder, key=key
    ),
    _TEXT, _TEXT, _TEXT, _TEXT, st.sampled_from(["", "user:1"]), st.sampled_from("123"),
)  # fmt: skip


@settings(max_examples=60)
@given(_ENTRIES, st.lists(_ENTRIES, max_size=3, unique_by=lambda each: each.key))
def test_what_was_done_needs_not_be_done_again(wanted: Entry, found: list[Entry]) -> None:
    changes = decide(wanted, found)
    if any(isinstance(each, Conflict) for each in changes):
        return
    made = next((Entry(each.fields, "") for each in changes if isinstance(each, Create)), None)
    key = next((each.key for each in changes if isinstance(each, Alter)), None)
    entry = made or next((each for each in found if each.key == key), None)
    if entry is None or not (wanted.fields[TAG] or wanted.fields[IMEI]):
        return
    for each in changes:
        if isinstance(each, Alter):
            new = {name: value for name, (_, value) in each.fields.items()}
            entry = replace(entry, fields={**entry.fields, **new})
        if isinstance(each, CheckIn | CheckOut):
            entry = replace(entry, holder=each.holder if isinstance(each, CheckOut) else "")
    assert decide(wanted, [entry]) == ()
