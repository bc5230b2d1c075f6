"""Handsets staged from the plug to the label, over USB, udev and a real adb server."""

from __future__ import annotations

import pytest

from bench.events.views import Category
from bench.problems import ProblemCode
from hardware.simulator.handset import make_handset
from tests.peers.usb.usb_workbench import UsbWorkbench, at_the_usb_bench
from tests.peers.workbench import stuck_handset

either_adb = pytest.mark.parametrize("adb", ["29", pytest.param("36", marks=pytest.mark.soak)])


@either_adb
@at_the_usb_bench
async def test_a_hub_of_handsets_is_staged_while_one_is_pulled_out_and_moved(
    bench: UsbWorkbench,
) -> None:
    pulled = stuck_handset(1)
    handsets = dict(zip(("A2", "A3", "A4", "B1"), map(make_handset, range(2, 6)), strict=True))
    for slot, handset in ({"A1": pulled} | handsets).items():
        await bench.plug(slot, handset)
    for slot, handset in ({"A1": pulled} | handsets).items():
        await bench.shows(slot, "Scan IMEI")
        await bench.scan_box(handset)
    await bench.until_asked(pulled, "stayon")
    await bench.unplug("A1")
    await bench.until(lambda: bench.problem("A1") is ProblemCode.UNPLUGGED, "A1 to be held")
    for slot in handsets:
        await bench.finish(slot)
    await bench.plug("B4", pulled)
    await bench.finish("B4")
    assert {bench.slots[slot].category for slot in (*handsets, "B4")} == {Category.DONE}
    assert len(set(bench.labels())) == len(handsets) + 1
    for handset in (pulled, *handsets.values()):
        assert bench.kinds(handset)[-1] == "staged"
    assert "held" in bench.kinds(pulled)


@either_adb
@at_the_usb_bench
async def test_handsets_of_an_untrusting_kind_and_in_recovery_say_what_to_do(
    bench: UsbWorkbench,
) -> None:
    untrusting, recovering, ready = make_handset(1, secure=True), make_handset(2), make_handset(3)
    recovering.mode = "recovery"
    for slot, handset in {"A1": untrusting, "A2": recovering, "A3": ready}.items():
        await bench.plug(slot, handset)
    await bench.shows("A1", "Tap Allow")
    await bench.until(
        lambda: bench.problem("A2") is ProblemCode.IN_RECOVERY, "A2 to be in recovery"
    )
    await bench.until(untrusting.accept_dialog, "the dialog")
    await bench.shows("A1", "Scan IMEI")
    await bench.shows("A3", "Scan IMEI")
    await bench.unplug("A2")
    recovering.mode = "device"
    await bench.stage("A2", recovering)
