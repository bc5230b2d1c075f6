"""Uploads on the command line: made, handed in, listed, and which file a handset is in.

Each returns an exit code: 0 done; 1 nothing was made or found, and why is said; 3 made (or to be
made, in a preview), and there are handsets that were left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.command_line.decisions import TRAINEES, said
from bench.command_line.people_desk import acting
from bench.command_line.program import Program
from bench.command_line.upload_desk import Drawn, UploadDesk, Wanted
from bench.custody.entries import Actor
from bench.custody.ledger import Ledger
from bench.enrolment.exports.batches import BatchState, KeptBatch, hand_in, keep
from bench.enrolment.exports.load import load_format
from bench.enrolment.exports.manifest import Made, Manifest
from bench.enrolment.exports.placed import Placed, Placements
from bench.enrolment.exports.planning import Plan
from bench.enrolment.exports.preview import counted
from bench.enrolment.exports.preview import preview as in_words
from bench.enrolment.exports.recording import Recorded, Told, entry_of
from bench.events.orders import CustodyKind
from bench.identity.identifiers import IdentifierError, Imei
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

DONE, NOTHING, LEFT_OUT = 0, 1, 3
_MOST_SHOWN = 20


def desk_of(record: Path, folder: Path | None, program: Program) -> UploadDesk:
    """Return the desk of a record's uploads; `folder` where they are not beside it."""
    return UploadDesk(record, folder, program.resources / "uploads")


# ── making ──────────────────────────────────────────────────────────────────────────────────────
def preview(desk: UploadDesk, wanted: Wanted) -> int:
    """Say what would be made, every handset that is left out with its reason."""
    drawn: list[Drawn] = []

    def work() -> str:
        drawn.append(desk.draw(wanted))
        return in_words(drawn[0].plan)

    return said(work) or _code(drawn[0].plan, anyway=wanted.anyway)


def make(desk: UploadDesk, wanted: Wanted, program: Program, now: datetime | None = None) -> int:
    """Make a batch: its files, its manifest, and the event that proves them."""
    plans: list[Plan] = []

    def work() -> str:
        drawn = desk.draw(wanted)
        plans.append(drawn.plan)
        sys.stdout.write(f"{in_words(drawn.plan, most=_MOST_SHOWN)}\n")
        _refuse(drawn.plan, anyway=wanted.anyway)
        with closing(program.open_record(desk.record)) as ledger:
            return _made(desk, wanted, drawn, ledger, _by(ledger, program), now)

    return said(work) or (LEFT_OUT if plans[0].left_out else DONE)


def _made(
    desk: UploadDesk, wanted: Wanted, drawn: Drawn, ledger: Ledger, by: Actor, now: datetime | None
) -> str:
    made = Made(
        at=now or datetime.now(UTC),
        by=by.id,
        origin=desk.header.origin,
        order=plain(wanted.order),
        profile=drawn.profile,
    )
    manifest = Manifest.of(drawn.name, drawn.plan, made)
    digest = keep(desk.folder, manifest, drawn.plan.files)
    (written,) = ledger.append((entry_of(manifest, digest, Told.MADE),), by=by)
    names = ", ".join(each.name for each in manifest.files)
    return (
        f"{drawn.name}: {counted(len(manifest.rows), 'handset')} in {names}; "
        f"recorded as event {written.seq}\n"
        f"in {desk.folder / drawn.name}\n"
        f"When the service has taken them: upload confirm {desk.record} {drawn.name}"
    )


def _refuse(plan: Plan, *, anyway: bool) -> None:
    if plan.objections and not anyway:
        why = "; ".join(plan.objections)
        raise _problem(ProblemCode.UPLOAD_REFUSED, f"{why}; --anyway if it is meant all the same")
    if not plan.files:
        raise _problem(ProblemCode.UPLOAD_REFUSED, "there is no handset to put into a file")


def _code(plan: Plan, *, anyway: bool) -> int:
    if not plan.files or (plan.objections and not anyway):
        return NOTHING
    return LEFT_OUT if plan.left_out else DONE


def _by(ledger: Ledger, program: Program) -> Actor:
    """Have whoever does it sign in; in training nobody has to."""
    if ledger.header.simulated:
        return TRAINEES[1]
    by = acting(program.desk(ledger), CustodyKind.EXPORTED)
    assert by is not None, "only the first enrolment of all needs nobody"
    return by


# ── handed in ───────────────────────────────────────────────────────────────────────────────────
def confirm(desk: UploadDesk, batch: str, program: Program, now: datetime | None = None) -> int:
    """Say that a batch was handed in and taken; from then on its handsets count as listed.

    What was cut off before is finished here: an event or a note that is missing is made good.
    """

    def work() -> str:
        found, known = _usable(desk, batch), desk.recorded().get(batch)
        _refuse_other(found, known)
        with closing(program.open_record(desk.record)) as ledger:
            by = _by(ledger, program)
            told = known.told if known else frozenset[Told]()
            missing = [each for each in Told if each not in told]
            assert found.manifest is not None, "it is usable"
            entries = [entry_of(found.manifest, found.manifest_sha256, each) for each in missing]
            if entries:
                ledger.append(entries, by=by)
            is_new = hand_in(desk.folder, found, now or datetime.now(UTC), by.id)
        return f"{batch}: {'handed in' if is_new else 'was handed in before'}"

    return said(work)


def _usable(desk: UploadDesk, name: str) -> KeptBatch:
    for batch in desk.register.batches():
        if batch.name == name:
            if batch.manifest is None:
                raise _problem(ProblemCode.UPLOAD_DAMAGED, batch.why, name)
            return batch
    raise _problem(ProblemCode.UPLOAD_UNKNOWN, "", plain(name))


def _refuse_other(batch: KeptBatch, known: Recorded | None) -> None:
    if known is not None and known.manifest_sha256 != batch.manifest_sha256:
        reason = "its manifest is not the one in the record"
        raise _problem(ProblemCode.UPLOAD_DAMAGED, reason, batch.name)


# ── questions ───────────────────────────────────────────────────────────────────────────────────
def list_batches(desk: UploadDesk) -> int:
    """Say which batches there are, and whether the record proves each; 1 where one is not sound."""
    unsound = False

    def work() -> str:
        nonlocal unsound
        known = desk.recorded()
        lines = [_line(batch, known.get(batch.name)) for batch in desk.register.batches()]
        names = {batch.name for batch in desk.register.batches()}
        lines += [(f"{name}  GONE: the record knows it", False) for name in known.keys() - names]
        unsound = not all(is_sound for _, is_sound in lines)
        return "\n".join(line for line, _ in sorted(lines)) or "nothing was uploaded yet"

    return said(work) or int(unsound)


def _line(batch: KeptBatch, known: Recorded | None) -> tuple[str, bool]:
    """Return a batch in a line, and whether it is sound."""
    manifest = batch.manifest
    if manifest is None:
        is_sound = batch.state is BatchState.UNFINISHED and known is None
        return f"{batch.name}  {batch.state.upper()}: {plain(batch.why)}", is_sound
    proof, is_sound = _proof(batch, known)
    return (
        f"{batch.name}  {batch.state}  {counted(len(manifest.rows), 'handset')} in "
        f"{counted(len(manifest.files), 'file')}, {plain(manifest.form)}, "
        f"{manifest.made.at:%Y-%m-%d %H:%M} UTC by {plain(manifest.made.by)}; {proof}"
    ), is_sound


def _proof(batch: KeptBatch, known: Recorded | None) -> tuple[str, bool]:
    if known is None:
        return "NOT IN THE RECORD", False
    if known.manifest_sha256 != batch.manifest_sha256:
        return "NOT WHAT THE RECORD SAYS", False
    if batch.state is BatchState.HANDED_IN and Told.HANDED_IN not in known.told:
        return "THE RECORD DOES NOT SAY THAT IT WAS HANDED IN", False
    return "in the record", True


def where(desk: UploadDesk, handset: str) -> int:
    """Say which files a handset is in, named by IMEI or serial number; 1 where it is in none."""
    found: list[str] = []

    def work() -> str:
        found.extend(_places(desk, handset))
        return "\n".join(found) or "it is in no file"

    return said(work) or int(not found)


def _places(desk: UploadDesk, handset: str) -> Iterator[str]:
    states = {batch.name: batch.state for batch in desk.register.batches()}
    for at in _found(desk.register.placed(), handset.strip()):
        yield f"{at.service}: {at.batch}/{at.file}, row {at.row}, {states[at.batch]}"


def _found(placements: Placements, handset: str) -> tuple[Placed, ...]:
    try:
        return placements.find((str(Imei.parse(handset)),))
    except IdentifierError:
        return placements.find((), handset)


def list_formats(program: Program) -> int:
    """Say which formats there are, and which are not confirmed."""

    def work() -> str:
        forms = map(load_format, sorted((program.resources / "uploads").glob("*.toml")))
        return "\n".join(
            f"{form.key:<18}{form.name}{'' if form.confirmed else ' (NOT CONFIRMED)'}"
            for form in forms
        )

    return said(work)


def _problem(code: ProblemCode, why: str, where: str = "") -> ProblemError:
    return ProblemError(Problem(code, where, why))
