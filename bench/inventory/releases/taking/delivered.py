"""What the centre sent down to this bench, for the bench itself: read only, and quick to open.

Forty thousand handsets known elsewhere are looked up where they lie, by IMEI, and never loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from bench.custody.database import connect_writer, told
from bench.custody.proof.note import NoteError
from bench.events.central import Sighting
from bench.identity.identifiers import Imei, SerialNumber
from bench.identity.plain import plain
from bench.inventory.releases.form import FormError, unusable
from bench.inventory.releases.parts.kinds import Kind, read_part
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.people import SentPerson
from bench.inventory.releases.parts.tags import SentTags
from bench.inventory.releases.release import PartLine, Receipt, Release
from bench.inventory.releases.taking import folders
from bench.inventory.releases.taking.keeping import release_of
from bench.inventory.releases.taking.tables import RELEASES
from bench.inventory.sync import tables
from bench.inventory.sync.state import beside, read_state
from bench.problems import Problem

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

_LONGEST = 60
_NOTE = "release"
_WHERE = """SELECT serial, is_bench, place, in_conflict FROM handset_elsewhere
  WHERE imei = ? ORDER BY in_conflict DESC, place"""
_IN_HAND = """SELECT place, phase, since FROM handset_elsewhere
  WHERE imei = ? AND in_hand AND is_bench ORDER BY place"""


class Delivered:
    """The release that is in use, as it was when this was read; nothing where there is none.

    On the thread that read it; `close` it. It implements staging's ports `Elsewhere` and
    `TagBlocks`.
    """

    def __init__(self, record: Path, connection: sqlite3.Connection | None) -> None:
        self._record = record
        self._connection = connection
        self._troubles: dict[str, Problem] = {}
        self._release = self._readable_release()
        self._tags = cast("SentTags | None", self._content(Kind.TAGS))

    @classmethod
    def read(cls, record: Path) -> Self:
        """Read what lies beside that record; `ProblemError` (CENTRE_FILE_UNUSABLE) if it cannot."""
        connection = read_state(beside(record))
        try:
            if connection is not None and not _is_laid_out(connection):
                connection.close()
                connection = None
            return cls(record, connection)
        except BaseException:
            if connection is not None:
                connection.close()
            raise

    def close(self) -> None:
        """Let go of the file; nothing more can be asked."""
        if self._connection is not None:
            self._connection.close()

    # ── the release ─────────────────────────────────────────────────────────────────────────────
    @property
    def troubles(self) -> tuple[Problem, ...]:
        """What of it this program cannot read, as far as it was asked for: that is set aside."""
        return tuple(self._troubles.values())

    @property
    def number(self) -> int:
        """Its number, 0 where there is none."""
        return self._release.number if self._release else 0

    @property
    def made_at(self) -> datetime | None:
        """When the centre made it (UTC): how old all of this is."""
        return self._release.made_at if self._release else None

    @property
    def receipt(self) -> Receipt | None:
        """What the centre has received of this bench, in its signed word."""
        return self._release.receipt if self._release else None

    @property
    def note(self) -> str:
        """The signed note itself, for whoever wants to check the receipt; "" without."""
        row = self._row("SELECT note FROM release")
        return str(row[0]) if row else ""

    # ── handsets elsewhere ──────────────────────────────────────────────────────────────────────
    def other_than(self, imeis: Sequence[Imei], serial: SerialNumber) -> str:
        """Return where one of the IMEIs is known as another handset's, in plain words, or "".

        On a list, a line without serial number is of another handset, as in a list of the bench's
        own. At a bench, what could not say its serial number may be this one.
        """
        for imei in imeis:
            for said, is_bench, place, _ in self._rows(_WHERE, imei.digits):
                if not _may_be(said, serial, at_bench=bool(is_bench)):
                    return plain(f"{place}, serial {said}" if said else place, _LONGEST)
        return ""

    def sightings(self, imeis: Sequence[Imei]) -> tuple[Sighting, ...]:
        """Return which benches have these in hand, as far as the centre knew at `made_at`."""
        return tuple(
            Sighting(imei, place, phase, datetime.fromtimestamp(since, UTC))
            for imei in imeis
            for place, phase, since in self._rows(_IN_HAND, imei.digits)
        )

    # ── the other parts ─────────────────────────────────────────────────────────────────────────
    def blocks(self, prefix: str) -> Sequence[range] | None:
        """Return the numbers that this bench may give under a prefix, None for any.

        Where the blocks that were sent cannot be read, it may give none at all.
        """
        if {Kind.TAGS.value, _NOTE} & self._troubles.keys():
            return ()
        if self._tags is None or prefix not in self._tags.prefixes:
            return None
        its = (each for each in self._tags.blocks if each.prefix == prefix)
        return tuple(range(each.first, each.last + 1) for each in its)

    def orders(self) -> tuple[Order, ...]:
        """Return what was bought."""
        return cast("tuple[Order, ...] | None", self._content(Kind.ORDERS)) or ()

    def profiles(self) -> Path | None:
        """Return the folder of the profiles, None where none were sent.

        It is never changed, but removed some time after the next release: load from it at once. The
        settings name `<record>.profiles/now/NAME.toml`, which is always the newest.
        """
        found = self._part(Kind.PROFILES)
        return folders.set_of(self._record, found[0].sha256) if found else None

    def people(self) -> tuple[SentPerson, ...] | None:
        """Return who may work here; None where nobody was sent, or they were taken over already."""
        return cast("tuple[SentPerson, ...] | None", self._content(Kind.PEOPLE))

    @property
    def people_digest(self) -> str:
        """The SHA-256 (hex) of the people that were sent, wiped or not; "" without."""
        found = self._part(Kind.PEOPLE)
        return found[0].sha256 if found else ""

    def _content(self, kind: Kind) -> object:
        found = self._part(kind)
        if found is None or found[1] is None:
            return None
        try:
            return read_part(found[0], found[1])
        except FormError as error:
            self._troubles[kind.value] = unusable(kind, str(error)).problem
            return None

    def _readable_release(self) -> Release | None:
        row = self._row("SELECT note FROM release")
        try:
            return release_of(row[0]) if row else None
        except (FormError, NoteError) as error:
            self._troubles[_NOTE] = unusable(_NOTE, str(error)).problem
            return None

    def _part(self, kind: Kind) -> tuple[PartLine, str | None] | None:
        row = self._row("SELECT version, sha256, size, body FROM release_part WHERE kind = ?", kind)
        return (PartLine(kind.value, *row[:3]), row[3]) if row else None

    def _row(self, asked: str, *values: object) -> tuple[Any, ...] | None:
        return next(iter(self._rows(asked, *values)), None)

    def _rows(self, asked: str, *values: object) -> list[tuple[Any, ...]]:
        return (
            [] if self._connection is None else self._connection.execute(asked, values).fetchall()
        )


def wipe_people(record: Path, digest: str) -> bool:
    """Keep of the people that were sent, by that digest, nothing but digest and number.

    Their names and badges are overwritten in the file and in its log; False where somebody who
    reads the file kept the log from being emptied: call it again then. Raises `ProblemError`
    (LEDGER_FULL and others of SQLite's) where the disk refuses.
    """
    path = beside(record)
    with told(path), closing(connect_writer(path)) as connection:
        connection.execute(
            "UPDATE release_part SET body = NULL WHERE kind = ? AND sha256 = ?",
            (Kind.PEOPLE.value, digest),
        )
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


@contextmanager
def delivered(record: Path) -> Iterator[Delivered]:
    """Read what lies beside a record, and let go of it afterwards."""
    with closing(Delivered.read(record)) as found:
        yield found


def _is_laid_out(connection: sqlite3.Connection) -> bool:
    try:
        return tables.applied(connection, RELEASES.room) == len(RELEASES.steps)
    except sqlite3.OperationalError:
        return False


def _may_be(said: str, serial: SerialNumber, *, at_bench: bool) -> bool:
    if at_bench and not (said and serial.text):
        return True
    return bool(said) and said.casefold() == serial.text.casefold()
