"""A program that holds a record open until its input ends."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.custody.record import open_ledger


def main(folder: Path) -> None:
    ledger = open_ledger(folder)
    sys.stdout.write("open\n")
    sys.stdout.flush()
    sys.stdin.read()
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
