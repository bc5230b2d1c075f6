"""The tables of the record, their migrations, and whether a file still has them as they were made.

Triggers keep accidents out, not an intruder; the chain finds what got past them. A tool that
rebuilds a table drops its triggers silently, so their text is compared whenever a record is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database, Migrations

from bench.custody.database import Connect, connect_first
from bench.custody.people.tables import TABLES as PEOPLE
from bench.custody.personal.tables import TABLES as PERSONAL
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

APPLICATION = 0x53424331
"""`PRAGMA application_id`: how a record is told from any other database ("SBC1")."""
MAJOR, MINOR = 2, 1
"""`PRAGMA user_version` = major << 16 | minor. An older program may read a newer minor and write
neither; a newer major it leaves alone."""

EVENT = {
    "event": """CREATE TABLE event (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  body TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  sig BLOB NOT NULL CHECK (length(sig) = 64),
  event_id TEXT GENERATED ALWAYS AS (json_extract(body, '$.id')) VIRTUAL,
  uid TEXT GENERATED ALWAYS AS (json_extract(body, '$.dev.uid')) VIRTUAL,
  imei TEXT GENERATED ALWAYS AS (json_extract(body, '$.dev.imei')) VIRTUAL,
  type TEXT GENERATED ALWAYS AS (json_extract(body, '$.type')) VIRTUAL,
  at TEXT GENERATED ALWAYS AS (json_extract(body, '$.at')) VIRTUAL
) STRICT""",
    "event_never_changes": """CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'append-only'); END""",
    "event_never_goes": """CREATE TRIGGER event_never_goes BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'append-only'); END""",
    "event_without_gap": """CREATE TRIGGER event_without_gap BEFORE INSERT ON event
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, 'sequence gap'); END""",
    "event_once": """CREATE TRIGGER event_once BEFORE INSERT ON event
WHEN json_extract(NEW.body, '$.id') <= (SELECT event_id FROM event ORDER BY seq DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'event id does not rise'); END""",
}
"""The record itself, by name. Ids rise, so none stands twice, and no index has to be kept for it:
what a handset went through is followed from its last event back (`dev.dseq`)."""

PROJECTIONS = {
    "device": """CREATE TABLE device (
  uid TEXT PRIMARY KEY, imei TEXT, imei2 TEXT, serial TEXT NOT NULL, model TEXT NOT NULL,
  asset_tag TEXT, phase TEXT NOT NULL, run TEXT NOT NULL, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "device_by_imei": "CREATE INDEX device_by_imei ON device (imei) WHERE imei IS NOT NULL",
    "device_by_imei2": "CREATE INDEX device_by_imei2 ON device (imei2) WHERE imei2 IS NOT NULL",
    "run": """CREATE TABLE run (
  run_id TEXT PRIMARY KEY, device TEXT, device_seq INTEGER NOT NULL, slot TEXT NOT NULL,
  state TEXT NOT NULL, open INTEGER NOT NULL, outcome TEXT NOT NULL, position TEXT NOT NULL,
  policy_hash TEXT NOT NULL, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "run_open": "CREATE INDEX run_open ON run (run_id) WHERE open",
    "label_job": """CREATE TABLE label_job (
  run TEXT NOT NULL, copy INTEGER NOT NULL, asset_tag TEXT, state TEXT NOT NULL,
  seq INTEGER NOT NULL, PRIMARY KEY (run, copy)
) STRICT, WITHOUT ROWID""",
    "label_job_by_state": "CREATE INDEX label_job_by_state ON label_job (state, seq)",
    "asset_number": """CREATE TABLE asset_number (
  prefix TEXT PRIMARY KEY, number INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "policy": """CREATE TABLE policy (
  policy_hash TEXT PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, variant TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    "licence": """CREATE TABLE licence (
  pool TEXT NOT NULL, uid TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (pool, uid)
) STRICT, WITHOUT ROWID""",
}
"""What is looked up often: all of it can be made again from the events. A row of `device` changes
only when what it says does: its last event is that or the last of its run, whichever is later."""
PROJECTED = ("device", "run", "label_job", "asset_number", "policy", "licence")
_SINCE_2_1 = ("policy", "licence")

_HEADER = """CREATE TABLE header (
  one INTEGER PRIMARY KEY CHECK (one = 1), bench TEXT NOT NULL, epoch INTEGER NOT NULL,
  simulated INTEGER NOT NULL, public_key BLOB NOT NULL, origin TEXT NOT NULL
) STRICT"""

_CHECKPOINT = """CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY CHECK (size > 0), note TEXT NOT NULL, frontier BLOB NOT NULL,
  cosigned INTEGER NOT NULL
) STRICT"""
"""Signed heads of the tree, with the signatures that witnesses added: proof about the events, and
no part of them. `cosigned` is the number of foreign signatures."""

_TIMESTAMP = """CREATE TABLE timestamp (
  size INTEGER PRIMARY KEY CHECK (size > 0), token BLOB NOT NULL
) STRICT"""
"""Time stamps of an authority on checkpoints (RFC 3161, 2.4.2): whole replies, as they came."""

_FROZEN = """CREATE TABLE frozen (
  one INTEGER PRIMARY KEY CHECK (one = 1), reason TEXT NOT NULL, at TEXT NOT NULL
) STRICT"""

MIGRATIONS = Migrations("custody")


@MIGRATIONS(name="2.0")
def _first(db: Database, /) -> None:
    tables = (_HEADER, _CHECKPOINT, _TIMESTAMP, _FROZEN, *PERSONAL.values(), *PEOPLE.values())
    first = (sql for name, sql in PROJECTIONS.items() if name not in _SINCE_2_1)
    for statement in (*EVENT.values(), *first, *tables):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {2 << 16}")


@MIGRATIONS(name="2.1")
def _second(db: Database, /) -> None:
    """Say which profile a fingerprint is of, and who holds a licence: no earlier event does."""
    for name in _SINCE_2_1:
        db.execute(PROJECTIONS[name])
    db.execute(f"PRAGMA user_version = {2 << 16 | 1}")


def refuse_foreign(path: Path, first: Connect = connect_first) -> None:
    """Raise `ProblemError` unless the file is a record this program may write; it only reads."""
    connection = first(path)
    try:
        application, version = marks(connection)
        names = {name for (name,) in connection.execute("SELECT tbl_name FROM sqlite_schema")}
    finally:
        connection.close()
    if application != APPLICATION and names - {MIGRATIONS.migrations_table, "sqlite_sequence"}:
        detail = "the file is no custody record"
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, detail))
    if application == APPLICATION and version < (MAJOR, 0):
        detail = f"form {version[0]}.{version[1]} is from before the first release"
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, detail))
    if version > (MAJOR, MINOR):
        found, known = (".".join(map(str, each)) for each in (version, (MAJOR, MINOR)))
        detail = f"form {found}, this program knows {known}"
        raise ProblemError(Problem(ProblemCode.LEDGER_NEWER, path.name, detail))


def marks(connection: sqlite3.Connection) -> tuple[int, tuple[int, int]]:
    """Return the application id and (major, minor) that the file carries."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application, (version >> 16, version & 0xFFFF)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to this program's form."""
    database = Database(connection)
    if MIGRATIONS.pending(database):
        MIGRATIONS.apply(database)


def deviation(connection: sqlite3.Connection) -> str:
    """Say how the event table or a trigger differs from how it was made; "" if not at all."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_schema"
        " WHERE (tbl_name = 'event' OR type = 'trigger') AND sql IS NOT NULL"
    )
    found = dict(rows.fetchall())
    for name, sql in EVENT.items():
        if name not in found:
            return f"{name} is missing"
        if found[name] != sql:
            return f"{name} was changed"
    return next((f"{name} does not belong here" for name in found if name not in EVENT), "")
