"""Puts together what the doctor looks at of custody, from what is set up. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.custody_checks import Custody, WitnessStanding
from bench.custody import queries
from bench.custody.backup.making import Backups
from bench.custody.backup.trial import PLAIN, Form
from bench.custody.database import Connect, connect_reader, connect_writer
from bench.custody.entries import LedgerHeader
from bench.custody.keys.vault import Vault
from bench.ports import Clock
from bench.problems import ProblemError
from bench.upkeep.cosigned import last_cosigned
from bench.upkeep.plan import BackupPlan, Plan, WitnessSite

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3


def custody_of(
    record: Path,
    header: LedgerHeader,
    vault: Vault,
    clock: Clock,
    plan: Plan,
    *,
    form: Form = PLAIN,
    write: Callable[[Path], sqlite3.Connection] = connect_writer,
) -> Custody:
    """Return what the checks look at; of several witnesses the one that is farthest behind."""
    standings = witness_standings(record, plan.witnesses, form.connect)
    return Custody(
        record,
        vault,
        clock,
        backups_of(record, header, clock, plan.backups, form) if plan.backups else None,
        max(standings, key=lambda each: each.uncosigned, default=None),
        form,
        write,
    )


def backups_of(
    record: Path, header: LedgerHeader, clock: Clock, plan: BackupPlan, form: Form = PLAIN
) -> Backups:
    """Return the backups of a record as they are set up, to look at or to make one by hand."""
    return Backups(record, header, plan.folder, clock, every=plan.every, keep=plan.keep, form=form)


def witness_standings(
    record: Path, sites: Sequence[WitnessSite], connect: Connect = connect_reader
) -> tuple[WitnessStanding, ...]:
    """Return how far each witness is; of a record that cannot be read, that it signed nothing.

    What is wrong with the record is another check's to say.
    """
    try:
        with closing(connect(record)) as connection:
            return tuple(_standing(connection, site) for site in sites)
    except (sqlite3.Error, ValueError, OSError, ProblemError):
        return tuple(WitnessStanding(site.name, None, 0) for site in sites)


def _standing(connection: sqlite3.Connection, site: WitnessSite) -> WitnessStanding:
    found = last_cosigned(connection, site.key)
    events = queries.tail(connection).seq
    if found is None:
        return WitnessStanding(site.name, None, events)
    return WitnessStanding(site.name, found.at, events - found.size)
