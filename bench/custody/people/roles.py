"""Who may do what, and who may be the second person: two tables. Pure.

Which kinds take two persons is said once, in `bench.custody.two_persons`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bench.custody.entries import Proof
from bench.events.orders import CustodyKind

PROVEN = frozenset({Proof.BADGE_PIN, Proof.FIDO2, Proof.SMARTCARD})
"""What shows who someone is. A badge alone does not: anybody can copy one."""
BY_KEY = frozenset({Proof.FIDO2, Proof.SMARTCARD})


class Role(StrEnum):
    """What someone is at the bench."""

    TECHNICIAN = "technician"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class Standing(StrEnum):
    """Whether someone may act: only the active may."""

    ACTIVE = "active"
    LOCKED = "locked"
    RETIRED = "retired"
    ERASED = "erased"


_K = CustodyKind
_BENCH_WORK = frozenset({
    _K.SESSION_OPENED, _K.SESSION_CLOSED, _K.GOODS_IN, _K.SCANNED, _K.STEP_FINISHED,
    _K.CONFIRMED,
    _K.LABEL_QUEUED, _K.LABELLED, _K.ENROLLED, _K.STAGED, _K.HELD, _K.RESUMED, _K.VOIDED,
    _K.TAKEN_OUT, _K.CARRIED, _K.PACKED, _K.SEALED, _K.DISPATCHED, _K.RECEIVED, _K.HANDED_OVER,
    _K.RETURNED, _K.QUARANTINED, _K.DOA, _K.WIPED, _K.IDENTITY_CHANGED, _K.IMPORTED,
    _K.DISCREPANCY, _K.SIM_MARRIED, _K.SIM_TAKEN, _K.SIMS_REHOMED, _K.UNPACKED, _K.CONSIGNED,
    _K.CONSIGNMENT_SEALED, _K.MANIFEST_SIGNED, _K.RECONCILED, _K.SHIFT_HANDED_OVER,
})  # fmt: skip
_WITH_A_SUPERVISOR = frozenset({_K.DISPOSED, _K.CORRECTED, _K.RELEASED, _K.UNSEALED})
_DECISIONS = frozenset({
    _K.CONFLICT_RESOLVED, _K.EPOCH_OPENED, _K.PERSON_ENROLLED, _K.PERSON_CHANGED, _K.ERASED,
})  # fmt: skip

MAY: Mapping[Role, frozenset[CustodyKind]] = {
    Role.TECHNICIAN: _BENCH_WORK | _WITH_A_SUPERVISOR | {_K.SIGNED_OFF},
    Role.SUPERVISOR: _BENCH_WORK | _WITH_A_SUPERVISOR | _DECISIONS | {_K.SIGNED_OFF, _K.EXPORTED},
    Role.AUDITOR: frozenset({
        _K.SESSION_OPENED, _K.SESSION_CLOSED, _K.EXPORTED, _K.SIGNED_OFF,
    }),
}  # fmt: skip
"""Who may be the first to do it. Checkpoints and clock notes are the bench's own."""

MAY_SECOND: Mapping[CustodyKind, frozenset[Role]] = {
    _K.CONFIRMED: frozenset({Role.TECHNICIAN, Role.SUPERVISOR}),
    _K.DISPOSED: frozenset({Role.SUPERVISOR}),
    _K.CORRECTED: frozenset({Role.SUPERVISOR}),
    _K.RELEASED: frozenset({Role.SUPERVISOR}),
    _K.UNSEALED: frozenset({Role.TECHNICIAN, Role.SUPERVISOR}),
    _K.SHIFT_HANDED_OVER: frozenset({Role.TECHNICIAN, Role.SUPERVISOR}),
    _K.CONFLICT_RESOLVED: frozenset(Role),
    _K.EPOCH_OPENED: frozenset(Role),
}
"""Who may be the second. Where only a supervisor may be the first, any other person may watch: a
station with one supervisor can still decide. An override takes a supervisor."""


def may(role: Role, kind: CustodyKind) -> bool:
    """Whether someone in this role may be the first, or only, person to do that."""
    return kind in MAY[role]


def may_second(role: Role, kind: CustodyKind, *, override: bool = False) -> bool:
    """Whether someone in this role may sign that off as the second person."""
    if override:
        return role is Role.SUPERVISOR
    return role in MAY_SECOND.get(kind, frozenset())
