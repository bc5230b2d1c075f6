"""What the record is told of a box: entries, made and not yet written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.custody.entries import DeviceRef, Entry, PersonalText
from bench.events.desks import Choice
from bench.events.orders import CustodyKind, Json
from bench.identity.plain import plain
from bench.stock.packing.kit import Kit, recorded, spelled
from bench.stock.packing.queries import Box

TITLE = "Kit and pack"
_NOTE = 300
OTHER = "other"
WHY_OPENED = (
    Choice("kit", "Something is missing or wrong in it"),
    Choice("handset", "The wrong handset is in it"),
    Choice("recheck", "The handset has to be looked at again"),
    Choice("seal", "The seal is damaged or badly set"),
    Choice(OTHER, "Something else", asks="Why is it opened?"),
)
"""Why a sealed box or consignment is opened: a closed list, and a text for what is not in it."""


def is_said(choices: Sequence[Choice], choice: str, text: str) -> bool:
    """Whether that is one of the choices, with the text that it asks for."""
    asked = next((each for each in choices if each.name == choice), None)
    return asked is not None and (not asked.asks or bool(text.strip()))


def packed(ref: DeviceRef, box: Box, kit: Kit, codes: Mapping[str, str], to: str) -> Entry:
    """Say what was counted into a box; `codes` are product numbers and the item each was."""
    data: dict[str, Json] = {"kit": dict(recorded(kit))}
    if codes:
        data["codes"] = {gtin: spelled(item) for gtin, item in codes.items()}
    return Entry(CustodyKind.PACKED, ref, data=data, from_=box.place or None, to=to)


def unpacked(ref: DeviceRef, box: Box, to: str) -> Entry:
    """Say that a handset was taken out of its box."""
    return Entry(CustodyKind.UNPACKED, ref, from_=box.place or None, to=to)


def sealed(ref: DeviceRef, seal: str, bag: str) -> Entry:
    """Say that a box was closed."""
    data: dict[str, Json] = {"seal": seal}
    return Entry(CustodyKind.SEALED, ref, data=data | ({"bag": bag} if bag else {}))


def unsealed(ref: DeviceRef, seal: str, read: str, why: str, text: str) -> Entry:
    """Say that a sealed box was opened: `seal` as the record has it, `read` as it was found."""
    data: dict[str, Json] = {"seal": seal}
    if read != seal:
        data["found"] = read
    return Entry(CustodyKind.UNSEALED, ref, data=data, reason=why, personal=note(text, ref.uid))


def note(text: str, subject: str) -> tuple[PersonalText, ...]:
    """Keep what somebody wrote where it can be erased: it may say anything of anybody."""
    kept = plain(text, _NOTE)
    return (PersonalText("note", kept, subject),) if kept else ()
