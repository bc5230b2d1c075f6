"""Corrects an event, or takes it back, with a new one: decided here, appended by whoever asked.

A `corrected` event is about the handset of the event that it corrects. Its `data` names that by
leaf hash (`of`, hex) and number (`seq`), and holds in `set` what stands otherwise from now on;
`undo` is there when it takes the other back. Both stay in the record for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.custody import queries
from bench.custody.chain import parse
from bench.custody.corrections.kinds import INSTEAD, TOLD_BESIDES, UNDOABLE, Why
from bench.custody.corrections.standing import State, Told, told
from bench.custody.corrections.target import Target, find, refused
from bench.custody.entries import DeviceRef, Entry, PersonalText, SealedEvent
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag

if TYPE_CHECKING:
    import sqlite3


class Outcome(StrEnum):
    """How a handset's last run ended."""

    STAGED = "staged"
    VOIDED = "voided"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Restated:
    """How the handset really is; what is None stays as it stands.

    `device` tells other IMEIs, another serial or model; its tag is not looked at. `to` is who or
    what place has the handset. With `untagged` it carries no label.
    """

    phase: Phase | None = None
    asset_tag: AssetTag | None = None
    untagged: bool = False
    outcome: Outcome | None = None
    device: DeviceRef | None = None
    to: str | None = None


def correct(
    connection: sqlite3.Connection,
    target: Target,
    restated: Restated,
    *,
    why: Why,
    note: str = "",
) -> Entry:
    """Return the correction of an event; two persons append it.

    Raises `ProblemError` NOT_CORRECTABLE, naming what to do instead.
    """
    history, at = _read(connection, target)
    now = history[-1].after
    if restated.device is not None and restated.device.uid != now.device.uid:
        raise refused(at.seq, "it is about another handset: correct an event of that one")
    if restated.asset_tag is not None:
        _refuse_tag(connection, at, restated.asset_tag, now.device.uid)
    return _entry(at, now, _restated(now, restated), why, note, to=restated.to)


def swap_tags(
    connection: sqlite3.Connection, one: Target, other: Target, *, why: Why, note: str = ""
) -> tuple[Entry, Entry]:
    """Return the corrections of two handsets that carry each other's label; append both at once.

    `one` and `other` are events of the two, such as those that the labels were printed for.
    """
    (first, at_first), (second, at_second) = _read(connection, one), _read(connection, other)
    here, there = first[-1].after, second[-1].after
    if here.device.uid == there.device.uid:
        raise refused(at_second.seq, "both events are about one handset")
    return (
        _entry(at_first, here, _tagged(here, there.device.asset_tag), why, note),
        _entry(at_second, there, _tagged(there, here.device.asset_tag), why, note),
    )


def undo(connection: sqlite3.Connection, target: Target, *, why: Why, note: str = "") -> Entry:
    """Return the correction that restores what stood before an event; two persons append it.

    Only the newest event that changed how the handset stands can be taken back, and of the kinds
    in `UNDOABLE`; one of `TOLD_BESIDES` that changed nothing can be at any time. Whoever had the
    handset before has it again, unless it was given on since. An undo is taken back in the same
    way. Raises `ProblemError` NOT_CORRECTABLE, naming what to do instead.
    """
    history, at = _read(connection, target)
    now = history[-1].after
    _refuse_to_undo(history, at)
    before = at.before or State(replace(now.device, asset_tag=None), Phase.NEW, now.run)
    if _is_besides(history, at):
        before = now
    tag = before.device.asset_tag
    if tag is not None and tag != now.device.asset_tag:
        _refuse_tag(connection, at, tag, now.device.uid)
    from_, to = _given_back(queries.history(connection, now.device.uid), at.seq)
    entry = _entry(at, now, before, why, note, to=to, is_undo=True)
    return replace(entry, from_=from_)


# ── what stands from now on ─────────────────────────────────────────────────────────────────────
def _restated(now: State, said: Restated) -> State:
    device = said.device or now.device
    tag = None if said.untagged else said.asset_tag or now.device.asset_tag
    outcome = now.outcome if said.outcome is None else said.outcome.value
    return replace(
        now,
        device=replace(device, asset_tag=tag),
        phase=said.phase or now.phase,
        outcome=outcome,
    )


def _given_back(events: Sequence[SealedEvent], seq: int) -> tuple[str | None, str | None]:
    """Return from whom to whom a handset goes back with an event; None where it does not."""
    moved = [(event.seq, body) for event in events if (body := parse(event.body)).get("to")]
    if not moved or moved[-1][0] != seq:
        return None, None
    was, then = moved[-1][1].get("to"), moved[-1][1].get("from")
    return (str(was), str(then)) if then else (None, None)


def _tagged(now: State, tag: AssetTag | None) -> State:
    return replace(now, device=replace(now.device, asset_tag=tag))


def _entry(
    at: Told, now: State, then: State, why: Why, note: str, *, to: str | None = None,
    is_undo: bool = False,
) -> Entry:  # fmt: skip
    changes = _changes(at, now, then) | ({"to": to} if to else {})
    if not changes and not (is_undo and then is now):
        raise refused(at.seq, "nothing would stand otherwise than it does")
    data: dict[str, Json] = {"of": at.name, "seq": at.seq, "set": changes}
    return Entry(
        CustodyKind.CORRECTED,
        device=then.device,
        phase=then.phase,
        data=data | ({"undo": True} if is_undo else {}),
        reason=why.value,
        to=to,
        personal=(PersonalText("note", note, now.device.uid),) if note else (),
    )


def _changes(at: Told, now: State, then: State) -> dict[str, Json]:
    """Say what stands otherwise, in the members of a body."""
    was, will = _said(now.device), _said(then.device)
    changes: dict[str, Json] = {name: will[name] for name in will if will[name] != was[name]}
    if then.phase is not now.phase:
        changes["phase"] = then.phase.value
    return changes | _outcome(at, now, then)


def _said(device: DeviceRef) -> Mapping[str, Json]:
    return {
        "imeis": [imei.digits for imei in device.imeis],
        "serial": str(device.serial),
        "model": device.model,
        "label": None if device.asset_tag is None else str(device.asset_tag),
    }


def _outcome(at: Told, now: State, then: State) -> dict[str, Json]:
    """Say how its last run ended otherwise; one that occupies a slot has not ended."""
    if (then.run, then.outcome) == (now.run, now.outcome) or then.run != now.run:
        return {}
    if not now.run:
        raise refused(at.seq, "the handset has no run yet")
    if now.run_open:
        raise refused(at.seq, "its run is still in a slot: void it there, or take the handset out")
    state: dict[str, Json] = {"state": then.run_state} if then.run_state != now.run_state else {}
    return {"run": now.run, "outcome": then.outcome} | state


# ── refusals ────────────────────────────────────────────────────────────────────────────────────
def _read(connection: sqlite3.Connection, target: Target) -> tuple[tuple[Told, ...], Told]:
    seq, uid = find(connection, target)
    history = told(queries.history(connection, uid))
    return history, next(each for each in history if each.seq == seq)


def _refuse_to_undo(history: tuple[Told, ...], at: Told) -> None:
    if at.kind not in UNDOABLE:
        instead = INSTEAD.get(at.kind, "correct it")
        raise refused(at.seq, f"{at.kind} cannot be undone: {instead}")
    if not at.in_effect:
        raise refused(at.seq, "it was taken back already")
    if _is_besides(history, at):
        return
    if not at.changed:
        raise refused(at.seq, "it changed nothing that could be restored: correct it")
    changing = [each for each in history if each.changed]
    if not at.is_undo:
        changing = [each for each in changing if each.in_effect and not each.is_undo]
    if changing[-1].seq != at.seq:
        newest = changing[-1]
        raise refused(at.seq, f"event {newest.seq} ({newest.kind}) came after it: undo that first")


def _is_besides(history: Sequence[Told], at: Told) -> bool:
    """Whether an event, or what it takes back, left the handset as it stood, as its kind may."""
    taken = next((each for each in history if at.is_undo and each.name == at.of), None)
    if taken is not None:
        return _is_besides(history, taken)
    return at.kind in TOLD_BESIDES and not at.changed


def _refuse_tag(connection: sqlite3.Connection, at: Told, tag: AssetTag, uid: str) -> None:
    holder = connection.execute(
        "SELECT imei FROM device WHERE asset_tag = ? AND uid <> ?", (str(tag), uid)
    ).fetchone()
    if holder is not None:
        where = f"the handset with IMEI …{(holder[0] or '')[-4:]}"
        raise refused(at.seq, f"{tag} is on {where}: swap the two, or correct that one first")
    if int(tag.number) >= int(queries.next_asset_tag(connection, tag.prefix).number):
        raise refused(at.seq, f"{tag} was never given")
