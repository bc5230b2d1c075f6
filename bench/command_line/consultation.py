"""`doctor`: looks at the bench that the settings describe."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.clock import SystemClock
from bench.command_line.custody_checks import custody_checks
from bench.command_line.custody_standing import custody_of
from bench.command_line.doctor import doctor
from bench.command_line.program import Program, vault_of
from bench.custody.entries import LedgerHeader
from bench.settings import Settings, SettingsError
from bench.upkeep.set_up import plan_of


def consult(settings_file: Path | None, program: Program) -> int:
    """Look at everything, say what was found, and return the exit code: 0 all well, 1 to mend.

    2 where the settings cannot be used.
    """
    try:
        settings = Settings.load(settings_file or Settings.default_path())
        plan = plan_of(settings.custody, program.fonts)
    except SettingsError as error:
        sys.stderr.write(f"staging-bench: {error}\n")
        return 2
    settings.ledger.parent.mkdir(parents=True, exist_ok=True)
    header = LedgerHeader(settings.station.name, simulated=False)
    vault = vault_of(settings.ledger)
    return doctor(custody_checks(custody_of(settings.ledger, header, vault, SystemClock(), plan)))
