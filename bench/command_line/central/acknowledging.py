"""`central acknowledge`: what a person looked at is no longer told of by `central status`."""

from __future__ import annotations

import getpass
import os
import sys

from bench.inventory.central.alarms import acknowledge as keep
from bench.inventory.central.connecting import administrator


def acknowledge(database: str, name: str) -> int:
    """Let a bench's open alarms be; return the exit code, or `ProblemError`."""
    with administrator(database) as connection:
        many = keep(connection, name, _who())
    sys.stdout.write(
        f"{many} alarms of {name} are acknowledged; one that comes again is told of.\n"
    )
    return 0


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
