"""What is asked about SIMs: over any connection to the book. Plain functions, all over an index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.identity.identifiers import Eid, Iccid
from bench.stock.sims.states import SimState

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Sim:
    """A SIM: what the operator's file says of it, and where it stands.

    `is_listed` says that a file names it; of one that none does the texts are "". `uid` is the
    handset it is in, "" for none; `since` (milliseconds since 1970, UTC) is when it came to be so,
    0 where nothing ever became of it. `why` is the reason of the last time it was taken.
    """

    iccid: str
    eid: str = ""
    supplier: str = ""
    contract: str = ""
    state: SimState = SimState.FREE
    uid: str = ""
    since: int = 0
    why: str = ""
    is_listed: bool = False

    @property
    def tail(self) -> str:
        """The last four digits: what a person compares at a glance."""
        return self.iccid[-4:]


@dataclass(frozen=True, slots=True)
class Move:
    """What became of a SIM in event `seq`, about the handset `uid`; "" for none."""

    seq: int
    at: int
    uid: str
    state: SimState
    why: str
    actor: str


@dataclass(frozen=True, slots=True)
class Home:
    """Under which contract a SIM was from `since` on."""

    since: str
    supplier: str
    contract: str


@dataclass(frozen=True, slots=True)
class Holding:
    """How many SIMs of one supplier and contract stand how; both are "" for those of no file."""

    supplier: str
    contract: str
    states: Mapping[SimState, int] = field(default_factory=dict)

    @property
    def bought(self) -> int:
        """How many there are."""
        return sum(self.states.values())


_SIM = """SELECT {iccid}, coalesce(s.eid, ''), coalesce(s.supplier, ''), coalesce(s.contract, ''),
  coalesce(h.state, 'free'), coalesce(h.uid, ''), coalesce(h.since, 0), coalesce(h.why, ''),
  s.iccid IS NOT NULL FROM """
_LISTED = _SIM.format(iccid="s.iccid") + "sim AS s LEFT JOIN sim_holder AS h USING (iccid)"
_HELD = _SIM.format(iccid="h.iccid") + "sim_holder AS h LEFT JOIN sim AS s USING (iccid)"
_TAKEN = (SimState.MARRIED, SimState.LOST, SimState.SPENT)
_BY_CONTRACT = f"""SELECT s.supplier, s.contract, count(*),
  {", ".join(f"count(*) FILTER (WHERE h.state = '{state}')" for state in _TAKEN)}
  FROM sim AS s LEFT JOIN sim_holder AS h USING (iccid) GROUP BY s.supplier, s.contract"""  # noqa: S608 - our own words
"""In one pass over the index of contracts, for tens of thousands of SIMs."""
_FREE_AGAIN = """SELECT count(*) FROM sim_holder AS h JOIN sim USING (iccid)
  WHERE h.state = 'free'"""
_BY_STATE = "SELECT state, count(*) FROM sim_holder GROUP BY state"


def sim(connection: sqlite3.Connection, iccid: str) -> Sim:
    """Return a SIM; one that neither a file nor the record names is free and not listed."""
    for question in (f"{_LISTED} WHERE s.iccid = ?", f"{_HELD} WHERE h.iccid = ?"):
        if row := connection.execute(question, (iccid,)).fetchone():
            return _sim(row)
    return Sim(iccid)


def sims_of_eid(connection: sqlite3.Connection, eid: str) -> tuple[Sim, ...]:
    """Return the subscriptions that files name for an eUICC, those of a handset first."""
    rows = connection.execute(
        f"{_LISTED} WHERE s.eid = ? AND s.eid <> '' ORDER BY h.uid DESC, s.iccid", (eid,)
    )
    return tuple(map(_sim, rows))


def meant(connection: sqlite3.Connection, scanned: Iccid | Eid) -> tuple[Sim, ...]:
    """Return the SIMs that a scan may mean: one for an ICCID, any number for an EID."""
    if isinstance(scanned, Iccid):
        return (sim(connection, scanned.digits),)
    return sims_of_eid(connection, scanned.digits)


def sims_of_handset(connection: sqlite3.Connection, uid: str) -> tuple[Sim, ...]:
    """Return the SIMs that a handset is married to, the one married last first."""
    rows = connection.execute(
        f"{_HELD} WHERE h.uid = ? AND h.uid <> '' ORDER BY h.since DESC, h.seq DESC", (uid,)
    )
    return tuple(map(_sim, rows))


def history(connection: sqlite3.Connection, iccid: str) -> tuple[Move, ...]:
    """Return what became of a SIM, the first first."""
    rows = connection.execute(
        "SELECT seq, at, uid, state, why, actor FROM sim_move WHERE iccid = ? ORDER BY at, seq",
        (iccid,),
    )
    return tuple(Move(seq, at, uid, SimState(state), *rest) for seq, at, uid, state, *rest in rows)


def homes(connection: sqlite3.Connection, iccid: str) -> tuple[Home, ...]:
    """Return the contracts that a SIM was under, the first first."""
    rows = connection.execute(
        "SELECT since, supplier, contract FROM sim_contract WHERE iccid = ? ORDER BY since",
        (iccid,),
    )
    return tuple(Home(*row) for row in rows)


def msisdn(connection: sqlite3.Connection, iccid: str) -> str:
    """Return a SIM's telephone number, "" where no file says it. It is to be written nowhere."""
    row = connection.execute("SELECT msisdn FROM sim WHERE iccid = ?", (iccid,)).fetchone()
    return str(row[0]) if row else ""


def holdings(connection: sqlite3.Connection) -> tuple[Holding, ...]:
    """Count SIMs by supplier, contract and state; those of no file come first, where there are any.

    What files name and the record does not is free.
    """
    found = [
        Holding(supplier, contract, _states(count, dict(zip(_TAKEN, counts, strict=True))))
        for supplier, contract, count, *counts in connection.execute(_BY_CONTRACT)
    ]
    known = dict(connection.execute(_BY_STATE).fetchall())
    # what files name and was never in a handset is free as well, and has no row there
    named = connection.execute(_FREE_AGAIN).fetchone()[0] if known.get(SimState.FREE) else 0
    unlisted = {
        state: known.get(state, 0) - sum(each.states.get(state, 0) for each in found)
        for state in _TAKEN
    } | {SimState.FREE: known.get(SimState.FREE, 0) - named}
    left = {state: count for state, count in unlisted.items() if count}
    return (*((Holding("", "", left),) if left else ()), *found)


def _states(bought: int, counts: dict[SimState, int]) -> Mapping[SimState, int]:
    """Return how many stand how; those that nothing became of are free."""
    gone = sum(counts[state] for state in _TAKEN)
    kept = {state: counts[state] for state in _TAKEN if counts[state]}
    return kept | {SimState.FREE: bought - gone}


def _sim(row: tuple[str, str, str, str, str, str, int, str, int]) -> Sim:
    iccid, eid, supplier, contract, state, uid, since, why, is_listed = row
    return Sim(
        iccid, eid, supplier, contract, SimState(state), uid, since, why, is_listed=bool(is_listed)
    )
