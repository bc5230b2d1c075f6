"""One handset's events over all benches, and whether the chain around each is stored.

A handset is found by any number that a bench ever knew it by: where a board was changed, its
events before that are told too. Of each event two clocks are shown, the bench's and the centre's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, LiteralString

from bench.custody.chain import GENESIS
from bench.identity.identifiers import Imei

if TYPE_CHECKING:
    import psycopg

_ITS: LiteralString = """WITH its AS (
    SELECT bench_no, uid FROM custody.holding WHERE imei = %(imei)s
    UNION SELECT bench_no, uid FROM custody.holding WHERE imei2 = %(imei)s
    UNION SELECT bench_no, uid FROM custody.former_imei WHERE imei = %(imei)s)
"""
_NUMBERS: LiteralString = (
    _ITS  # noqa: S608 - words of this module only
    + """  SELECT said.imei FROM its JOIN custody.holding h USING (bench_no, uid)
  CROSS JOIN LATERAL unnest(h.formerly || h.imei || h.imei2) AS said(imei)
  WHERE said.imei IS NOT NULL"""
)
_EVENTS = """SELECT e.bench_no, b.bench_id, e.epoch, e.seq, e.at, e.received_at, e.type, e.hash,
  e.body FROM custody.event e JOIN custody.bench b USING (bench_no)
  WHERE e.imei = ANY (%s) ORDER BY e.received_at, e.bench_no, e.epoch, e.seq"""
_AROUND = """SELECT e.bench_no, e.epoch, e.seq, e.hash, e.body
  FROM unnest(%s::int[], %s::int[], %s::bigint[]) AS asked(bench_no, epoch, seq)
  JOIN custody.event e USING (bench_no, epoch, seq) WHERE e.bench_no = ANY (%s::int[])"""
_HEADS = """SELECT bench_no, epoch, last_seq, last_hash FROM custody.head
  WHERE bench_no = ANY (%s::int[])"""
_SIMS: LiteralString = (
    _ITS  # noqa: S608 - words of this module only
    + """  SELECT b.bench_id, s.iccid, coalesce(s.eid, ''), coalesce(s.msisdn, ''),
    coalesce(s.supplier, ''), s.at FROM its JOIN custody.sim s USING (bench_no, uid)
  JOIN custody.bench b USING (bench_no) ORDER BY s.at, s.iccid, b.bench_id"""
)
_Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the handset as its bench wrote it; what it does not say is "".

    `at` is the bench's clock (None where nobody can read it), `received_at` the centre's; both UTC.
    `intact`: its text fits its hash. `follows`: it names the hash of the event before it, which is
    stored. `followed`: the event after it names its hash, or it is the bench's last one.
    """

    bench: str
    epoch: int
    seq: int
    at: datetime | None
    received_at: datetime
    type: str
    phase: str
    imei: str
    from_: str
    to: str
    actor: str
    hash: str
    intact: bool
    follows: bool
    followed: bool

    @property
    def chained(self) -> bool:
        """Whether the chain around it is stored as its bench signed it."""
        return self.intact and self.follows and self.followed


@dataclass(frozen=True, slots=True)
class Sim:
    """A SIM that a bench last said went with the handset, at `at` by its clock; "" is not said."""

    bench: str
    iccid: str
    eid: str
    msisdn: str
    supplier: str
    at: datetime


def sims(connection: psycopg.Connection[Any], imei: Imei) -> tuple[Sim, ...]:
    """Return the SIMs of a handset, as far as who signed in may read. `psycopg.Error`."""
    return tuple(Sim(*row) for row in connection.execute(_SIMS, {"imei": imei.digits}))


def history(connection: psycopg.Connection[Any], imei: Imei) -> tuple[Told, ...]:
    """Return the events of a handset in the order in which the centre received them.

    As far as who signed in may read, all at one moment: what comes meanwhile would look like a hole
    in the chain. The connection is in autocommit. `psycopg.Error`.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        known = connection.execute(_NUMBERS, {"imei": imei.digits}).fetchall()
        numbers = sorted({imei.digits, *(number for (number,) in known)})
        rows = connection.execute(_EVENTS, (numbers,)).fetchall()
        chain = _Chain(connection, [(row[0], row[2], row[3]) for row in rows])
    return tuple(_told(row, chain) for row in rows)


class _Chain:
    """The neighbours of some events: what stands before and after each."""

    def __init__(self, connection: psycopg.Connection[Any], places: Sequence[_Place]) -> None:
        around = {(bench, epoch, seq + step) for bench, epoch, seq in places for step in (-1, 1)}
        asked = [list(column) for column in zip(*sorted(around), strict=True)] or [[], [], []]
        benches = [*{bench for bench, _, _ in places}]  # so that only their partitions are opened
        found = connection.execute(_AROUND, [*asked, benches]).fetchall() if around else []
        self._hash = {tuple(row[:3]): bytes(row[3]).hex() for row in found}
        self._body: dict[_Place, str] = {tuple(row[:3]): row[4] for row in found}
        heads = connection.execute(_HEADS, (benches,))
        self._last = {tuple(row[:3]): bytes(row[3]).hex() for row in heads}

    def before(self, place: _Place) -> str | None:
        """Return the hash that stands before an event; None where nothing is stored there."""
        bench, epoch, seq = place
        return GENESIS if seq == 1 else self._hash.get((bench, epoch, seq - 1))

    def is_followed(self, place: _Place, name: str) -> bool:
        """Whether what comes after it names it, or nothing came yet."""
        bench, epoch, seq = place
        following = self._body.get((bench, epoch, seq + 1))
        if following is None:
            return self._last.get(place) == name
        return _text(_read(following), "prev") == name


def _told(row: tuple[Any, ...], chain: _Chain) -> Told:
    bench_no, bench, epoch, seq, at, received_at, kind, leaf, body = row
    name, place, said = bytes(leaf).hex(), (bench_no, epoch, seq), _read(body)
    device = _members(said, "dev")
    return Told(
        bench=bench,
        epoch=epoch,
        seq=seq,
        at=at,
        received_at=received_at,
        type=kind or "",
        phase=_text(device, "phase"),
        imei=_text(device, "imei"),
        from_=_text(said, "from"),
        to=_text(said, "to"),
        actor=_text(_members(said, "actor"), "id"),
        hash=name,
        intact=hashlib.sha256(b"\0" + body.encode()).hexdigest() == name,
        follows=_text(said, "prev") == chain.before(place),
        followed=chain.is_followed(place, name),
    )


def _read(body: str) -> dict[str, Any]:
    """Read a body as far as it can be read; the store holds what nobody could read too."""
    try:
        said = json.loads(body, parse_int=str)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _members(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _text(said: dict[str, Any], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""
