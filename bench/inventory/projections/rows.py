"""Rows of the store as what they mean, for whoever checks them; what is NULL there is "" here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bench.inventory.projections.rule import (
    ConflictKind,
    Finding,
    Holding,
    Resolution,
    Shown,
    State,
    Turn,
)

if TYPE_CHECKING:
    import psycopg

_HOLDINGS = """SELECT b.bench_id, h.uid, h.key, h.phase, h.imei, h.imei2, h.serial, h.asset_tag,
  h.set_aside, h.shown_epoch, h.shown_seq, h.shown_received_at, h.named_epoch, h.named_seq,
  h.named_received_at, h.tagged_epoch, h.tagged_seq, h.tagged_received_at,
  h.hand_epoch, h.hand_seq, h.hand_received_at, h.hand_at,
  h.left_epoch, h.left_seq, h.left_received_at, h.left_at
  FROM custody.holding h JOIN custody.bench b USING (bench_no) ORDER BY h.bench_no, h.uid"""
_RESOLUTIONS = """SELECT b.bench_id, r.epoch, r.seq, r.received_at, coalesce(r.imei, ''),
  coalesce(r.keeper, ''), coalesce(r.serial, ''), coalesce(r.asset_tag, ''),
  r.signed_seq IS NOT NULL AND NOT r.undone
  FROM custody.resolution r JOIN custody.bench b USING (bench_no)"""
_FINDINGS = """SELECT c.kind, c.value, c.state, b.bench_id, s.uid, s.kept FROM custody.conflict c
  JOIN custody.conflict_side s USING (kind, value) JOIN custody.bench b USING (bench_no)
  ORDER BY c.kind, c.value"""


def holdings(connection: psycopg.Connection[Any]) -> Iterator[Holding]:
    """Yield every handset as each bench knows it, as far as who signed in may read."""
    for row in connection.execute(_HOLDINGS):
        bench, uid, key, phase, *imeis, serial, tag, aside = row[:9]
        yield Holding(
            bench=bench,
            uid=uid,
            key=key,
            phase=phase or "",
            imeis=tuple(each for each in imeis if each),
            serial=serial or "",
            asset_tag=tag or "",
            imei=imeis[0] or "",
            set_aside=aside,
            in_hand=_shown(*row[9:12]),
            named=_shown(*row[12:15]),
            tagged=_shown(*row[15:18]),
            came=_turn(*row[18:22]),
            left=_turn(*row[22:26]),
        )


def resolutions(connection: psycopg.Connection[Any]) -> Iterator[Resolution]:
    """Yield what was decided about conflicts, in force or not."""
    for bench, epoch, seq, received_at, *said, in_force in connection.execute(_RESOLUTIONS):
        imei, keeper, serial, tag = said
        at = Shown(epoch, seq, received_at)
        yield Resolution(bench, at, imei, keeper, serial, tag, in_force)


def findings(connection: psycopg.Connection[Any]) -> list[Finding]:
    """Return the conflicts that the store found, by kind and value."""
    found: dict[tuple[ConflictKind, str], tuple[State, dict[tuple[str, str], bool | None]]] = {}
    for kind, value, state, bench, uid, kept in connection.execute(_FINDINGS):
        key = (ConflictKind(kind), value)
        found.setdefault(key, (State(state), {}))[1][bench, uid] = kept
    return [Finding(*key, *its) for key, its in sorted(found.items())]


def _shown(epoch: int | None, seq: int | None, received_at: datetime | None) -> Shown | None:
    if epoch is None or seq is None or received_at is None:
        return None
    return Shown(epoch, seq, received_at)


def _turn(
    epoch: int | None, seq: int | None, received_at: datetime | None, at: datetime | None
) -> Turn | None:
    by = _shown(epoch, seq, received_at)
    return None if by is None or at is None else Turn(by, at)
