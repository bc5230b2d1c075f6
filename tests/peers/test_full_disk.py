"""A disk without room: nothing is acknowledged that is not written, and all goes on by itself.

The record's own file may not grow, which SQLite answers as it answers a full disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.events.person import RunVoided
from bench.events.views import ScanTone
from bench.identity.identifiers import SlotCode
from bench.problems import ProblemCode, ProblemError
from hardware.simulator.handset import make_handset
from hardware.simulator.timing import Timing
from tests.peers.workbench import Workbench, at_the_bench, stuck_handset


def fill(ledger: Ledger) -> None:
    while True:
        ledger.append([Entry(CustodyKind.SESSION_OPENED)])


@contextmanager
def full_disk(bench: Workbench) -> Iterator[None]:
    """Let the record not grow, and fill what is left of its last pages."""
    connection = bench.ledger._connection
    (before,) = connection.execute("PRAGMA max_page_count").fetchone()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ProblemError) as refusal:
        fill(bench.ledger)
    assert refusal.value.problem.code is ProblemCode.LEDGER_FULL
    try:
        yield
    finally:
        connection.execute(f"PRAGMA max_page_count = {before}")


@at_the_bench
async def test_a_scan_onto_a_full_disk_is_refused_and_the_next_one_after_it_counts(
    bench: Workbench,
) -> None:
    handset = make_handset(1)
    await bench.plug("A1", handset)
    await bench.shows("A1", "Scan IMEI")
    with full_disk(bench):
        before, shown = bench.record(), bench.slots["A1"]
        answer = await bench.scan_box(handset)
        assert (answer.tone, answer.text) == (ScanTone.BAD, handset.imeis[0])
        assert "The record cannot be written" in answer.answer
        assert bench.stands(ProblemCode.LEDGER_FULL)
        assert (bench.record(), bench.slots["A1"]) == (before, shown)
        assert not any("svc" in line for line in handset.log)
        await bench.settle(1.5)
        assert (await bench.scan_box(handset)).tone is ScanTone.BAD
        assert bench.record() == before
    await bench.settle(0.6)
    assert (await bench.scan_box(handset)).tone is ScanTone.GOOD
    assert not bench.stands(ProblemCode.LEDGER_FULL)
    await bench.finish("A1")
    assert bench.kinds(handset).count("scanned") == 1


@at_the_bench
async def test_facts_of_hardware_wait_for_room_on_the_disk_and_then_all_go_on(
    bench: Workbench,
) -> None:
    stuck, other, third = stuck_handset(1), make_handset(2), make_handset(3)
    await bench.take_in("A1", stuck)
    await bench.until_asked(stuck, "stayon")
    await bench.plug("A2", other)
    await bench.shows("A2", "Scan IMEI")
    with full_disk(bench):
        before = bench.record()
        await bench.unplug("A1")
        await bench.until(lambda: bench.stands(ProblemCode.LEDGER_FULL), "the full disk")
        await bench.plug("B1", third)
        answer = await bench.scan_box(other)
        assert "The record cannot be written" in answer.answer
        bench.post(RunVoided(SlotCode("A", 2), "set aside"))
        await bench.settle(1.5)
        assert bench.record() == before
        assert bench.words() == {"A1": "Step 2/5", "A2": "Scan IMEI"}
    await bench.shows("A1", "Unplugged")
    await bench.shows("B1", "Scan IMEI")
    assert not bench.stands(ProblemCode.LEDGER_FULL)
    assert bench.slots["A2"].word == "Scan IMEI"
    await bench.plug("A1", stuck)
    await bench.finish("A1")
    await bench.scan_box(other)
    await bench.finish("A2")


@at_the_bench
async def test_a_step_that_ends_on_a_full_disk_is_not_done_twice(bench: Workbench) -> None:
    handset = make_handset(1, timing=Timing(answer_s=0.1))
    await bench.plug("A1", handset)
    await bench.shows("A1", "Scan IMEI")
    bench.printer.paper_out = True
    await bench.scan_box(handset)
    with full_disk(bench):
        await bench.until(lambda: bench.stands(ProblemCode.LEDGER_FULL), "the full disk")
        await bench.settle(1.5)
    bench.printer.paper_out = False
    await bench.finish("A1")
    finished = [body for body in bench.record(handset) if body["type"] == "step_finished"]
    assert [body["data"]["step"] for body in finished] == [0, 1, 2, 3, 4]
    assert sum("svc power" in line for line in handset.log) == 1
    assert bench.ledger.projections_match()
