"""What waits to go to the central store: the record itself, from where the store has it.

There is no second list that could disagree. How far the store is, the store says; sending an event
twice is harmless, because it is named by bench, epoch and number and compared byte for byte. The
record is only read here, beside whoever writes it.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.custody import queries
from bench.custody.chain import leaf_hash
from bench.custody.database import PLAIN, Opener, sound, told
from bench.custody.entries import LedgerHeader, SealedEvent
from bench.inventory.centre import MOST_BODY
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_EVENTS = "SELECT seq, CAST(body AS BLOB), hash, sig FROM event WHERE seq > ? ORDER BY seq LIMIT ?"


class Outbox:
    """A record open for reading; made by `open`, on the thread that asks it."""

    def __init__(self, connection: sqlite3.Connection, path: Path, header: LedgerHeader) -> None:
        self._connection = connection
        self._path = path
        self.header = header

    @classmethod
    def open(cls, path: Path, opener: Opener = PLAIN) -> Self:
        """Open the record that is there; `ProblemError` for one that cannot be read."""
        with told(path), sound(path):
            connection = opener.read(path)
            try:
                return cls(connection, path, _header(connection, path))
            except BaseException:
                connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def last(self) -> int:
        """The number of the last event, 0 where there is none."""
        with told(self._path), sound(self._path):
            found = queries.last(self._connection)
        return found.seq if found else 0

    @property
    def frozen(self) -> str:
        """Why nothing more may be written to this epoch; "" while it may."""
        with told(self._path), sound(self._path):
            return queries.frozen(self._connection)

    def leaf(self, seq: int) -> bytes | None:
        """Return the leaf hash (32 bytes) of an event, None where there is no such event."""
        with told(self._path), sound(self._path):
            row = self._connection.execute(
                "SELECT hash FROM event WHERE seq = ?", (seq,)
            ).fetchone()
        return bytes(row[0]) if row else None

    def recorded_at(self, seq: int) -> datetime | None:
        """Return when an event was recorded, as it says itself (UTC); None where it is unsaid."""
        with told(self._path):
            row = self._connection.execute("SELECT at FROM event WHERE seq = ?", (seq,)).fetchone()
        try:
            return datetime.fromisoformat(row[0]).astimezone(UTC) if row else None
        except (TypeError, ValueError):
            return None

    def waiting(self, after: int, most: int, most_bytes: int) -> tuple[SealedEvent, ...]:
        """Return the events that follow number `after`: `most` of them, and `most_bytes` of bodies.

        At least one, if there is one; never more of them are held than are returned. They end
        before one that cannot be sent; where that is the first, `ProblemError`: LEDGER_DAMAGED for
        one whose text does not fit its hash, EVENTS_NOT_TAKEN for one that no store takes.
        """
        found: list[SealedEvent] = []
        room = most_bytes
        with told(self._path), sound(self._path), closing(self._rows(after, most)) as rows:
            for row in rows:
                event = SealedEvent._make(row)
                room -= len(event.body)
                problem = self._fault(event)
                if found and (room < 0 or problem):
                    break
                if problem:
                    raise ProblemError(problem)
                found.append(event)
        return tuple(found)

    def _rows(self, after: int, most: int) -> sqlite3.Cursor:
        return self._connection.execute(_EVENTS, (after, most))

    def _fault(self, event: SealedEvent) -> Problem | None:
        if len(event.body) > MOST_BODY:
            detail = f"event {event.seq}: {len(event.body)} bytes, {MOST_BODY} are taken"
            return Problem(ProblemCode.EVENTS_NOT_TAKEN, self._path.name, detail)
        if leaf_hash(event.body) != event.hash:
            detail = f"event {event.seq}: its text does not fit its hash"
            return Problem(ProblemCode.LEDGER_DAMAGED, self._path.name, detail)
        if not _is_text(event.body):
            detail = f"event {event.seq}: it is no text"
            return Problem(ProblemCode.EVENTS_NOT_TAKEN, self._path.name, detail)
        return None


def _header(connection: sqlite3.Connection, path: Path) -> LedgerHeader:
    row = connection.execute("SELECT bench, simulated, epoch, origin FROM header").fetchone()
    if row is None:
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, "it has no header"))
    bench, simulated, epoch, origin = row
    return LedgerHeader(bench, bool(simulated), epoch, origin.removesuffix(f"/{bench}/e{epoch}"))


def _is_text(body: bytes) -> bool:
    """Whether a PostgreSQL can hold it as text (no U+0000)."""
    try:
        return "\x00" not in body.decode()
    except UnicodeDecodeError:
        return False
