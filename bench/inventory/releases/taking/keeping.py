"""The releases of a bench in its file: what is there, what is on the way, and the switch.

One program at a time writes here (`sync` holds the lock); the bench itself only wipes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.custody.body import utc
from bench.custody.proof.note import SignedNote
from bench.inventory.releases.parts.elsewhere import KnownThere, SentElsewhere
from bench.inventory.releases.parts.kinds import Kind
from bench.inventory.releases.release import PartLine, Release
from bench.inventory.releases.taking.tables import RELEASES
from bench.inventory.sync.state import CentreFile


@dataclass(frozen=True, slots=True)
class Fetched:
    """A release that was proven whole, and what is new in it.

    `texts` are by digest; `elsewhere` is None where that part is the one that is there already.
    """

    note: str
    release: Release
    texts: Mapping[str, str]
    elsewhere: SentElsewhere | None


class Kept:
    """What a bench has of its releases, in `file`, which the caller holds the lock of."""

    def __init__(self, file: CentreFile) -> None:
        self._file = file
        self._connection = file.connection
        file.connection.execute("PRAGMA secure_delete = 1")  # names are overwritten
        file.prepare(RELEASES)

    @property
    def number(self) -> int:
        """The number of the release that is there, 0 without; also where its note is unreadable."""
        row = self._row("SELECT number FROM release")
        return row[0] if row else 0

    @property
    def note(self) -> str | None:
        """The note of the release that is there."""
        row = self._row("SELECT note FROM release")
        return row[0] if row else None

    def has(self, line: PartLine) -> bool:
        """Whether that very part is in use already, be it in rows of its own or wiped."""
        asked = "SELECT 1 FROM release_part WHERE kind = ? AND sha256 = ? AND size = ?"
        return self._row(asked, line.kind, line.sha256, line.size) is not None

    def part(self, kind: str) -> tuple[PartLine, str | None] | None:
        """Return the part of that kind that is in use, and its text where that is kept."""
        row = self._row("SELECT version, sha256, size, body FROM release_part WHERE kind = ?", kind)
        return (PartLine(kind, *row[:3]), row[3]) if row else None

    def draft(self, line: PartLine) -> str | None:
        """Return a part that was fetched and is not in use yet."""
        row = self._row("SELECT body FROM part_draft WHERE sha256 = ?", line.sha256)
        return row[0] if row else None

    def keep_draft(self, line: PartLine, text: str) -> None:
        """Keep a part that is on its way."""
        with self._file.turn() as connection:
            values = (line.sha256, text)
            connection.execute("INSERT OR REPLACE INTO part_draft VALUES (?, ?)", values)

    def forget_drafts(self, wanted: Iterable[PartLine] = ()) -> None:
        """Keep nothing of what is on its way but these."""
        keep = {line.sha256 for line in wanted}
        with self._file.turn() as connection:
            found = [digest for (digest,) in connection.execute("SELECT sha256 FROM part_draft")]
            gone = [(digest,) for digest in found if digest not in keep]
            connection.executemany("DELETE FROM part_draft WHERE sha256 = ?", gone)

    def switch(self, fetched: Fetched, bench: str, now: datetime) -> None:
        """Put a release in the place of the one before, all of it in one transaction."""
        lines = fetched.release.parts
        with self._file.turn() as connection:
            self._drop_others(lines)
            for line in lines:
                self._put(line, fetched.texts.get(line.sha256))
            if fetched.elsewhere is not None:
                self._put_elsewhere(fetched.elsewhere, bench)
            values = (fetched.release.number, fetched.note, utc(now))
            connection.execute("INSERT OR REPLACE INTO release VALUES (1, ?, ?, ?)", values)
            connection.execute("DELETE FROM part_draft")

    def _row(self, asked: str, *values: object) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._connection.execute(asked, values).fetchone()
        return found

    def _drop_others(self, lines: Iterable[PartLine]) -> None:
        gone = {row[0] for row in self._connection.execute("SELECT kind FROM release_part")}
        for kind in gone - {line.kind for line in lines}:
            self._connection.execute("DELETE FROM release_part WHERE kind = ?", (kind,))
            if kind == Kind.ELSEWHERE:
                self._connection.execute("DELETE FROM handset_elsewhere")

    def _put(self, line: PartLine, text: str | None) -> None:
        if text is None:
            return  # it is there already
        body = None if line.kind == Kind.ELSEWHERE else text
        self._connection.execute(
            "INSERT OR REPLACE INTO release_part VALUES (?, ?, ?, ?, ?)",
            (line.kind, line.version, line.sha256, line.size, body),
        )

    def _put_elsewhere(self, known: Iterable[KnownThere], bench: str) -> None:
        self._connection.execute("DELETE FROM handset_elsewhere")
        self._connection.executemany(
            "INSERT INTO handset_elsewhere VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    each.imei, each.serial, each.place.is_bench, each.place.name, each.phase,
                    each.since, each.in_hand, each.in_conflict,
                )
                for each in known
                if not (each.place.is_bench and each.place.name == bench)
            ),
        )  # fmt: skip


def release_of(note: str) -> Release:
    """Return the release that a note, proven before it was kept, is."""
    return Release.parse(SignedNote.parse(note.encode()).text)
