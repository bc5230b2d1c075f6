"""A program that starts benches: each appends to the record of a folder until it is killed.

It reads a folder a line, and says of each event of that bench that it is on the disk; its argument
is after how many appends a bench tidies, 0 for never. A bench is a process forked from this one,
which has loaded all that it needs, so that many can be killed.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path
from typing import NoReturn

from tests.bench.custody.faults.told_record import opened
from tests.bench.custody.record import scanned


def main(tidy: int) -> None:
    for line in sys.stdin:
        bench = os.fork()
        if bench == 0:
            append(Path(line.rstrip("\n")), tidy)
        _, status = os.waitpid(bench, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


def append(folder: Path, tidy: int) -> NoReturn:
    say(f"started {os.getpid()}")
    ledger = opened(folder)
    for number in count(1):
        entries = [scanned(number % 50 + each) for each in range(1, number % 3 + 2)]
        say(*(f"{appended.seq} {appended.hash.hex()}" for appended in ledger.append(entries)))
        if tidy and number % tidy == 0:
            ledger.tidy()
    raise AssertionError


def say(*lines: str) -> None:
    """At once: a bench that is killed has said a line whole or not at all."""
    os.write(sys.stdout.fileno(), "".join(f"{line}\n" for line in lines).encode("ascii"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
