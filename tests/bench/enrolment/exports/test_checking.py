from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.enrolment.exports.checking import Checked, Rules, check
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.making import WhichImei
from bench.enrolment.exports.placed import Placed, Placements
from bench.identity.identifiers import Imei, SerialNumber
from tests.bench.enrolment.exports.shelf import TRAINING, form, handset, imei

REAL = Imei("490154203237518")
"""The worked example of 3GPP TS 23.003, annex B."""


def checked(
    handsets: Sequence[HandsetRow], rules: Rules = TRAINING, earlier: Placements | None = None,
    name: str = "knox",
) -> Checked:  # fmt: skip
    return check(form(name), handsets, rules, earlier or Placements())


def reasons(found: Checked) -> list[str]:
    return [each.reason for each in found.left_out]


def test_handsets_with_all_that_is_needed_are_taken_in_their_order() -> None:
    handsets = [handset(3), handset(1), handset(2)]
    assert checked(handsets) == Checked(taken=tuple(handsets))


@pytest.mark.parametrize(
    ("one", "which", "name", "reason"),
    [
        (replace(handset(1), imeis=()), "first", "knox", "no IMEI"),
        (handset(1), "second", "knox", "no second IMEI"),
        (replace(handset(1), serial=None), "first", "intune-serial", "no serial number"),
        (replace(handset(1), model="Pixel 9"), "first", "knox", "begin with SM-"),
        (replace(handset(1), imeis=(imei(1), imei(1))), "first", "knox", "both its IMEIs"),
        (replace(handset(1), imeis=(REAL,)), "first", "knox", "real handset"),
    ],
)
def test_a_handset_that_cannot_be_uploaded_is_listed_with_the_reason(
    one: HandsetRow, which: str, name: str, reason: str
) -> None:
    rules = replace(TRAINING, which=WhichImei(which))
    found = checked([handset(2, second=True), one], rules, name=name)
    assert found.taken == (handset(2, second=True),)
    assert [each.handset for each in found.left_out] == [one]
    assert reason in found.left_out[0].reason


def test_a_column_that_is_needed_and_that_nobody_told_leaves_a_handset_out() -> None:
    rules = replace(TRAINING, options={"owner": "1"})
    found = checked([replace(handset(1), model="")], rules, name="zero-touch-serial")
    assert reasons(found) == ["the column model would be empty: nobody told model"]


def test_no_test_number_reaches_a_real_service() -> None:
    found = checked([handset(1), replace(handset(2), imeis=(REAL,))], Rules())
    assert [each.imeis for each in found.taken] == [(REAL,)]
    assert "test number" in reasons(found)[0]


# ── the ordered model ───────────────────────────────────────────────────────────────────────────
def test_an_imei_that_is_not_of_the_ordered_model_is_left_out() -> None:
    other = replace(handset(2), imeis=(imei(2, "00440009"),))
    found = checked([handset(1), other], replace(TRAINING, tacs=("00440000",)))
    assert found.taken == (handset(1),)
    assert "00440009" in reasons(found)[0]


def test_a_model_that_was_not_ordered_is_left_out_and_one_that_nobody_told_is_not() -> None:
    rules = replace(TRAINING, models=("SM-A325F",))
    untold = handset(3, model="")
    found = checked([handset(1), handset(2, model="SM-A326B"), untold], rules)
    assert found.taken == (handset(1), untold)
    assert reasons(found) == ["its model was not ordered: SM-A325F was"]


def test_the_imei_that_is_written_is_the_one_that_must_be_of_the_model() -> None:
    rules = replace(TRAINING, tacs=("00440000",), which=WhichImei.SECOND)
    found = checked([handset(1, second=True)], rules)
    assert "00440001" in reasons(found)[0]


def test_the_lowest_imei_is_the_one_compared_where_it_names_the_handset() -> None:
    two = replace(handset(1), imeis=(imei(1, "00440001"), imei(1)))
    rules = replace(TRAINING, tacs=("00440000",), which=WhichImei.LOWEST)
    assert checked([two], rules).taken == (two,)


def test_a_handset_named_by_serial_number_has_one_imei_of_the_model() -> None:
    rules = replace(TRAINING, tacs=("00440001",))
    found = checked([handset(1, second=True), handset(2)], rules, name="intune-serial")
    assert found.taken == (handset(1, second=True),)


# ── twins ───────────────────────────────────────────────────────────────────────────────────────
def test_an_imei_that_is_first_of_one_handset_and_second_of_another_keeps_both_out() -> None:
    one = replace(handset(1), imeis=(imei(1), imei(7)))
    other = replace(handset(2), imeis=(imei(7), imei(2)))
    found = checked([one, handset(3), other])
    assert found.taken == (handset(3),)
    assert ["line 2" in reasons(found)[0], "line 1" in reasons(found)[1]] == [True, True]
    assert str(imei(7)) not in str(reasons(found))


def test_a_handset_that_is_listed_twice_is_taken_once() -> None:
    found = checked([handset(1), handset(2), replace(handset(1), where="line 9")])
    assert found.taken == (handset(1), handset(2))
    assert reasons(found) == ["it is listed twice; its first place is line 1"]
    assert found.left_out[0].handset.where == "line 9"


def test_a_handset_that_is_listed_twice_and_once_otherwise_is_not_taken() -> None:
    liar = replace(handset(1), serial=SerialNumber("R58NOTHER"), where="line 3")
    found = checked([handset(1), handset(1), liar])
    assert found.taken == ()
    assert all("another handset's too" in reason for reason in reasons(found))


def test_twins_of_one_serial_number_are_told_apart_by_their_imeis() -> None:
    twins = [handset(1), replace(handset(2), serial=handset(1).serial)]
    assert checked(twins).taken == tuple(twins)
    assert len(checked(twins, name="intune-serial").left_out) == 2


def test_serial_numbers_that_are_one_without_their_full_stops_are_twins() -> None:
    twins = [
        replace(handset(1), serial=SerialNumber("R58.N1")),
        replace(handset(2), serial=SerialNumber("R58N.1")),
    ]
    assert checked(twins).taken == tuple(twins)
    assert checked(twins, name="intune-serial").taken == ()


# ── earlier files ───────────────────────────────────────────────────────────────────────────────
def placed(number: int, *, uid: str | None = None, serial: str | None = None) -> Placed:
    known = handset(number)
    return Placed(
        "knox", "knox-0001", "knox-0001.csv", number, (str(imei(number)),),
        str(known.serial) if serial is None else serial, known.uid if uid is None else uid,
    )  # fmt: skip


def test_a_handset_in_an_earlier_file_is_not_sent_again() -> None:
    found = checked([handset(1), handset(2)], earlier=Placements([placed(1)]))
    assert found.taken == (handset(2),)
    assert found.already == ((handset(1), placed(1)),)


def test_it_is_sent_again_when_that_is_asked_for() -> None:
    rules = replace(TRAINING, again=True)
    assert checked([handset(1)], rules, Placements([placed(1)])).taken == (handset(1),)


@pytest.mark.parametrize("again", [False, True])
def test_a_number_that_an_earlier_file_holds_for_another_handset_keeps_it_out(
    *, again: bool
) -> None:
    earlier = Placements([placed(1, uid="", serial="R58NOTHERXY")])
    found = checked([handset(1)], replace(TRAINING, again=again), earlier)
    assert reasons(found) == ["its number stands in knox-0001.csv, row 1, for another handset"]


def test_a_serial_number_that_an_earlier_file_holds_for_another_handset_keeps_it_out() -> None:
    twin = replace(handset(2), serial=handset(1).serial)
    for there, here in (
        (placed(1), twin),
        (placed(1, uid=""), twin),
        (placed(1, serial="R58N000.001XY"), replace(twin, uid="")),
    ):
        earlier = Placements([there])
        assert reasons(checked([here], earlier=earlier, name="intune-serial")) == [
            "its serial number stands in knox-0001.csv, row 1, for another handset"
        ]
        assert checked([here], earlier=Placements([placed(1)])).taken == (here,)


def test_a_serial_number_that_may_be_the_same_handsets_keeps_none_out() -> None:
    earlier = Placements([placed(1)])
    again = replace(handset(1, second=True), uid="")
    assert checked([again], earlier=earlier, name="intune-serial").already != ()
    without = replace(handset(1), imeis=(), uid="")
    assert checked([without], earlier=earlier, name="intune-serial").already != ()


def test_a_row_that_a_supplier_told_of_is_the_handset_that_came_later() -> None:
    earlier = Placements([placed(1, uid="", serial="")])
    assert checked([handset(1)], earlier=earlier).already != ()


def test_the_last_file_is_named_whatever_imei_it_was_found_by() -> None:
    rows = [
        Placed("knox", "knox-0001", "old.csv", 1, (str(imei(1, "00440001")),)),
        Placed("knox", "knox-0002", "new.csv", 1, (str(imei(1)),)),
        Placed("knox", "knox-0003", "newest.csv", 1, (), str(handset(1).serial)),
    ]
    two = handset(1, second=True)
    for count, last in ((1, "old.csv"), (2, "new.csv"), (3, "newest.csv")):
        assert Placements(rows[:count]).of_handset(two)[-1].file == last


def test_the_last_file_is_named_however_many_there_are() -> None:
    rows = [
        Placed("knox", f"knox-{n:04d}", f"{n}.csv", 1, (str(imei(1 if n in (1, 8) else n + 50)),))
        for n in range(20)
    ]
    assert [each.file for each in Placements(rows).of_handset(handset(1))] == ["1.csv", "8.csv"]


def test_a_serial_number_never_outweighs_an_imei() -> None:
    twin = replace(handset(2), serial=handset(1).serial, uid="")
    assert Placements([placed(1)]).of_handset(twin) == ()
    assert Placements([placed(1)]).of_handset(replace(twin, imeis=())) == (placed(1),)
