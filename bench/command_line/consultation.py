"""`doctor`: looks at the bench that the settings describe."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.clock import SystemClock
from bench.command_line.custody_checks import custody_checks
from bench.command_line.custody_standing import custody_of
from bench.command_line.doctor import Answer, Check, doctor
from bench.command_line.forms import form_for_bench, form_if_usable, is_new
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
    form = form_if_usable(settings.ledger)
    custody = custody_of(
        settings.ledger, header, vault, SystemClock(), plan,
        form=form.form, write=form.opener.write,
    )  # fmt: skip
    return doctor((*custody_checks(custody), Check("Encryption", lambda: _encryption(settings))))


def _encryption(settings: Settings) -> Answer:
    """Whether the record is as the settings have it; nothing is made."""
    encrypted = settings.custody.encrypted
    if is_new(settings.ledger):
        return Answer(f"a record is begun {'encrypted' if encrypted else 'plain'}")
    form_for_bench(settings.ledger, encrypted=encrypted)
    return Answer("the record is encrypted" if encrypted else "the record is plain")
