"""The ADB server may die at any moment: every handset is lost with it, and nothing else is."""

from __future__ import annotations

from bench.events.views import Category
from bench.problems import ProblemCode
from hardware.simulator.handset import make_handset
from tests.peers.workbench import Workbench, at_the_bench, stuck_handset

SLOTS = ("A1", "A2", "B1", "B2")


async def kill_server(bench: Workbench) -> None:
    child = bench.server._child
    assert child is not None
    child.kill()
    await child.wait()


@at_the_bench
async def test_a_server_killed_in_mid_wave_is_shown_and_the_wave_finishes(
    bench: Workbench,
) -> None:
    stuck = stuck_handset(1)
    waiting, labelled, done = (make_handset(number) for number in (2, 3, 4))
    await bench.take_in("A1", stuck)
    await bench.until_asked(stuck, "stayon")
    await bench.plug("A2", waiting)
    await bench.shows("A2", "Scan IMEI")
    await bench.take_in("B1", labelled)
    await bench.shows("B1", "Scan label")
    await bench.stage("B2", done)
    bench.problems_seen.clear()
    await kill_server(bench)
    await bench.until(
        lambda: ProblemCode.ADB_SERVER_LOST in bench.problems_seen, "the server's loss"
    )
    await bench.until(lambda: not bench.shown.problems, "another server")
    await bench.finish("A1")
    await bench.shows("A2", "Scan IMEI")
    await bench.scan_box(waiting)
    await bench.finish("A2")
    await bench.finish("B1")
    assert {bench.slots[slot].category for slot in SLOTS} == {Category.DONE}
    held = [body for body in bench.record() if body["type"] == "held"]
    assert [body["dev"]["imei"] for body in held] == [stuck.imeis[0]]


@at_the_bench
async def test_a_server_killed_again_and_again_only_delays(bench: Workbench) -> None:
    handset = stuck_handset(1)
    await bench.take_in("A1", handset)
    await bench.until_asked(handset, "stayon")
    for _ in range(3):
        await kill_server(bench)
        await bench.until(lambda: bench.stands(ProblemCode.ADB_SERVER_LOST), "the server's loss")
        await bench.until(lambda: not bench.shown.problems, "another server")
    await bench.finish("A1")


@at_the_bench
async def test_a_handset_swapped_while_the_server_was_away_is_not_taken_for_the_other(
    bench: Workbench,
) -> None:
    handset, foreign = stuck_handset(1), make_handset(2)
    await bench.take_in("A1", handset)
    await bench.until_asked(handset, "stayon")
    await kill_server(bench)
    await bench.unplug("A1")
    await bench.plug("A1", foreign)
    await bench.until(
        lambda: bench.problem("A1") is ProblemCode.FOREIGN_HANDSET, "a foreign handset refused"
    )
    assert not any("svc" in line for line in foreign.log)
    await bench.unplug("A1")
    await bench.plug("A1", handset)
    await bench.finish("A1")
