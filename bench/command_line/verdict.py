"""What `ledger verify` says of a record."""

from __future__ import annotations

import sys

from bench.command_line.arguments import VerifyLedger
from bench.custody.verification import Verdict, verify_file


def verify_ledger(command: VerifyLedger) -> int:
    """Verify a record, say the verdict in one line, and return the exit code."""
    verdict = verify_file(command.file)
    sys.stdout.write(f"{command.file}: {_in_words(verdict)}\n")
    return 0 if verdict.verifies else 1


def _in_words(verdict: Verdict) -> str:
    if verdict.verifies:
        return f"{verdict.events} events, every one verifies"
    if verdict.first_bad == 0:
        return f"not a record that verifies: {verdict.reason}"
    return f"event {verdict.first_bad} does not verify: {verdict.reason}"
