"""What the doctor looks at of custody: secrets, record, backups, witness, clock.

Nothing is changed. Where the bench is running, its record is looked at as a reader.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.checks import Answer, Check
from bench.custody import schema
from bench.custody.backup.making import Backups
from bench.custody.backup.trial import PLAIN, Form, prove
from bench.custody.database import OLDEST, WRITER, Connect, connect_writer
from bench.custody.key import BenchKey
from bench.custody.keys.sealing import Sealing, Secret
from bench.custody.keys.vault import Vault
from bench.custody.lock import RecordLock
from bench.custody.opening import epoch_of
from bench.ports import Clock
from bench.problems import ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

SEAL = "staging-bench key seal"
"""The command that seals what lies in a file."""
_ROOM = 1_000_000_000
"""Bytes that should be free: months of work for the record, and room for its backups."""
_LIMIT = 120.0
"""Seconds: a backup is restored to try it, and a record may be long."""
_OTHERS = 0o077
_OTHERS_WRITE = 0o022
_COSIGNED = timedelta(days=1)
_OFF = 1_000_000
"""Microseconds by which a clock may be off, by the kernel's own reckoning."""

_KEPT = {
    Sealing.TPM2: "sealed to this computer's security chip: a copy of the disk cannot use it",
    Sealing.HOST: (
        "sealed with this computer's own key: a copy of the record's folder cannot use it, "
        "a copy of the whole disk can"
    ),
    Sealing.HANDED_IN: "handed in by systemd, which keeps it as its unit says",
    Sealing.FILE: "in a file that only its owner may read: a copy of the disk can use it",
}


@dataclass(frozen=True, slots=True)
class WitnessStanding:
    """Who witnesses this record, when last (None: never yet), and how many events came since."""

    name: str
    cosigned_at: datetime | None
    uncosigned: int


@dataclass(frozen=True, slots=True)
class Custody:
    """What the checks look at. `backups` and `witness` are None where none are set up."""

    record: Path
    vault: Vault
    clock: Clock
    backups: Backups | None = None
    witness: WitnessStanding | None = None
    form: Form = PLAIN
    write: Callable[[Path], sqlite3.Connection] = connect_writer


def custody_checks(custody: Custody) -> tuple[Check, ...]:
    """Return the rows, in the order in which a person would mend them."""
    return (
        _check("SQLite", _sqlite),
        _check("Disk", lambda: _room(custody.record.parent)),
        _check("Rights", lambda: _rights(custody.record, custody.form.connect)),
        _check("Bench key", lambda: _secret(custody.vault, Secret.BENCH_KEY)),
        _check("Pepper of the PINs", lambda: _secret(custody.vault, Secret.PEPPER)),
        _check("Record", lambda: _record(custody)),
        _check("Key of the record", lambda: _fits(custody)),
        _check("Backup", lambda: _backup(custody)),
        _check("Clock", lambda: _clock(custody.clock)),
        _check("Witness", lambda: _witness(custody)),
    )


def _check(what: str, look: Callable[[], Answer]) -> Check:
    """Return a row of which what SQLite says is an answer too."""

    def told() -> Answer:
        try:
            return look()
        except sqlite3.Error as error:
            return Answer(str(error), "See what is named.")

    return Check(what, told, _LIMIT)


def _sqlite() -> Answer:
    found = f"version {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info >= OLDEST:
        return Answer(found)
    need = ".".join(map(str, OLDEST))
    return Answer(found, f"Install pysqlite3 with SQLite {need} or later: older can corrupt it.")


def _room(folder: Path) -> Answer:
    free = shutil.disk_usage(folder).free
    mend = "" if free >= _ROOM else f"Free some: {_ROOM // 1_000_000} MB should be."
    return Answer(f"{free // 1_000_000} MB are free in {folder}", mend)


def _rights(record: Path, connect: Connect) -> Answer:
    epoch = epoch_of(record, connect)
    secrets = [each.file(record, epoch) for each in Secret]
    secrets += [each.sealed_file(record, epoch) for each in Secret]
    beside = (record.with_name(record.name + end) for end in ("-wal", "-shm", ".lock"))
    files = [path for path in (record, *beside, *secrets) if path.exists()]
    if _mode(record.parent) & _OTHERS_WRITE:
        return Answer("others may change the record's folder", f"chmod go-w {record.parent}")
    if open_ := [path for path in files if _mode(path) & _OTHERS]:
        names = " ".join(path.name for path in open_)
        return Answer(f"others may read {names}", f"In {record.parent}: chmod 600 {names}")
    if foreign := [path.name for path in files if path.stat().st_uid != os.geteuid()]:
        return Answer(
            f"another account owns {' '.join(foreign)}", "Run this as the account of the bench."
        )
    return Answer("only this account may read the record and its secrets")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _secret(vault: Vault, secret: Secret) -> Answer:
    if vault.kept(secret) is None:
        return Answer("there is none yet; it is made when it is first needed")
    sealing = vault.open(secret).sealing
    clear = vault.in_the_clear(secret)
    if sealing is Sealing.FILE:
        return Answer(_KEPT[sealing], f"Seal it with: {SEAL}")
    if clear:
        names = " ".join(path.name for path in clear)
        return Answer(f"{_KEPT[sealing]}, but {names} holds it too", f"End that with: {SEAL}")
    return Answer(_KEPT[sealing])


def _record(custody: Custody) -> Answer:
    if not custody.record.exists():
        return Answer("there is none yet; it is begun at the first start")
    if custody.record.stat().st_uid != os.geteuid():  # a lock that root makes locks the bench out
        return _tables(custody.form.connect(custody.record), "looked at as a reader")
    try:
        lock = RecordLock(custody.record)
    except ProblemError as error:
        if error.problem.code is not ProblemCode.LEDGER_IN_USE:
            raise
        said = f"a bench that is running holds it ({error.problem.detail})"
        return _tables(custody.form.connect(custody.record), said)
    try:
        return _tables(custody.write(custody.record), f"its {len(WRITER)} settings read back")
    finally:
        lock.release()


def _tables(opened: sqlite3.Connection, said: str) -> Answer:
    with closing(opened) as connection:
        fault = schema.deviation(connection)
        events = 0 if fault else connection.execute("SELECT max(seq) FROM event").fetchone()[0]
    if fault:
        return Answer(fault, "Keep the file as it is and call a supervisor.")
    return Answer(f"it opens, with {events or 0} events; {said}")


def _fits(custody: Custody) -> Answer:
    if not custody.record.exists() or custody.vault.kept(Secret.BENCH_KEY) is None:
        return Answer("nothing to compare yet")
    with closing(custody.form.connect(custody.record)) as connection:
        row = connection.execute("SELECT public_key FROM header").fetchone()
    pem = custody.vault.open(Secret.BENCH_KEY).secret
    if row is None or BenchKey.from_pem(pem, Secret.BENCH_KEY.credential).public == row[0]:
        return Answer("the bench's key is the one that signs this record")
    return Answer(
        "another key signs this record", "Bring its key back, or begin a new epoch with this one."
    )


def _backup(custody: Custody) -> Answer:
    if custody.backups is None:
        return Answer("none are made", "Name a folder on another disk for them in the settings.")
    if problem := custody.backups.overdue():
        return Answer(f"the last one is too old: {problem.detail}", problem.advice.do)
    folder, newest = custody.backups.folder, custody.backups.newest()
    if newest is None:
        return Answer("none is made yet; the first is made while the bench runs")
    seq = prove(folder / str(newest), custody.form).seq
    hours = (custody.clock.moment().at - newest.at) // timedelta(hours=1)
    said = f"the last one is {hours} h old, restores, and goes to event {seq}"
    if folder.stat().st_dev == custody.record.parent.stat().st_dev:
        return Answer(f"{said}, but lies on the record's own disk", "Choose another disk for them.")
    return Answer(said)


def _clock(clock: Clock) -> Answer:
    moment = clock.moment()
    at = moment.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    mend = "Set it by the network: timedatectl set-ntp true"
    boot = f"boot {moment.boot[:8]}"
    if moment.unsynchronised:
        return Answer(f"{at}, {boot}; nothing keeps it right", mend)
    said = f"{at}, right to {moment.max_error // 1000} ms, {boot}"
    return Answer(said, mend if moment.max_error > _OFF else "")


def _witness(custody: Custody) -> Answer:
    witness = custody.witness
    if witness is None:
        return Answer(
            "none: whoever holds the bench's key can write its past anew unseen",
            "Name a witness in the settings.",
        )
    since = f"{witness.uncosigned} events since"
    if witness.cosigned_at is None:
        return Answer(f"{witness.name} has signed nothing yet, {since}", "Connect the bench to it.")
    age = custody.clock.moment().at - witness.cosigned_at
    said = f"{witness.name} signed {age // timedelta(minutes=1)} min ago, {since}"
    return Answer(said, "Connect the bench to it." if age > _COSIGNED else "")
