"""What waits for one inventory, in PostgreSQL: one row for each device, by state, not by event.

Every function is a short transaction of its own; none is open while an inventory is waited for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias

from bench.inventory.connectors.port import About
from bench.inventory.connectors.rate import Bucket
from bench.inventory.connectors.words import Outcome, State, Wanted
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

    Connection: TypeAlias = psycopg.Connection[Any]
    Connect: TypeAlias = Callable[[], AbstractContextManager[Connection]]

_WANTED: LiteralString = """device, asset_tag, serial, imei, imei2, model, phase, quarantined,
  bench, holder, location, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
  event, native"""
_DUE: LiteralString = """FROM custody.connector_source source
WHERE (asset_tag <> '' OR NOT %(needs_tag)s)"""
_DIGEST: LiteralString = """sha256(%(mapping)s::bytea || convert_to(jsonb_build_array(asset_tag,
  serial, imei, imei2, model, phase, quarantined, bench, holder, location, native)::text,
  'UTF8'))"""
_REFRESH: LiteralString = f"""INSERT INTO custody.connector_device AS its
  (connector, device, wanted)
SELECT %(name)s, device, {_DIGEST} AS wanted {_DUE}
ON CONFLICT (connector, device) DO UPDATE SET wanted = excluded.wanted, tries = 0, last_word = '',
  next_try = now(), state = CASE WHEN its.done = excluded.wanted THEN 'done' ELSE 'waiting' END,
  waiting_since = CASE WHEN its.state = 'done' THEN now() ELSE its.waiting_since END
WHERE its.wanted <> excluded.wanted"""
_FORGET: LiteralString = f"""DELETE FROM custody.connector_device its
WHERE connector = %(name)s AND NOT EXISTS (SELECT {_DUE} AND source.device = its.device)
  AND (state <> 'done' OR cardinality(custody.connector_behind()) = 0)"""  # noqa: S608 - words of this module only
_CLAIM: LiteralString = f"""WITH due AS (
  SELECT connector, device FROM custody.connector_device its
    WHERE connector = %(name)s AND state <> 'done' AND next_try <= now() AND claimed_at IS NULL
      AND EXISTS (SELECT {_DUE} AND source.device = its.device AND NOT behind)
    ORDER BY next_try, device LIMIT %(most)s FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE custody.connector_device its SET claimed_at = now() FROM due
    WHERE its.connector = due.connector AND its.device = due.device RETURNING its.device)
SELECT {_WANTED}, {_DIGEST} AS digest
  FROM claimed JOIN custody.connector_source USING (device) ORDER BY device"""  # noqa: S608 - words of this module only
_RECORD: LiteralString = """UPDATE custody.connector_device SET claimed_at = NULL,
  wanted = %(digest)s, state = %(state)s, last_word = %(word)s,
  done = CASE WHEN %(state)s = 'done' THEN %(digest)s ELSE done END,
  tries = CASE WHEN %(state)s = 'done' THEN 0 ELSE tries + 1 END,
  next_try = now() + CASE WHEN %(state)s = 'refused' THEN interval '1 day' ELSE
    least(interval '6 hours', interval '1 minute' * 2 ^ least(tries, 9)) * (0.5 + random() / 2) END
WHERE connector = %(name)s AND device = %(device)s"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A device whose turn it is; `digest` is of its state as of now, which is told (32 bytes)."""

    wanted: Wanted
    digest: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """One connector as it was left. `mapping` is what was said yes to, None before."""

    mapping: bytes | None
    preview_mapping: bytes | None
    bucket: Bucket
    quiet: float
    """Seconds for which it is left alone, after trouble."""


class Outbox:
    """That of one connector, on one connection (autocommit)."""

    def __init__(self, connection: Connection, about: About) -> None:
        self._db = connection
        self._about = about
        self._words = {
            "name": about.name, "needs_tag": about.needs_tag, "mapping": about.mapping,
        }  # fmt: skip

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the one worker of this connector; CONNECTOR_RUNNING where another is.

        The lock ends with the session at the latest, so it takes one of its own: no pooled one.
        What a worker had claimed that is no more is free again.
        """
        words = (f"staging-bench connector {self._about.name}",)
        # compiling such statements takes longer than running them
        self._db.execute("SET jit = off")
        row = self._db.execute(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", words
        ).fetchone()
        if row is None or not row[0]:
            raise ProblemError(Problem(ProblemCode.CONNECTOR_RUNNING, self._about.name))
        self.let_go()
        try:
            yield
        finally:
            # a session that was closed ends there somewhat later
            if not self._db.closed:
                self._db.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", words)

    def let_go(self) -> None:
        """Give back what was claimed and not tried."""
        self._db.execute(
            "UPDATE custody.connector_device SET claimed_at = NULL"
            " WHERE connector = %(name)s AND claimed_at IS NOT NULL", self._words,
        )  # fmt: skip

    def standing(self, usual: Bucket) -> Standing:
        """Return how it was left; a bucket that was never kept is the `usual` one."""
        self._db.execute(
            "INSERT INTO custody.connector (name) VALUES (%(name)s) ON CONFLICT DO NOTHING",
            self._words,
        )
        row = self._db.execute(
            "SELECT begun_mapping, preview_mapping, bucket,"
            " extract(epoch FROM greatest(next_try, now()) - now())"
            " FROM custody.connector WHERE name = %(name)s", self._words,
        ).fetchone()  # fmt: skip
        assert row is not None, "it was just put there"
        return Standing(row[0], row[1], _kept(row[2], usual), float(row[3]))

    def simulated(self) -> bool:
        """Return whether this is a training centre."""
        row = self._db.execute("SELECT simulated FROM custody.store").fetchone()
        return row is None or bool(row[0])

    def refresh(self) -> int:
        """Have each device wait whose wanted state is another than before, and return how many.

        What the record no longer has by that name is forgotten; what is there as wanted only while
        no event waits to be looked through, for then the record may be being read anew.
        """
        self._db.execute(_FORGET, self._words)
        return self._db.execute(_REFRESH, self._words).rowcount

    def claim(self, most: int) -> list[Claimed]:
        """Take what is due, as it is wanted now."""
        rows = self._db.execute(_CLAIM, {**self._words, "most": most}).fetchall()
        return [Claimed(wanted_of(row), bytes(row[-1])) for row in rows]

    def held_back(self) -> int:
        """Return how many wait until all is looked through that their benches said of them."""
        row = self._db.execute(
            f"SELECT count(*) {_DUE} AND behind AND EXISTS (SELECT FROM custody.connector_device"  # noqa: S608 - as above
            " its WHERE connector = %(name)s AND its.device = source.device AND state <> 'done'"
            " AND next_try <= now())", self._words,
        ).fetchone()  # fmt: skip
        return int(row[0]) if row else 0

    def is_behind(self) -> bool:
        """Return whether events of any bench wait to be looked through."""
        row = self._db.execute("SELECT custody.connector_behind() <> '{}'").fetchone()
        return row is None or bool(row[0])

    def number(self, digest: bytes, above: int) -> int:
        """Return the number of a file of that content (SHA-256): it rises from file to file.

        The same as before where that run broke off, so that it goes on; else one `above` all.
        """
        row = self._db.execute(
            "UPDATE custody.connector SET file_digest = %(digest)s, file_number = CASE"
            " WHEN file_digest = %(digest)s THEN file_number"
            " ELSE greatest(file_number, %(above)s) + 1 END"
            " WHERE name = %(name)s RETURNING file_number",
            {**self._words, "digest": digest, "above": above},
        ).fetchone()
        assert row is not None, "it has been there since its standing was asked for"
        return int(row[0])

    def record(self, done: Sequence[tuple[Claimed, Outcome]], bucket: Bucket) -> None:
        """Keep how it went, and the bucket, in one transaction."""
        with self._db.transaction(), self._db.cursor() as cursor:
            cursor.executemany(
                _RECORD,
                [
                    {
                        "name": self._about.name, "device": each.wanted.device,
                        "digest": each.digest, "state": how.state.value, "word": how.word,
                    }
                    for each, how in done
                ],
            )  # fmt: skip
            self._keep(cursor, bucket)
            if any(how.state is State.DONE for _, how in done):
                cursor.execute(
                    "UPDATE custody.connector SET file_digest = NULL WHERE name = %(name)s",
                    self._words,
                )

    def well(self, bucket: Bucket) -> None:
        """Keep that the inventory as a whole is well."""
        with self._db.transaction(), self._db.cursor() as cursor:
            self._keep(cursor, bucket)
            cursor.execute(
                "UPDATE custody.connector SET failures = 0, next_try = now(), last_word = '',"
                " last_run = now() WHERE name = %(name)s", self._words,
            )  # fmt: skip

    def ill(self, bucket: Bucket, word: str) -> None:
        """Keep what is the matter with it, and leave it alone for a while: longer each time."""
        with self._db.transaction(), self._db.cursor() as cursor:
            self._keep(cursor, bucket)
            cursor.execute(
                "UPDATE custody.connector SET failures = failures + 1, last_run = now(),"
                " last_word = %(word)s, next_try = now()"
                " + least(3600, 30 * 2 ^ least(failures, 9)) * (0.5 + random() / 2)"
                " * interval '1 second' WHERE name = %(name)s", {**self._words, "word": word},
            )  # fmt: skip

    # ── the preview, and the yes to it ──────────────────────────────────────────────────────────
    def devices(self, *, differing: bool, batch: int = 1000) -> Iterator[list[Wanted]]:
        """Yield devices in batches, by their names; `differing`: those not known to be there."""
        after, done = "", ""
        if differing:
            done = (
                " AND NOT EXISTS (SELECT FROM custody.connector_device its WHERE its.device ="
                f" source.device AND connector = %(name)s AND done = {_DIGEST})"
            )
        text = f"SELECT {_WANTED} {_DUE} AND device > %(after)s{done}"
        while rows := self._db.execute(
            f"{text} ORDER BY device LIMIT %(batch)s",
            {**self._words, "after": after, "batch": batch},
        ).fetchall():
            yield [wanted_of(row) for row in rows]
            after = rows[-1][0]

    def previewed(self, digest: bytes, said: str) -> None:
        """Keep that this was shown to a person."""
        self._db.execute(
            "INSERT INTO custody.connector (name, preview, preview_mapping, preview_said,"
            " previewed_at) VALUES (%(name)s, %(digest)s, %(mapping)s, %(said)s, now())"
            " ON CONFLICT (name) DO UPDATE SET preview = excluded.preview, previewed_at = now(),"
            " preview_mapping = excluded.preview_mapping, preview_said = excluded.preview_said",
            {**self._words, "digest": digest, "said": said},
        )

    def begin(self, by: str) -> bytes:
        """Keep that somebody said yes to the last preview; return its digest.

        CONNECTOR_INERT where there is none of today's mapping. Where another mapping was said yes
        to before, nothing counts as done: it may have been done elsewhere.
        """
        with self._db.transaction():
            self._db.execute(
                "UPDATE custody.connector_device SET done = NULL, state = 'waiting', tries = 0,"
                " next_try = now(), waiting_since = now(), last_word = '' WHERE connector = ("
                "SELECT name FROM custody.connector WHERE name = %(name)s"
                " AND preview_mapping = %(mapping)s"
                " AND begun_mapping IS DISTINCT FROM preview_mapping)", self._words,
            )  # fmt: skip
            row = self._db.execute(
                "UPDATE custody.connector SET begun_preview = preview,"
                " begun_mapping = preview_mapping, begun_by = %(by)s, begun_at = now()"
                " WHERE name = %(name)s AND preview_mapping = %(mapping)s RETURNING preview",
                {**self._words, "by": by},
            ).fetchone()
        if row is None:
            raise ProblemError(Problem(ProblemCode.CONNECTOR_INERT, self._about.name))
        return bytes(row[0])

    def _keep(self, cursor: psycopg.Cursor[Any], bucket: Bucket) -> None:
        cursor.execute(
            "UPDATE custody.connector SET bucket = %(bucket)s WHERE name = %(name)s",
            {**self._words, "bucket": json.dumps(asdict(bucket))},
        )


def wanted_of(row: Sequence[Any]) -> Wanted:
    """Return the device of a row of `connector_source`."""
    return Wanted(*row[:14])


def _kept(said: dict[str, Any], usual: Bucket) -> Bucket:
    """Return the bucket as it was kept, at today's rate."""
    try:
        return Bucket(**{**said, "per_minute": usual.per_minute}) if said else usual
    except TypeError:
        return usual
