"""What is to be done so that an inventory has a device as it is wanted. Pure: nothing is asked.

An asset tag is ours and an IMEI the handset's own; a serial number makers give twice, so it never
outweighs either. Entries that contradict the record or one another are left to a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.identity.plain import plain
from bench.inventory.connectors.words import (
    IMEI,
    IMEI2,
    SERIAL,
    TAG,
    Alter,
    Change,
    CheckIn,
    CheckOut,
    Conflict,
    Create,
    Entry,
)


def decide(wanted: Entry, found: Sequence[Entry]) -> tuple[Change, ...]:
    """Return what is to be done, in order; nothing where all is as wanted."""
    its = [each for each in found if is_of(wanted, each)]
    if len(its) > 1:
        keys = ", ".join(sorted(plain(each.key, 20) for each in its))
        return (Conflict(f"it has {len(its)} entries for it: {keys}"),)
    if not its:
        out = (CheckOut("", wanted.holder),) if wanted.holder else ()
        return (Create(wanted.fields), *out)
    other = _contradiction(wanted, its[0])
    return (Conflict(other),) if other else tuple(_altered(wanted, its[0]))


def is_of(wanted: Entry, entry: Entry) -> bool:
    """Whether an entry is of that device, or claims its asset tag.

    One that shares only the serial number is, unless it has other IMEIs or another asset tag.
    """
    if wanted.device and wanted.device == entry.device:
        return True
    if _same(wanted, entry, TAG) or _imeis(wanted) & _imeis(entry):
        return True
    tag = entry.fields.get(TAG)
    another = bool(tag and wanted.fields.get(TAG))
    return _same(wanted, entry, SERIAL) and not _imeis(entry) and not another


def same_text(one: str, other: str) -> bool:
    """Whether an inventory would call both the same: databases often compare without case."""
    return one.strip().casefold() == other.strip().casefold()


def _contradiction(wanted: Entry, entry: Entry) -> str:
    """Return why an entry that claims the device cannot be it, "" where it can.

    A handset whose board was changed has another IMEI, and the same asset tag and serial number.
    """
    if wanted.device and wanted.device == entry.device:
        return ""
    ours, theirs = _imeis(wanted), _imeis(entry)
    one, other = wanted.fields.get(SERIAL, ""), entry.fields.get(SERIAL, "")
    if ours & theirs or (one and other and same_text(one, other)):
        return ""
    if ours and theirs:
        return f"its asset tag is on another handset there, of IMEI {plain(min(theirs), 20)}"
    if one and other:
        return f"its asset tag is on another handset there, of serial number {plain(other, 40)}"
    return ""


def _altered(wanted: Entry, entry: Entry) -> list[Change]:
    changed = {
        name: (entry.fields.get(name, ""), value)
        for name, value in wanted.fields.items()
        if value != entry.fields.get(name, "").strip()
    }
    changes: list[Change] = [Alter(entry.key, changed)] if changed else []
    return _held(wanted, entry, changes)


def _held(wanted: Entry, entry: Entry, changes: list[Change]) -> list[Change]:
    """Take it back first: a status that nobody can hold it in may follow; give it out last."""
    if wanted.holder is None or wanted.holder == (entry.holder or ""):
        return changes
    back: list[Change] = [CheckIn(entry.key, entry.holder)] if entry.holder else []
    out: list[Change] = [CheckOut(entry.key, wanted.holder)] if wanted.holder else []
    return [*back, *changes, *out]


def _imeis(entry: Entry) -> set[str]:
    return {entry.fields[name].strip() for name in (IMEI, IMEI2) if entry.fields.get(name)}


def _same(wanted: Entry, entry: Entry, name: str) -> bool:
    one, other = wanted.fields.get(name, ""), entry.fields.get(name, "")
    return bool(one and other) and same_text(one, other)
