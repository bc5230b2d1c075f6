from __future__ import annotations

from app.staging.comparing import differing, groups, spoken

BOX, HANDSET = "004400000000018", "004400000000026"


def test_an_imei_stands_in_its_own_groups() -> None:
    assert groups(BOX) == ("00", "440000", "000001", "8")


def test_anything_else_stands_four_by_four() -> None:
    assert groups("R58N00A1BXY") == ("R58N", "00A1", "BXY")
    assert groups("BW-000017") == ("BW-0", "0001", "7")
    assert groups("") == ()


def test_numbers_differ_where_one_of_them_does() -> None:
    assert differing([BOX, HANDSET]) == {13, 14}
    assert differing([BOX, BOX, HANDSET]) == {13, 14}
    assert differing([BOX, BOX]) == frozenset()


def test_a_value_of_another_kind_is_compared_with_nothing() -> None:
    assert differing([BOX, "BW-000017"]) == frozenset()
    assert differing([BOX, HANDSET, "BW-000017"]) == {13, 14}
    assert differing([BOX, ""]) == frozenset()


def test_a_number_is_spoken_digit_by_digit_with_the_places_that_differ() -> None:
    told = spoken("Box", BOX, frozenset({13, 14}))
    assert told == "Box: 0 0, 4 4 0 0 0 0, 0 0 0 0 0 1, 8; differs at place 14, 15"
    assert spoken("Label", "", frozenset()) == "Label: not read"
