from __future__ import annotations

from app.staging.comparing import Said, compared, groups

BOX, HANDSET = "004400000000018", "004400000000026"


def wrong(*said: tuple[str, str]) -> list[set[int]]:
    return [set(line.places) for line in compared(said)]


def test_an_imei_stands_in_its_own_groups() -> None:
    assert groups(BOX) == ("00", "440000", "000001", "8")


def test_anything_else_stands_four_by_four() -> None:
    assert groups("R58N00A1BXY") == ("R58N", "00A1", "BXY")
    assert groups("BW-000017") == ("BW-0", "0001", "7")
    assert groups("") == ()


def test_numbers_differ_where_one_of_them_does() -> None:
    assert wrong(("box", BOX), ("handset", HANDSET)) == [{13, 14}, {13, 14}]
    assert wrong(("box", BOX), ("handset", BOX)) == [set(), set()]
    said = wrong(("box", BOX), ("handset", HANDSET), ("label", BOX))
    assert said == [{13, 14}, {13, 14}, {13, 14}]


def test_a_value_of_another_kind_is_compared_with_nothing() -> None:
    assert wrong(("box", BOX), ("label", "BW-000017")) == [set(), set()]
    assert wrong(("box", BOX), ("handset", "")) == [set(), set()]
    assert wrong(("box", "not scanned"), ("label", "not scannes")) == [set(), set()]


def test_a_handset_of_two_numbers_agrees_with_a_box_that_names_one_of_them() -> None:
    both = f"{BOX} {HANDSET}"
    said = compared((("box", HANDSET), ("handset", both), ("label", "BW-000017")))
    assert [line.value for line in said] == [HANDSET, BOX, HANDSET, "BW-000017"]
    assert all(not line.places for line in said)


def test_a_box_that_names_neither_number_of_a_handset_differs_from_both() -> None:
    other = "004400000000034"
    said = wrong(("box", other), ("handset", f"{BOX} {HANDSET}"))
    assert said == [{13, 14}, {13, 14}, {13, 14}]


def test_the_second_number_on_a_box_is_compared_with_the_handset_and_not_with_its_first() -> None:
    said = wrong(("box", BOX), ("handset", BOX), ("box, second IMEI", HANDSET))
    assert said == [set(), {13, 14}, {13, 14}]
    serials = ("box, serial number", "R58N00A1BXY"), ("handset, serial number", "R58N00A2BXY")
    assert wrong(("box", BOX), ("handset", BOX), *serials) == [set(), set(), {7}, {7}]


def test_words_that_say_there_is_no_number_stay_words() -> None:
    (said,) = compared((("label", "not read yet"),))
    assert said.groups == ("not read yet",)
    assert said.spoken == "label: not read yet"
    assert Said("label", "").spoken == "label: nothing"


def test_a_number_is_spoken_digit_by_digit_with_the_places_that_differ() -> None:
    told = Said("box", BOX, frozenset({13, 14})).spoken
    assert told == "box: 0 0, 4 4 0 0 0 0, 0 0 0 0 0 1, 8; differs at place 14, 15"
