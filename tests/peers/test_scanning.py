"""What a scan does at a bench where several handsets wait, and what it may not do."""

from __future__ import annotations

import pytest

from bench.events.person import RunResumed
from bench.events.views import Category, ScanTone
from bench.identity.identifiers import Imei, SlotCode
from bench.problems import ProblemCode
from hardware.simulator.handset import make_handset
from tests.peers.workbench import Workbench, at_the_bench, stuck_handset


@at_the_bench
async def test_an_unauthorised_handset_shows_tap_allow_and_goes_on_once_someone_did(
    bench: Workbench,
) -> None:
    handset = make_handset(1, secure=True)
    await bench.plug("A1", handset)
    view = await bench.shows("A1", "Tap Allow")
    assert (view.category, bench.problem("A1")) == (Category.NEEDS_YOU, ProblemCode.UNAUTHORISED)
    assert bench.kinds(handset) == []
    await bench.until(lambda: handset.dialog is not None, "its prompt")
    assert handset.accept_dialog()
    await bench.shows("A1", "Scan IMEI")
    await bench.scan_box(handset)
    await bench.finish("A1")


@at_the_bench
async def test_two_handsets_of_one_serial_number_are_staged_each_as_itself(
    bench: Workbench,
) -> None:
    one, other = make_handset(1), make_handset(2, serial="R58N00001XY")
    await bench.plug("A1", one)
    await bench.plug("A2", other)
    for slot in ("A1", "A2"):
        await bench.shows(slot, "Scan IMEI")
    await bench.scan_box(other)
    await bench.scan_box(one)
    for slot, handset in (("A1", one), ("A2", other)):
        await bench.finish(slot)
        (staged,) = (body for body in bench.record(handset) if body["type"] == "staged")
        assert staged["data"]["run"]["slot"] == slot
        labels = {body["dev"]["label"] for body in bench.record(handset) if "label" in body["dev"]}
        assert labels == {bench.slots[slot].asset_tag}
    assert bench.slots["A1"].asset_tag != bench.slots["A2"].asset_tag


@at_the_bench
async def test_two_handsets_of_one_imei_are_both_held(bench: Workbench) -> None:
    one, other = stuck_handset(1), make_handset(2, imeis=make_handset(1).imeis)
    await bench.take_in("A1", one)
    await bench.until_asked(one, "stayon")
    await bench.plug("A2", other)
    for slot in ("A1", "A2"):
        view = await bench.shows(slot, "Duplicate IMEI")
        assert view.category is Category.HELD
    assert bench.kinds(one)[-1] == bench.kinds(other)[-1] == "quarantined"
    answer = await bench.scan(other.imeis[1])
    assert answer.tone is not ScanTone.GOOD
    assert not any("svc" in line for line in other.log)


@at_the_bench
async def test_the_wrong_box_for_a_chosen_slot_holds_with_both_values_and_the_right_one_resumes(
    bench: Workbench,
) -> None:
    handset, other = make_handset(1), make_handset(2)
    await bench.plug("A1", handset)
    await bench.shows("A1", "Scan IMEI")
    chosen = await bench.scan("SLOT-A1")
    assert (chosen.tone, "A1" in chosen.answer) == (ScanTone.GOOD, True)
    answer = await bench.scan_box(other)
    view = await bench.shows("A1", "Wrong box")
    assert answer.tone is ScanTone.BAD
    assert answer.text == other.imeis[0]
    for said in (answer.answer, str(view.problem), str(bench.record(handset)[-1]["data"])):
        assert all(imei in said for imei in (other.imeis[0], handset.imeis[0]))
    assert bench.kinds(handset) == ["held"]
    assert not any("svc" in line for line in handset.log)
    assert (await bench.scan_box(handset)).tone is ScanTone.GOOD
    await bench.finish("A1")
    assert bench.kinds(handset)[:3] == ["held", "resumed", "scanned"]


@at_the_bench
async def test_a_second_wrong_box_changes_nothing(bench: Workbench) -> None:
    handset, other, third = (make_handset(number) for number in (1, 2, 3))
    await bench.plug("A1", handset)
    await bench.shows("A1", "Scan IMEI")
    for wrong in (other, third):
        await bench.scan("A1")
        assert (await bench.scan_box(wrong)).tone is ScanTone.BAD
    assert bench.slots["A1"].word == "Wrong box"
    assert bench.kinds(handset) == ["held"]


@at_the_bench
async def test_a_technician_may_resume_after_a_wrong_box_and_is_asked_for_the_box_again(
    bench: Workbench,
) -> None:
    handset = make_handset(1)
    await bench.plug("A1", handset)
    await bench.shows("A1", "Scan IMEI")
    await bench.scan("A1")
    await bench.scan_box(make_handset(2))
    await bench.shows("A1", "Wrong box")
    bench.post(RunResumed(SlotCode("A", 1)))
    await bench.shows("A1", "Scan IMEI")
    await bench.scan_box(handset)
    await bench.finish("A1")


@at_the_bench
async def test_the_box_of_a_handset_in_no_slot_is_refused_with_what_was_read(
    bench: Workbench,
) -> None:
    await bench.plug("A1", make_handset(1))
    await bench.shows("A1", "Scan IMEI")
    before = bench.record()
    raw = f"]C1{Imei.with_check_digit('00440000000099')}"
    answer = await bench.scan(raw)
    assert (answer.tone, answer.text) == (ScanTone.BAD, raw)
    assert "No slot holds a handset with this IMEI" in answer.answer
    assert bench.record() == before
    assert bench.words() == {"A1": "Scan IMEI"}


@at_the_bench
async def test_a_box_that_bounces_off_the_scanner_is_one_scan_and_counted(
    bench: Workbench,
) -> None:
    handset = make_handset(1)
    await bench.plug("A1", handset)
    await bench.shows("A1", "Scan IMEI")
    bench.scanner.send(f"{handset.imeis[0]}\r{handset.imeis[0]}\r".encode())
    await bench.finish("A1")
    assert bench.kinds(handset).count("scanned") == 1
    assert bench.shown.tally.repeats_dropped == 1


@at_the_bench
async def test_a_box_scanned_again_later_is_answered_as_done_before(bench: Workbench) -> None:
    handset = make_handset(1)
    await bench.stage("A1", handset)
    recorded = bench.kinds(handset)
    answer = await bench.scan_box(handset)
    assert answer.tone is ScanTone.REPEATED
    assert bench.kinds(handset) == recorded


@pytest.mark.parametrize(
    "text",
    ["hello", "123456789012347", "A100", "R58N", "89312345", "^XA^FDx^FS^XZ", "x" * 3000, "`ü€"],
)
@at_the_bench
async def test_a_scan_that_means_nothing_is_refused_with_reasons(
    bench: Workbench, text: str
) -> None:
    before = bench.record()
    answer = await bench.scan(text)
    assert (answer.tone, "means nothing here" in answer.answer) == (ScanTone.BAD, True)
    assert answer.text.startswith(text[:500])
    assert answer.reasons
    assert bench.record() == before


@at_the_bench
async def test_an_empty_slot_and_an_unknown_label_are_refused(bench: Workbench) -> None:
    assert "A2" in (await bench.scan("SLOT-A2")).answer
    answer = await bench.scan("SIM-000007")
    assert (answer.tone, answer.text) == (ScanTone.BAD, "SIM-000007")
    assert "No handset on this bench waits for this label" in answer.answer


@at_the_bench
async def test_the_label_of_another_handset_passes_only_that_one(bench: Workbench) -> None:
    await bench.take_in("A1", make_handset(1))
    await bench.take_in("A2", make_handset(2))
    for slot in ("A1", "A2"):
        await bench.shows(slot, "Scan label")
    await bench.scan_label("A2")
    await bench.shows("A2", "Done")
    assert bench.slots["A1"].word == "Scan label"


@at_the_bench
async def test_a_scanner_that_is_pulled_out_is_shown_and_works_again_when_put_back(
    bench: Workbench,
) -> None:
    handset = make_handset(1)
    await bench.plug("A1", handset)
    await bench.shows("A1", "Scan IMEI")
    bench.scanner.unplug()
    await bench.until(lambda: bench.stands(ProblemCode.SCANNER_LOST), "the scanner's loss")
    bench.scanner.replug()
    await bench.until(lambda: not bench.shown.problems, "the scanner's return")
    await bench.scan_box(handset)
    await bench.finish("A1")
