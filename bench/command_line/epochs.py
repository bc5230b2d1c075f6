"""`ledger new-epoch`: a record that is set aside, and work that goes on in the next epoch.

Two persons open it. They sign in against what was salvaged; where nobody of it can decide any more,
two first people are enrolled as in a new record, and the new epoch says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from bench.command_line.decisions import FIRST, SECOND, TRAINEES, refuse_unfit, said
from bench.command_line.people_desk import (
    Asking,
    new_badge,
    new_name,
    new_pin,
    signed_in,
)
from bench.custody.backup.trial import PLAIN, Form
from bench.custody.entries import Actor, LedgerHeader, Proof
from bench.custody.epochs import swap
from bench.custody.epochs.beginning import Decision, Software, Why, next_epoch, open_epoch
from bench.custody.epochs.roll import Roll
from bench.custody.epochs.salvage import Salvage, salvage
from bench.custody.epochs.verifying import EpochVerdict, verify_epochs
from bench.custody.key import BenchKey
from bench.custody.lock import RecordLock
from bench.custody.people import roster
from bench.custody.people.changes import Enrolment
from bench.custody.people.roles import Role
from bench.events.orders import CustodyKind
from bench.identity.plain import plain
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError


@dataclass(frozen=True)
class NewEpoch:
    """What is asked for: the record, why (None: what is found), and where to take its state from.

    `restored` is a backup that was restored beside the record. `header` says whose record it is,
    where the file itself cannot any more. `lost` is how many events are known to be missing.
    """

    record: Path
    why: Why | None = None
    restored: Path | None = None
    header: LedgerHeader | None = None
    note: str = ""
    lost: int = 0


@dataclass(frozen=True)
class EpochDesk:
    """Where an epoch is opened: who answers, the pepper, the keys, the bench's clock and program.

    `believed` is the public key of the epoch that ends, None where it is lost; `key_of` makes or
    finds the key of an epoch by its number, because each has its own. `form` reads all epochs.
    """

    ask: Asking
    pepper: bytes = field(repr=False)
    believed: bytes | None
    key_of: Callable[[int], BenchKey]
    clock: Clock
    software: Software
    form: Form = PLAIN


def new_epoch(asked: NewEpoch, desk: EpochDesk) -> int:
    """Set a record aside and open its next epoch; ask before. Exit code 0 done, 1 not."""
    return said(lambda: _opened(asked, desk))


def verify(record: Path, form: Form = PLAIN) -> int:
    """Verify a record and the epochs before it, a line each; exit code 0 if all of them stand."""
    found = verify_epochs(record, form=form)
    for each in found:
        sys.stdout.write(f"{each.path}: epoch {each.epoch}: {_verdict(each)}\n")
    return 0 if all(each.stands for each in found) else 1


# ── opening one ─────────────────────────────────────────────────────────────────────────────────
def _opened(asked: NewEpoch, desk: EpochDesk) -> str:
    if _was_cut_short(asked.record):
        return "an epoch was being opened: it is open now"
    believed = None if asked.why is Why.KEY_LOST else desk.believed
    found = salvage(asked.restored or asked.record, public_key=believed, form=desk.form)
    header, why = _header(asked, found), _why(asked, found)
    number = next_epoch(asked.record, found, desk.form)
    sys.stdout.write(_summary(found, why, number))
    by, second = _two(desk, found.roll, simulated=header.simulated)
    if desk.ask.line(f"Type {number} to open epoch {number}: ").strip() != str(number):
        return "nothing was changed"
    decision = Decision(why, by, second, asked.note, asked.lost)
    key = desk.key_of(number)
    open_epoch(
        asked.record, key, header, desk.clock, found, decision, desk.software, desk.form
    ).close()
    old = swap.old_epochs(asked.record)
    kept = f"; the file before is kept as {old[-1].name}" if old else ""
    return f"epoch {number} is open{kept}"


def _was_cut_short(record: Path) -> bool:
    """Whether an earlier attempt had got past its point of no return; it is finished then."""
    if swap.in_effect(record) == record:
        return False
    lock = RecordLock(record)
    try:
        swap.settle(record)
    finally:
        lock.release()
    return True


def _header(asked: NewEpoch, found: Salvage) -> LedgerHeader:
    header = found.header or asked.header
    if header is None:
        detail = "it cannot say whose record it is: name the bench"
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, asked.record.name, detail))
    return header


def _why(asked: NewEpoch, found: Salvage) -> Why:
    if asked.why is not None:
        return asked.why
    if asked.restored is not None:
        return Why.RESTORED
    if not found.verdict.verifies:
        return Why.DAMAGED
    if found.frozen:
        return Why.FROZEN
    detail = "it verifies and is not frozen"
    raise ProblemError(Problem(ProblemCode.EPOCH_NOT_NEEDED, asked.record.name, detail))


def _summary(found: Salvage, why: Why, number: int) -> str:
    lines = [
        f"{found.path.name}: {why}.",
        f"  broken: {plain(found.fault, 300) or 'nothing'}",
        f"  frozen: {plain(found.frozen, 300) or 'no'}",
        f"  goes on from: event {found.seq} of epoch {found.epoch}",
        f"  handsets: {len(found.devices)}, runs in a slot: {len(found.open_runs)}",
        *(f"  not taken over: {plain(left, 300)}" for left in found.roll.left),
        f"Epoch {number} begins with these. Two persons open it.",
    ]
    return "".join(f"{line}\n" for line in lines)


# ── the two persons ─────────────────────────────────────────────────────────────────────────────
def _two(desk: EpochDesk, roll: Roll, *, simulated: bool) -> tuple[Actor, Actor]:
    if simulated:
        return TRAINEES
    sys.stdout.write(FIRST)
    first = _first(desk, roll)
    sys.stdout.write(SECOND)
    second = _sign_in(desk, roll) if roll.can_decide else _enrol(desk, roll, Role.TECHNICIAN)
    refuse_unfit(roll.connection, CustodyKind.EPOCH_OPENED, first, second)
    return first, second


def _first(desk: EpochDesk, roll: Roll) -> Actor:
    if roster.has_supervisor(roll.connection):
        return _sign_in(desk, roll)
    sys.stdout.write("No supervisor is left. One is enrolled, as in a new record.\n")
    return _enrol(desk, roll, Role.SUPERVISOR)


def _sign_in(desk: EpochDesk, roll: Roll) -> Actor:
    return signed_in(desk, roll.append, lambda: nullcontext(roll.connection))


def _enrol(desk: EpochDesk, roll: Roll, role: Role) -> Actor:
    today = desk.clock.moment().at.astimezone(UTC).date()
    enrolment = Enrolment(new_name(desk), role, new_badge(desk), new_pin(desk))
    roll.enrol(enrolment, desk.pepper, today)
    return Actor(enrolment.person, Proof.BADGE_PIN)


def _verdict(each: EpochVerdict) -> str:
    verdict = each.verdict
    words = [f"{verdict.events} events verify"]
    if not verdict.verifies:
        where = f"event {verdict.first_bad}" if verdict.first_bad else "the file"
        words.append(f"{where} does not: {plain(verdict.reason, 300)}")
    if not verdict.verifies and each.stands:
        words.append(f"it was set aside for that, and goes on from event {each.built_on}")
    words += [f"LINK: {plain(each.link, 300)}"] if each.link else []
    words += [f"lost: {each.lost}"] if each.lost else []
    return "; ".join(words)
