"""`doctor`: looks at the bench that the settings describe."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import Enum
from pathlib import Path

from bench.checks import Answer, Check, udev_install
from bench.clock import SystemClock
from bench.command_line.custody_checks import custody_checks
from bench.command_line.custody_standing import custody_of
from bench.command_line.doctor import doctor, doctor_as_json, doctor_line_by_line
from bench.command_line.forms import form_for_bench, form_if_usable, is_new
from bench.command_line.program import Program, vault_of
from bench.custody.entries import LedgerHeader
from bench.settings import Settings, SettingsError
from bench.upkeep.set_up import plan_of


class Form(Enum):
    """How the findings are said: in words, as one JSON object, or as one for each when made."""

    WORDS = "words"
    JSON = "json"
    LINES = "lines"


def consult(settings_file: Path | None, program: Program, form: Form = Form.WORDS) -> int:
    """Look at everything, say what was found, and return the exit code: 0 all well, 1 to mend.

    2 where the settings cannot be used.
    """
    try:
        settings = Settings.load(settings_file or Settings.default_path())
        checks = checks_of(settings, program)
    except SettingsError as error:
        sys.stderr.write(f"staging-bench: {error}\n")
        return 2
    match form:
        case Form.WORDS:
            return doctor(checks)
        case Form.JSON:
            return doctor_as_json(checks)
        case Form.LINES:
            return doctor_line_by_line(checks)


def checks_of(settings: Settings, program: Program) -> tuple[Check, ...]:
    """Return every row: what stands on the bench, then its record. `SettingsError` of custody.

    Not while this program has the record open: looking how it is kept drops SQLite's locks.
    """
    plan = plan_of(settings.custody, program.fonts)
    with suppress(OSError):  # the row of the folder says it
        settings.ledger.parent.mkdir(parents=True, exist_ok=True)
    header = LedgerHeader(settings.station.name, simulated=False)
    vault = vault_of(settings.ledger)
    form = form_if_usable(settings.ledger)
    custody = custody_of(
        settings.ledger, header, vault, SystemClock(), plan,
        form=form.form, write=form.opener.write,
    )  # fmt: skip
    return (
        *program.equipment_checks(settings),
        *custody_checks(custody),
        Check("Encryption", lambda: _encryption(settings)),
    )


def print_udev_rules(program: Program) -> int:
    """Print the udev rules to install, and on standard error how to; return the exit code."""
    sys.stdout.write(program.udev_rules.read_text("utf-8"))
    sys.stderr.write(f"Install them with: {udev_install(program.udev_rules)}\n")
    return 0


def _encryption(settings: Settings) -> Answer:
    """Whether the record is as the settings have it; nothing is made."""
    encrypted = settings.custody.encrypted
    if is_new(settings.ledger):
        return Answer(f"a record is begun {'encrypted' if encrypted else 'plain'}")
    form_for_bench(settings.ledger, encrypted=encrypted)
    return Answer("the record is encrypted" if encrypted else "the record is plain")
