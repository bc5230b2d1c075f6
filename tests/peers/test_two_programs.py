"""One record, one program: a second one is refused in one line, and the first goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hardware.simulator.handset import make_handset
from tests.peers.workbench import Workbench, at_the_bench, program, stuck_handset


@at_the_bench
async def test_a_second_program_on_a_record_is_refused_and_the_first_is_unharmed(
    bench: Workbench,
) -> None:
    handset = stuck_handset(1)
    await bench.take_in("A1", handset)
    await bench.until_asked(handset, "stayon")
    before = bench.record()
    code, out, err = await program(
        "main.py", "demo", "--alone", "--headless", "--handsets", "2", "--out", bench.folder
    )
    assert (code, out) == (1, "")
    assert err.startswith("staging-bench: ledger.db — Another program holds this record")
    assert err.count("\n") == 1
    assert bench.record() == before
    await bench.unplug("A1")
    await bench.plug("A1", handset)
    await bench.finish("A1")
    await bench.stage("A2", make_handset(2))


def test_of_two_demos_on_one_folder_only_the_first_runs(tmp_path: Path) -> None:
    words = (
        "main.py",
        "demo",
        "--alone",
        "--headless",
        "--json",
        "--handsets",
        "16",
        "--methods=",
        "--out",
        tmp_path,
    )

    async def both() -> list[tuple[int, str, str]]:
        first = asyncio.create_task(program(*words))
        lock = tmp_path / "ledger.db.lock"
        while not lock.exists() or not lock.read_bytes():
            assert not first.done(), first.result()
            await asyncio.sleep(0.02)
        second = await program(*words)
        return [await first, second]

    first, second = asyncio.run(both())
    assert (first[0], second[0], second[1]) == (0, 1, "")
    assert "Another program holds this record" in second[2]
    assert second[2].count("\n") == 1
    assert '"staged": 16' in first[1]
