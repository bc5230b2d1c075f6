"""Opens the next epoch of a record: a new file in its place, with all that was left of the old one.

It blocks, for seconds with tens of thousands of handsets: before the bench runs, or on its thread
while nothing else is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bench.custody.backup.trial import PLAIN, Form
from bench.custody.database import Opener
from bench.custody.entries import Actor, LedgerHeader, PersonalText
from bench.custody.epochs import swap, tags
from bench.custody.epochs.freezing import known_size
from bench.custody.epochs.salvage import Salvage, stamp_of
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.lock import RecordLock
from bench.custody.opening import Beginning, epoch_of
from bench.custody.people import roster
from bench.custody.people.sign_off import check_sign_off
from bench.events.orders import CustodyKind, Json
from bench.identity.plain import plain
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError

_LONGEST, _MOST = 300, 50
"""Characters of what a damaged file made somebody say; lines of it."""


class Why(StrEnum):
    """Why a record is set aside; the value is the reason that its next epoch gives."""

    DAMAGED = "the record was damaged"
    FROZEN = "a later state of the record is known elsewhere"
    RESTORED = "the record was restored from a backup"
    REIMAGED = "the bench was set up anew"
    KEY_LOST = "the bench's key was lost"


@dataclass(frozen=True, slots=True)
class Software:
    """What writes the new epoch; hashes in hex, as `Ledger.open` takes them."""

    version: str
    policy_hash: str
    build_hash: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who opens an epoch and who signs it off, and why; `note` is free text, which can be erased.

    `lost` is how many events are known to be missing beyond what was salvaged: as many asset
    numbers are left out, for any of them may have given a tag. What the frozen record says of that
    is known already.
    """

    why: Why
    by: Actor
    second: Actor
    note: str = ""
    lost: int = 0


def open_epoch(
    path: Path,
    key: BenchKey,
    header: LedgerHeader,
    clock: Clock,
    found: Salvage,
    decision: Decision,
    software: Software,
    form: Form = PLAIN,
) -> Ledger:
    """Set aside what lies at `path` and open, in its place, the epoch after it.

    `found` is what was salvaged from there, or from a backup of it; the epoch of `header` does not
    matter; `form` reads the old files and opens the new one. The old file is
    `old_epochs(path)[-1]` afterwards, its bytes as they were. Cut short at any moment, the next
    opening finds the old epoch or the new one.

    Raises `ProblemError`: EPOCH_NOT_NEEDED, NEEDS_SECOND_PERSON, SIGN_IN_FIRST, NOT_THEIR_TASK,
    LEDGER_IN_USE (also where it was written to since), LEDGER_UNUSABLE (another bench's), NOT_REAL,
    LEDGER_FULL. Then nothing was changed.
    """
    with ExitStack() as held:
        held.callback(RecordLock(path).release)
        _refuse_stale(path, found)
        _refuse_needless(found, decision.why)
        _refuse_other(path, found, header)
        _refuse_unfit(found, decision, simulated=header.simulated)
        header = replace(header, epoch=next_epoch(path, found, form))
        begins = _beginning(path, found, decision, form)
        held.callback(swap.settle, path)
        _make(swap.partial(path), key, header, clock, begins, software, form)
        is_known = found.path == path and found.epoch
        swap.replace(path, found.epoch if is_known else epoch_of(path, form.connect))
    return _open(path, key, header, clock, Beginning(), software, form.opener)


def next_epoch(path: Path, found: Salvage, form: Form = PLAIN) -> int:
    """Return the number that no epoch of this record ever had."""
    old = map(swap.number_of, swap.old_epochs(path))
    return max(found.epoch, epoch_of(path, form.connect), *old) + 1


def _beginning(path: Path, found: Salvage, decision: Decision, form: Form) -> Beginning:
    note = PersonalText("note", decision.note, decision.by.id) if decision.note else None
    return Beginning(
        continues=_continues(found),
        reason=_reason(found, decision.why),
        note=note,
        asset_numbers=_asset_numbers(path, found, decision.lost, form),
        policies=found.policies,
        people=found.roll.change(decision.by.id),
        carried=found.carried,
        by=decision.by,
        second=decision.second,
    )


def _continues(found: Salvage) -> dict[str, Json]:
    """Say where the epoch before ended, and all that is known of how."""
    said: dict[str, Json] = {"epoch": found.epoch, "seq": found.seq, "hash": found.hash}
    if found.note is not None:
        said["checkpoint"] = str(found.note)
    if found.fault:
        said["fault"] = plain(found.fault, _LONGEST)
    if found.frozen:
        said["frozen"] = plain(found.frozen, _LONGEST)
    if found.roll.left:
        said["people_left"] = [plain(each, _LONGEST) for each in found.roll.left[:_MOST]]
    return said


def _reason(found: Salvage, why: Why) -> str:
    return "; ".join(filter(None, (why.value, found.roll.beginning)))


def _asset_numbers(path: Path, found: Salvage, lost: int, form: Form) -> Mapping[str, int]:
    """Return the highest numbers that may have been given, from all that lies here."""
    files = sorted({path, found.path, *swap.old_epochs(path)})
    read = (tags.in_record(each, form.connect) for each in files)
    numbers = tags.highest(found.asset_numbers, *map(tags.in_file, files), *read)
    return tags.raised(numbers, max(lost, known_size(found.frozen) - found.seq, 0))


def _make(
    draft: Path,
    key: BenchKey,
    header: LedgerHeader,
    clock: Clock,
    begins: Beginning,
    software: Software,
    form: Form,
) -> None:
    """Make the new epoch's file beside its place, and prove it before it takes that."""
    swap.drop(draft)
    _open(draft, key, header, clock, begins, software, form.opener).close()
    verdict = form.verify(draft, public_key=key.public)
    if not verdict.verifies:
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, draft.name, verdict.reason))


def _open(
    path: Path,
    key: BenchKey,
    header: LedgerHeader,
    clock: Clock,
    begins: Beginning,
    software: Software,
    opener: Opener,
) -> Ledger:
    return Ledger.open(
        path,
        key,
        header,
        clock,
        app_version=software.version,
        policy_hash=software.policy_hash,
        build_hash=software.build_hash,
        begins=begins,
        opener=opener,
    )


def _refuse_stale(path: Path, found: Salvage) -> None:
    if swap.in_effect(path) != path:
        swap.settle(path)
        raise _problem(ProblemCode.EPOCH_NOT_NEEDED, path, "one was being opened: it is finished")
    if stamp_of(found.path) != found.stamp:
        raise _problem(ProblemCode.LEDGER_IN_USE, found.path, "it was written to meanwhile")


def _refuse_needless(found: Salvage, why: Why) -> None:
    needless = {Why.DAMAGED: found.verdict.verifies, Why.FROZEN: not found.frozen}
    if needless.get(why, False):
        detail = f"it is not true that {why}"
        raise _problem(ProblemCode.EPOCH_NOT_NEEDED, found.path, detail)


def _refuse_other(path: Path, found: Salvage, header: LedgerHeader) -> None:
    if found.simulated not in (None, header.simulated):
        kind = "simulated" if found.simulated else "real"
        raise _problem(ProblemCode.NOT_REAL, found.path, f"this is a {kind} record")
    if found.bench not in ("", header.bench):
        detail = f"it is the record of {found.bench}"
        raise _problem(ProblemCode.LEDGER_UNUSABLE, path, detail)


def _refuse_unfit(found: Salvage, decision: Decision, *, simulated: bool) -> None:
    """In training nobody has to show who they are; the pen still wants two of them."""
    if simulated:
        return
    people, kind = found.roll.connection, CustodyKind.EPOCH_OPENED
    roster.refuse_unfit(people, decision.by, kind)
    check_sign_off(kind, decision.by, decision.second, roster.roles(people))


def _problem(code: ProblemCode, path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(code, path.name, detail))
