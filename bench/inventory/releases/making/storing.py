"""Releases and their parts in the store: what there is, keeping more, and removing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bench.custody.proof.note import NoteError, SignedNote
from bench.inventory.releases.form import FormError
from bench.inventory.releases.making.contents import KnownBench
from bench.inventory.releases.parts.kinds import VERSIONS, Kind
from bench.inventory.releases.release import PartLine, Release

if TYPE_CHECKING:
    import psycopg

KEPT = 2
"""Releases kept for each bench: a bench may be fetching the parts of the last but one."""
_TURN = 0x5354_4247_5055_424C
"""The advisory lock of whoever publishes: a number of this room's own."""
_PRUNE = (
    """DELETE FROM custody.release r USING custody.bench b
         WHERE b.bench_no = r.bench_no AND b.state = 'retired'""",
    """DELETE FROM custody.elsewhere_now e WHERE NOT EXISTS (SELECT FROM custody.bench b
         WHERE b.organisation = e.organisation AND b.state <> 'retired')""",
    """DELETE FROM custody.release r USING (
         SELECT bench_no, max(number) - %(kept)s AS number FROM custody.release GROUP BY bench_no
       ) old WHERE r.bench_no = old.bench_no AND r.number <= old.number""",
    """DELETE FROM custody.release_part p WHERE kind = %(people)s AND number < (
         SELECT max(number) FROM custody.release r WHERE r.bench_no = p.bench_no)""",
    """DELETE FROM custody.part p
         WHERE NOT EXISTS (SELECT FROM custody.release_part r WHERE r.sha256 = p.sha256)
           AND NOT EXISTS (SELECT FROM custody.elsewhere_now e WHERE e.sha256 = p.sha256)""",
)
_WANTING = """SELECT bench_id, prefix, size FROM (
    SELECT DISTINCT ON (b.bench_no, b.prefix) b.bench_no, b.prefix, b.last,
           b.last - b.first + 1 AS size, coalesce(u.highest, b.first - 1) AS highest
      FROM custody.tag_block b LEFT JOIN (
        SELECT prefix, last, max(highest) AS highest FROM custody.tag_used GROUP BY 1, 2
      ) u USING (prefix, last)
      ORDER BY b.bench_no, b.prefix, b.last DESC
  ) newest JOIN custody.bench USING (bench_no)
  WHERE state <> 'retired' AND (newest.last - highest) * 100 <= size * %s"""


@dataclass(frozen=True, slots=True)
class Store:
    """The store as the publisher sees it; each method within the caller's transaction."""

    connection: psycopg.Connection[Any]

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let no other publisher work meanwhile; benches read on. Outside of any transaction.

        The lock is the session's: not through a pool that shares sessions between transactions.
        """
        self.connection.execute("SELECT pg_advisory_lock(%s)", (_TURN,))
        try:
            yield
        finally:
            if not self.connection.broken:
                self.connection.execute("SELECT pg_advisory_unlock(%s)", (_TURN,))

    def see_tags(self) -> None:
        """Look through what benches sent since for the asset tags that they gave."""
        self.connection.execute("SELECT custody.see_tags()")

    def wanting(self, percent: int) -> list[tuple[str, str, int]]:
        """Return bench, prefix and size of each last block of which at most so much is left."""
        return self.connection.execute(_WANTING, (percent,)).fetchall() if percent else []

    def last(self, bench: KnownBench) -> tuple[Release, SignedNote] | None:
        """Return the newest release of a bench; None also where it can be read no more.

        What was edited in the store is no release, and stands in no bench's way.
        """
        asked = "SELECT note FROM custody.release WHERE bench_no = %s ORDER BY number DESC LIMIT 1"
        row = self.connection.execute(asked, (bench.number,)).fetchone()
        if row is None:
            return None
        try:
            note = SignedNote.parse(row[0].encode())
            return Release.parse(note.text), note
        except (NoteError, FormError):
            return None

    def next_number(self, bench: KnownBench, now: datetime) -> int:
        """Return the number of a bench's next release: of seconds, so that it always rises.

        A store that was restored from a backup does not know the numbers that it gave since.
        """
        asked = "SELECT coalesce(max(number), 0) + 1 FROM custody.release WHERE bench_no = %s"
        row = self.connection.execute(asked, (bench.number,)).fetchone()
        assert row is not None, "an aggregate's row"
        return max(int(row[0]), int(now.timestamp()))

    def keep_sent(self, bench: KnownBench, people: Iterable[str]) -> None:
        """Keep whom a bench was sent, by pseudonym: it is to be told when they leave."""
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO custody.sent_person VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [(bench.number, each) for each in people],
            )

    def keep_part(self, line: PartLine, text: str) -> PartLine:
        """Keep a part's text, once, however many benches have it."""
        self.connection.execute(
            "INSERT INTO custody.part (sha256, body) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (bytes.fromhex(line.sha256), text),
        )
        return line

    def keep(self, bench: KnownBench, release: Release, note: SignedNote) -> None:
        """Keep a release, and which parts it names."""
        self.connection.execute(
            "INSERT INTO custody.release (bench_no, number, note) VALUES (%s, %s, %s)",
            (bench.number, release.number, str(note)),
        )
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO custody.release_part VALUES (%s, %s, %s, %s)",
                [
                    (bench.number, release.number, line.kind, bytes.fromhex(line.sha256))
                    for line in release.parts
                ],
            )

    def elsewhere(self, organisation: str) -> tuple[PartLine, datetime] | None:
        """Return an organisation's newest part of handsets known elsewhere, and of when it is."""
        row = self.connection.execute(
            "SELECT encode(sha256, 'hex'), octet_length(body), made_at"
            " FROM custody.elsewhere_now JOIN custody.part USING (sha256) WHERE organisation = %s",
            (organisation,),
        ).fetchone()
        if row is None:
            return None
        return PartLine(Kind.ELSEWHERE.value, VERSIONS[Kind.ELSEWHERE], row[0], row[1]), row[2]

    def keep_elsewhere(self, its: str, line: PartLine, text: str, now: datetime) -> PartLine:
        """Keep the newest part of handsets known elsewhere for that organisation."""
        self.keep_part(line, text)
        self.connection.execute(
            "INSERT INTO custody.elsewhere_now (organisation, sha256, made_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (organisation)"
            " DO UPDATE SET sha256 = excluded.sha256, made_at = excluded.made_at",
            (its, bytes.fromhex(line.sha256), now),
        )
        return line

    def prune(self) -> None:
        """Remove releases but the newest ones, and parts that none names any more."""
        values = {"kept": KEPT, "people": Kind.PEOPLE.value}
        for statement in _PRUNE:
            self.connection.execute(statement, values)
