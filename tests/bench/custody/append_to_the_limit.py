"""A program that may not make files larger than it has, then may again; it says what happened."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from bench.problems import ProblemError
from tests.bench.custody.record import open_ledger, scanned


def main(folder: Path) -> None:
    ledger = open_ledger(folder)
    ledger.append([scanned(1)])
    free, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (folder / "ledger.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1000, hard))
    try:
        ledger.append([scanned(number) for number in range(2, 30)])
    except ProblemError as refused:
        sys.stdout.write(f"{refused.problem.code.value} {ledger.tail().seq}\n")
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    (appended,) = ledger.append([scanned(2)])
    sys.stdout.write(f"appended {appended.seq}\n")
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
