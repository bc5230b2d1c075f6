"""Which events can be undone, and what is to be done about the others instead: one table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bench.events.orders import CustodyKind

_K = CustodyKind


class Why(StrEnum):
    """Why an event is corrected; the value is the reason that the record gives.

    Words that name nobody: what needs telling goes into a note, which can be erased.
    """

    WRONG_HANDSET = "it was another handset"
    WRONG_LABEL = "the label is on another handset"
    MISREAD = "it was misread or mistyped"
    NOT_DONE = "it did not happen"
    TWICE = "it was recorded twice"
    ELSEWHERE = "the handset is elsewhere"
    OTHER = "see the note"


UNDOABLE = frozenset({
    _K.GOODS_IN, _K.STAGED, _K.VOIDED, _K.PACKED, _K.SEALED, _K.DISPATCHED, _K.RECEIVED,
    _K.HANDED_OVER, _K.RETURNED, _K.QUARANTINED, _K.RELEASED, _K.DOA, _K.IDENTITY_CHANGED,
    _K.CORRECTED, _K.CONFLICT_RESOLVED, _K.DISCREPANCY, _K.UNPACKED,
})  # fmt: skip
"""Statements about a handset: they can be taken back, because nothing was done to it."""

TOLD_BESIDES = frozenset({_K.GOODS_IN, _K.DISCREPANCY})
"""Kinds that may leave a handset as it stands: one that did can be taken back whatever came since,
and then nothing but that it was."""

INSTEAD: Mapping[CustodyKind, str] = {
    _K.SCANNED: "void its run",
    _K.STEP_FINISHED: "what was done to the handset is done: wipe it and stage it again",
    _K.CONFIRMED: "what two persons saw, they saw: void its run and stage it again",
    _K.ENROLLED: "take it out of the management there, then wipe it and stage it again",
    _K.LABEL_QUEUED: "its label may be printed by now: correct which tag the handset carries",
    _K.LABELLED: "a printed label stays printed: correct which tag the handset carries",
    _K.HELD: "resume its run",
    _K.RESUMED: "hold its run again",
    _K.TAKEN_OUT: "put the handset into a slot again",
    _K.SIM_MARRIED: "swap the SIM, or take it out, at the desk",
    _K.SIM_TAKEN: "marry the SIM again at the desk",
    _K.CONSIGNED: "take the handset out of its consignment, or put it in, at the desk",
    _K.UNSEALED: "a seal that was broken is broken: seal it with another",
    _K.WIPED: "what was wiped is gone: stage the handset again",
    _K.DISPOSED: "what was destroyed is gone; if it was not, correct where the handset is",
    _K.CARRIED: "it says what the epoch before left: correct that",
    _K.EXPORTED: "what was handed out is out",
    _K.SIGNED_OFF: "a sign-off stands: correct what it signed",
}
"""What to do about an event that cannot be undone."""
