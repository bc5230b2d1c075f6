"""The table [traps]: what sets a handset aside before it is worked on."""

from __future__ import annotations

from bench.enrolment.profiles.profile import Traps
from bench.enrolment.profiles.table import Form, Table

_TAC = Form(r"[0-9]{8}", "give each Type Allocation Code as 8 digits in quotes")
_REGION = Form(r"[A-Z0-9]{3}", "give each sales code as three capital letters, such as EUX")
_MODEL = Form(r"[\w .()+-]+", "give each model as the handset says it, such as SM-A325F")
_KEYS = ("models", "tacs", "sales_codes", "patch_from", "supported_until")


def read_traps(table: Table) -> Traps:
    """Return the traps; without the table, none besides those that are always there."""
    table.only(_KEYS)
    return Traps(
        models=table.texts("models", _MODEL, 40),
        tacs=table.texts("tacs", _TAC, 40),
        sales_codes=table.texts("sales_codes", _REGION, 40),
        patch_from=table.day("patch_from"),
        supported_until=table.day("supported_until"),
    )
