"""A bench's scanner watchers in a process of their own: every fact is a line of JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.person import TextScanned
from bench.events.run import Fact
from hardware.scanners.census import Census
from hardware.scanners.keyboard import KeyboardScanners
from hardware.scanners.line import Reading
from hardware.scanners.serial import SerialScanners


def told(fact: Fact) -> list[str]:
    match fact:
        case TextScanned(text, source):
            return ["scan", source, text]
        case ProblemRaised(problem):
            return ["raised", problem.where, problem.code.value]
        case ProblemCleared(code, where):
            return ["cleared", where, code.value]
        case _:
            return ["other", "", repr(fact)]


def post(fact: Fact) -> None:
    sys.stdout.write(json.dumps(told(fact)) + "\n")
    sys.stdout.flush()


async def main() -> None:
    census, reading = Census(2), Reading(retry=0.03)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(SerialScanners(None, census, reading).follow(post))
        tasks.create_task(KeyboardScanners(None, census, reading).follow(post))


if __name__ == "__main__":
    asyncio.run(main())
