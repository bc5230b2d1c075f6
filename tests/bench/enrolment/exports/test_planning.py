from __future__ import annotations

from dataclasses import replace

from bench.enrolment.exports.checking import LeftOut, Rules
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.placed import Placed, Placements
from bench.enrolment.exports.planning import Source, plan
from bench.enrolment.exports.preview import preview
from tests.bench.enrolment.exports.shelf import OWNED, TRAINING, drawn, form, handset, imei


def objections(name: str, model: str, method: str, rules: Rules = OWNED) -> tuple[str, ...]:
    source = Source("a test", (handset(1, model=model), handset(2, model="Pixel 9")))
    return plan(form(name), source, rules, Placements(), method=method).objections


def test_intune_needs_no_file_for_what_it_marks_as_corporate_by_itself() -> None:
    for method in ("qr", "knox", "zero-touch", "staging-token", ""):
        (said,) = objections("intune-imei", "SM-A325F", method)
        assert "not needed for 2 of 2 handsets, because Intune marks" in said
    assert objections("intune-imei", "SM-A325F", "adb") == ()


def test_samsung_handsets_go_through_knox_and_not_zero_touch() -> None:
    (said,) = objections("zero-touch", "SM-A325F", "zero-touch")
    assert "not needed for 1 of 2 handsets, because Samsung handsets go through Knox" in said
    assert objections("zero-touch", "Pixel 8", "zero-touch") == ()


def test_a_handset_in_service_is_objected_to_where_it_could_be_reset() -> None:
    using = replace(handset(1), in_service=True)
    (said,) = drawn(form("knox"), [using, handset(2)]).objections
    assert said == "1 of these handsets are in service, and this CAN RESET THEM TO FACTORY SETTINGS"
    assert drawn(form("table"), [using]).objections == ()


# ── what an account takes ───────────────────────────────────────────────────────────────────────
def test_the_account_of_knox_takes_ten_thousand_and_not_one_more() -> None:
    assert drawn(form("knox"), [handset(n) for n in range(1, 10_001)]).objections == ()
    (said,) = drawn(form("knox"), [handset(n) for n in range(1, 10_002)]).objections
    assert "takes 10000 handsets, and these would make it 10001" in said


def test_what_was_sent_before_counts_once_however_often_it_was_sent() -> None:
    small = replace(form("knox"), account=2)
    twice = [Placed("knox", f"knox-000{n}", "f.csv", 1, (str(imei(1)),)) for n in (1, 2)]
    assert drawn(small, [handset(2)], earlier=Placements(twice)).objections == ()
    (said,) = drawn(small, [handset(2), handset(3)], earlier=Placements(twice)).objections
    assert "make it 3" in said


def test_what_is_sent_again_needs_no_more_room() -> None:
    small, rules = replace(form("knox"), account=1), replace(TRAINING, again=True)
    before = Placements([Placed("knox", "knox-0001", "f.csv", 1, (str(imei(1)),))])
    assert drawn(small, [handset(1)], rules=rules, earlier=before).objections == ()


def test_the_limit_is_said_before_the_first_file_is_made() -> None:
    said = preview(drawn(form("knox"), [handset(1)]))
    assert "10,000" in said.partition("first rows")[0]
    assert "reset it to factory settings" in said


# ── the preview ─────────────────────────────────────────────────────────────────────────────────
def test_a_preview_masks_every_number() -> None:
    handsets = [handset(n, second=True) for n in range(1, 9)]
    for name in ("knox", "table", "intune-serial", "zero-touch-full"):
        said = preview(drawn(form(name), handsets, rules=OWNED))
        for one in handsets:
            assert not any(str(each) in said for each in (*one.imeis, one.serial, one.uid[:20]))
        assert f"…{imei(1).tail}" in said or "…01XY" in said


def test_a_preview_tells_every_handset_that_is_left_out_unless_fewer_are_asked_for() -> None:
    nameless = [replace(handset(n), imeis=()) for n in range(1, 31)]
    whole = preview(drawn(form("knox"), nameless))
    assert whole.count("it has no IMEI") == 30
    assert "line 17: no IMEI, …17XY, SM-A325F: it has no IMEI" in whole
    some = preview(drawn(form("knox"), nameless), most=20)
    assert some.count("it has no IMEI") == 20
    assert "… and 10 more" in some


def test_a_preview_says_what_is_new_what_was_sent_and_what_is_gone() -> None:
    earlier = Placements(
        Placed("knox", "knox-0001", "knox-0001.csv", n, (str(imei(n)),)) for n in (1, 2, 3)
    )
    source = Source("a test", (handset(1), handset(4)), (LeftOut(handset(2), "it is disposed"),))
    said = preview(plan(form("knox"), source, TRAINING, earlier))
    assert "1 handset in 1 file; 1 in a file already, 1 left out, 1 of earlier files gone" in said
    assert f"…{imei(3).tail}: knox-0001.csv, row 3" in said.partition("not here any more")[2]


def test_a_preview_says_that_nothing_was_compared_with_the_order() -> None:
    assert "No IMEI was compared" in preview(drawn(form("knox"), [handset(1)]))
    known = replace(TRAINING, tacs=("00440000",))
    assert "No IMEI was compared" not in preview(drawn(form("knox"), [handset(1)], rules=known))


def test_what_a_handset_says_of_itself_is_only_text_in_a_preview() -> None:
    hostile = HandsetRow((imei(1),), handset(1).serial, "SM- =1\x1b[2J".replace("\x1b", ""))
    said = preview(drawn(form("table"), [hostile]))
    assert "\x1b" not in said
