"""`scanner-paper`: the paper that sets scanners up, tries them, and has a card for each slot."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.command_line.program import Program
from bench.scanner_setup.page import set_up_paper
from bench.settings import Settings
from bench.staging.slots import HubLayout


def write_scanner_paper(settings_file: Path | None, out: Path, program: Program) -> int:
    """Write the paper for the bench that the settings describe; return the exit code.

    Raises:
        SettingsError: the settings cannot be used.
    """
    hub = Settings.load(settings_file or Settings.default_path()).hub
    slots = HubLayout(hub.rows, hub.columns).slots()
    try:
        paper = set_up_paper(slots, datetime.now(UTC), fonts=program.fonts)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(paper)
    except OSError as error:
        sys.stderr.write(f"staging-bench: {error}\n")
        return 1
    sys.stdout.write(f"{out}: {len(slots)} slots\n")
    return 0
