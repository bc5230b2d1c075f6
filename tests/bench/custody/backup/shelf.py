"""A shelf for backups, and programs that make them: until killed, or with little room."""

from __future__ import annotations

import resource
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bench.custody.backup.making import Backups
from bench.problems import ProblemError
from tests.bench.custody.record import HEADER, CountingClock


class SetClock(CountingClock):
    """Its time goes forward when it is told to."""

    def forward(self, by: timedelta) -> datetime:
        self.mono += int(by.total_seconds() * 1000)
        return self.moment().at


def shelf(folder: Path, clock: CountingClock | None = None) -> Backups:
    """Return the backups that the record of a folder has in its `shelf`."""
    return Backups(folder / "ledger.db", HEADER, folder / "shelf", clock or CountingClock())


def main(folder: Path, limit: int) -> None:
    if limit:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        shelf(folder).make()
    except ProblemError as error:
        sys.stdout.write(str(error))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
