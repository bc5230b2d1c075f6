"""Where a handset stands in its life, and which event may take it from where to where: one table.

What the table does not allow is not silently refused: it is recorded with an override that says
why, and a second person signs it off.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bench.events.orders import CustodyKind


class Phase(StrEnum):
    """Where a handset stands; the value is `dev.phase` of the event that brought it there."""

    NEW = "new"
    IN_STOCK = "in-stock"
    AT_BENCH = "at-bench"
    STAGED = "staged"
    PACKED = "packed"
    SEALED = "sealed"
    DISPATCHED = "dispatched"
    RECEIVED = "received"
    HANDED_OVER = "handed-over"
    RETURNED = "returned"
    QUARANTINED = "quarantined"
    WIPED = "wiped"
    DEAD_ON_ARRIVAL = "dead-on-arrival"
    DISPOSED = "disposed"


_K, _P = CustodyKind, Phase
IN_HAND = frozenset({_P.AT_BENCH, _P.STAGED, _P.PACKED, _P.SEALED})
"""Where a handset is while one bench has it in hand: no other bench can have it too."""
_ON_THE_BENCH = (_P.NEW, _P.IN_STOCK, _P.AT_BENCH, _P.STAGED, _P.RETURNED, _P.WIPED)
_IN_THE_HOUSE = (*_ON_THE_BENCH, _P.PACKED, _P.SEALED, _P.QUARANTINED, _P.DEAD_ON_ARRIVAL)
_OUT = (_P.DISPATCHED, _P.RECEIVED, _P.HANDED_OVER)


def _stay(*phases: Phase) -> dict[Phase, Phase]:
    return {phase: phase for phase in phases}


def _go(to: Phase, *phases: Phase) -> dict[Phase, Phase]:
    return dict.fromkeys(phases, to)


TRANSITIONS: Mapping[CustodyKind, Mapping[Phase, Phase]] = {
    _K.GOODS_IN: _stay(*_IN_THE_HOUSE, *_OUT) | _go(_P.IN_STOCK, _P.NEW),
    _K.SCANNED: _go(_P.AT_BENCH, *_ON_THE_BENCH),
    _K.STEP_FINISHED: _stay(*_ON_THE_BENCH),
    _K.CONFIRMED: _stay(*_ON_THE_BENCH),
    _K.LABEL_QUEUED: _stay(*_ON_THE_BENCH),
    _K.LABELLED: _stay(*_ON_THE_BENCH),
    _K.ENROLLED: _stay(*_ON_THE_BENCH),
    _K.STAGED: _go(_P.STAGED, _P.AT_BENCH),
    _K.HELD: _stay(*_IN_THE_HOUSE, *_OUT),
    _K.RESUMED: _stay(*_IN_THE_HOUSE, *_OUT),
    _K.VOIDED: _stay(*_IN_THE_HOUSE, *_OUT) | _go(_P.AT_BENCH, _P.STAGED),
    _K.TAKEN_OUT: _stay(*_IN_THE_HOUSE, *_OUT) | _go(_P.IN_STOCK, _P.AT_BENCH, _P.NEW),
    _K.PACKED: _go(_P.PACKED, _P.STAGED),
    _K.UNPACKED: _go(_P.STAGED, _P.PACKED),
    _K.SEALED: _go(_P.SEALED, _P.PACKED),
    _K.UNSEALED: _go(_P.PACKED, _P.SEALED),
    _K.CONSIGNED: _stay(_P.SEALED),
    _K.SIM_MARRIED: _stay(*_IN_THE_HOUSE, *_OUT),
    _K.SIM_TAKEN: _stay(*_IN_THE_HOUSE, *_OUT),
    _K.DISCREPANCY: _stay(*_IN_THE_HOUSE, *_OUT),
    _K.DISPATCHED: _go(_P.DISPATCHED, _P.SEALED),
    _K.RECEIVED: _go(_P.RECEIVED, _P.DISPATCHED),
    _K.HANDED_OVER: _go(_P.HANDED_OVER, _P.STAGED, _P.DISPATCHED, _P.RECEIVED),
    _K.RETURNED: _go(_P.RETURNED, *_OUT),
    _K.QUARANTINED: _go(_P.QUARANTINED, *_IN_THE_HOUSE, *_OUT),
    _K.RELEASED: _go(_P.IN_STOCK, _P.QUARANTINED),
    _K.DOA: _go(_P.DEAD_ON_ARRIVAL, _P.NEW, _P.IN_STOCK, _P.AT_BENCH),
    _K.WIPED: _go(_P.WIPED, *_ON_THE_BENCH),
    _K.DISPOSED: _go(_P.DISPOSED, _P.WIPED, _P.DEAD_ON_ARRIVAL, _P.QUARANTINED),
    _K.IDENTITY_CHANGED: _stay(*_IN_THE_HOUSE, *_OUT),
    _K.EXPORTED: _stay(*Phase),
    _K.CARRIED: _stay(*Phase),
    _K.CORRECTED: _stay(*Phase),
    _K.CONFLICT_RESOLVED: _stay(*Phase),
    _K.SIGNED_OFF: _stay(*Phase),
}
"""Which phase an event leads to from each phase it is legal in. What is missing is illegal.

What was put to work before its delivery was counted is counted where it stands. Out of quarantine
there are two ways, release and disposal, and each takes two persons: to be wiped is none, or one
person alone could end what two have to.
"""

TELLS_PHASE = frozenset({_K.CARRIED, _K.CORRECTED, _K.CONFLICT_RESOLVED})
"""Kinds that may say outright where the handset really is."""


def phase_after(kind: CustodyKind, before: Phase) -> Phase | None:
    """Return the phase that the event leads to; None where it is illegal."""
    return TRANSITIONS.get(kind, {}).get(before)


def forced_phase(kind: CustodyKind, before: Phase) -> Phase:
    """Return where an illegal event leads, when it is overridden: where it does when it is legal.

    A kind that may lead to several phases, or to none, leaves the handset in the one it is in.
    """
    reached = set(TRANSITIONS.get(kind, {}).values())
    return reached.pop() if len(reached) == 1 else before
