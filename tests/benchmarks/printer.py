"""A simulated label printer in a process of its own.

Prints one line of JSON with its port, prints labels until standard input ends, then prints one
line with what the bar code on each label says.
"""

from __future__ import annotations

import asyncio
import json
import sys

from hardware.simulator.printer import SimulatedPrinter, read_back


async def _serve() -> None:
    async with SimulatedPrinter() as printer:
        _say({"port": printer.port})
        await asyncio.to_thread(sys.stdin.read)
    _say({"labels": [read_back(label) for label in printer.labels]})


def _say(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve())
