"""`python -m hardware.simulator`: handsets in a process of their own, for benchmarks.

Prints one line of JSON with their addresses, serves until standard input ends, then prints one
line with what each did. A line `accept` on standard input taps Allow on every open dialog.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from hardware.simulator.cable import Cable
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.timing import Timing


async def serve(handsets: Sequence[SimulatedHandset]) -> None:
    """Serve handsets until standard input ends."""
    async with AsyncExitStack() as stack:
        cables = [await stack.enter_async_context(Cable(handset)) for handset in handsets]
        _say([_introduction(cable) for cable in cables])
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip() == "accept":
                for handset in handsets:
                    handset.accept_dialog()
    _say([_account(handset) for handset in handsets])


def _introduction(cable: Cable) -> dict[str, object]:
    handset = cable.handset
    return {"address": cable.address, "serial": handset.serial, "imeis": list(handset.imeis)}


def _account(handset: SimulatedHandset) -> dict[str, object]:
    steps = handset.tally.steps
    return {"serial": handset.serial, "busy_s": round(handset.busy_s, 6), "steps": steps}


def _say(handsets: list[dict[str, object]]) -> None:
    sys.stdout.write(json.dumps({"handsets": handsets}) + "\n")
    sys.stdout.flush()


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m hardware.simulator")
    parser.add_argument("--handsets", type=int, required=True, metavar="N")
    parser.add_argument("--seconds", type=float, metavar="T", help="time of each worked service")
    parser.add_argument("--secure", action="store_true", help="ask before trusting a computer")
    parser.add_argument(
        "--base-serial", type=int, default=1, metavar="K", help="number of the first"
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run; return the exit code."""
    asked = _arguments(words)
    timing = Timing(step_s=asked.seconds)
    numbers = range(asked.base_serial, asked.base_serial + asked.handsets)
    handsets = [make_handset(n, secure=asked.secure, timing=timing) for n in numbers]
    asyncio.run(serve(handsets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
