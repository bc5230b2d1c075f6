"""A bench that begins a try and is ended before it checks the PIN: `… FOLDER PERSON`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.custody.people import tries
from tests.bench.custody.people.enrolled import real_ledger

if __name__ == "__main__":
    ledger = real_ledger(Path(sys.argv[1]))
    begun: list[tries.Try] = []
    ledger.append((), besides=lambda connection: begun.append(tries.begin(connection, sys.argv[2])))
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    time.sleep(60)
