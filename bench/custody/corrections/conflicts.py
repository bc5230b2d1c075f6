"""Resolves a handset that two benches have: both facts stay, and two persons say who has it.

A `conflict_resolved` event is about the handset as this bench knows it. Its `data` names the IMEI,
serial number and asset tag, and in `keeper` the bench that really has the handset; the central
store ends the conflict by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody import queries
from bench.custody.corrections.kinds import Why
from bench.custody.entries import Entry, PersonalText
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import Imei, bench_name
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3


def resolve(
    connection: sqlite3.Connection, imei: Imei, keeper: str, *, why: Why, note: str = ""
) -> Entry:
    """Return the resolution; two persons append it.

    Where this bench keeps the handset it is freed from quarantine; where another does, what lies
    here is none of its own and is set aside. Raises `ProblemError` HANDSET_UNKNOWN where this
    bench never had it, and `IdentifierError` for a keeper that is no bench's name.
    """
    known = queries.device_by_imei(connection, imei)
    if known is None:
        raise ProblemError(Problem(ProblemCode.HANDSET_UNKNOWN, detail=imei.digits))
    ours = bench_name(keeper) == _own_name(connection)
    said: dict[str, Json] = {"imei": imei.digits, "keeper": keeper, "why": why.value}
    if known.serial.text:
        said["serial"] = known.serial.text
    if known.asset_tag:
        said["asset_tag"] = str(known.asset_tag)
    return Entry(
        CustodyKind.CONFLICT_RESOLVED,
        known.ref,
        phase=_phase(known.phase, ours=ours),
        data=said,
        reason=why.value,
        personal=(PersonalText("note", note, known.uid),) if note else (),
    )


def _phase(now: Phase, *, ours: bool) -> Phase:
    if not ours:
        return Phase.QUARANTINED
    return Phase.IN_STOCK if now is Phase.QUARANTINED else now


def _own_name(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT bench FROM header").fetchone()[0])
