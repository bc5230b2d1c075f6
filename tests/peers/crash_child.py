"""`python crash_child.py FOLDER HANDSETS SEED`: a training bench that is there to be killed.

Prints, whenever something is shown, the last event that the record had acknowledged by then.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.custody.ledger import Ledger
from bench.events.views import BenchView
from bench.ports import Equipment
from bench.staging.slots import HubLayout
from hardware.simulator.timing import Timing
from hardware.simulator.training import Exercise, training_equipment
from tests.peers.workbench import numbered_layout, training_bench


async def stage(folder: Path, layout: HubLayout, seed: int) -> None:
    """Stage a handset in every slot."""
    records: list[Ledger] = []
    exercise = Exercise(ports=layout.ports, seed=seed, timing=Timing(answer_s=0.02))

    def equipment() -> AbstractAsyncContextManager[Equipment]:
        return training_equipment(exercise)

    def say(_: BenchView) -> None:
        last = records[0].tail()
        sys.stdout.write(f"{last.seq} {last.hash.hex()}\n")
        sys.stdout.flush()

    await training_bench(folder, layout, equipment, records.append).run(say, lambda _: None)


if __name__ == "__main__":
    asyncio.run(
        stage(Path(sys.argv[1]), numbered_layout(4, int(sys.argv[2]) // 4), int(sys.argv[3]))
    )
