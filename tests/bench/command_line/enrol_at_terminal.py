"""Enrols a supervisor at the terminal it is started from: `… FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.command_line import people
from bench.command_line.people_desk import PeopleDesk, Terminal
from bench.custody.people.roles import Role
from tests.bench.command_line.answering import OpenRecord
from tests.bench.custody.people.enrolled import PEPPER, TODAY, real_ledger

if __name__ == "__main__":
    ledger = real_ledger(Path(sys.argv[1]))
    code = people.enrol(PeopleDesk(OpenRecord(ledger), PEPPER, Terminal(), TODAY), Role.SUPERVISOR)
    ledger.close()
    sys.exit(code)
