"""The program is killed in mid-wave, the ADB server with it: what was acknowledged is there."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.custody import queries
from bench.custody.database import connect_reader
from bench.custody.entries import OpenRun
from bench.custody.verification import verify_file
from bench.events.person import RunResumed, RunVoided
from bench.identity.identifiers import SlotCode
from bench.staging.run import State
from hardware.simulator.handset import make_handset
from tests.peers.workbench import ROOT, Workbench, numbered_layout

CHILD = Path(__file__).with_name("crash_child.py")
HANDSETS = 16
EVENTS = 130
"""Most of what a whole wave writes."""


def killed_in_mid_wave(folder: Path, seed: int) -> list[str]:
    """Kill a bench at a random moment; return what it said was in the record."""
    rng = random.Random(seed)
    at = rng.randint(2, EVENTS)
    with subprocess.Popen(
        [sys.executable, CHILD, folder, str(HANDSETS), str(seed)], cwd=ROOT, text=True,
        env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.PIPE, start_new_session=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        said = []
        for line in child.stdout:
            said.append(line)
            if int(line.split()[0]) >= at:
                break
        time.sleep(rng.random() / 100)
        os.killpg(child.pid, signal.SIGKILL)
        said += child.stdout.readlines()
    assert child.returncode in (-signal.SIGKILL, 0)  # 0: on a busy machine the kill came too late
    return [line for line in said if line.endswith("\n")]


def open_runs(folder: Path) -> Mapping[str, OpenRun]:
    """Return the open runs by slot, read beside the program."""
    connection = connect_reader(folder / "ledger.db")
    try:
        return {run.position.slot: run for run in queries.open_runs(connection)}
    finally:
        connection.close()


def word_after_restart(run: OpenRun) -> str:
    match State(run.position.state), (run.position.data or {}).get("hold"):
        case State.STAGED, _:
            return "Empty"
        case State.STAGING | State.LABELLING, _:
            return "Interrupted"
        case State.HELD, [str(code), *_] if code != "unplugged":
            return {"link-lost": "Link lost", "interrupted": "Interrupted"}[code]
        case _:
            return "Unplugged"


async def go_on(bench: Workbench, slot: str, run: OpenRun) -> None:
    """Plug the handset of an open run in again, and bring it to its end."""
    assert run.device is not None
    await bench.plug(slot, make_handset(int(str(run.device.serial)[4:9])))
    if bench.slots[slot].word == "Interrupted":
        code = SlotCode.parse(slot)
        await bench.until(lambda: bench.slots[slot].problem is not None, "the hold")

        def resumed() -> bool:
            bench.post(RunResumed(code))
            return bench.slots[slot].word != "Interrupted"

        await bench.until(resumed, "the handset to answer")
    label = await bench.shows(slot, "Scan label")
    await bench.scan(label.asset_tag)  # it may have come out before the program was killed
    await bench.shows(slot, "Done")


async def second_run(folder: Path, left: Mapping[str, OpenRun]) -> None:
    async with Workbench(folder, numbered_layout(4, 4)) as bench:
        assert bench.ledger.projections_match()
        assert {slot: bench.slots[slot].word for slot in left} == {
            slot: word_after_restart(run) for slot, run in left.items()
        }
        assert {*bench.words()} <= {*left}
        held = [slot for slot in left if bench.slots[slot].word != "Empty"]
        for slot in held[:2]:
            await go_on(bench, slot, left[slot])
        for slot in held[2:]:
            bench.post(RunVoided(SlotCode.parse(slot), "left from an earlier session"))
        free = next(slot for slot in bench.slots if slot not in held[:2])
        await bench.stage(free, make_handset(100))
        tags = [b["dev"]["label"] for b in bench.record() if "label" in b.get("dev", ())]
        assert len(tags) == len({*tags})
        assert bench.ledger.projections_match()


def survives(folder: Path, seed: int) -> None:
    acknowledged = killed_in_mid_wave(folder, seed)
    assert verify_file(folder / "ledger.db").verifies
    connection = connect_reader(folder / "ledger.db")
    kept = {f"{e.seq} {e.hash.hex()}\n" for e in queries.events(connection, 0, 100_000)}
    connection.close()
    assert acknowledged
    assert {*acknowledged} <= kept
    asyncio.run(second_run(folder, open_runs(folder)))


@pytest.mark.parametrize("seed", range(5))
def test_nothing_acknowledged_is_lost_when_the_program_is_killed_in_mid_wave(
    tmp_path: Path, seed: int
) -> None:
    survives(tmp_path, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5, 205))
def test_nothing_acknowledged_is_ever_lost_when_the_program_is_killed_in_mid_wave(
    tmp_path: Path, seed: int
) -> None:
    survives(tmp_path, seed)
