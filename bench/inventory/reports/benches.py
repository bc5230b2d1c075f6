"""How each bench stands with the centre, as the store knows it: one row a bench."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, LiteralString

from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

_STANDINGS = """SELECT b.bench_id, b.organisation, b.state, b.epoch, h.last_seq,
  greatest(h.updated_at, (SELECT at FROM custody.heard w WHERE w.bench_no = b.bench_no)),
  coalesce(h.lag, 0), coalesce(h.of_late, 0), coalesce(a.open, 0), coalesce(a.kinds, '{}'),
  coalesce(u.unread, 0), b.added_at, (SELECT min(since) FROM custody.behind w
    WHERE w.bench_no = b.bench_no)
  FROM custody.bench b
  LEFT JOIN LATERAL (SELECT max(h.last_seq) FILTER (WHERE h.epoch = b.epoch) AS last_seq,
      max(h.updated_at) AS updated_at, sum(h.last_seq - coalesce(p.seq, 0)) AS lag,
      sum(CASE WHEN h.updated_at > %(late)s
        THEN h.last_seq - custody.received_before(h.bench_no, h.epoch, %(late)s) END) AS of_late
    FROM custody.head h LEFT JOIN custody.projected p USING (bench_no, epoch)
    WHERE h.bench_no = b.bench_no) AS h ON true
  LEFT JOIN LATERAL (SELECT count(*) AS open, array_agg(DISTINCT kind ORDER BY kind) AS kinds
    FROM custody.open_alarm a WHERE a.bench_no = b.bench_no) AS a ON true
  LEFT JOIN LATERAL (SELECT count(*) AS unread FROM custody.unprojected u
    WHERE u.bench_no = b.bench_no) AS u ON true
  ORDER BY b.bench_id"""
_MAY_ASK = """SELECT has_table_privilege('custody.certificate', 'SELECT')
  AND has_table_privilege('custody.token', 'SELECT')"""
_CERTIFICATES = """SELECT b.bench_id, max(its.ends_at) FROM (
    SELECT bench_no, ends_at FROM custody.certificate
    UNION ALL SELECT bench_no, ends_at FROM custody.token) AS its
  JOIN custody.bench b USING (bench_no) GROUP BY b.bench_id"""
_CONFLICTS = "SELECT count(*) FROM custody.conflict WHERE state = 'open'"


@dataclass(frozen=True, slots=True)
class BenchStanding:
    """A bench as the centre knows it; times are UTC, None for never or not known.

    `head` is the number of its last event of this epoch, `lag` how many events are stored and not
    yet looked up, `of_late` how many came of late, `unread` how many nobody could read;
    `certificate_ends` is when the last certificate or token ends by which it may sign in,
    `behind_since` when the oldest of those came that are not yet looked up. `heard_at` is to the
    hour, where nothing new came.
    """

    bench: str
    organisation: str
    state: str
    epoch: int
    head: int
    heard_at: datetime | None
    lag: int
    of_late: int
    alarms: int
    alarm_kinds: tuple[str, ...]
    unread: int
    added_at: datetime
    certificate_ends: datetime | None
    behind_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CentreStanding:
    """All benches that who signed in may see, at `now` by the server's clock (UTC)."""

    store: str
    simulated: bool
    form: int
    now: datetime
    open_conflicts: int
    certificates_known: bool
    benches: tuple[BenchStanding, ...]


def standing(connection: psycopg.Connection[Any], late: str = "1 day") -> CentreStanding:
    """Read how all stand; `late` is how far back `of_late` looks (an interval of PostgreSQL's).

    Readers are told only of their organisations' benches, and not when certificates end.
    `ProblemError` (CENTRE_UNUSABLE) for a store that was not set up to the end.
    """
    name, simulated, form, now, since = _one(
        connection,
        "SELECT s.name, s.simulated, (SELECT max(number) FROM custody.form), now(),"
        " now() - %s::interval FROM custody.store s",
        (late,),
    )
    (may_ask,) = _one(connection, _MAY_ASK)
    ends = dict(connection.execute(_CERTIFICATES).fetchall()) if may_ask else {}
    (conflicts,) = _one(connection, _CONFLICTS)
    benches = tuple(_benches(connection, since, ends))
    return CentreStanding(name, simulated, form, now, conflicts, may_ask, benches)


def _benches(
    connection: psycopg.Connection[Any], since: datetime, ends: dict[str, datetime]
) -> Iterator[BenchStanding]:
    for row in connection.execute(_STANDINGS, {"late": since}):
        bench, organisation, state, epoch, head, heard_at, lag, of_late, alarms, kinds, *rest = row
        unread, added_at, behind_since = rest
        yield BenchStanding(
            bench=bench,
            organisation=organisation,
            state=state,
            epoch=epoch,
            head=head or 0,
            heard_at=heard_at,
            lag=int(lag),
            of_late=int(of_late),
            alarms=alarms,
            alarm_kinds=tuple(kinds),
            unread=unread,
            added_at=added_at,
            certificate_ends=ends.get(bench),
            behind_since=behind_since,
        )


def _one(
    connection: psycopg.Connection[Any], sql: LiteralString, values: tuple[object, ...] = ()
) -> tuple[Any, ...]:
    found = connection.execute(sql, values).fetchone()
    if found is None:  # the store has no name: it was not set up to the end
        detail = "it is not set up: central init"
        raise ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "store", detail))
    return tuple(found)
