"""Makes a batch and dies as a power cut would, just before a file of the given name is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.bench.enrolment.exports.shelf import form, handset, made


def die_before(name: str) -> None:
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.link" and str(arguments[1]).endswith(name):
            os._exit(9)

    sys.addaudithook(hook)


if __name__ == "__main__":
    die_before(sys.argv[2])
    made(Path(sys.argv[1]), form("zero-touch"), [handset(n) for n in range(1, 1501)])
