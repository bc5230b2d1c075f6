"""One handset's events folded: how it stood before and after each, and which are still in effect.

The tables' own projection folds them, so that what an undo restores is what the tables said.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody import projection
from bench.custody.chain import parse
from bench.custody.entries import DeviceRef, SealedEvent
from bench.custody.phases import Phase
from bench.custody.walk import uid_of
from bench.events.orders import CustodyKind
from bench.identity.identifiers import AssetTag, Imei, SerialNumber

if TYPE_CHECKING:
    import sqlite3

_STATE = """SELECT imei, imei2, serial, model, asset_tag, phase, run, coalesce(state, ''),
  coalesce(open, 0), coalesce(outcome, '')
  FROM device LEFT JOIN run ON run_id = run AND run.device = uid WHERE uid = ?"""


@dataclass(frozen=True, slots=True)
class State:
    """How a handset stands; `run` is its last, `outcome` how that ended; "" for none yet."""

    device: DeviceRef
    phase: Phase
    run: str = ""
    run_state: str = ""
    run_open: bool = False
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the handset: how it stood before (None: never met) and after it.

    `of` is what it corrects, by leaf hash in hex, `is_undo` whether it takes that back, and
    `in_effect` whether it is itself not taken back.
    """

    seq: int
    name: str
    event_id: str
    kind: CustodyKind
    before: State | None
    after: State
    of: str = ""
    is_undo: bool = False
    in_effect: bool = True

    @property
    def changed(self) -> bool:
        """Whether the handset stands otherwise after it."""
        return self.before is None or _essence(self.before) != _essence(self.after)


def told(events: Sequence[SealedEvent]) -> tuple[Told, ...]:
    """Fold one handset's events, the first one first."""
    with closing(projection.in_memory()) as tables:
        found = [_told(tables, event) for event in events]
    gone = _taken_back(found)
    return tuple(
        Told(each.seq, each.name, each.event_id, each.kind, each.before, each.after, each.of,
             each.is_undo, each.name not in gone)
        for each in found
    )  # fmt: skip


def _told(tables: sqlite3.Connection, event: SealedEvent) -> Told:
    body = parse(event.body)
    uid, data = uid_of(body) or "", body.get("data")
    before = _state(tables, uid)
    projection.apply(tables, body)
    after = _state(tables, uid)
    assert after is not None, "it is an event of the handset"
    said = data if isinstance(data, dict) else {}
    kind = CustodyKind(str(body["type"]))
    of = str(said["of"]) if kind is CustodyKind.CORRECTED and "of" in said else ""
    return Told(
        event.seq, event.hash.hex(), str(body["id"]), kind, before, after, of, "undo" in said
    )


def _taken_back(events: Sequence[Told]) -> set[str]:
    """Return which events are undone: an undo that is itself undone takes nothing back."""
    gone: set[str] = set()
    takes: dict[str, str] = {}
    for each in events:
        if not each.is_undo:
            continue
        takes[each.name] = each.of
        _flip(gone, takes, each.of)
    return gone


def _flip(gone: set[str], takes: dict[str, str], name: str) -> None:
    while name:
        gone ^= {name}
        name = takes.get(name, "")


def _state(tables: sqlite3.Connection, uid: str) -> State | None:
    row = tables.execute(_STATE, (uid,)).fetchone()
    if row is None:
        return None
    first, second, serial, model, tag, phase, run, state, is_open, outcome = row
    device = DeviceRef(
        uid,
        tuple(Imei(digits) for digits in (first, second) if digits is not None),
        SerialNumber(serial),
        model,
        None if tag is None else AssetTag.parse(tag),
    )
    return State(device, Phase(phase), run, state, bool(is_open), outcome)


def _essence(state: State) -> tuple[DeviceRef, Phase, str]:
    """What of a handset can be restored: a run that has ended stays ended."""
    return state.device, state.phase, state.outcome
