"""A program that appends to a record and says of each event that it is on the disk."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from tests.bench.custody.record import open_ledger, scanned


def main(folder: Path) -> None:
    ledger = open_ledger(folder)
    for number in count(1):
        entries = [scanned(number % 50 + each) for each in range(1, number % 3 + 2)]
        for appended in ledger.append(entries):
            sys.stdout.write(f"{appended.seq} {appended.hash.hex()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
