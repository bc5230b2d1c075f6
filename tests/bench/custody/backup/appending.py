"""A program that appends to a record until it is killed, and says how far it is."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from tests.bench.custody.record import open_ledger, scanned


def main(folder: Path) -> None:
    ledger = open_ledger(folder)
    for number in count(1):
        (appended,) = ledger.append([scanned(number % 50 + 1)])
        sys.stdout.write(f"{appended.seq}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
